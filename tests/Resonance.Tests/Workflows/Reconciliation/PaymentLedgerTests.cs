using MassTransit;
using Resonance.Contracts.Payments;
using Resonance.Tests.Engine.Workers;
using Resonance.Tests.Support;
using Resonance.Workflows;
using Resonance.Workflows.Reconciliation;
using Xunit;

namespace Resonance.Tests.Workflows.Reconciliation;

public sealed class PaymentLedgerTests : IAsyncLifetime
{
    static readonly Guid Payment = NewId.NextGuid();

    WorkerBench _bench = null!;

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    static PaymentCompleted Completed => new()
    {
        PaymentId = Payment,
        Reference = "ORDER-1",
        CaptureId = "cap_1",
        Amount = 49.9001m,
        Currency = "EUR",
        CompletedAt = Reconciliations.Day,
    };

    static PaymentRefunded Refunded => new()
    {
        PaymentId = Payment,
        Reference = "ORDER-1",
        CaptureId = "cap_1",
        Amount = 49.9001m,
        Currency = "EUR",
        RefundedAt = Reconciliations.Day.AddTicks(10),
    };

    public async ValueTask InitializeAsync() =>
        _bench = await WorkerBench.StartAsync(bus => bus.AddResonanceWorkers(), (database, token) => database.MigrateWorkersAsync(token));

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task A_capture_and_its_refund_are_booked_once_each_however_often_they_are_told()
    {
        await TellAsync(Completed, Completed with { Reference = "another" });
        await TellAsync(Refunded, Refunded with { Amount = 1 });

        Assert.Equal(
            [
                ("cap_1", "capture", "ORDER-1", 499_001L, "EUR", "2026-11-23T00:00:00.000000Z"),
                ("cap_1", "refund", "ORDER-1", 499_001L, "EUR", "2026-11-23T00:00:00.000001Z"),
            ],
            await _bench.QueryAsync(
                "SELECT capture_id, operation, reference, amount, currency, occurred_at FROM payment_ledger ORDER BY operation",
                row => (row.GetString(0), row.GetString(1), row.GetString(2), row.GetInt64(3), row.GetString(4), row.GetString(5))));
    }

    [Fact]
    public async Task What_was_given_back_without_a_known_capture_is_not_booked()
    {
        await TellAsync(Refunded with { CaptureId = null });

        Assert.Equal(0, await _bench.CountAsync("SELECT count(*) FROM payment_ledger"));
    }

    /// <summary>Publishes and waits until the ledger has consumed as many messages.</summary>
    async Task TellAsync<TMessage>(params TMessage[] messages) where TMessage : class
    {
        foreach (var message in messages)
            await _bench.Harness.Bus.Publish(message, Cancellation);
        var consumer = _bench.Harness.GetConsumerHarness<PaymentLedger>();
        var consumed = 0;
        await foreach (var message in consumer.Consumed.SelectAsync<TMessage>(Cancellation))
        {
            Assert.Null(message.Exception);
            if (++consumed == messages.Length)
                break;
        }

        Assert.Equal(messages.Length, consumed);
    }
}
