namespace Resonance.Gateway.Diagrams.Layout;

/// <summary>What has a place in a layer: a box, a label, or a bend of an arrow that passes through.</summary>
sealed class Place
{
    /// <summary>The box's number; -1 for a part of an arrow.</summary>
    public required int Node { get; init; }

    /// <summary>The arrow's number; -1 for a box.</summary>
    public required int Edge { get; init; }

    public required int Layer { get; init; }

    /// <summary>Pixels that it takes left of <see cref="X"/>.</summary>
    public required double Left { get; init; }

    /// <summary>Pixels that it takes right of <see cref="X"/>.</summary>
    public required double Right { get; init; }

    public required double Height { get; init; }

    /// <summary>Its number in the layer, from the left.</summary>
    public int Position { get; set; }

    /// <summary>The middle of the box.</summary>
    public double X { get; set; }

    public List<Link> Up { get; } = [];

    public List<Link> Down { get; } = [];

    public bool IsBox => Node >= 0;

    /// <summary>Whether it is part of an arrow and takes room.</summary>
    public bool IsLabel => Node < 0 && Height > 0;
}

/// <summary>A piece of an arrow between two neighbouring layers.</summary>
sealed class Link(Place upper, Place lower, int weight)
{
    public Place Upper => upper;

    public Place Lower => lower;

    /// <summary>How much it matters that it is straight.</summary>
    public int Weight => weight;

    /// <summary>Where it leaves the upper place, from its middle.</summary>
    public double UpperPort { get; set; }

    /// <summary>Where it enters the lower place, from its middle.</summary>
    public double LowerPort { get; set; }

    public double UpperX => upper.X + UpperPort;

    public double LowerX => lower.X + LowerPort;
}

/// <summary>Boxes and arrows by layers: an arrow over several layers has a place in each.</summary>
sealed class LayerGraph
{
    // A bend is worth more than a slant at the end of an arrow.
    const int StraightThrough = 8;
    const int StraightAtEnd = 2;

    // What an arrow needs at its sides to be told from the next.
    const double BendMargin = 7;
    const double LabelMargin = 5;

    LayerGraph(Place[][] layers, IReadOnlyList<Link>[] chains)
    {
        Layers = layers;
        Chains = chains;
    }

    /// <summary>From the top; places from the left.</summary>
    public Place[][] Layers { get; }

    /// <summary>Each arrow's links from the top.</summary>
    public IReadOnlyList<Link>[] Chains { get; }

    public static LayerGraph Of(IReadOnlyList<LayoutNode> nodes, IReadOnlyList<LayoutEdge> edges, LayerAssignment assignment)
    {
        var index = nodes.Select((node, number) => (node.Id, number)).ToDictionary(node => node.Id, node => node.number, StringComparer.Ordinal);
        var count = nodes.Count == 0 ? 0 : assignment.Layers.Max() + 1;
        var layers = Enumerable.Range(0, count).Select(_ => new List<Place>()).ToArray();
        var boxes = nodes.Select((node, number) => Add(new Place
        {
            Node = number,
            Edge = -1,
            Layer = assignment.Layers[number],
            Left = node.Width / 2,
            Right = node.Width / 2 + node.RightMargin,
            Height = node.Height,
        })).ToArray();

        var chains = new IReadOnlyList<Link>[edges.Count];
        var labels = LabelLayers(edges, assignment, index, count);
        for (var number = 0; number < edges.Count; number++)
        {
            var edge = edges[number];
            var (upper, lower) = (boxes[index[edge.From]], boxes[index[edge.To]]);
            if (assignment.Reversed[number])
                (upper, lower) = (lower, upper);
            chains[number] = ChainOf(number, edge, upper, lower, labels[number], Add);
        }

        return new LayerGraph([.. layers.Select(layer => layer.ToArray())], chains);

        Place Add(Place place)
        {
            layers[place.Layer].Add(place);
            return place;
        }
    }

    static List<Link> ChainOf(int number, LayoutEdge edge, Place upper, Place lower, int labelLayer, Func<Place, Place> add)
    {
        var chain = new List<Link>();
        var before = upper;
        for (var layer = upper.Layer + 1; layer < lower.Layer; layer++)
        {
            var isLabel = layer == labelLayer && edge.LabelHeight > 0;
            var half = isLabel ? edge.LabelWidth / 2 + LabelMargin : BendMargin;
            Connect(add(new Place
            {
                Node = -1,
                Edge = number,
                Layer = layer,
                Left = half,
                Right = half,
                Height = isLabel ? edge.LabelHeight : 0,
            }));
        }

        Connect(lower);
        return chain;

        void Connect(Place next)
        {
            var link = new Link(before, next, edge.Weight * (before.IsBox || next.IsBox ? StraightAtEnd : StraightThrough));
            before.Down.Add(link);
            next.Up.Add(link);
            chain.Add(link);
            before = next;
        }
    }

    /// <summary>Each label goes to one of the layers between its boxes, so that no layer gets wide: the shortest arrows choose first.</summary>
    static int[] LabelLayers(
        IReadOnlyList<LayoutEdge> edges, LayerAssignment assignment, Dictionary<string, int> index, int count)
    {
        var taken = new double[count];
        var chosen = new int[edges.Count];
        foreach (var number in Enumerable.Range(0, edges.Count).OrderBy(Distance))
        {
            var (from, to) = (LayerOf(edges[number].From), LayerOf(edges[number].To));
            var step = from < to ? 2 : -2;
            chosen[number] = from + step / 2;
            for (var layer = chosen[number]; layer != to + step / 2; layer += step)
            {
                if (taken[layer] < taken[chosen[number]])
                    chosen[number] = layer;
            }

            taken[chosen[number]] += edges[number].LabelWidth;
        }

        return chosen;

        int LayerOf(string id) => assignment.Layers[index[id]];

        int Distance(int edge) => Math.Abs(LayerOf(edges[edge].From) - LayerOf(edges[edge].To));
    }
}
