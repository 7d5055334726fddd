using System.Text.Json;
using Resonance.Engine.Definitions;
using Resonance.Engine.Storage.Queries;

namespace Resonance.Gateway.Diagrams;

/// <summary>Reads the way of an instance out of its history.</summary>
static class InstanceOverlay
{
    /// <param name="workflow">Its workflow.</param>
    /// <param name="state">Where it stands, by either name; null when no step was taken yet.</param>
    /// <param name="history">Its steps, in order.</param>
    public static DiagramOverlay Of(WorkflowDescription workflow, string? state, IEnumerable<HistoryStep> history)
    {
        var travelled = new Dictionary<(string From, string To), long>();
        foreach (var step in history)
        {
            var (hops, stayed) = HopsOf(step);
            foreach (var (from, to) in hops)
                Count(from == workflow.Shape.Initial ? MachineGraph.Start : StateNames.ToScreen(from), StateNames.ToScreen(to));
            if (stayed)
                Count(StateNames.ToScreen(step.From), StateNames.ToScreen(step.To));
        }

        return new DiagramOverlay { Travelled = travelled, Current = state };

        void Count(string from, string to) => travelled[(from, to)] = travelled.GetValueOrDefault((from, to)) + 1;
    }

    /// <summary>
    /// The states that a step went through; and whether it went from its state to the same one, which no entry tells: an activity had
    /// failed for good, and the workflow did something else about it.
    /// </summary>
    static (List<(string From, string To)> Hops, bool Stayed) HopsOf(HistoryStep step)
    {
        var hops = new List<(string From, string To)>();
        var (failed, again) = (false, false);
        using var entries = JsonDocument.Parse(step.Entries);
        foreach (var entry in entries.RootElement.EnumerateArray())
        {
            switch (entry.GetProperty("kind").GetString())
            {
                case "stateChanged":
                    hops.Add((entry.GetProperty("from").GetString()!, entry.GetProperty("to").GetString()!));
                    break;
                case "attemptFailed":
                    failed = true;
                    break;
                case "retryScheduled":
                    again = true;
                    break;
            }
        }

        return (hops, hops.Count == 0 && failed && !again);
    }
}
