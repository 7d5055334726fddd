using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Resonance.Gateway.Diagrams;
using Resonance.Gateway.Diagrams.Layout;
using Resonance.Tests.Workflows;
using Xunit;

namespace Resonance.Tests.Gateway.Diagrams;

/// <summary>Whatever machine is drawn, one can read it.</summary>
public sealed class LayoutTests
{
    public static TheoryData<string> Types => DefinitionTests.Types;

    [Property(MaxTest = 200)]
    public void Any_machine_up_to_thirty_states_can_be_read(int seed, byte size) => AssertReadable(RandomMachines.Of(seed, size % 31));

    [Theory]
    [MemberData(nameof(Types))]
    public void The_workflows_that_ship_can_be_read(string type) => AssertReadable(MachineGraph.Of(DefinitionTests.Find(type).Description));

    [Theory]
    [InlineData("order", 0)]
    [InlineData("payment", 0)]
    [InlineData("notification", 0)]
    [InlineData("reconciliation", 0)]
    [InlineData("reporting", 0)]
    public void No_two_arrows_of_the_workflows_that_ship_cross(string type, int crossings) =>
        Assert.Equal(crossings, Crossings(DiagramPicture.Of(MachineGraph.Of(DefinitionTests.Find(type).Description), DiagramOverlay.None)));

    [Fact]
    public void The_way_of_an_order_that_goes_well_leads_straight_down()
    {
        var picture = DiagramPicture.Of(MachineGraph.Of(DefinitionTests.Find("order").Description), DiagramOverlay.None);

        var boxes = picture.States.ToDictionary(state => state.Card.State.Name, state => state.Box);
        string[] way = ["PENDING", "PROCESSING", "AWAITING_PAYMENT", "SHIPPING", "COMPLETED"];
        Assert.Equal(way, way.OrderBy(name => boxes[name].Y));
        Assert.All(way, name => Assert.InRange(boxes[name].CenterX - boxes["PENDING"].CenterX, -1, 1));
    }

    [Fact]
    public void Thirty_states_are_placed_without_a_pause_that_one_notices()
    {
        var graph = RandomMachines.Of(seed: 4, states: 30);
        DiagramPicture.Of(graph, DiagramOverlay.None);
        var clock = TimeProvider.System;
        var begun = clock.GetTimestamp();

        DiagramPicture.Of(graph, DiagramOverlay.None);

        Assert.InRange(clock.GetElapsedTime(begun), TimeSpan.Zero, TimeSpan.FromSeconds(2));
    }

    [Fact]
    public void What_stands_below_another_without_an_arrow_is_placed_below_it()
    {
        var layout = LayeredLayout.Arrange(
            [new LayoutNode("a", 40, 20), new LayoutNode("b", 40, 20), new LayoutNode("note", 40, 20)],
            [new LayoutEdge("a", "b", 0, 0, 1)],
            [new LayoutOrder("b", "note")]);

        Assert.True(layout.Nodes["note"].Y > layout.Nodes["b"].Bottom);
    }

    static void AssertReadable(MachineGraph graph)
    {
        var picture = DiagramPicture.Of(graph, DiagramOverlay.None);
        var boxes = picture.States.ToDictionary(state => state.Card.State.Name, state => state.Box);
        Assert.Equal(graph.States.Select(state => state.Name).Order(), boxes.Keys.Order());
        if (picture.Start is { } start)
            boxes.Add(MachineGraph.Start, start);
        foreach (var (note, number) in picture.Gathered.Select((note, number) => (note, number)))
            boxes.Add($"note {number}", note.Box);
        Box[] labels =
        [
            .. picture.Transitions.Select(transition => transition.Route.Label).Concat(picture.Gathered.Select(note => note.Route.Label)).OfType<Box>(),
        ];

        AssertApart([.. boxes.Values, .. labels]);
        Assert.All(boxes.Values.Concat(labels), box => Assert.True(
            box is { X: >= 0, Y: >= 0 } && box.Right <= picture.Width && box.Bottom <= picture.Height, $"{box} is out of the picture"));
        Assert.Equal(graph.Transitions.Count(transition => !transition.Folded), picture.Transitions.Count);
        foreach (var placed in picture.Transitions)
            AssertLeads(placed.Route, boxes[placed.Transition.From], boxes[placed.Transition.To], placed.IsLoop, boxes.Values);
        foreach (var (note, number) in picture.Gathered.Select((note, number) => (note, number)))
            AssertLeads(note.Route, boxes[$"note {number}"], boxes[note.Gathered.To], isLoop: false, boxes.Values);
        Assert.Equal(Describe(picture), Describe(DiagramPicture.Of(graph, DiagramOverlay.None)));
    }

