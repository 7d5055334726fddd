using System.Text;
using Resonance.Engine.Definitions;

namespace Resonance.Gateway.Diagrams;

/// <summary>Writes a machine as a Mermaid state diagram, for pages and tools that draw those.</summary>
static class MermaidDiagram
{
    static readonly (string Status, string Style)[] Styles =
    [
        (WorkflowStatus.Completed, "stroke:#15803d,stroke-width:2px"),
        (WorkflowStatus.Failed, "stroke:#c02626,stroke-width:2px"),
        (WorkflowStatus.Cancelled, "stroke:#5f6c7b,stroke-width:2px"),
        (WorkflowStatus.Suspended, "stroke:#a16207,stroke-dasharray:4 2"),
        (WorkflowStatus.Compensating, "stroke:#7c3aed,stroke-dasharray:6 3"),
    ];

    /// <summary>The same machine always gives the same text.</summary>
    public static string Render(MachineGraph graph)
    {
        var text = new StringBuilder("stateDiagram-v2\n    direction TB\n");
        foreach (var state in graph.States.Where(state => state.Activities.Count > 0 || state.Deadline is not null))
        {
            var lines = state.Activities.Select(activity => activity.Undoes.Count > 0
                ? $"{activity.Name} undoes {string.Join(", ", activity.Undoes)}"
                : $"{activity.Name} ({DiagramText.Duration(activity.Timeout)}, {DiagramText.Attempts(activity.AttemptsMax)})");
            if (state.Deadline is { } deadline)
                lines = lines.Append($"deadline {DiagramText.Duration(deadline)}");
            Line($"{state.Name} : {state.Name}<br/>{string.Join("<br/>", lines)}");
        }

        foreach (var transition in graph.Transitions.Where(transition => !transition.Folded))
            Line($"{transition.From} --> {transition.To} : {string.Join("<br/>", DiagramText.Lines(transition.Events))}");
        foreach (var many in graph.Gathered)
        {
            foreach (var from in many.From)
                Line($"{from} --> {many.To} : {many.Event}");
        }

        var drawn = graph.Transitions.Where(transition => !transition.Folded).Select(transition => transition.To)
            .Concat(graph.Gathered.Select(many => many.To)).ToHashSet(StringComparer.Ordinal);
        foreach (var state in graph.States.Where(state => WorkflowStatus.IsEnd(state.Status) && drawn.Contains(state.Name)))
            Line($"{state.Name} --> [*]");
        foreach (var (status, style) in Styles)
        {
            var names = graph.States.Where(state => state.Status == status && drawn.Contains(state.Name)).Select(state => state.Name).ToArray();
            if (names.Length == 0)
                continue;
            Line($"classDef {status} {style}");
            Line($"class {string.Join(',', names)} {status}");
        }

        return text.ToString();

        void Line(string line) => text.Append("    ").Append(line).Append('\n');
    }
}
