using MassTransit;
using Resonance.Contracts.Workflows;
using Resonance.Engine.Workers;
using Xunit;

namespace Resonance.Tests.Engine.Workers;

public sealed class ActivityWorkerTests : IAsyncLifetime
{
    readonly CountScript _script = new();
    WorkerBench _bench = null!;

    public async ValueTask InitializeAsync() => _bench = await CountUpWorker.StartBenchAsync(_script);

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task The_reply_reaches_the_one_who_asked()
    {
        var client = _bench.Harness.Bus.CreateRequestClient<CountUp>(new Uri("queue:count"));
        var command = new CountUp { IdempotencyKey = "a" };

        var response = await client.GetResponse<Counted, ActivityFailed>(command, TestContext.Current.CancellationToken);

        Assert.True(response.Is(out Response<Counted>? counted));
        Assert.Equal(new Counted { WorkflowId = command.WorkflowId, IdempotencyKey = "a", Total = 1 }, counted.Message);
    }

    [Fact]
    public async Task A_repeated_command_does_nothing_and_gets_the_same_reply()
    {
        var command = new CountUp { IdempotencyKey = "a" };

        var first = await _bench.DeliverAsync(CountUpWorker.Queue, command);
        var second = await _bench.DeliverAsync(CountUpWorker.Queue, command);

        Assert.Equal(1, Assert.IsType<Counted>(first).Total);
        Assert.Equal(first, second);
        Assert.Equal(1, await TotalAsync());
        Assert.Equal([("a", 2, "Counted")], await _bench.ReadEffectsAsync());
    }

    [Fact]
    public async Task Deliveries_at_the_same_time_do_the_work_once_for_each_key()
    {
        var commands = Enumerable.Range(0, 3).Select(n => new CountUp { IdempotencyKey = $"k{n}" }).ToArray();

        var replies = await Task.WhenAll(
            Enumerable.Range(0, 60).Select(n => _bench.DeliverAsync(CountUpWorker.Queue, commands[n % 3])));

        Assert.Equal(3, replies.Distinct().Count());
        Assert.Equal(3, await TotalAsync());
        Assert.Equal([("k0", 20, "Counted"), ("k1", 20, "Counted"), ("k2", 20, "Counted")], await _bench.ReadEffectsAsync());
    }

    [Fact]
    public async Task A_refusal_undoes_the_work_and_stays_the_answer()
    {
        _script.EndOf = attempt => attempt == 1 ? WorkerResult.Refused("not_today", "No counting today.") : null;
        var command = new CountUp { IdempotencyKey = "a" };

        var first = await _bench.DeliverAsync(CountUpWorker.Queue, command);
        var second = await _bench.DeliverAsync(CountUpWorker.Queue, command);

        var expected = new ActivityFailed
        {
            WorkflowId = command.WorkflowId,
            IdempotencyKey = "a",
            ErrorKind = "not_today",
            Message = "No counting today.",
            NonRetryable = true,
        };
        Assert.Equal(expected, first);
        Assert.Equal(expected, second);
        Assert.Equal(0, await TotalAsync());
        Assert.Equal([("a", 2, "ActivityFailed")], await _bench.ReadEffectsAsync());
    }

    [Fact]
    public async Task A_failure_that_may_pass_undoes_the_work_and_the_next_delivery_tries_anew()
    {
        _script.EndOf = attempt => attempt == 1 ? WorkerResult.TryLater("busy", "Try later.") : null;
        var command = new CountUp { IdempotencyKey = "a" };

        var first = await _bench.DeliverAsync(CountUpWorker.Queue, command);
        var totalAfterFirst = await TotalAsync();
        var effectsAfterFirst = await _bench.ReadEffectsAsync();
        var second = await _bench.DeliverAsync(CountUpWorker.Queue, command);

        var failed = Assert.IsType<ActivityFailed>(first);
        Assert.Equal(("busy", false), (failed.ErrorKind, failed.NonRetryable));
        Assert.Equal(0, totalAfterFirst);
        Assert.Equal([("a", 1, null)], effectsAfterFirst);
        Assert.Equal(1, Assert.IsType<Counted>(second).Total);
        Assert.Equal([("a", 2, "Counted")], await _bench.ReadEffectsAsync());
    }

