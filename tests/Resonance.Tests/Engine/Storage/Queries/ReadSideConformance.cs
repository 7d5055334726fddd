using System.Data.Common;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Resonance.Contracts.Orders;
using Resonance.Engine.Definitions;
using Resonance.Engine.Storage;
using Resonance.Engine.Storage.Queries;
using Xunit;

namespace Resonance.Tests.Engine.Storage.Queries;

/// <summary>What a store wrote, the read side shows: the same for every store; a class a store derives from it.</summary>
public abstract partial class ReadSideConformance : IAsyncLifetime
{
    static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    ServiceProvider _provider = null!;

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    IWorkflowStore Store => _provider.GetRequiredService<IWorkflowStore>();

    WorkflowQueries Queries => _provider.GetRequiredService<WorkflowQueries>();

    /// <summary>Adds the store with an empty database.</summary>
    protected abstract Task AddStoreAsync(IServiceCollection services);

    protected abstract ValueTask RemoveStoreAsync();

    public async ValueTask InitializeAsync()
    {
        var services = new ServiceCollection().AddSingleton(new WorkflowCatalog([Order]));
        await AddStoreAsync(services);
        _provider = services.BuildServiceProvider();
        await Store.MigrateAsync(Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await _provider.DisposeAsync();
        await RemoveStoreAsync();
    }

    [Fact]
    public async Task An_instance_reads_as_the_store_loads_it()
    {
        var instance = new SampleInstance(key: "ORDER-12401");
        await StepAsync(instance);

        var read = await Queries.GetAsync(instance.Id, Cancel);

        var loaded = (await Store.LoadAsync([instance.Id], Cancel))[instance.Id];
        Assert.NotNull(read);
        Assert.Equal(loaded.HeadHash, read.HeadHash);
        Assert.True(JsonElement.DeepEquals(Parse(loaded.Data), Parse(read.Data)), "The data differs.");
        Assert.Equal(loaded with { Data = "" }, read with { Data = "", HeadHash = loaded.HeadHash });
        Assert.Null(await Queries.GetAsync(MassTransit.NewId.NextGuid(), Cancel));
    }

    [Fact]
    public async Task The_history_has_every_step_in_order_with_its_hash()
    {
        var instance = new SampleInstance();
        var first = (await StepAsync(instance)).Journal;
        var second = (await StepAsync(instance)).Journal;
        await StepAsync(new SampleInstance());

        var history = await Queries.HistoryAsync(instance.Id, Cancel);

        Assert.Equal([first.Hash, second.Hash], history.Select(step => step.Hash));
        Assert.Equal([1L, 2L], history.Select(step => step.Sequence));
        Assert.Equal(first.MessageId, history[0].MessageId);
        Assert.Equal(first.OccurredAt, history[0].OccurredAt);
        Assert.Equal(first.TraceParent, history[0].TraceParent);
        Assert.Equal(("SubmitOrder", "Pending", "Processing"), (history[0].Event, history[0].From, history[0].To));
        Assert.True(JsonElement.DeepEquals(Parse(first.Entries), Parse(history[0].Entries)), "The entries differ.");
    }

    [Fact]
    public async Task Timers_that_run_show_and_other_messages_do_not()
    {
        var instance = new SampleInstance();
        var (late, soon) = (SampleInstance.Timer(TimeSpan.FromHours(2)), SampleInstance.Timer(TimeSpan.FromHours(1)));
        await StepAsync(instance, Of(instance, late), Of(instance, soon), Of(instance, SampleInstance.Message()));

        var timers = await Queries.TimersAsync(instance.Id, Cancel);

        Assert.Equal([soon.Timer, late.Timer], timers.Select(timer => timer.Timer));
        Assert.InRange(timers[1].DueAt - timers[0].DueAt, TimeSpan.FromMinutes(59), TimeSpan.FromMinutes(61));
        Assert.Equal(TimeSpan.Zero, timers[0].DueAt.Offset);
    }

    [Fact]
    public async Task Pages_hold_every_instance_once_although_all_started_at_once()
    {
        SampleInstance[] instances = [.. Enumerable.Range(0, 7).Select(_ => new SampleInstance())];
        foreach (var instance in instances)
            Assert.Equal(AcceptOutcome.Accepted, (await Store.AcceptAsync(instance.Accepted(), Lease, Cancel)).Outcome);

        var seen = new List<Guid>();
        Page<WorkflowSummary> page;
        PageCursor? after = null;
        do
        {
            page = await Queries.ListAsync(new WorkflowFilter { Type = "order", State = "PENDING", Limit = 3, After = after }, Cancel);
            seen.AddRange(page.Items.Select(item => item.Id));
            after = page.Next;
        }
        while (after is not null);

        Assert.Equal(instances.Select(instance => instance.Id).OrderByDescending(id => id.ToString("D")), seen);
        Assert.Empty((await Queries.ListAsync(new WorkflowFilter { Statuses = [WorkflowStatus.Failed] }, Cancel)).Items);
    }

    [Fact]
    public async Task Messages_that_were_set_aside_show_page_by_page_until_they_are_redriven()
    {
        OutboxMessage[] messages = [SampleInstance.Message(), SampleInstance.Message(), SampleInstance.Message()];
        await Store.EnqueueAsync(messages, Lease, Cancel);
        await Store.SetAsideAsync(messages[0].MessageId, "first reason", Cancel);
        await Store.SetAsideAsync(messages[1].MessageId, "second reason", Cancel);

        var first = await Queries.DeadLettersAsync(new DeadLetterFilter { Limit = 1 }, Cancel);
        var second = await Queries.DeadLettersAsync(new DeadLetterFilter { Limit = 1, After = first.Next }, Cancel);

        Assert.Null(second.Next);
        Assert.Equal(
            [(messages[0].MessageId, "first reason"), (messages[1].MessageId, "second reason")],
            first.Items.Concat(second.Items).Select(letter => (letter.MessageId, letter.Reason)).OrderBy(letter => letter.Reason));
        Assert.True(await Store.RedriveAsync(messages[0].MessageId, Cancel));
        Assert.Equal(messages[1].MessageId, Assert.Single((await Queries.DeadLettersAsync(new DeadLetterFilter(), Cancel)).Items).MessageId);
    }

    [Fact]
    public async Task Nothing_can_be_written_over_its_connections()
    {
        var contexts = _provider.GetRequiredService<IDbContextFactory<ReadContext>>();
        await using var context = await contexts.CreateDbContextAsync(Cancel);

        var refused = await Assert.ThrowsAnyAsync<DbException>(() => context.Outbox.ExecuteDeleteAsync(Cancel));

        Assert.Matches("read-?only", refused.Message);
    }

    async Task<StepCommit> StepAsync(SampleInstance instance, params OutboxMessage[] messages)
    {
        var step = instance.Next(messages: messages);
        Assert.Equal(StepOutcome.Committed, Assert.Single(await Store.CommitAsync([step], Lease, Cancel)).Outcome);
        instance.Advance(step);
        return step;
    }

    static OutboxMessage Of(SampleInstance instance, OutboxMessage message) => message with { WorkflowId = instance.Id };

    static JsonElement Parse(string json) => JsonElement.Parse(json);

    static WorkflowDescription Order => new()
    {
        Type = "order",
        KeyPrefix = "ORDER",
        StartContract = typeof(SubmitOrder),
        IdOf = start => ((SubmitOrder)start).OrderId,
        KeyOf = start => ((SubmitOrder)start).OrderNumber,
        PriorityOf = _ => 0,
        Situation = _ => throw new NotSupportedException(),
        Problems = (_, _) => throw new NotSupportedException(),
        WhyStranded = _ => throw new NotSupportedException(),
        StatusIn = state => state == "Completed" ? WorkflowStatus.Completed : WorkflowStatus.Running,
        States = ["Pending", "Processing"],
        Hash = "",
        Diagram = "",
    };
}
