namespace Resonance.Gateway.Diagrams;

/// <summary>What stands at an arrow, and how much room it takes.</summary>
sealed record TransitionLabel
{
    public const double Size = 10.5;
    public const double LineHeight = 14;
    public const double Padding = 4;

    // As wide as four digits and a share, so that the picture stands still while they grow.
    const double FigureWidthMin = 74;

    /// <summary>The events, a line each.</summary>
    public required IReadOnlyList<string> Lines { get; init; }

    /// <summary>How often it was taken; null when that is not drawn.</summary>
    public required string? Taken { get; init; }

    /// <summary>How many attempts failed; null when none did, or when it is not drawn.</summary>
    public required string? Failing { get; init; }

    public required double Width { get; init; }

    public required double Height { get; init; }

    public static TransitionLabel Of(MachineTransition transition, DiagramOverlay overlay)
    {
        var way = (transition.From, transition.To);
        var lines = DiagramText.Lines(transition.Events);
        var (taken, failing) = (default(string), default(string));
        if (overlay.Uses is { } uses)
        {
            var use = uses.GetValueOrDefault(way) ?? new TransitionUse(0, null);
            taken = $"{DiagramText.Count(use.Taken)}×";
            failing = use.FailureRate is > 0 and var rate ? $"{DiagramText.Share(rate)} fail" : null;
        }
        else if (overlay.Travelled?.GetValueOrDefault(way) is > 1 and var times)
        {
            taken = $"{DiagramText.Count(times)}×";
        }

        var figures = taken is null ? 0
            : TextWidths.Of(failing is null ? taken : $"{taken}  {failing}", Size, bold: true);
        if (overlay.Uses is not null)
            figures = Math.Max(figures, FigureWidthMin);
        var height = (lines.Count + (taken is null ? 0 : 1)) * LineHeight;
        return new TransitionLabel
        {
            Lines = lines,
            Taken = taken,
            Failing = failing,
            Width = height == 0 ? 0 : lines.Select(line => TextWidths.Of(line, Size)).Append(figures).Max() + 2 * Padding,
            Height = height == 0 ? 0 : height + Padding,
        };
    }
}
