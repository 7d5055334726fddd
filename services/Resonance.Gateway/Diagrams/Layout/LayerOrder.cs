namespace Resonance.Gateway.Diagrams.Layout;

/// <summary>
/// Orders the places of each layer so that few arrows cross: each is drawn towards the middle of its neighbours, from the top and from
/// the bottom in turn, and neighbours change places where that helps. As that gets stuck easily, it begins anew from several orders, the
/// same ones each time. The best order that was seen is kept.
/// </summary>
static class LayerOrder
{
    const int Sweeps = 12;
    const int Beginnings = 8;

    public static void Improve(LayerGraph graph)
    {
        var best = Remember(graph);
        var fewest = int.MaxValue;
        for (var beginning = 0; beginning < Beginnings && fewest > 0; beginning++)
        {
            Begin(graph, beginning);
            Keep();
            for (var sweep = 0; sweep < Sweeps && fewest > 0; sweep++)
            {
                SortAll(graph, fromTop: sweep % 2 == 0);
                while (Exchange(graph))
                {
                }

                Keep();
            }
        }

        for (var layer = 0; layer < best.Length; layer++)
        {
            best[layer].CopyTo(graph.Layers[layer], 0);
            Number(graph.Layers[layer]);
        }

        void Keep()
        {
            var crossings = Crossings(graph);
            if (crossings >= fewest)
                return;
            fewest = crossings;
            best = Remember(graph);
        }
    }

    /// <summary>How often arrows cross.</summary>
    public static int Crossings(LayerGraph graph)
    {
        var crossings = 0;
        for (var layer = 0; layer + 1 < graph.Layers.Length; layer++)
        {
            var ends = graph.Layers[layer]
                .SelectMany(place => place.Down.Select(link => link.Lower.Position).Order())
                .ToArray();

            // Two links cross when their ends stand in another order than their beginnings.
            for (var first = 0; first < ends.Length; first++)
            {
                for (var second = first + 1; second < ends.Length; second++)
                {
                    if (ends[first] > ends[second])
                        crossings++;
                }
            }
        }

        return crossings;
    }

    /// <summary>As one comes by when reading from the top: what belongs together stands together. Each time another branch comes first.</summary>
    static void Begin(LayerGraph graph, int beginning)
    {
        var random = new Random(beginning);
        var seen = new HashSet<Place>();
        var orders = graph.Layers.Select(layer => new List<Place>(layer.Length)).ToArray();
        foreach (var place in graph.Layers.SelectMany(layer => layer).OrderBy(place => place.Layer).ThenBy(place => (place.Node, place.Edge)))
            Visit(place);
        for (var layer = 0; layer < orders.Length; layer++)
        {
            orders[layer].CopyTo(graph.Layers[layer]);
            Number(graph.Layers[layer]);
        }

        void Visit(Place place)
        {
            if (!seen.Add(place))
                return;
            orders[place.Layer].Add(place);
            var ahead = place.Down.ToArray();
            if (beginning == 1)
                Array.Reverse(ahead);
            else if (beginning > 1)
                random.Shuffle(ahead);
            foreach (var link in ahead)
                Visit(link.Lower);
        }
    }

    static void SortAll(LayerGraph graph, bool fromTop)
    {
        for (var step = 1; step < graph.Layers.Length; step++)
        {
            var layer = graph.Layers[fromTop ? step : graph.Layers.Length - 1 - step];
            var middle = layer.ToDictionary(place => place, place => fromTop
                ? Middle(place, place.Up, link => link.Upper.Position)
                : Middle(place, place.Down, link => link.Lower.Position));
            layer.OrderBy(place => middle[place]).ThenBy(place => place.Position).ToArray().CopyTo(layer, 0);
            Number(layer);
        }
    }

    static double Middle(Place place, List<Link> links, Func<Link, int> position) =>
        links.Count == 0 ? place.Position : links.Average(position);

    /// <returns>Whether anything got better.</returns>
    static bool Exchange(LayerGraph graph)
    {
        var better = false;
        foreach (var layer in graph.Layers)
        {
            for (var index = 0; index + 1 < layer.Length; index++)
            {
                var (left, right) = (layer[index], layer[index + 1]);
                if (Between(left, right) <= Between(right, left))
                    continue;

                (layer[index], layer[index + 1]) = (right, left);
                (left.Position, right.Position) = (right.Position, left.Position);
                better = true;
            }
        }

        return better;
    }

    static int Between(Place left, Place right) =>
        Between(left.Up, right.Up, link => link.Upper.Position) + Between(left.Down, right.Down, link => link.Lower.Position);

    static int Between(List<Link> left, List<Link> right, Func<Link, int> position) =>
        left.Sum(one => right.Count(other => position(one) > position(other)));

    static Place[][] Remember(LayerGraph graph) => [.. graph.Layers.Select(layer => (Place[])layer.Clone())];

    static void Number(Place[] layer)
    {
        for (var position = 0; position < layer.Length; position++)
            layer[position].Position = position;
    }
}
