namespace Resonance.Gateway.Diagrams.Layout;

/// <summary>
/// Places boxes and arrows so that one can read them from the top: layers, few crossings, straight ways (Sugiyama). The same input always
/// gives the same picture.
/// </summary>
/// <remarks>
/// Nothing overlaps by construction: boxes and labels have places of their own in layers, an arrow crosses a layer upright at a place of
/// its own, and bends only between two layers.
/// </remarks>
static class LayeredLayout
{
    const double GapMin = 18;
    const double GapMax = 48;

    // The wider the arrows below a layer lead, the more room they need to be told apart.
    const double GapByWidth = 0.1;

    // What the rounding of places to tenths of a pixel may come to.
    const double Straight = 0.3;

    /// <param name="nodes">Boxes of different names; the first one is where one begins to read.</param>
    /// <param name="edges">Arrows between different boxes; those that come first lead downwards.</param>
    /// <param name="orders">What else stands below what, as far as no arrow says otherwise.</param>
    public static LayoutResult Arrange(
        IReadOnlyList<LayoutNode> nodes, IReadOnlyList<LayoutEdge> edges, IReadOnlyList<LayoutOrder>? orders = null)
    {
        var index = nodes.Select((node, number) => (node.Id, number)).ToDictionary(node => node.Id, node => node.number, StringComparer.Ordinal);
        var assignment = LayerAssignment.Of(nodes.Count,
        [
            .. edges.Select(edge => (index[edge.From], index[edge.To], edge.Weight)),
            .. (orders ?? []).Select(order => (index[order.Upper], index[order.Lower], 0)),
        ]);
        var graph = LayerGraph.Of(nodes, edges, assignment);
        LayerOrder.Improve(graph);
        LayerPlacement.Arrange(graph);

        var bands = Bands(graph);
        var boxes = new Dictionary<string, Box>(StringComparer.Ordinal);
        foreach (var place in graph.Layers.SelectMany(layer => layer).Where(place => place.IsBox))
        {
            var node = nodes[place.Node];
            boxes.Add(node.Id, new Box(place.X - place.Left, Middle(bands[place.Layer]) - node.Height / 2, node.Width, node.Height));
        }

        var routes = graph.Chains.Select((chain, number) => RouteOf(chain, edges[number], assignment.Reversed[number], boxes, nodes, bands));
        return new LayoutResult(
            boxes,
            [.. routes],
            graph.Layers.SelectMany(layer => layer).Select(place => place.X + place.Right).DefaultIfEmpty().Max(),
            bands.Select(band => band.Bottom).DefaultIfEmpty().Max());
    }

    static (double Top, double Bottom)[] Bands(LayerGraph graph)
    {
        var bands = new (double Top, double Bottom)[graph.Layers.Length];
        var at = 0.0;
        for (var layer = 0; layer < bands.Length; layer++)
        {
            bands[layer] = (at, at + graph.Layers[layer].Select(place => place.Height).DefaultIfEmpty().Max());
            var widest = graph.Layers[layer].SelectMany(place => place.Down)
                .Select(link => Math.Abs(link.UpperX - link.LowerX)).DefaultIfEmpty().Max();
            at = bands[layer].Bottom + Math.Round(Math.Clamp(GapMin + widest * GapByWidth, GapMin, GapMax));
        }

        return bands;
    }

    static double Middle((double Top, double Bottom) band) => (band.Top + band.Bottom) / 2;

    static Route RouteOf(
        IReadOnlyList<Link> chain, LayoutEdge edge, bool reversed, Dictionary<string, Box> boxes, IReadOnlyList<LayoutNode> nodes,
        (double Top, double Bottom)[] bands)
    {
        var points = new List<Point>();
        Box? label = null;
        var (upper, lower) = (chain[0].Upper, chain[^1].Lower);
        var x = chain[0].UpperX;
        Go(x, boxes[nodes[upper.Node].Id].Bottom);
        Go(x, bands[upper.Layer].Bottom);
        foreach (var link in chain.SkipLast(1))
        {
            var place = link.Lower;
            var band = bands[place.Layer];
            x = Near(place.X, x);
            Go(x, band.Top);
            Go(x, band.Bottom);
            if (place.IsLabel)
                label = new Box(place.X - edge.LabelWidth / 2, Middle(band) - edge.LabelHeight / 2, edge.LabelWidth, edge.LabelHeight);
        }

        x = Near(chain[^1].LowerX, x);
        Go(x, bands[lower.Layer].Top);
        Go(x, boxes[nodes[lower.Node].Id].Y);
        if (reversed)
            points.Reverse();
        return new Route(points, label);

        void Go(double toX, double toY)
        {
            var next = new Point(toX, toY);
            if (points is [.., var last] && last == next)
                return;

            // What goes straight on needs no point between.
            if (points is [.., var first, var second] && first.X == second.X && second.X == toX)
                points[^1] = next;
            else
                points.Add(next);
        }
    }

    static double Near(double to, double from) => Math.Abs(to - from) < Straight ? from : to;
}
