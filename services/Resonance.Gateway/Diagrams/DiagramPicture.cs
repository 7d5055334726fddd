using Resonance.Engine.Definitions;
using Resonance.Gateway.Diagrams.Layout;

namespace Resonance.Gateway.Diagrams;

/// <summary>A state with the place of its box.</summary>
sealed record PlacedState(StateCard Card, Box Box);

/// <summary>A transition with its way. A loop has the box that it leaves and comes back to.</summary>
sealed record PlacedTransition(MachineTransition Transition, TransitionLabel Label, Route Route, bool IsLoop);

/// <summary>A note of the states that one event leads away from, with the arrow from it.</summary>
sealed record PlacedGathering(GatheredTransition Gathered, IReadOnlyList<string> Lines, Box Box, TransitionLabel Label, Route Route);

/// <summary>Everything that is drawn, with its place.</summary>
sealed record DiagramPicture
{
    public const double StartSize = 18;
    public const double NoteSize = 10.5;
    public const double NoteLineHeight = 14;
    public const double LoopWidth = 34;

    const double Margin = 20;
    const double TrayGap = 26;
    const double TrayHead = 22;
    const double NoteGap = 12;

    public required IReadOnlyList<PlacedState> States { get; init; }

    public required IReadOnlyList<PlacedTransition> Transitions { get; init; }

    public required IReadOnlyList<PlacedGathering> Gathered { get; init; }

    /// <summary>Where it begins; null when nothing leads from there.</summary>
    public required Box? Start { get; init; }

    /// <summary>The states that no arrow leads to, as one comes to them from anywhere; null when there are none.</summary>
    public required Box? Tray { get; init; }

    public required double Width { get; init; }

    public required double Height { get; init; }

    public static DiagramPicture Of(MachineGraph graph, DiagramOverlay overlay)
    {
        var drawn = graph.Transitions.Where(transition => !transition.Folded).Select(transition => (Transition: transition, Label: TransitionLabel.Of(transition, overlay)))
            .ToArray();
        var cards = graph.States.Select(state => StateCard.Of(state, overlay)).ToArray();
        var connected = drawn.SelectMany(edge => (string[])[edge.Transition.From, edge.Transition.To])
            .Concat(graph.Gathered.Select(many => many.To)).ToHashSet(StringComparer.Ordinal);
        var loops = drawn.Where(edge => edge.Transition.From == edge.Transition.To)
            .ToDictionary(edge => edge.Transition.From, edge => edge.Label, StringComparer.Ordinal);
        var ways = drawn.Where(edge => edge.Transition.From != edge.Transition.To).ToArray();

        var nodes = new List<LayoutNode>();
        if (connected.Contains(MachineGraph.Start))
            nodes.Add(new LayoutNode(MachineGraph.Start, StartSize, StartSize));
        nodes.AddRange(cards.Where(card => connected.Contains(card.State.Name)).Select(card => NodeOf(card, loops.GetValueOrDefault(card.State.Name))));
        var notes = graph.Gathered.Select((many, number) => (Many: many, Lines: NoteLines(many), Id: $"* {number}",
            Label: TransitionLabel.Of(new MachineTransition { From = "", To = many.To, Events = [many.Event], Kind = TransitionKind.Forward }, DiagramOverlay.None)))
            .ToArray();
        nodes.AddRange(notes.Select(note => new LayoutNode(
            note.Id, note.Lines.Max(line => TextWidths.Of(line, NoteSize)) + 2 * NoteGap, note.Lines.Count * NoteLineHeight + NoteGap)));
        var layout = LayeredLayout.Arrange(nodes,
        [
            .. ways.Select(edge => new LayoutEdge(
                edge.Transition.From, edge.Transition.To, edge.Label.Width, edge.Label.Height, WeightOf(edge.Transition))),
            .. notes.Select(note => new LayoutEdge(note.Id, note.Many.To, note.Label.Width, note.Label.Height, 1)),
        ],
        [.. notes.Where(note => connected.Contains(note.Many.From[0])).Select(note => new LayoutOrder(note.Many.From[0], note.Id))]);

        var states = cards.Where(card => connected.Contains(card.State.Name))
            .Select(card => new PlacedState(card, layout.Nodes[card.State.Name].Moved(Margin, Margin))).ToList();
        var tray = PutAside(cards.Where(card => !connected.Contains(card.State.Name)), layout, states);
        return new DiagramPicture
        {
            States = states,
            Transitions =
            [
                .. ways.Select((edge, number) => new PlacedTransition(edge.Transition, edge.Label, Moved(layout.Routes[number]), IsLoop: false)),
                .. drawn.Where(edge => edge.Transition.From == edge.Transition.To).Select(edge => new PlacedTransition(
                    edge.Transition, edge.Label, LoopAt(states.First(state => state.Card.State.Name == edge.Transition.From).Box, edge.Label), IsLoop: true)),
            ],
            Gathered =
            [
                .. notes.Select((note, number) => new PlacedGathering(
                    note.Many, note.Lines, layout.Nodes[note.Id].Moved(Margin, Margin), note.Label, Moved(layout.Routes[ways.Length + number]))),
            ],
            Start = layout.Nodes.TryGetValue(MachineGraph.Start, out var start) ? start.Moved(Margin, Margin) : null,
            Tray = tray,
            Width = Math.Ceiling(Math.Max(layout.Width + 2 * Margin, tray is { } wide ? wide.Right + Margin : 0)),
            Height = Math.Ceiling(tray is { } low ? low.Bottom + Margin : layout.Height + 2 * Margin),
        };
    }

