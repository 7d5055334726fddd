using System.Globalization;
using System.Text.Json;
using Resonance.Engine.Definitions;
using Resonance.Engine.Journal;
using Resonance.Gateway.Dashboard.Parts;

namespace Resonance.Gateway.Dashboard.Instances;

/// <summary>A journal entry as the timeline tells it.</summary>
/// <param name="Kind">One or two words.</param>
/// <param name="Tone"><c>plain</c>, <c>good</c>, <c>bad</c> or <c>person</c>.</param>
/// <param name="Text">What happened.</param>
public sealed record EntryWords(string Kind, string Tone, string Text)
{
    /// <summary>The facts that a rule saw; null for other entries.</summary>
    public IReadOnlyList<FactValue>? Values { get; private init; }

    public static EntryWords Of(JournalEntry entry) => entry switch
    {
        StateChanged { From: "Initial" } moved => new("state", "good", $"begins in {StateNames.ToScreen(moved.To)}"),
        StateChanged moved => new("state", "good", $"{StateNames.ToScreen(moved.From)} → {StateNames.ToScreen(moved.To)}"),
        Enqueued queued => new("queue", "plain",
            $"waits for its turn in {queued.Queue}{(queued.Group is { } group ? $", one at a time with {group}" : "")}, priority {queued.Priority}"),
        Admitted admitted => new("queue", "good", $"its turn came in {admitted.Queue} after {Words.Milliseconds(admitted.WaitedMs)}"),
        RuleEvaluated rule => OfRule(rule),
        CommandSent sent => new("command", "plain",
            $"{sent.Command} to {sent.Destination}, {Title(sent.Activity, sent.Item)} attempt {sent.Attempt}"),
        EventPublished published => new("message", "plain", $"{published.Message} to {published.Destination}"),
        ReplyReceived reply => new("reply", "good", $"{reply.Reply} answers {Title(reply.Activity, reply.Item)}, attempt {reply.Attempt}"),
        TimerSet set => new("timer", "plain", $"{set.Timer} until {Words.Time(set.DueAt)}"),
        TimerCancelled cancelled => new("timer", "plain", $"{cancelled.Timer} called off"),
        TimerFired fired => new("timer", "plain", $"{fired.Timer} came due"),
        RetryScheduled retry => new("retry", "bad",
            $"retry {retry.Retry} of {Title(retry.Activity, retry.Item)} in {Words.Milliseconds(retry.DelayMs)} after {retry.Cause} ({retry.Policy})"),
        RecoveryTriggered recovery => new("recovery", "plain",
            $"{recovery.Activity} is done anew in {Words.Milliseconds(recovery.DelayMs)}, time {recovery.Attempt} ({recovery.Policy})"),
        AttemptFailed failed => new("failure", "bad",
            $"attempt {failed.Attempt} of {Title(failed.Activity, failed.Item)} failed with {failed.ErrorKind}: {failed.Error}"),
        CompensationStarted undo => new("undo", "bad", $"{undo.Activity} is being undone: {undo.Reason}"),
        Compensated undone => new("undo", "good", $"{undone.Activity} is undone"),
        EventRejected rejected => new("rejected", "bad", $"{rejected.Event} in {StateNames.ToScreen(rejected.State)}: {rejected.Reason}"),
        OperatorAction action => new("operator", "person", $"{action.Operator} asks for {action.Action}: {action.Reason}{Brought(action)}"),
        Suspended suspended => new("suspended", "bad", suspended.Cause),
        Recovered recovered => new("recovered", "good", $"goes on after {recovered.How}"),
        ActivitySkipped skipped => new("skipped", "person", $"{skipped.Activity} was answered by the operator"),
        Redelivered again => new("delivery", "plain", $"delivery {again.Delivery} of the message, because of {again.Cause}"),
        RaceLost lost => new("race", "plain", $"decided anew: another step came first after version {lost.Version}"),
        Finished finished => new("end", finished.Outcome == WorkflowStatus.Completed ? "good" : "bad",
            $"{finished.Outcome} after {Words.Milliseconds(finished.DurationMs)}"),
        _ => new(entry.GetType().Name, "plain", entry.ToString()),
    };

    static EntryWords OfRule(RuleEvaluated rule) => new(
        "rule", rule.Verdict == "pass" ? "good" : "bad",
        $"{rule.Rule} v{rule.Version}: {rule.Expression} → {rule.Verdict.ToUpperInvariant()}{(rule.Reason is null ? "" : $", {rule.Reason}")}")
    {
        Values =
        [
            .. rule.Values.OrderByDescending(value => Decides(rule, value.Key)).ThenBy(value => value.Key, StringComparer.Ordinal)
                .Select(value => new FactValue(value.Key, Shown(value.Value), Decides(rule, value.Key))),
        ],
    };

    static bool Decides(RuleEvaluated rule, string name) => rule.Read is null || rule.Read.Contains(name);

    static string Shown(object? value) => value switch
    {
        null => "null",
        JsonElement json => json.GetRawText(),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    static string Brought(OperatorAction action) => (action.Data, action.Reply, action.State) switch
    {
        ({ } data, _, _) => $" (data {data.GetRawText()})",
        (_, { } reply, _) => $" (reply {reply.GetRawText()})",
        (_, _, { } state) => $" (end {StateNames.ToScreen(state)})",
        _ => "",
    };

    static string Title(string activity, string? item) => item is null ? activity : $"{activity}({item})";
}

/// <param name="Name">The fact.</param>
/// <param name="Value">As JSON.</param>
/// <param name="Decides">Whether the rule read it.</param>
public sealed record FactValue(string Name, string Value, bool Decides);
