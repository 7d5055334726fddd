namespace Resonance.Gateway.Diagrams.Layout;

/// <summary>
/// Says where in its layer each place stands: as near to its neighbours as the order and the distances allow. First the squares of the
/// slants are made small, which finds the room; then the slants themselves, which makes most arrows straight.
/// </summary>
/// <remarks>
/// For one layer either is solved exactly: places are joined to blocks that move as one as long as a place would overtake the one before
/// (pool adjacent violators). Layer after layer it is repeated until the picture has settled.
/// </remarks>
static class LayerPlacement
{
    const double BoxGap = 30;
    const double Gap = 14;
    const double PortGap = 26;
    const double PortMargin = 16;
    const int Rounds = 40;
    const int StraightRounds = 16;
    const double LeadingPull = 1.5;

    public static void Arrange(LayerGraph graph)
    {
        foreach (var place in graph.Layers.SelectMany(layer => layer).Where(place => place.IsBox))
        {
            SetPorts([.. place.Up.OrderBy(link => link.Upper.Position)], place, (link, port) => link.LowerPort = port);
            SetPorts([.. place.Down.OrderBy(link => link.Lower.Position)], place, (link, port) => link.UpperPort = port);
        }

        foreach (var layer in graph.Layers)
            Pack(layer);
        for (var round = 0; round < Rounds; round++)
            Sweep(graph, down: round % 2 == 0, straight: false);
        for (var round = 0; round <= StraightRounds; round++)
            Sweep(graph, down: round % 2 == 0, straight: true);

        var left = graph.Layers.SelectMany(layer => layer).Select(place => place.X - place.Left).DefaultIfEmpty().Min();
        foreach (var place in graph.Layers.SelectMany(layer => layer))
            place.X = Math.Round(place.X - left, 1);
    }

    /// <summary>Pixels that the middles of two neighbours are apart at least.</summary>
    public static double Apart(Place left, Place right) => left.Right + right.Left + (left.IsBox && right.IsBox ? BoxGap : Gap);

    /// <summary>Arrows leave side by side, the one that matters most in the middle.</summary>
    static void SetPorts(Link[] links, Place place, Action<Link, double> set)
    {
        if (links.Length < 2)
            return;

        var heaviest = links.Max(link => link.Weight);
        var middle = links.Count(link => link.Weight == heaviest) == 1
            ? Array.FindIndex(links, link => link.Weight == heaviest)
            : (links.Length - 1) / 2.0;
        var room = Math.Max(place.Left - PortMargin, 1);
        var apart = Math.Min(PortGap, room / Math.Max(middle, links.Length - 1 - middle));
        for (var index = 0; index < links.Length; index++)
            set(links[index], (index - middle) * apart);
    }

    static void Pack(Place[] layer)
    {
        for (var index = 0; index < layer.Length; index++)
            layer[index].X = index == 0 ? layer[0].Left : layer[index - 1].X + Apart(layer[index - 1], layer[index]);
    }

    static void Sweep(LayerGraph graph, bool down, bool straight)
    {
        // What was placed just before pulls harder: so a straight way is handed on from layer to layer, where ties would leave it bent.
        var (up, below) = straight ? down ? (LeadingPull, 1.0) : (1.0, LeadingPull) : (1.0, 1.0);
        for (var step = 0; step < graph.Layers.Length; step++)
            Settle(graph.Layers[down ? step : graph.Layers.Length - 1 - step], straight, up, below);
    }

    static void Settle(Place[] layer, bool straight, double up, double below)
    {
        var blocks = new List<Block>();
        var offset = 0.0;
        for (var index = 0; index < layer.Length; index++)
        {
            if (index > 0)
                offset += Apart(layer[index - 1], layer[index]);
            var block = new Block(layer[index], offset, straight, up, below);
            while (blocks is [.., var before] && before.At > block.At)
            {
                blocks.RemoveAt(blocks.Count - 1);
                block = before.Join(block);
            }

            blocks.Add(block);
        }

        foreach (var block in blocks)
            block.Move();
    }

    /// <summary>Neighbours that touch and move as one.</summary>
    sealed class Block
    {
        readonly List<(Place Place, double Offset)> _places;
        readonly List<(double Where, double Weight)> _pulls;
        readonly bool _straight;

        public Block(Place place, double offset, bool straight, double up, double below)
        {
            _places = [(place, offset)];
            _straight = straight;
            _pulls =
            [
                .. place.Up.Select(link => (link.UpperX - link.LowerPort - offset, link.Weight * up)),
                .. place.Down.Select(link => (link.LowerX - link.UpperPort - offset, link.Weight * below)),
            ];

            // What nothing pulls stays where it is.
            if (_pulls.Count == 0)
                _pulls.Add((place.X - offset, 0.01));
            At = Best();
        }

        Block(Block left, Block right)
        {
            _places = [.. left._places, .. right._places];
            _pulls = [.. left._pulls, .. right._pulls];
            _straight = left._straight;
            At = Best();
        }

        /// <summary>Where the block would best begin.</summary>
        public double At { get; }

        public Block Join(Block right) => new(this, right);

        public void Move()
        {
            foreach (var (place, offset) in _places)
                place.X = At + offset;
        }

        double Best()
        {
            if (!_straight)
                return _pulls.Sum(pull => pull.Where * pull.Weight) / _pulls.Sum(pull => pull.Weight);

            // Any place between the two medians is as good as another: the nearest one to where the block is.
            var now = _places.Average(place => place.Place.X - place.Offset);
            var half = _pulls.Sum(pull => pull.Weight) / 2;
            var ordered = _pulls.OrderBy(pull => pull.Where).ToArray();
            var passed = 0.0;
            for (var index = 0; index < ordered.Length; index++)
            {
                passed += ordered[index].Weight;
                if (passed < half - 1e-9)
                    continue;
                var last = passed < half + 1e-9 && index + 1 < ordered.Length ? ordered[index + 1].Where : ordered[index].Where;
                return Math.Clamp(now, ordered[index].Where, last);
            }

            return ordered[^1].Where;
        }
    }
}
