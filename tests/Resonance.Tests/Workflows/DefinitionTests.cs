using System.Text;
using MassTransit;
using Resonance.Engine.Definitions;
using Resonance.Tests.Approved;
using Resonance.Workflows;
using Resonance.Workflows.Notifications;
using Resonance.Workflows.Orders;
using Resonance.Workflows.Payments;
using Resonance.Workflows.Reconciliation;
using Resonance.Workflows.Reporting;
using Xunit;

namespace Resonance.Tests.Workflows;

/// <summary>The workflows that ship: sound, and of the shape that was approved.</summary>
public sealed class DefinitionTests
{
    static readonly NotificationWorkflow Notification = new(new NotificationRules(), new WorkflowTimes());
    static readonly OrderWorkflow Order = new(new OrderRules(), new WorkflowTimes());
    static readonly PaymentWorkflow Payment = new(new PaymentRules(), new WorkflowTimes());
    static readonly ReconciliationWorkflow Reconciliation = new(new ReconciliationRules(), new WorkflowTimes());

    static readonly ReportingWorkflow Reporting = new(new ReportingRules(), new WorkflowTimes(), () => new WorkflowCatalog([]));

    public static TheoryData<string> Types => ["notification", "order", "payment", "reconciliation", "reporting"];

    [Theory]
    [MemberData(nameof(Types))]
    public void Every_workflow_is_sound(string type) => Assert.Empty(Find(type).Verify());

    [Theory]
    [MemberData(nameof(Types))]
    public Task Its_graph_is_the_approved_one(string type) =>
        ApprovedFile.AssertAsync($"{type}.graph.mmd", Find(type).Description.Diagram, TestContext.Current.CancellationToken);

    [Fact]
    public async Task What_each_state_makes_of_each_event_is_approved()
    {
        await ApprovedFile.AssertAsync("notification.matrix.txt", Matrix(Notification), TestContext.Current.CancellationToken);
        await ApprovedFile.AssertAsync("order.matrix.txt", Matrix(Order), TestContext.Current.CancellationToken);
        await ApprovedFile.AssertAsync("payment.matrix.txt", Matrix(Payment), TestContext.Current.CancellationToken);
        await ApprovedFile.AssertAsync("reporting.matrix.txt", Matrix(Reporting), TestContext.Current.CancellationToken);
        await ApprovedFile.AssertAsync("reconciliation.matrix.txt", Matrix(Reconciliation), TestContext.Current.CancellationToken);
    }

    [Fact]
    public void The_first_state_is_pending_or_queued_before_it_and_no_other_state_is_known_than_the_workflow_uses()
    {
        Assert.Equivalent(
            (string[])["Queued", "Pending", "Processing", "AwaitingPayment", "Compensating", "Shipping", "Completed", "Suspended", "Cancelled"],
            Order.Description.States, strict: true);
        Assert.Equal(["Queued", "Pending"], Order.Description.States.Take(2));
        Assert.Equal("Pending", Payment.Description.States[0]);
        Assert.Equal(["Queued", "Pending", "Failed", "Sending", "Completed", "Suspended", "Cancelled"], Notification.Description.States);
        Assert.Equal(
            ["Pending", "Collecting", "Failed", "Rendering", "Published", "Suspended", "Cancelled"], Reporting.Description.States);
        Assert.Equal(
            ["Pending", "Matching", "ExceptionHandling", "Verified", "Suspended", "Cancelled"], Reconciliation.Description.States);
    }

    [Fact]
    public void The_hash_tells_one_definition_from_another()
    {
        Assert.Matches("^[0-9a-f]{64}$", Order.Description.Hash);
        Assert.NotEqual(Order.Description.Hash, Payment.Description.Hash);
        Assert.Equal(Order.Description.Hash, new OrderWorkflow(new OrderRules(), new WorkflowTimes()).Description.Hash);
    }

    internal static IWorkflow Find(string type) => type switch
    {
        "notification" => Notification,
        "order" => Order,
        "payment" => Payment,
        "reconciliation" => Reconciliation,
        _ => Reporting,
    };

    static string Matrix<TInstance>(WorkflowStateMachine<TInstance> machine) where TInstance : WorkflowInstance, new()
    {
        var events = machine.Activities
            .SelectMany(activity => (Event[])[activity.CompletedEvent, activity.Failed, activity.Exhausted])
            .Concat(machine.Events).Concat([machine.DeadlineReached])
            .DistinctBy(candidate => candidate.Name).OrderBy(candidate => candidate.Name, StringComparer.Ordinal).ToArray();
        var text = new StringBuilder();
        foreach (var state in machine.States.Where(state => state.Name != "Final").OrderBy(state => state.Name, StringComparer.Ordinal))
        {
            var (handled, rejected) = (events.Where(candidate => machine.AcceptsIn(state.Name, candidate)), events.Where(candidate => !machine.AcceptsIn(state.Name, candidate)));
            text.Append(state.Name).Append('\n')
                .Append("    handles ").AppendJoin(", ", handled.Select(candidate => candidate.Name)).Append('\n')
                .Append("    rejects ").AppendJoin(", ", rejected.Select(candidate => candidate.Name)).Append('\n');
        }

        return text.ToString();
    }
}
