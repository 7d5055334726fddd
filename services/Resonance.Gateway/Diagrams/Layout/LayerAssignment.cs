namespace Resonance.Gateway.Diagrams.Layout;

/// <summary>
/// Says in which layer each box stands, so that arrows lead downwards, but for those that close a circle. Boxes stand in layers of even
/// number; those between are for the labels.
/// </summary>
sealed class LayerAssignment
{
    const int Span = 2;

    // A few rounds settle any graph that a person could read.
    const int Rounds = 12;

    readonly int _nodes;
    readonly IReadOnlyList<(int From, int To, int Weight)> _edges;

    LayerAssignment(int nodes, IReadOnlyList<(int From, int To, int Weight)> edges)
    {
        _nodes = nodes;
        _edges = edges;
        Reversed = new bool[edges.Count];
        Layers = new int[nodes];
    }

    public int[] Layers { get; }

    /// <summary>The arrows that lead upwards.</summary>
    public bool[] Reversed { get; }

    /// <param name="nodes">How many boxes there are; the first one is where one begins to read.</param>
    /// <param name="edges">Arrows between different boxes; those that come first are the last to be turned.</param>
    public static LayerAssignment Of(int nodes, IReadOnlyList<(int From, int To, int Weight)> edges)
    {
        var assignment = new LayerAssignment(nodes, edges);
        assignment.BreakCircles();
        assignment.PlaceByLongestWay();
        for (var round = 0; round < Rounds && assignment.Tighten(); round++)
        {
        }

        return assignment;
    }

    /// <summary>An arrow to a box that one has come through is turned; without it there is no circle left.</summary>
    void BreakCircles()
    {
        var leaving = Enumerable.Range(0, _edges.Count).ToLookup(edge => _edges[edge].From);
        var done = new bool[_nodes];
        var entered = new bool[_nodes];
        for (var root = 0; root < _nodes; root++)
        {
            if (entered[root])
                continue;

            var way = new Stack<(int Node, Queue<int> Ahead)>();
            Enter(root);
            while (way.TryPeek(out var at))
            {
                if (!at.Ahead.TryDequeue(out var edge))
                {
                    done[at.Node] = true;
                    way.Pop();
                    continue;
                }

                var to = _edges[edge].To;
                if (!entered[to])
                    Enter(to);
                else if (!done[to])
                    Reversed[edge] = true;
            }

            void Enter(int node)
            {
                entered[node] = true;
                way.Push((node, new Queue<int>(leaving[node])));
            }
        }
    }

    int Upper(int edge) => Reversed[edge] ? _edges[edge].To : _edges[edge].From;

    int Lower(int edge) => Reversed[edge] ? _edges[edge].From : _edges[edge].To;

    void PlaceByLongestWay()
    {
        var waiting = new int[_nodes];
        var down = Enumerable.Range(0, _edges.Count).ToLookup(Upper);
        for (var edge = 0; edge < _edges.Count; edge++)
            waiting[Lower(edge)]++;
        var ready = new Queue<int>(Enumerable.Range(0, _nodes).Where(node => waiting[node] == 0));
        while (ready.TryDequeue(out var node))
        {
            foreach (var edge in down[node])
            {
                var lower = Lower(edge);
                Layers[lower] = Math.Max(Layers[lower], Layers[node] + Span);
                if (--waiting[lower] == 0)
                    ready.Enqueue(lower);
            }
        }
    }

    /// <summary>Moves each box to where its arrows are shortest.</summary>
    /// <returns>Whether any was moved.</returns>
    bool Tighten()
    {
        var highest = new int[_nodes];
        var lowest = new int[_nodes];
        var pull = new int[_nodes];
        var moved = false;
        for (var node = _nodes - 1; node >= 0; node--)
        {
            (highest[node], lowest[node], pull[node]) = (0, int.MaxValue, 0);
            for (var edge = 0; edge < _edges.Count; edge++)
            {
                if (Lower(edge) == node)
                {
                    highest[node] = Math.Max(highest[node], Layers[Upper(edge)] + Span);
                    pull[node] -= _edges[edge].Weight;
                }
                else if (Upper(edge) == node)
                {
                    lowest[node] = Math.Min(lowest[node], Layers[Lower(edge)] - Span);
                    pull[node] += _edges[edge].Weight;
                }
            }

            var layer = pull[node] > 0 && lowest[node] != int.MaxValue ? lowest[node] : highest[node];
            moved |= layer != Layers[node];
            Layers[node] = layer;
        }

        return moved;
    }
}
