using Resonance.Audit.Projections;
using Resonance.Gateway.Diagrams;
using Resonance.Tests.Workflows;
using Xunit;

namespace Resonance.Tests.Gateway.Diagrams;

/// <summary>What the ledger counted comes to stand at the arrows that were gone.</summary>
public sealed class MachineUseTests
{
    [Fact]
    public void A_step_through_several_states_counts_on_each_arrow_of_its_way()
    {
        var use = UseOf("order", new WayFigures("Queued", "WorkflowAdmitted", "Processing", 7, 0, 0), new WayFigures("Queued", "WorkflowAdmitted", "Suspended", 2, 0, 0));

        Assert.Equal(7 + 2, use.Ways[("QUEUED", "PENDING")].Taken);
        Assert.Equal(7, use.Ways[("PENDING", "PROCESSING")].Taken);
        Assert.Equal(2, use.Ways[("PENDING", "SUSPENDED")].Taken);
        Assert.Equal(3, use.Ways.Count);
    }

    [Fact]
    public void A_persons_yes_counts_on_the_way_back_and_on_the_way_on()
    {
        var use = UseOf("order", new WayFigures("Suspended", "ResumeWorkflow", "Processing", 3, 0, 0));

        Assert.Equal(3, use.Ways[("SUSPENDED", "PENDING")].Taken);
        Assert.Equal(3, use.Ways[("PENDING", "PROCESSING")].Taken);
    }

    [Fact]
    public void A_way_that_only_a_failure_leads_is_no_walk_over_arrows_of_other_events()
    {
        var use = UseOf("payment", new WayFigures("Capturing", "ActivityTimedOut", "Suspended", 1, 1, 0));

        var way = Assert.Single(use.Ways);
        Assert.Equal((("CAPTURING", "SUSPENDED"), 1L), (way.Key, way.Value.Taken));
        Assert.Contains(use.Gone.Transitions, drawn => (drawn.From, drawn.To, drawn.Folded) == ("CAPTURING", "SUSPENDED", false));
    }

    [Fact]
    public void The_failure_rate_of_a_state_is_the_share_of_its_attempts_that_failed()
    {
        var use = UseOf(
            "payment",
            new WayFigures("ValidateCard", "ActivityTimedOut", "Pending", 2, 2, 2),
            new WayFigures("ValidateCard", "CardAssessed", "Capturing", 6, 0, 0),
            new WayFigures("Pending", "ActivityRetryDue", "ValidateCard", 2, 0, 0));

        Assert.Equal(0.25, use.States["VALIDATE_CARD"].FailureRate);
        Assert.Null(use.States["PENDING"].FailureRate);
        Assert.Equal((8L, 2L), (use.States["VALIDATE_CARD"].Left, use.States["VALIDATE_CARD"].Failed));
        Assert.Equal(0.75, use.Ways[("VALIDATE_CARD", "CAPTURING")].Share);
        var uses = use.ToOverlay(null).Uses!;
        Assert.Equal(0.25, uses[("VALIDATE_CARD", "CAPTURING")].FailureRate);
        Assert.Null(uses[("VALIDATE_CARD", "PENDING")].FailureRate);
    }

    [Fact]
    public void What_fails_for_good_and_leads_to_something_else_in_the_same_state_counts_on_the_loop()
    {
        var use = UseOf(
            "notification",
            new WayFigures("Sending", "ActivityTimedOut", "Sending", 9, 9, 7), new WayFigures("Sending", "EmailSent", "Completed", 5, 0, 0));

        Assert.Equal(2, use.Ways[("SENDING", "SENDING")].Taken);
        Assert.Equal(9.0 / 14, use.States["SENDING"].FailureRate);
    }

    [Fact]
    public void A_state_that_only_an_earlier_build_had_stands_in_nobodys_way()
    {
        var use = UseOf("order", new WayFigures("Packing", "Packed", "Shipping", 4, 1, 0), new WayFigures("Shipping", "Lost", "Packing", 4, 0, 0));

        Assert.DoesNotContain("PACKING", use.States.Keys);
        Assert.NotEmpty(SvgDiagram.Render(use.Gone, use.ToOverlay(null)));
    }

    static MachineUse UseOf(string type, params WayFigures[] ways) => MachineUse.Of(
        DefinitionTests.Find(type).Description, new MachineFigures(ways, new Dictionary<string, LatencyFigures>(), new Dictionary<string, long>()));
}
