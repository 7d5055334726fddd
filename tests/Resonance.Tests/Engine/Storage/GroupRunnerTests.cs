using Resonance.Engine.Storage;
using Xunit;

namespace Resonance.Tests.Engine.Storage;

public sealed class GroupRunnerTests
{
    [Fact]
    public async Task What_arrives_while_a_group_runs_makes_the_next_group()
    {
        var groups = new List<int[]>();
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var runner = new GroupRunner<int>(100, async group =>
        {
            groups.Add([.. group]);
            if (groups.Count == 1)
                await gate.Task;
            else
                done.SetResult();
        });

        runner.Add(1);
        runner.Add(2);
        runner.Add(3);
        gate.SetResult();
        await done.Task.WaitAsync(TestContext.Current.CancellationToken);

        Assert.Equal([[1], [2, 3]], groups);
    }

    [Fact]
    public async Task No_group_is_larger_than_allowed()
    {
        var sizes = new List<int>();
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var runner = new GroupRunner<int>(2, async group =>
        {
            sizes.Add(group.Count);
            if (sizes.Count == 1)
                await gate.Task;
            if (sizes.Sum() == 6)
                done.SetResult();
        });

        for (var item = 0; item < 6; item++)
            runner.Add(item);
        gate.SetResult();
        await done.Task.WaitAsync(TestContext.Current.CancellationToken);

        Assert.Equal([1, 2, 2, 1], sizes);
    }

    [Fact]
    public async Task Nothing_is_lost_under_many_hands()
    {
        const int hands = 8, each = 10_000;
        var count = 0;
        var running = 0;
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var runner = new GroupRunner<int>(64, async group =>
        {
            Assert.Equal(1, Interlocked.Increment(ref running));
            await Task.Yield();
            count += group.Count;
            Interlocked.Decrement(ref running);
            if (count == hands * each)
                done.SetResult();
        });

        await Task.WhenAll(Enumerable.Range(0, hands).Select(_ => Task.Run(() =>
        {
            for (var item = 0; item < each; item++)
                runner.Add(item);
        })));
        await done.Task.WaitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(hands * each, count);
    }
}
