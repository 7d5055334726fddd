using Resonance.Engine.Storage;

namespace Resonance.Engine.Queues;

/// <summary>Runs the calls of many at once as one, as far as one call takes them, and gives everybody his part of the answer.</summary>
sealed class SharedCalls<TItem, TResult>
{
    readonly Func<IReadOnlyList<TItem>, Task<IReadOnlyList<TResult>>> _run;
    readonly GroupRunner<Call> _runner;

    public SharedCalls(Func<IReadOnlyList<TItem>, Task<IReadOnlyList<TResult>>> run)
    {
        _run = run;
        _runner = new GroupRunner<Call>(WorkQueueLimits.BatchMax, RunTogetherAsync);
    }

    public Task<IReadOnlyList<TResult>> RunAsync(IReadOnlyList<TItem> items, CancellationToken cancellationToken)
    {
        var call = new Call(items);
        _runner.Add(call);
        return call.Answer.Task.WaitAsync(cancellationToken);
    }

    async Task RunTogetherAsync(List<Call> group)
    {
        for (var from = 0; from < group.Count;)
        {
            var (to, total) = (from, 0);
            while (to < group.Count && (to == from || total + group[to].Items.Count <= WorkQueueLimits.BatchMax))
                total += group[to++].Items.Count;
            await RunOnceAsync(group.GetRange(from, to - from));
            from = to;
        }
    }

    async Task RunOnceAsync(List<Call> part)
    {
        try
        {
            var results = await _run([.. part.SelectMany(call => call.Items)]);
            var at = 0;
            foreach (var call in part)
            {
                call.Answer.TrySetResult([.. results.Skip(at).Take(call.Items.Count)]);
                at += call.Items.Count;
            }
        }
        catch (Exception exception)
        {
            foreach (var call in part)
                call.Answer.TrySetException(exception);
        }
    }

    sealed record Call(IReadOnlyList<TItem> Items)
    {
        public TaskCompletionSource<IReadOnlyList<TResult>> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
