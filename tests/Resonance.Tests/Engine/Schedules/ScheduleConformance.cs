using System.Data.Common;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Resonance.Contracts.Orders;
using Resonance.Contracts.Payments;
using Resonance.Engine.Definitions;
using Resonance.Engine.Delivery;
using Resonance.Engine.Schedules;
using Resonance.Engine.Steps;
using Resonance.Engine.Storage;
using Resonance.Tests.Engine.Storage;
using Xunit;

namespace Resonance.Tests.Engine.Schedules;

/// <summary>What schedules do, on a clock that the test moves: the same for every store; a class a store derives from it.</summary>
public abstract partial class ScheduleConformance : IAsyncLifetime
{
    const string Template =
        """{ "paymentId": "{id}", "reference": "{previousDueAt} to {dueAt}", "amount": 10, "currency": "EUR", "cardToken": "tok_visa" }""";

    static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);
    static readonly ScheduleAuthor Ann = new("ann", "the board decided");

    readonly SettableClock _clock = new(new DateTimeOffset(2026, 3, 4, 9, 15, 43, TimeSpan.Zero));
    readonly List<ServiceProvider> _engines = [];
    readonly Dictionary<Guid, SampleInstance> _instances = [];
    readonly List<string> _started = [];

    /// <summary>What starting does before it answers; does nothing unless a test says otherwise.</summary>
    Func<StartPayment, Task<StartResult?>> _beforeAnswer = _ => Task.FromResult<StartResult?>(null);

    /// <summary>What starting does before anything is stored; does nothing unless a test says otherwise.</summary>
    Func<Task> _beforeAccept = () => Task.CompletedTask;

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    IWorkflowStore Store => _engines[0].GetRequiredService<IWorkflowStore>();

    ScheduleStore Schedules => _engines[0].GetRequiredService<ScheduleStore>();

    ScheduleBook Book => _engines[0].GetRequiredService<ScheduleBook>();

    /// <summary>Adds the store; each time the same database, which is empty at first.</summary>
    protected abstract Task AddStoreAsync(IServiceCollection services);

    protected abstract ValueTask RemoveStoreAsync();

    public async ValueTask InitializeAsync()
    {
        await OpenEngineAsync(Payment);
        await Store.MigrateAsync(Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        foreach (var engine in _engines)
            await engine.DisposeAsync();
        await RemoveStoreAsync();
    }

    static WorkflowDescription Payment => new()
    {
        Type = "payment",
        KeyPrefix = "PAYMENT",
        StartContract = typeof(StartPayment),
        IdOf = start => ((StartPayment)start).PaymentId,
        KeyOf = _ => null,
        PriorityOf = _ => 0,
        States = ["Pending"],
        Situation = _ => throw new NotSupportedException(),
        Problems = (_, _) => throw new NotSupportedException(),
        WhyStranded = _ => throw new NotSupportedException(),
        StatusIn = _ => WorkflowStatus.Running,
        Hash = "",
        Diagram = "",
    };

    static WorkflowDescription PaymentOfAnotherRelease => Payment with
    {
        StartContract = typeof(SubmitOrder),
        IdOf = start => ((SubmitOrder)start).OrderId,
    };

    static ScheduleDefinition Each(string cron, string overlap = OverlapPolicy.Allow, string name = "nightly") => new()
    {
        Name = name,
        Workflow = "payment",
        Start = Template,
        Cron = cron,
        Overlap = overlap,
    };

    /// <summary>Another process on the same database.</summary>
    async Task<ServiceProvider> OpenEngineAsync(params WorkflowDescription[] workflows)
    {
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(_clock);
        await AddStoreAsync(services);
        services.AddSingleton<StorePatience>();
        services.AddSingleton(new WorkflowCatalog(workflows));
        services.AddSingleton<StartScheduled>(StartAsync);
        services.AddSchedules();
        var engine = services.BuildServiceProvider();
        _engines.Add(engine);
        return engine;
    }

    /// <summary>As the client does it: the same id again starts nothing.</summary>
    async Task<StartResult> StartAsync(string type, object start, CancellationToken cancellationToken)
    {
        await _beforeAccept();
        var payment = (StartPayment)start;
        var instance = new SampleInstance(type: type, id: payment.PaymentId);
        var result = await Store.AcceptAsync(instance.Accepted(), Lease, cancellationToken);
        if (result.Outcome == AcceptOutcome.Accepted)
        {
            lock (_started)
            {
                _started.Add(payment.Reference);
                _instances.Add(instance.Id, instance);
            }
        }

        return await _beforeAnswer(payment) ?? new StartResult(
            result.Outcome == AcceptOutcome.Accepted ? StartOutcome.Accepted : StartOutcome.Exists, instance.Id, instance.Row.Key);
    }

    /// <summary>Takes the instance that was started last, or another one, to an end or wherever.</summary>
    async Task MoveAsync(string status = WorkflowStatus.Completed, Guid? id = null)
    {
        var instance = _instances[id ?? (await Book.FindAsync("nightly", Cancel))!.LastWorkflowId!.Value];
        var step = instance.Next();
        DateTimeOffset? end = WorkflowStatus.IsEnd(status) ? _clock.GetUtcNow() : null;
        step = step with { Workflow = step.Workflow with { Status = status, FinishedAt = end } };
        Assert.Equal(StepOutcome.Committed, Assert.Single(await Store.CommitAsync([step], Lease, Cancel)).Outcome);
        instance.Advance(step);
    }

    Task<Schedule?> PutAsync(ScheduleDefinition definition) => Book.PutAsync(definition, Ann, Cancel);

    /// <summary>Runs what is due until nothing is; gives the time to look again.</summary>
    async Task<DateTimeOffset?> RunAsync(ServiceProvider? engine = null)
    {
        var runner = (engine ?? _engines[0]).GetRequiredService<ScheduleRunner>();
        while (true)
        {
            var again = await runner.RunAsync(Cancel);
            if (again is null || again > _clock.GetUtcNow())
                return again;
        }
    }

    Task<DateTimeOffset?> RunAtAsync(string time)
    {
        _clock.SetUtcNow(At(time));
        return RunAsync();
    }

    /// <summary>The firings, the first one first, such as <c>09:20:00 skipped</c>.</summary>
    async Task<IReadOnlyList<string>> FiringsAsync() =>
        [.. (await Schedules.FiringsAsync("nightly", 1000, Cancel)).Reverse().Select(firing => $"{firing.DueAt:HH:mm:ss} {firing.Outcome}")];

    static DateTimeOffset At(string time) => DateTimeOffset.Parse(
        time.Contains('T', StringComparison.Ordinal) ? time : $"2026-03-04T{time}Z", System.Globalization.CultureInfo.InvariantCulture);

    async Task ExecuteAsync(string sql)
    {
        await _engines[0].GetRequiredService<IDatabase>().TransactAsync(
            async (connection, transaction, token) =>
            {
                await using var command = connection.CreateCommand();
                (command.Transaction, command.CommandText) = (transaction, sql);
                return await command.ExecuteNonQueryAsync(token);
            },
            Cancel);
    }

    [Fact]
    public async Task What_is_put_is_read_again()
    {
        var definition = Each("*/10 30 9 * * 1-5", OverlapPolicy.QueueOne) with
        {
            TimeZone = "Europe/Berlin",
            Jitter = TimeSpan.FromSeconds(90),
            CatchUp = TimeSpan.FromDays(3),
        };

        var put = await PutAsync(definition);

        Assert.Equal(definition, put!.Definition);
        Assert.Equal(At("2026-03-05T08:30:00Z"), put.NextDueAt);
        Assert.Equal((null, null, null, null), (put.LastDueAt, put.LastWorkflowId, put.QueuedDueAt, put.Paused));
        Assert.Equal(put, await Book.FindAsync("nightly", Cancel));
        Assert.Equal([put], await Book.ListAsync(Cancel));
        Assert.Equal(At("2026-03-05T08:30:20Z"), Book.NextTimes(put, 5)[2]);
        Assert.InRange(Book.NextStart(put)!.Value, At("2026-03-05T08:30:00Z"), At("2026-03-05T08:31:30Z"));
        Assert.Null(await Book.FindAsync("daily", Cancel));
    }

    [Fact]
    public async Task Another_calendar_begins_now_and_the_same_one_goes_on()
    {
        await PutAsync(Each("*/5 * * * *"));
        _clock.SetUtcNow(At("09:31:00"));

        var same = await PutAsync(Each("*/5 * * * *", OverlapPolicy.Skip) with { CatchUp = TimeSpan.FromDays(2) });
        var otherZone = await PutAsync(Each("*/5 * * * *") with { TimeZone = "Europe/Berlin" });
        await PutAsync(Each("*/5 * * * *") with { TimeZone = "Europe/Berlin" });
        var otherCron = await PutAsync(Each("0 * * * *") with { TimeZone = "Europe/Berlin" });

        Assert.Equal((At("09:20:00"), OverlapPolicy.Skip), (same!.NextDueAt!.Value, same.Definition.Overlap));
        Assert.Equal(At("09:35:00"), otherZone!.NextDueAt);
        Assert.Equal(At("10:00:00"), otherCron!.NextDueAt);
    }

    [Fact]
    public async Task Every_change_stays_with_who_and_why_and_cannot_be_changed()
    {
        await PutAsync(Each("*/5 * * * *"));
        await Book.PauseAsync("nightly", new("bob", "too much"), Cancel);
        await Book.ResumeAsync("nightly", new("bob", "it was not"), Cancel);
        await Book.ResumeAsync("nightly", new("bob", "again"), Cancel);
        await Book.TriggerAsync("nightly", new("cid", "a test"), Cancel);
        Assert.True(await Book.DeleteAsync("nightly", new("ann", "done with"), Cancel));
        Assert.False(await Book.DeleteAsync("nightly", new("ann", "done with"), Cancel));

        await Assert.ThrowsAnyAsync<DbException>(() => ExecuteAsync("UPDATE schedule_change SET author = 'nobody'"));
        await Assert.ThrowsAnyAsync<DbException>(() => ExecuteAsync("DELETE FROM schedule_change"));

        var changes = await Book.ChangesAsync("nightly", Cancel);
        Assert.Equal(
            [
                "deleted by ann: done with", "triggered by cid: a test", "resumed by bob: it was not", "paused by bob: too much",
                "put by ann: the board decided",
            ],
            changes.Select(change => $"{change.Action} by {change.Author}: {change.Reason}"));
        Assert.Contains("\"cron\":\"*/5 * * * *\"", changes[^1].Definition, StringComparison.Ordinal);
        Assert.Equal(_clock.GetUtcNow(), changes[0].At);
    }

    [Fact]
    public async Task A_definition_that_is_wrong_is_not_put()
    {
        var wrong = await Assert.ThrowsAsync<ArgumentException>(() => PutAsync(Each("*/5 * * * *") with { Cron = "soon" }));

        Assert.Contains("5 fields", wrong.Message, StringComparison.Ordinal);
        Assert.Empty(await Book.ListAsync(Cancel));
    }

    [Fact]
    public async Task A_default_is_stored_once_and_what_people_made_of_it_stays()
    {
        ScheduleDefinition[] defaults = [Each("0 * * * *"), Each("0 0 * * *", name: "changed"), Each("0 0 * * *", name: "deleted")];
        await Task.WhenAll(StartWithDefaultsAsync(defaults), StartWithDefaultsAsync(defaults));
        Assert.Equal(3, (await Book.ListAsync(Cancel)).Count);
        Assert.Equal(["put by deployment"], (await Book.ChangesAsync("nightly", Cancel)).Select(change => $"{change.Action} by {change.Author}"));

        await PutAsync(Each("30 1 * * *", name: "changed"));
        await Book.DeleteAsync("deleted", Ann, Cancel);
        await StartWithDefaultsAsync(defaults);

        Assert.Equal(
            ["changed 30 1 * * *", "nightly 0 * * * *"],
            (await Book.ListAsync(Cancel)).Select(schedule => $"{schedule.Definition.Name} {schedule.Definition.Cron}"));
    }

    [Fact]
    public async Task A_default_of_a_workflow_that_this_build_does_not_have_is_left_out_and_a_wrong_one_is_refused()
    {
        await StartWithDefaultsAsync(Each("0 * * * *") with { Workflow = "reporting" });
        Assert.Empty(await Book.ListAsync(Cancel));

        var refusal = await Assert.ThrowsAsync<WorkflowDefinitionException>(() => StartWithDefaultsAsync(Each("0 25 * * *")));
        Assert.Contains("default schedule nightly, cron: ", Assert.Single(refusal.Problems), StringComparison.Ordinal);
    }

    async Task StartWithDefaultsAsync(params ScheduleDefinition[] defaults)
    {
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(_clock);
        await AddStoreAsync(services);
        services.AddSingleton<StorePatience>();
        services.AddSingleton(new WorkflowCatalog([Payment]));
        services.AddSchedules();
        foreach (var definition in defaults)
            services.AddDefaultSchedule(definition);
        await using var process = services.BuildServiceProvider();
        foreach (var service in process.GetServices<IHostedService>().OfType<IHostedLifecycleService>())
            await service.StartingAsync(Cancel);
    }
}