    static void AssertApart(Box[] boxes)
    {
        for (var one = 0; one < boxes.Length; one++)
        {
            for (var other = one + 1; other < boxes.Length; other++)
                Assert.False(boxes[one].Overlaps(boxes[other]), $"{boxes[one]} lies upon {boxes[other]}");
        }
    }

    /// <summary>An arrow ends at its boxes and touches no other one.</summary>
    static void AssertLeads(Route route, Box from, Box to, bool isLoop, IEnumerable<Box> boxes)
    {
        var (first, last) = (route.Points[0], route.Points[^1]);
        if (isLoop)
        {
            Assert.Equal((from.Right, to.Right), (first.X, last.X));
            return;
        }

        AssertAtEdge(first, from);
        AssertAtEdge(last, to);
        var others = boxes.Where(box => box != from && box != to).ToArray();
        foreach (var point in Trace(route))
            Assert.DoesNotContain(others, box => point.X > box.X && point.X < box.Right && point.Y > box.Y && point.Y < box.Bottom);
    }

    static void AssertAtEdge(Point point, Box box)
    {
        Assert.InRange(point.X, box.X, box.Right);
        Assert.True(Math.Abs(point.Y - box.Y) < 0.01 || Math.Abs(point.Y - box.Bottom) < 0.01, $"{point} is not at the edge of {box}");
    }

    /// <summary>The arrow as it is drawn: upright pieces, and curves that begin and end upright.</summary>
    static IEnumerable<Point> Trace(Route route)
    {
        for (var index = 1; index < route.Points.Count; index++)
        {
            var (from, to) = (route.Points[index - 1], route.Points[index]);
            for (var step = 0; step <= 40; step++)
            {
                var t = step / 40.0;
                var across = t * t * (3 - 2 * t);
                var along = from.X == to.X ? t : 1.5 * t * (1 - t) * (1 - t) + 1.5 * t * t * (1 - t) + t * t * t;
                yield return new Point(from.X + (to.X - from.X) * across, from.Y + (to.Y - from.Y) * along);
            }
        }
    }

    /// <summary>How often two arrows have pieces that cross.</summary>
    static int Crossings(DiagramPicture picture)
    {
        var routes = picture.Transitions.Where(placed => !placed.IsLoop).Select(placed => placed.Route)
            .Concat(picture.Gathered.Select(note => note.Route)).Select(route => Trace(route).ToArray()).ToArray();
        var crossings = 0;
        for (var one = 0; one < routes.Length; one++)
        {
            for (var other = one + 1; other < routes.Length; other++)
                crossings += Meet(routes[one], routes[other]) ? 1 : 0;
        }

        return crossings;
    }

    static bool Meet(Point[] one, Point[] other)
    {
        for (var a = 1; a < one.Length; a++)
        {
            for (var b = 1; b < other.Length; b++)
            {
                if (Turn(one[a - 1], one[a], other[b - 1]) * Turn(one[a - 1], one[a], other[b]) < 0
                    && Turn(other[b - 1], other[b], one[a - 1]) * Turn(other[b - 1], other[b], one[a]) < 0)
                {
                    return true;
                }
            }
        }

        return false;
    }

    static double Turn(Point a, Point b, Point c) => (b.X - a.X) * (c.Y - a.Y) - (b.Y - a.Y) * (c.X - a.X);

    static string Describe(DiagramPicture picture) => string.Join('\n',
        picture.States.Select(state => $"{state.Card.State.Name} {state.Box}")
            .Concat(picture.Transitions.Select(placed => $"{placed.Transition.From} {placed.Transition.To} {string.Join(' ', placed.Route.Points)}")));
}