    [Fact]
    public async Task Silence_undoes_the_work_sends_nothing_and_keeps_the_count_of_attempts()
    {
        _script.EndOf = attempt => attempt <= 2 ? WorkerResult.Silent : null;
        var command = new CountUp { IdempotencyKey = "a" };

        Assert.Null(await _bench.DeliverAsync(CountUpWorker.Queue, command));
        Assert.Null(await _bench.DeliverAsync(CountUpWorker.Queue, command));
        Assert.Equal([("a", 2, null)], await _bench.ReadEffectsAsync());

        Assert.Equal(1, Assert.IsType<Counted>(await _bench.DeliverAsync(CountUpWorker.Queue, command)).Total);
        Assert.Equal([("a", 3, "Counted")], await _bench.ReadEffectsAsync());
    }

    [Fact]
    public async Task An_exception_undoes_everything_and_goes_to_the_bus()
    {
        _script.EndOf = attempt => attempt == 1 ? throw new TimeoutException("The database went away.") : null;
        var command = new CountUp { IdempotencyKey = "a" };

        await Assert.ThrowsAsync<TimeoutException>(() => _bench.DeliverAsync(CountUpWorker.Queue, command));
        Assert.Empty(await _bench.ReadEffectsAsync());
        Assert.Equal(0, await TotalAsync());

        Assert.IsType<Counted>(await _bench.DeliverAsync(CountUpWorker.Queue, command));
        Assert.Equal([("a", 1, "Counted")], await _bench.ReadEffectsAsync());
    }

    [Fact]
    public async Task A_command_without_response_address_is_carried_out_and_nobody_hears_of_it()
    {
        var reply = await _bench.DeliverAsync(CountUpWorker.Queue, new CountUp { IdempotencyKey = "a" }, withResponseAddress: false);

        Assert.Null(reply);
        Assert.Equal(1, await TotalAsync());
        Assert.Equal([("a", 1, "Counted")], await _bench.ReadEffectsAsync());
        using var alreadyOver = new CancellationTokenSource();
        await alreadyOver.CancelAsync();
        Assert.Empty(_bench.Harness.Published.Select<Counted>(alreadyOver.Token));
        Assert.Empty(_bench.Harness.Sent.Select<Counted>(alreadyOver.Token));
    }

    [Fact]
    public async Task A_key_that_belongs_to_a_command_of_another_type_is_refused_and_its_effect_stands()
    {
        await _bench.DeliverAsync(CountUpWorker.Queue, new CountUp { IdempotencyKey = "a" });

        var reply = await _bench.DeliverAsync(CountUpWorker.Queue, new CountDown { IdempotencyKey = "a" });

        var failed = Assert.IsType<ActivityFailed>(reply);
        Assert.Equal(("idempotency_key_reused", true), (failed.ErrorKind, failed.NonRetryable));
        Assert.Equal([("a", 1, "Counted")], await _bench.ReadEffectsAsync());
        Assert.Equal(1, _script.Attempts);
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("longer than 16 characters")]
    public async Task A_command_that_breaks_its_contract_is_refused_and_leaves_nothing(string key)
    {
        var reply = await _bench.DeliverAsync(CountUpWorker.Queue, new CountUp { IdempotencyKey = key });

        var failed = Assert.IsType<ActivityFailed>(reply);
        Assert.Equal(("invalid_command", true), (failed.ErrorKind, failed.NonRetryable));
        Assert.Contains("key", failed.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Empty(await _bench.ReadEffectsAsync());
        Assert.Equal(0, _script.Attempts);
    }

    [Fact]
    public async Task A_kept_reply_of_an_unknown_type_is_an_error_that_says_what_to_do()
    {
        await _bench.DeliverAsync(CountUpWorker.Queue, new CountUp { IdempotencyKey = "a" });
        await _bench.ExecuteAsync("UPDATE worker_effect SET reply_type = 'Some.Older.Reply'");

        var error = await Assert.ThrowsAsync<InvalidOperationException>(
            () => _bench.DeliverAsync(CountUpWorker.Queue, new CountUp { IdempotencyKey = "a" }));

        Assert.Contains("'Some.Older.Reply'", error.Message, StringComparison.Ordinal);
        Assert.Contains("new command", error.Message, StringComparison.Ordinal);
    }

    Task<long> TotalAsync() => _bench.CountAsync("SELECT total FROM counter");
}
