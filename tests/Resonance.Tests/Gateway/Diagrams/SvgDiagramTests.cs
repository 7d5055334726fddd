using System.Xml.Linq;
using FsCheck.Xunit;
using Resonance.Engine.Definitions;
using Resonance.Gateway.Diagrams;
using Resonance.Tests.Approved;
using Resonance.Tests.Workflows;
using Xunit;

namespace Resonance.Tests.Gateway.Diagrams;

public sealed class SvgDiagramTests
{
    static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    public static TheoryData<string> Types => DefinitionTests.Types;

    [Property(MaxTest = 60)]
    public void Any_machine_is_well_formed_and_shows_each_state_once(int seed, byte size)
    {
        var graph = RandomMachines.Of(seed, size % 31);

        var picture = XDocument.Parse(SvgDiagram.Render(graph, DiagramOverlay.None));

        Assert.Equal(graph.States.Select(state => state.Name).Order(), StatesOf(picture).Select(NameOf).Order());
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void It_names_itself_runs_nothing_and_takes_its_colours_from_variables(string type)
    {
        var text = SvgDiagram.Render(Graph(type), DiagramOverlay.None);

        var picture = XDocument.Parse(text).Root!;
        Assert.Equal(("img", (string?)picture.Element(Svg + "title")), ((string?)picture.Attribute("role"), (string?)picture.Attribute("aria-label")));
        Assert.Empty(picture.Descendants(Svg + "script"));
        Assert.DoesNotContain(picture.DescendantsAndSelf().Attributes(), attribute =>
            attribute.Name.LocalName is "fill" or "stroke" or "style" || attribute.Name.LocalName.StartsWith("on", StringComparison.Ordinal));
        Assert.All(System.Text.RegularExpressions.Regex.Matches(text, "#[0-9a-f]{3,6}"), colour =>
            Assert.Contains($"var(--diagram-", text[Math.Max(0, colour.Index - 28)..colour.Index]));
    }

    [Fact]
    public void What_a_name_holds_is_text_and_nothing_else()
    {
        var graph = MachineGraph.Of(
            "<script>alert(1)</script>",
            [new MachineState { Name = "A\"><script>", Status = WorkflowStatus.Running }, new MachineState { Name = "B&", Status = WorkflowStatus.Completed }],
            [new MachineTransition { From = "A\"><script>", To = "B&", Events = ["<b onload='x'>"], Kind = TransitionKind.Forward }]);

        var picture = XDocument.Parse(SvgDiagram.Render(graph, new DiagramOverlay { StateLink = "/workflows?type=\"&state=" }));

        Assert.Empty(picture.Descendants(Svg + "script"));
        Assert.Equal(["A\"><script>", "B&"], StatesOf(picture).Select(NameOf).Order());
        Assert.Contains("<b onload='x'>", picture.Descendants(Svg + "text").Select(text => text.Value));
    }

    [Fact]
    public void The_way_of_an_instance_is_lit_and_its_state_is_marked()
    {
        var picture = XDocument.Parse(SvgDiagram.Render(Graph("payment"), new DiagramOverlay
        {
            Current = "Refunding",
            Travelled = new Dictionary<(string, string), long>
            {
                [(MachineGraph.Start, "Pending")] = 1,
                [("Pending", "ValidateCard")] = 3,
                [("ValidateCard", "Pending")] = 2,
                [("ValidateCard", "Refunding")] = 1,
            },
        }));

        Assert.Equal(
            ["PENDING VALIDATE_CARD", "VALIDATE_CARD PENDING", "VALIDATE_CARD REFUNDING", "[*] PENDING"],
            WithClass(picture, "travelled").Select(way => $"{(string?)way.Attribute("data-from")} {(string?)way.Attribute("data-to")}").Order(StringComparer.Ordinal));
        Assert.Equal(["REFUNDING"], WithClass(picture, "current").Select(NameOf));
        Assert.Equal(["2×", "3×"], WithClass(picture, "taken").Select(taken => taken.Value).Order());
    }

    [Fact]
    public void A_way_that_no_definition_knows_is_drawn_for_the_one_who_went_it()
    {
        var way = (From: "Shipping", To: "Suspended");

        var picture = XDocument.Parse(SvgDiagram.Render(
            Graph("order"), new DiagramOverlay { Travelled = new Dictionary<(string, string), long> { [way] = 1, [("Shipping", "NoSuchState")] = 1 } }));

        var drawn = Assert.Single(WithClass(picture, "travelled"));
        Assert.Equal(("SHIPPING", "SUSPENDED"), ((string?)drawn.Attribute("data-from"), (string?)drawn.Attribute("data-to")));
    }

    [Fact]
    public void Figures_stand_at_the_states_and_the_transitions_that_they_are_of()
    {
        var picture = XDocument.Parse(SvgDiagram.Render(Graph("order"), new DiagramOverlay
        {
            Instances = new Dictionary<string, long> { ["Processing"] = 12_345 },
            Times = new Dictionary<string, StateTime> { ["Processing"] = new(1_240, 900, 61_000) },
            Uses = new Dictionary<(string, string), TransitionUse> { [("Processing", "AwaitingPayment")] = new(812, 0.0314) },
            StateLink = "/workflows?type=order&state=",
        }));

        var processing = StatesOf(picture).Single(state => NameOf(state) == "PROCESSING");
        Assert.Equal("12.3k", Assert.Single(WithClass(processing, "count")).Value);
        Assert.Contains("stay 1.2 s", processing.Descendants(Svg + "text").Select(text => text.Value));
        Assert.Contains("p99 61 s", processing.Descendants(Svg + "text").Select(text => text.Value));
        Assert.Equal("/workflows?type=order&state=PROCESSING", (string?)processing.Parent!.Attribute("href"));
        var taken = picture.Descendants(Svg + "g").Single(way => ((string?)way.Attribute("data-from"), (string?)way.Attribute("data-to")) == ("PROCESSING", "AWAITING_PAYMENT"));
        Assert.Equal(["812×"], WithClass(taken, "taken").Select(text => text.Value));
        Assert.Equal(["3.1 % fail"], WithClass(taken, "failing").Select(text => text.Value));
    }

    [Theory]
    [MemberData(nameof(Types))]
    public Task Its_mermaid_text_is_the_approved_one(string type) =>
        ApprovedFile.AssertAsync($"{type}.diagram.mmd", MermaidDiagram.Render(Graph(type)), TestContext.Current.CancellationToken);

    static MachineGraph Graph(string type) => MachineGraph.Of(DefinitionTests.Find(type).Description);

    static IEnumerable<XElement> StatesOf(XDocument picture) => picture.Descendants(Svg + "g").Where(group => group.Attribute("data-state") is not null);

    static string NameOf(XElement state) => (string)state.Attribute("data-state")!;

    static IEnumerable<XElement> WithClass(XContainer within, string name) => within.Descendants()
        .Where(element => ((string?)element.Attribute("class") ?? "").Split(' ').Contains(name));
}