    static LayoutNode NodeOf(StateCard card, TransitionLabel? loop) => loop is null
        ? new LayoutNode(card.State.Name, card.Width, card.Height)
        : new LayoutNode(card.State.Name, card.Width, Math.Max(card.Height, loop.Height + 4), LoopWidth + loop.Width);

    static int WeightOf(MachineTransition transition) => transition switch
    {
        { From: MachineGraph.Start } => 30,
        { Kind: TransitionKind.Forward } => 24,
        { Kind: TransitionKind.Retry } => 2,
        _ => 1,
    };

    /// <summary>Two names a line.</summary>
    static IReadOnlyList<string> NoteLines(GatheredTransition many) =>
        [$"from {many.From.Count} states:", .. many.From.Chunk(2).Select(names => string.Join(", ", names))];

    /// <summary>Boxes without arrows stand below the others.</summary>
    static Box? PutAside(IEnumerable<StateCard> cards, LayoutResult layout, List<PlacedState> states)
    {
        var top = layout.Nodes.Count == 0 ? Margin : Margin + layout.Height + TrayGap;
        var (x, bottom) = (Margin, top);
        foreach (var card in cards.OrderBy(card => card.State.Status == WorkflowStatus.Suspended ? 0 : 1))
        {
            states.Add(new PlacedState(card, new Box(x, top + TrayHead, card.Width, card.Height)));
            x += card.Width + Margin;
            bottom = Math.Max(bottom, top + TrayHead + card.Height);
        }

        return x == Margin ? null : new Box(Margin, top, Math.Max(x - 2 * Margin, TextWidths.Of(SvgDiagram.TrayCaption, NoteSize)), bottom - top);
    }

    static Route LoopAt(Box box, TransitionLabel label)
    {
        var reach = Math.Min(box.Height / 2 - 8, 14);
        return new Route(
            [new Point(box.Right, box.CenterY - reach), new Point(box.Right, box.CenterY + reach)],
            label.Height == 0 ? null : new Box(box.Right + LoopWidth - 6, box.CenterY - label.Height / 2, label.Width, label.Height));
    }

    static Route Moved(Route route) => new(
        [.. route.Points.Select(point => new Point(point.X + Margin, point.Y + Margin))], route.Label?.Moved(Margin, Margin));
}
