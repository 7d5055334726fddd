using Resonance.Contracts.Workflows;
using Resonance.Engine.Workers;
using Xunit;

namespace Resonance.Tests.Engine.Workers;

public sealed class RemoteActivityWorkerTests : IAsyncLifetime
{
    readonly CountScript _script = new();
    WorkerBench _bench = null!;

    public async ValueTask InitializeAsync() => _bench = await CountUpWorker.StartBenchAsync(_script);

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task A_repeated_command_calls_nobody_and_gets_the_same_reply()
    {
        var command = new CountDown { IdempotencyKey = "a" };

        var first = await _bench.DeliverAsync(CountUpWorker.Queue, command);
        var second = await _bench.DeliverAsync(CountUpWorker.Queue, command);

        Assert.Equal(-1, Assert.IsType<Counted>(first).Total);
        Assert.Equal(first, second);
        Assert.Equal(1, _script.Attempts);
        Assert.Equal([("a", 2, "Counted")], await _bench.ReadEffectsAsync());
    }

    [Fact]
    public async Task Deliveries_at_the_same_time_are_all_answered_with_the_reply_that_was_kept_first()
    {
        var command = new CountDown { IdempotencyKey = "a" };

        var replies = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => _bench.DeliverAsync(CountUpWorker.Queue, command)));

        Assert.IsType<Counted>(Assert.Single(replies.Distinct()));
        Assert.Equal([("a", 20, "Counted")], await _bench.ReadEffectsAsync());
    }

    [Fact]
    public async Task A_call_that_is_slower_than_another_delivery_answers_with_the_kept_reply()
    {
        var command = new CountDown { IdempotencyKey = "a" };
        var firstIsCalled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var secondIsDone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _script.HoldUp = attempt =>
        {
            if (attempt != 1)
                return Task.CompletedTask;
            firstIsCalled.SetResult();
            return secondIsDone.Task;
        };

        var slow = _bench.DeliverAsync(CountUpWorker.Queue, command);
        await firstIsCalled.Task.WaitAsync(TestContext.Current.CancellationToken);
        var quick = await _bench.DeliverAsync(CountUpWorker.Queue, command);
        secondIsDone.SetResult();

        Assert.Equal(-2, Assert.IsType<Counted>(quick).Total);
        Assert.Equal(quick, await slow);
    }

    [Fact]
    public async Task A_queue_hands_out_32_commands_at_once()
    {
        const int most = 32;
        var inFlight = 0;
        var seen = 0;
        var full = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _script.HoldUp = async _ =>
        {
            var now = Interlocked.Increment(ref inFlight);
            InterlockedMax(ref seen, now);
            if (now == most)
                full.TrySetResult();
            await full.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
            Interlocked.Decrement(ref inFlight);
        };

        await Task.WhenAll(Enumerable.Range(0, 4 * most)
            .Select(n => _bench.DeliverAsync(CountUpWorker.Queue, new CountDown { IdempotencyKey = $"{n}" })));

        Assert.Equal(most, seen);

        static void InterlockedMax(ref int target, int value)
        {
            for (var old = target; old < value; old = target)
                Interlocked.CompareExchange(ref target, value, old);
        }
    }

    [Fact]
    public async Task A_process_that_died_after_the_call_calls_again()
    {
        _script.EndOf = attempt => attempt == 1 ? throw new TimeoutException("The connection broke.") : null;
        var command = new CountDown { IdempotencyKey = "a" };

        await Assert.ThrowsAsync<TimeoutException>(() => _bench.DeliverAsync(CountUpWorker.Queue, command));
        var second = await _bench.DeliverAsync(CountUpWorker.Queue, command);

        Assert.Equal(-2, Assert.IsType<Counted>(second).Total);
        Assert.Equal([("a", 2, "Counted")], await _bench.ReadEffectsAsync());
    }

    [Fact]
    public async Task A_refusal_stays_the_answer()
    {
        _script.EndOf = attempt => attempt == 1 ? WorkerResult.Refused("not_today", "No counting today.") : null;
        var command = new CountDown { IdempotencyKey = "a" };

        var first = await _bench.DeliverAsync(CountUpWorker.Queue, command);
        var second = await _bench.DeliverAsync(CountUpWorker.Queue, command);

        Assert.Equal("not_today", Assert.IsType<ActivityFailed>(first).ErrorKind);
        Assert.Equal(first, second);
        Assert.Equal([("a", 2, "ActivityFailed")], await _bench.ReadEffectsAsync());
    }

    [Fact]
    public async Task What_may_pass_is_tried_anew()
    {
        _script.EndOf = attempt => attempt switch
        {
            1 => WorkerResult.Silent,
            2 => WorkerResult.TryLater("busy", "Try later."),
            _ => null,
        };
        var command = new CountDown { IdempotencyKey = "a" };

        Assert.Null(await _bench.DeliverAsync(CountUpWorker.Queue, command));
        Assert.False(Assert.IsType<ActivityFailed>(await _bench.DeliverAsync(CountUpWorker.Queue, command)).NonRetryable);
        Assert.Equal([("a", 2, null)], await _bench.ReadEffectsAsync());
        Assert.IsType<Counted>(await _bench.DeliverAsync(CountUpWorker.Queue, command));
        Assert.Equal([("a", 3, "Counted")], await _bench.ReadEffectsAsync());
    }

    [Fact]
    public async Task A_command_that_breaks_its_contract_is_refused_and_nobody_is_called()
    {
        var reply = await _bench.DeliverAsync(CountUpWorker.Queue, new CountDown { IdempotencyKey = " " });

        Assert.Equal("invalid_command", Assert.IsType<ActivityFailed>(reply).ErrorKind);
        Assert.Empty(await _bench.ReadEffectsAsync());
        Assert.Equal(0, _script.Attempts);
    }
}
