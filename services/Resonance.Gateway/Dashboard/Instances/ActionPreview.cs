using Resonance.Engine.Definitions;
using Resonance.Engine.Operations;

namespace Resonance.Gateway.Dashboard.Instances;

/// <summary>What an operator's action will make of an instance, worked out from where it stands now.</summary>
static class ActionPreview
{
    public static IReadOnlyList<string> Of(string action, Explanation explanation)
    {
        if (explanation.Situation is not { } situation)
            return [];
        var suspension = situation.Suspension;
        var back = suspension is null ? null : StateNames.ToScreen(suspension.State);
        return action switch
        {
            OperatorActions.Retry when suspension?.Activity is { } activity =>
                [$"It goes back to {back}.", $"{activity} is done again, beginning with attempt 1."],
            OperatorActions.Retry => [$"It goes back to {back} and does again what failed there."],
            OperatorActions.Skip => [$"{suspension?.Activity ?? Open(situation)} is not done. Your reply is taken for the worker's."],
            OperatorActions.Resume => [$"It goes on in {back ?? StateNames.ToScreen(explanation.Workflow.State)}."],
            OperatorActions.Suspend => ["It stands still as an incident, until somebody resumes it. What is under way is not called back."],
            OperatorActions.Resolve => ["It ends in the state that you choose. Nothing is undone."],
            OperatorActions.Cancel when situation.Undoing is not null =>
                [$"What is still to be undone is taken for put right by hand: {string.Join(", ", situation.Undoes)}.", "It ends at once as cancelled."],
            _ => Undone(situation),
        };
    }

    static IReadOnlyList<string> Undone(WorkflowSituation situation)
    {
        List<string> sentences = [.. situation.Activities.Select(open => $"It no longer waits for {open.Activity}.")];
        sentences.Add(situation.Undoes.Count == 0
            ? "Nothing has to be undone. It ends as cancelled."
            : $"It undoes, in this order: {string.Join(", ", situation.Undoes)}. Then it ends as cancelled.");
        return sentences;
    }

    static string Open(WorkflowSituation situation) =>
        situation.Activities.Count == 0 ? "The activity" : string.Join(", ", situation.Activities.Select(open => open.Activity));
}
