using MassTransit;
using Resonance.Contracts.Payments;
using Resonance.Engine.Delivery;
using Resonance.Engine.Journal;
using Resonance.Tests.Support;
using Resonance.Workflows.Payments;
using Xunit;

namespace Resonance.Tests.Engine.Delivery;

/// <summary>Events from outside, sent by who knows an instance and the name of a contract.</summary>
public sealed class RaiseTests : IAsyncLifetime
{
    const string Refund = nameof(RefundPayment);

    WorkflowHarness _harness = null!;

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _harness = await WorkflowHarness.StartAsync();

    public ValueTask DisposeAsync() => _harness.DisposeAsync();

    [Theory]
    [InlineData(Refund)]
    [InlineData("Resonance.Contracts.Payments.RefundPayment")]
    public async Task An_accepted_event_arrives(string contract)
    {
        var id = await PayAsync("tok_visa");

        var answer = await _harness.Client.RaiseAsync(id, contract, About(id), Cancellation);
        await _harness.UntilStateAsync(id, nameof(PaymentWorkflow.Refunded));

        Assert.Equal((RaiseOutcome.Accepted, "Completed"), (answer.Outcome, answer.State));
        Assert.Equal([typeof(RefundPayment)], answer.Events.Select(accepted => accepted.Contract));
    }

    [Fact]
    public async Task An_event_that_the_state_does_not_accept_is_refused_and_never_sent()
    {
        var id = await PayAsync("tok_declined");

        var answer = await _harness.Client.RaiseAsync(id, Refund, About(id), Cancellation);

        Assert.Equal((RaiseOutcome.NotAccepted, "Declined"), (answer.Outcome, answer.State));
        Assert.Empty(answer.Events);
        Assert.Empty(_harness.EntriesOf<EventRejected>(id));
    }

    [Fact]
    public async Task An_event_that_nobody_declares_is_answered_with_the_declared_ones()
    {
        var id = await PayAsync("tok_visa");

        var answer = await _harness.Client.RaiseAsync(id, nameof(StartPayment), About(id), Cancellation);

        Assert.Equal(RaiseOutcome.Unknown, answer.Outcome);
        Assert.Equal([typeof(RefundPayment)], answer.Events.Select(known => known.Contract));
    }

    [Fact]
    public async Task An_unknown_instance_is_not_found()
    {
        var id = NewId.NextGuid();

        Assert.Equal(RaiseOutcome.NotFound, (await _harness.Client.RaiseAsync(id, Refund, About(id), Cancellation)).Outcome);
    }

    [Fact]
    public async Task A_message_of_another_contract_or_about_another_instance_is_a_mistake_of_the_caller()
    {
        var id = await PayAsync("tok_visa");

        var contract = await Assert.ThrowsAsync<ArgumentException>(() => _harness.Client.RaiseAsync(id, Refund, new object(), Cancellation));
        var instance = await Assert.ThrowsAsync<ArgumentException>(
            () => _harness.Client.RaiseAsync(id, Refund, About(NewId.NextGuid()), Cancellation));

        Assert.StartsWith("The event is a RefundPayment; found Object.", contract.Message, StringComparison.Ordinal);
        Assert.Contains($"not about {id}", instance.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_member_that_names_the_instance_is_known()
    {
        var workflow = new PaymentWorkflow(new PaymentRules(), new Resonance.Workflows.WorkflowTimes());

        Assert.Equal("paymentId", Assert.Single(workflow.Description.Events).IdMember);
    }

    static RefundPayment About(Guid id) => new() { PaymentId = id, Reason = "sent back" };

    /// <summary>Pays and waits for the end.</summary>
    async Task<Guid> PayAsync(string card)
    {
        var payment = Reconciliations.Payment(card);
        await _harness.Client.StartAsync(PaymentWorkflow.Type, payment, Cancellation);
        await _harness.UntilAsync(payment.PaymentId, _ => _harness.EntriesOf<Finished>(payment.PaymentId).Count > 0);
        return payment.PaymentId;
    }
}
