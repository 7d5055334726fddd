using MassTransit;
using Resonance.Contracts.Cards;
using Resonance.Contracts.Workflows;
using Resonance.Tests.Engine.Workers;
using Resonance.Workflows;
using Xunit;

namespace Resonance.Tests.Workflows.Cards;

public sealed class CardWorkersTests : IAsyncLifetime
{
    WorkerBench _bench = null!;

    public async ValueTask InitializeAsync() =>
        _bench = await WorkerBench.StartAsync(bus => bus.AddResonanceWorkers(), (database, token) => database.MigrateWorkersAsync(token));

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Theory]
    [InlineData("tok_visa", 0.05)]
    [InlineData("tok_review", 0.45)]
    [InlineData("tok_fraud", 0.91)]
    [InlineData("tok_declined", 0.05)]
    public async Task A_card_is_assessed_with_its_score(string token, double score)
    {
        var command = Assess(token);

        var first = await DeliverAsync(command);
        var second = await DeliverAsync(command);

        var expected = new CardAssessed { WorkflowId = command.WorkflowId, IdempotencyKey = command.IdempotencyKey, FraudScore = score };
        Assert.Equal(expected, first);
        Assert.Equal(expected, second);
        Assert.Equal(1, await AttemptsAtProviderAsync());
    }

    [Fact]
    public async Task A_card_that_times_out_once_is_assessed_at_the_second_attempt()
    {
        var command = Assess("tok_timeout_once");

        Assert.Null(await DeliverAsync(command));
        Assert.Equal(0.05, Assert.IsType<CardAssessed>(await DeliverAsync(command)).FraudScore);
        Assert.Equal(2, await AttemptsAtProviderAsync());
        Assert.Equal([(command.IdempotencyKey, 2, "CardAssessed")], await _bench.ReadEffectsAsync());
    }

    [Fact]
    public async Task Each_payment_with_a_card_that_times_out_once_waits_once()
    {
        var first = Assess("tok_timeout_once");
        await DeliverAsync(first);
        await DeliverAsync(first);

        Assert.Null(await DeliverAsync(Assess("tok_timeout_once")));
    }

    [Fact]
    public async Task A_card_that_times_out_is_never_answered_and_nothing_is_captured()
    {
        var assess = Assess("tok_timeout");
        var capture = Capture("tok_timeout");

        for (var attempt = 0; attempt < 3; attempt++)
        {
            Assert.Null(await DeliverAsync(assess));
            Assert.Null(await DeliverAsync(capture));
        }

        Assert.Equal(6, await AttemptsAtProviderAsync());
        Assert.Equal(0, await CapturesAsync());
    }

    [Theory]
    [InlineData("tok_visa")]
    [InlineData("tok_review")]
    [InlineData("tok_fraud")]
    [InlineData("tok_timeout_once")]
    public async Task An_amount_is_captured_once(string token)
    {
        var command = Capture(token);

        var first = await DeliverAsync(command);
        var second = await DeliverAsync(command);

        var captured = Assert.IsType<CardCaptured>(first);
        Assert.Equal((command.WorkflowId, command.IdempotencyKey), (captured.WorkflowId, captured.IdempotencyKey));
        Assert.Matches("^cap_[0-9a-f]{24}$", captured.CaptureId);
        Assert.Equal(first, second);
        Assert.Equal(1, await CapturesAsync());
    }

    [Fact]
    public async Task The_provider_captures_once_even_when_the_worker_forgot_that_it_asked()
    {
        var command = Capture("tok_visa");

        var first = await DeliverAsync(command);
        await _bench.ExecuteAsync("UPDATE worker_effect SET reply = NULL, reply_type = NULL");
        var second = await DeliverAsync(command with { Amount = 12.5m });

        Assert.Equal(first, second);
        Assert.Equal(1, await CapturesAsync());
        Assert.Equal(2, await AttemptsAtProviderAsync());
    }

    [Fact]
    public async Task A_declined_capture_takes_nothing_and_stays_declined()
    {
        var command = Capture("tok_declined");

        var first = await DeliverAsync(command);
        var second = await DeliverAsync(command);

        var failed = Assert.IsType<ActivityFailed>(first);
        Assert.Equal(("card_declined", true), (failed.ErrorKind, failed.NonRetryable));
        Assert.Equal(first, second);
        Assert.Equal(0, await CapturesAsync());
    }

    [Fact]
    public async Task An_unknown_card_is_refused()
    {
        foreach (var reply in new[] { await DeliverAsync(Assess("tok_nobody")), await DeliverAsync(Capture("tok_nobody")) })
        {
            var failed = Assert.IsType<ActivityFailed>(reply);
            Assert.Equal(("unknown_card", true), (failed.ErrorKind, failed.NonRetryable));
        }
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    public async Task An_amount_that_is_not_above_zero_is_not_captured(string amount)
    {
        var command = Capture("tok_visa") with { Amount = decimal.Parse(amount, System.Globalization.CultureInfo.InvariantCulture) };

        var failed = Assert.IsType<ActivityFailed>(await DeliverAsync(command));

        Assert.Equal(("invalid_amount", true), (failed.ErrorKind, failed.NonRetryable));
        Assert.Equal(0, await CapturesAsync());
    }

    [Fact]
    public async Task The_provider_refuses_a_key_that_stands_for_another_request()
    {
        var command = Capture("tok_visa");
        await DeliverAsync(command);
        await _bench.ExecuteAsync("DELETE FROM worker_effect");

        var failed = Assert.IsType<ActivityFailed>(await DeliverAsync(command with { Amount = 99m }));

        Assert.Equal(("idempotency_key_reused", true), (failed.ErrorKind, failed.NonRetryable));
        Assert.Equal(1, await CapturesAsync());
    }

    [Fact]
    public async Task A_capture_is_refunded_once_whatever_the_keys()
    {
        var capture = Capture("tok_visa");
        await DeliverAsync(capture);
        var refund = Refund(capture.IdempotencyKey);

        var first = await DeliverAsync(refund);
        var second = await DeliverAsync(refund);
        var underAnotherKey = await DeliverAsync(refund with { IdempotencyKey = "another" });

        Assert.Equal(new CardRefunded { WorkflowId = refund.WorkflowId, IdempotencyKey = refund.IdempotencyKey }, first);
        Assert.Equal(first, second);
        Assert.IsType<CardRefunded>(underAnotherKey);
        var paidOut = await _bench.QueryAsync(
            "SELECT refunded_by FROM card_operation WHERE operation = 'capture'", row => row.IsDBNull(0) ? null : row.GetString(0));
        Assert.Equal([refund.IdempotencyKey], paidOut);
    }

    [Fact]
    public async Task Refunds_at_the_same_time_leave_other_captures_alone()
    {
        var capture = Capture("tok_visa");
        await DeliverAsync(capture);
        var other = Assert.IsType<CardCaptured>(await DeliverAsync(Capture("tok_visa")));

        var replies = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => DeliverAsync(Refund(capture.IdempotencyKey))));

        Assert.All(replies, reply => Assert.IsType<CardRefunded>(reply));
        Assert.Equal(1, await _bench.CountAsync("SELECT count(*) FROM card_operation WHERE refunded_by IS NOT NULL"));
        var untouched = await _bench.QueryAsync(
            "SELECT capture_id FROM card_operation WHERE operation = 'capture' AND refunded_by IS NULL", row => row.GetString(0));
        Assert.Equal([other.CaptureId], untouched);
    }

    [Fact]
    public async Task A_capture_that_comes_after_its_refund_is_refused()
    {
        var capture = Capture("tok_visa");

        var refunded = await DeliverAsync(Refund(capture.IdempotencyKey));
        var late = await DeliverAsync(capture);

        Assert.IsType<CardRefunded>(refunded);
        Assert.True(Assert.IsType<ActivityFailed>(late).NonRetryable);
        Assert.Equal(0, await CapturesAsync());
    }

    static AssessCard Assess(string token)
    {
        var workflow = NewId.NextGuid();
        return new AssessCard
        {
            WorkflowId = workflow,
            IdempotencyKey = $"{workflow:N}/assess",
            CardToken = token,
            Amount = 12.50m,
            Currency = "EUR",
        };
    }

    static CaptureCard Capture(string token)
    {
        var workflow = NewId.NextGuid();
        return new CaptureCard
        {
            WorkflowId = workflow,
            IdempotencyKey = $"{workflow:N}/capture",
            CardToken = token,
            Amount = 12.50m,
            Currency = "EUR",
        };
    }

    static RefundCard Refund(string captureKey)
    {
        var workflow = NewId.NextGuid();
        return new RefundCard { WorkflowId = workflow, IdempotencyKey = $"{workflow:N}/refund", CaptureKey = captureKey };
    }

    Task<IActivityReply?> DeliverAsync<TCommand>(TCommand command)
        where TCommand : class, IActivityCommand => _bench.DeliverAsync(WorkersRegistration.CardProviderQueue, command);

    Task<long> AttemptsAtProviderAsync() => _bench.CountAsync("SELECT CAST(sum(attempts) AS bigint) FROM card_operation");

    Task<long> CapturesAsync() => _bench.CountAsync("SELECT count(*) FROM card_operation WHERE operation = 'capture' AND capture_id <> ''");
}
