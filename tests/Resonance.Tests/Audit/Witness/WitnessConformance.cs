using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Resonance.Audit;
using Resonance.Audit.Ledger;
using Resonance.Audit.Merkle;
using Resonance.Audit.Witness;
using Resonance.Contracts.Audit;
using Resonance.Engine.Definitions;
using Resonance.Engine.Journal;
using Resonance.Engine.Storage;
using Resonance.Tests.Engine.Storage;
using Xunit;

namespace Resonance.Tests.Audit.Witness;

/// <summary>The ledger is whole, whatever becomes of the messages: the same for every store; a class a store derives from it.</summary>
public abstract class WitnessConformance : IAsyncLifetime
{
    static readonly StoreText CountSteps = new("SELECT count(*), coalesce(max(leaf_index), -1) FROM step");
    static readonly StoreText Leaves = new("SELECT hash FROM step ORDER BY leaf_index");
    static readonly StoreText Subtrees = new("SELECT level, \"index\", hash FROM subtree ORDER BY 1, 2");
    static readonly StoreText Sources = new("SELECT count(*) FROM step WHERE source = @source");

    // The sample instances take their steps from that moment on.
    readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 3, 4, 9, 15, 43, TimeSpan.Zero));

    ServiceProvider _provider = null!;

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    IWorkflowStore Store => _provider.GetRequiredService<IWorkflowStore>();

    AuditDatabase Database => _provider.GetRequiredService<AuditDatabase>();

    LedgerStore Ledger => _provider.GetRequiredService<LedgerStore>();

    FindingStore Findings => _provider.GetRequiredService<FindingStore>();

    /// <summary>Adds both stores, with empty databases.</summary>
    protected abstract Task AddStoresAsync(IServiceCollection services);

    protected abstract ValueTask RemoveStoresAsync();

    public async ValueTask InitializeAsync()
    {
        var services = new ServiceCollection().AddSingleton(new WorkflowCatalog([])).AddSingleton<TimeProvider>(_clock).AddLogging();
        await AddStoresAsync(services);
        services.AddSingleton<JournalComparison>();
        _provider = services.BuildServiceProvider();
        await Store.MigrateAsync(Cancel);
        await Database.MigrateAsync(Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await _provider.DisposeAsync();
        await RemoveStoresAsync();
    }

    [Fact]
    public async Task A_step_stands_once_however_often_it_is_told()
    {
        var steps = await CommitAsync(instances: 3, each: 2);

        Assert.Equal(6, await Ledger.AppendAsync([.. steps, steps[0]], StepSource.Message, Cancel));
        Assert.Equal(0, await Ledger.AppendAsync([.. steps.Reverse()], StepSource.Message, Cancel));

        Assert.Equal((6, 5), await CountAsync());
        Assert.Equal(0, await Findings.CountAsync(Cancel));
    }

    [Fact]
    public async Task Witnesses_that_meet_append_each_step_once_and_leave_no_gap()
    {
        var steps = await CommitAsync(instances: 60, each: 2);
        var chunks = steps.Chunk(10).ToArray();

        // Each chunk is told three times, in three orders.
        var told = await Task.WhenAll(chunks.Concat(chunks.Reverse()).Concat(chunks.Order(ByLastHash))
            .Select(chunk => Task.Run(() => Ledger.AppendAsync(chunk, StepSource.Message, Cancel), Cancel)));

        Assert.Equal(120, told.Sum());
        Assert.Equal((120, 119), await CountAsync());
    }

    [Fact]
    public async Task The_tree_is_that_of_the_hashes_in_their_order()
    {
        var steps = await CommitAsync(instances: 300, each: 2);
        foreach (var chunk in steps.Chunk(77))
            await Ledger.AppendAsync(chunk, StepSource.Message, Cancel);

        var (root, leaves, subtrees) = await Database.ReadAsync(
            async (session, token) => (
                (await LedgerStore.LockAsync(session, token)).Root(),
                await session.QueryAsync(Leaves, row => row.Bytes(0), token).ToListAsync(token),
                await session.QueryAsync(Subtrees, row => (Level: row.Number(0), Index: row.Number(1), Hash: row.Bytes(2)), token).ToListAsync(token)),
            Cancel);

        var naive = Frontier.Empty();
        var completed = new List<Subtree>();
        foreach (var leaf in leaves)
            naive.Append(leaf, completed);
        Assert.Equal(naive.Root(), root);
        Assert.Equal([(1, 0), (1, 1)], subtrees.Select(subtree => ((int)subtree.Level, (int)subtree.Index)));
        Assert.Equal(completed.Select(subtree => Convert.ToHexString(subtree.Hash)), subtrees.Select(subtree => Convert.ToHexString(subtree.Hash)));
    }

    [Fact]
    public async Task Another_hash_for_a_step_that_was_witnessed_is_a_fork_and_what_was_witnessed_first_stands()
    {
        var step = (await CommitAsync(instances: 1, each: 1))[0];
        await Ledger.AppendAsync([step], StepSource.Message, Cancel);

        await Ledger.AppendAsync([step with { Hash = new string('0', 64) }], StepSource.Message, Cancel);
        await Ledger.AppendAsync([step with { Hash = new string('0', 64) }], StepSource.Message, Cancel);

        var (finding, _) = Assert.Single(await Findings.NewestAsync(10, Cancel));
        Assert.Equal((FindingKind.Fork, step.WorkflowId, 1L), (finding.Kind, finding.WorkflowId!.Value, finding.Sequence!.Value));
        Assert.Contains(step.Hash, finding.Detail, StringComparison.Ordinal);
        Assert.Equal((1, 0), await CountAsync());
    }

    [Fact]
    public async Task What_no_message_told_of_is_filled_in_from_the_journal_once_it_is_old_enough()
    {
        var steps = await CommitAsync(instances: 20, each: 2);
        await Ledger.AppendAsync(steps.Where((_, index) => index % 3 != 0).ToArray(), StepSource.Message, Cancel);
        var catchUp = NewCatchUp();

        _clock.SetUtcNow(steps[^1].OccurredAt + TimeSpan.FromSeconds(8));
        Assert.Equal(0, await catchUp.RunAsync(Cancel));
        _clock.SetUtcNow(steps[^1].OccurredAt + TimeSpan.FromSeconds(12));
        Assert.Equal(14, await catchUp.RunAsync(Cancel));
        Assert.Equal(0, await catchUp.RunAsync(Cancel));

        Assert.Equal((40, 39), await CountAsync());
        Assert.Equal(14, await OneAsync(Sources, ("@source", StepSource.Journal)));
        Assert.Equal(0, await Findings.CountAsync(Cancel));
    }

    [Fact]
    public async Task A_witness_that_was_away_for_an_hour_has_the_ledger_whole_after_one_round()
    {
        var steps = await CommitAsync(instances: 1500, each: 1);
        _clock.Advance(TimeSpan.FromHours(1));

        Assert.Equal(1500, await NewCatchUp().RunAsync(Cancel));
        await Ledger.AppendAsync(steps, StepSource.Message, Cancel);

        Assert.Equal((1500, 1499), await CountAsync());
        Assert.Equal(0, await Findings.CountAsync(Cancel));
    }

    [Fact]
    public async Task What_is_committed_into_a_minute_that_was_settled_is_found_when_everything_is_counted()
    {
        await CommitAsync(instances: 2, each: 1);
        _clock.Advance(TimeSpan.FromHours(1));
        var catchUp = NewCatchUp();
        await catchUp.RunAsync(Cancel);
        await CommitAsync(instances: 2, each: 1);

        _clock.Advance(TimeSpan.FromMinutes(30));
        Assert.Equal(0, await catchUp.RunAsync(Cancel));
        _clock.Advance(TimeSpan.FromMinutes(31));
        Assert.Equal(2, await catchUp.RunAsync(Cancel));
    }

    [Fact]
    public async Task A_step_that_the_journal_has_otherwise_is_a_finding()
    {
        var steps = await CommitAsync(instances: 2, each: 1);
        await Ledger.AppendAsync([steps[0], steps[1] with { Hash = new string('1', 64) }], StepSource.Message, Cancel);
        _clock.Advance(TimeSpan.FromHours(1));
        var catchUp = NewCatchUp();

        await catchUp.RunAsync(Cancel);
        await catchUp.RunAsync(Cancel);

        var (finding, _) = Assert.Single(await Findings.NewestAsync(10, Cancel));
        Assert.Equal((FindingKind.HashDiffers, steps[1].WorkflowId), (finding.Kind, finding.WorkflowId!.Value));
    }

    [Fact]
    public async Task A_step_that_was_witnessed_and_is_not_in_the_journal_is_a_finding()
    {
        var steps = await CommitAsync(instances: 2, each: 1);
        var vanished = steps[0] with { WorkflowId = NewId.NextGuid(), Key = "ORDER-404" };
        await Ledger.AppendAsync([.. steps, vanished], StepSource.Message, Cancel);
        _clock.Advance(TimeSpan.FromHours(1));

        await NewCatchUp().RunAsync(Cancel);

        var (finding, _) = Assert.Single(await Findings.NewestAsync(10, Cancel));
        Assert.Equal((FindingKind.RowMissing, vanished.WorkflowId), (finding.Kind, finding.WorkflowId!.Value));
        Assert.Contains("ORDER-404", finding.Detail, StringComparison.Ordinal);
    }

    static readonly Comparer<CommittedStep[]> ByLastHash =
        Comparer<CommittedStep[]>.Create((left, right) => string.CompareOrdinal(left[^1].Hash, right[^1].Hash));

    CatchUp NewCatchUp() => new(
        _provider.GetRequiredService<JournalComparison>(), Database, new AuditOptions(), _clock, NullLogger<CatchUp>.Instance);

    /// <summary>Takes steps in the engine's store, and tells them as the engine would.</summary>
    async Task<IReadOnlyList<CommittedStep>> CommitAsync(int instances, int each)
    {
        SampleInstance[] all = [.. Enumerable.Range(0, instances).Select(_ => new SampleInstance())];
        var told = new List<CommittedStep>();
        for (var round = 0; round < each; round++)
        {
            foreach (var group in all.Chunk(200))
            {
                StepCommit[] steps = [.. group.Select(instance => instance.Next())];
                var results = await Store.CommitAsync(new StepGroup(steps), TimeSpan.FromSeconds(30), Cancel);
                Assert.All(results.Steps, result => Assert.Equal(StepOutcome.Committed, result.Outcome));
                foreach (var (instance, step) in group.Zip(steps))
                    instance.Advance(step);
                told.AddRange(steps.Select(step => StepSummary.Of(step.Workflow.Type, step.Workflow.Key, step.Journal)));
            }
        }

        return told;
    }

    Task<(long Rows, long Last)> CountAsync() => Database.ReadAsync(
        (session, token) => session.QueryOneAsync(CountSteps, row => (row.Number(0), row.Number(1)), token), Cancel);

    Task<long> OneAsync(StoreText sql, params (string, object?)[] parameters) => Database.ReadAsync(
        (session, token) => session.QueryOneAsync(sql, row => row.Number(0), token, parameters), Cancel);
}
