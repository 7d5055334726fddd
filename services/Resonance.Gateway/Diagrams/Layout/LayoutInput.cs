namespace Resonance.Gateway.Diagrams.Layout;

/// <summary>A box to be placed.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Width">Pixels.</param>
/// <param name="Height">Pixels.</param>
/// <param name="RightMargin">Pixels that are kept free at its right, for a loop.</param>
sealed record LayoutNode(string Id, double Width, double Height, double RightMargin = 0);

/// <summary>An arrow to be drawn between two different boxes.</summary>
/// <param name="From">The box that it begins at.</param>
/// <param name="To">The box that it ends at.</param>
/// <param name="LabelWidth">Pixels; 0 for no label.</param>
/// <param name="LabelHeight">Pixels; 0 for no label.</param>
/// <param name="Weight">From 1: how much it matters that it is short and straight.</param>
sealed record LayoutEdge(string From, string To, double LabelWidth, double LabelHeight, int Weight);

/// <summary>Says that a box stands below another one, though no arrow leads there.</summary>
/// <param name="Upper">The box above.</param>
/// <param name="Lower">The box below.</param>
sealed record LayoutOrder(string Upper, string Lower);

readonly record struct Point(double X, double Y);

/// <summary>A rectangle by its upper left corner.</summary>
readonly record struct Box(double X, double Y, double Width, double Height)
{
    public double Right => X + Width;

    public double Bottom => Y + Height;

    public double CenterX => X + Width / 2;

    public double CenterY => Y + Height / 2;

    /// <summary>Whether the two share more than a border.</summary>
    public bool Overlaps(Box other) =>
        X < other.Right - 0.01 && other.X < Right - 0.01 && Y < other.Bottom - 0.01 && other.Y < Bottom - 0.01;

    public Box Moved(double x, double y) => this with { X = X + x, Y = Y + y };
}

/// <summary>A way from box to box: straight upright pieces, joined by curves that begin and end upright.</summary>
/// <param name="Points">In the direction of the arrow; two points with the same x are joined by a straight line.</param>
/// <param name="Label">Where the label stands; null when it has none.</param>
sealed record Route(IReadOnlyList<Point> Points, Box? Label);

/// <summary>Where everything is.</summary>
/// <param name="Nodes">The boxes, by name.</param>
/// <param name="Routes">The arrows, in the order in which they were given.</param>
/// <param name="Width">Of everything together, from 0.</param>
/// <param name="Height">Of everything together, from 0.</param>
sealed record LayoutResult(IReadOnlyDictionary<string, Box> Nodes, IReadOnlyList<Route> Routes, double Width, double Height);
