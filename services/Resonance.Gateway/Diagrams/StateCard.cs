using Resonance.Engine.Definitions;

namespace Resonance.Gateway.Diagrams;

/// <summary>A line of a state's box: what stands at its left, and what at its right.</summary>
sealed record CardLine(string Text, string Aside, string Style, string Tip);

/// <summary>What stands in a state's box, and how much room it takes.</summary>
sealed record StateCard
{
    public const double NameSize = 12.5;
    public const double NameSpacing = 0.3;
    public const double LineSize = 11;
    public const double LineHeight = 17;
    public const double HeadHeight = 34;
    public const double Padding = 14;
    public const double PillHeight = 18;

    const double WidthMin = 112;
    const double AsideGap = 14;
    const double FootHeight = 8;

    // As wide as a count of four digits, so that the picture stands still while instances come and go.
    const double PillWidthMin = 46;

    public required MachineState State { get; init; }

    public required IReadOnlyList<CardLine> Lines { get; init; }

    /// <summary>The number of instances; null when it is not drawn.</summary>
    public required string? Pill { get; init; }

    public required double PillWidth { get; init; }

    public required double Width { get; init; }

    public required double Height { get; init; }

    public static StateCard Of(MachineState state, DiagramOverlay overlay)
    {
        var lines = state.Activities.Select(LineOf).ToList();
        if (state.Deadline is { } deadline)
            lines.Add(new CardLine("deadline", DiagramText.Duration(deadline), "aside", "Unless the state is left before, the instance is suspended."));
        if (overlay.Times is { } times && !WorkflowStatus.IsEnd(state.Status))
            lines.Add(TimeLine(times.GetValueOrDefault(state.Name)));

        var instances = overlay.Instances?.GetValueOrDefault(state.Name) ?? 0;
        var pill = overlay.Instances is null ? null : DiagramText.Count(instances);
        var pillWidth = pill is null ? 0 : Math.Max(PillWidthMin, TextWidths.Of(pill, LineSize, bold: true) + 18);
        var head = TextWidths.Of(state.Name, NameSize, bold: true, NameSpacing) + (pill is null ? 0 : AsideGap + pillWidth);
        var widest = lines.Select(line => TextWidths.Of(line.Text, LineSize) + (line.Aside == "" ? 0 : AsideGap + TextWidths.Of(line.Aside, LineSize)))
            .Append(head).Max();
        return new StateCard
        {
            State = state,
            Lines = lines,
            Pill = pill,
            PillWidth = pillWidth,
            Width = Math.Max(WidthMin, Math.Ceiling(widest + 2 * Padding)),
            Height = HeadHeight + (lines.Count == 0 ? 0 : lines.Count * LineHeight + FootHeight),
        };
    }

    static CardLine LineOf(MachineActivity activity) => activity.Undoes is { Count: > 0 } undoes
        ? new CardLine(activity.Name, $"undoes {string.Join(", ", undoes)}", "undo", Tip(activity))
        : new CardLine(
            activity.Name, $"{DiagramText.Duration(activity.Timeout)}, {DiagramText.Attempts(activity.AttemptsMax)}", "activity", Tip(activity));

    static string Tip(MachineActivity activity) =>
        $"Sends {activity.Command} to {activity.Destination}; an attempt may take {DiagramText.Duration(activity.Timeout)}; {activity.Policy}.";

    static CardLine TimeLine(StateTime? time) => time is null
        ? new CardLine("stay –", "", "time", "No instance left the state in the window.")
        : new CardLine(
            $"stay {DiagramText.Duration(time.MeanMs)}", time.P99Ms is { } p99 ? $"p99 {DiagramText.Duration(p99)}" : "", "time",
            $"Mean time in the state {DiagramText.Duration(time.MeanMs)}"
                + (time.P50Ms is { } p50 ? $", half stayed no longer than {DiagramText.Duration(p50)}." : "."));
}
