using Acme.Stock;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Resonance.Engine;
using Resonance.Engine.Definitions;
using Resonance.Engine.Journal;
using Resonance.Engine.Workers;
using Resonance.Tests.Support;
using Xunit;

namespace Resonance.Tests.Engine.Definitions;

/// <summary>One activity for several items: the workflow of the page, with a worker that answers as it is told.</summary>
public sealed class FanOutTests : IDisposable
{
    static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(200);

    readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("resonance-fan-out-");
    readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 23, 9, 0, 0, TimeSpan.Zero));
    readonly Warehouses _warehouses = new();
    readonly Guid _count = NewId.NextGuid();

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task The_workflow_goes_on_when_every_item_has_been_answered()
    {
        await using var harness = await StartAsync();

        await CountAsync(harness, "north", "south", "west", "south");
        var last = await harness.UntilStateAsync(_count, nameof(StockCountWorkflow.Counted));

        Assert.Equal(30, Pieces(last.Workflow.Data));
        var sent = harness.EntriesOf<CommandSent>(_count);
        Assert.Equal(
            [("north", $"{_count:N}/CountWarehouse/1"), ("south", $"{_count:N}/CountWarehouse/2"), ("west", $"{_count:N}/CountWarehouse/3")],
            sent.Select(command => (command.Item, command.IdempotencyKey)));
        Assert.Single(harness.StepsOf(_count), step => step.Journal.Entries.Contains("\"commandSent\"", StringComparison.Ordinal));
        Assert.Equal(["north", "south", "west"], harness.EntriesOf<ReplyReceived>(_count).Select(reply => reply.Item!).Order());
        Assert.Equal(["Counting", "Counted"], harness.EntriesOf<StateChanged>(_count).Select(change => change.To));
    }

    [Fact]
    public async Task One_item_is_tried_again_and_the_others_are_not()
    {
        await using var harness = await StartAsync();
        _warehouses.Says("south", WorkerResult.TryLater("closed", "Closed for lunch."));

        await CountAsync(harness, "north", "south", "west");
        await harness.UntilAsync(
            _count, _ => harness.EntriesOf<ReplyReceived>(_count).Count == 2 && harness.EntriesOf<RetryScheduled>(_count).Count == 1);
        Assert.Equal(nameof(StockCountWorkflow.Counting), harness.StepsOf(_count)[^1].Workflow.State);
        _warehouses.Says("south", null);
        var last = await harness.AdvanceUntilAsync(_clock, harness.UntilStateAsync(_count, nameof(StockCountWorkflow.Counted)), Tick);

        Assert.Equal(30, Pieces(last.Workflow.Data));
        Assert.Equal("south", Assert.Single(harness.EntriesOf<AttemptFailed>(_count)).Item);
        Assert.Equal(
            [("north", 1), ("south", 1), ("south", 2), ("west", 1)],
            harness.EntriesOf<CommandSent>(_count).Select(command => (command.Item!, command.Attempt)).Order());
        Assert.Contains(harness.EntriesOf<TimerSet>(_count), timer => timer.Timer == "CountWarehouse(south) retry");
    }

    [Fact]
    public async Task When_one_item_is_given_up_an_operator_goes_on_with_all_that_are_open()
    {
        await using var harness = await StartAsync();
        _warehouses.Says("south", WorkerResult.TryLater("flooded", "Under water."));
        _warehouses.Says("west", WorkerResult.Silent);

        await CountAsync(harness, "north", "south", "west");
        var suspended = await harness.AdvanceUntilAsync(_clock, harness.UntilStateAsync(_count, "Suspended"), Tick);
        Assert.Contains("CountWarehouse(south) failed 5 times: Under water.", suspended.Workflow.Data);
        _warehouses.Says("south", null);
        _warehouses.Says("west", null);
        await harness.Client.ActAsync(_count, OperatorActions.Retry, "ann", "dry again", Cancellation);
        var last = await harness.UntilStateAsync(_count, nameof(StockCountWorkflow.Counted));

        Assert.Equal(30, Pieces(last.Workflow.Data));
        var sent = harness.EntriesOf<CommandSent>(_count);
        Assert.Equal(3, sent.Select(command => command.IdempotencyKey).Distinct().Count());
        Assert.Equal(("south", 1), (sent.Last(command => command.Item == "south").Item, sent.Last(command => command.Item == "south").Attempt));
        Assert.Single(sent, command => command.Item == "north");
    }

    [Fact]
    public async Task A_refused_item_gets_a_new_key_when_an_operator_tries_it_again()
    {
        await using var harness = await StartAsync();
        _warehouses.Says("south", WorkerResult.Refused("locked", "Nobody has the key."));

        await CountAsync(harness, "south", "north");
        await harness.UntilStateAsync(_count, "Suspended");
        _warehouses.Says("south", null);
        await harness.Client.ActAsync(_count, OperatorActions.Retry, "ann", "found the key", Cancellation);
        await harness.UntilStateAsync(_count, nameof(StockCountWorkflow.Counted));

        Assert.Equal(
            [$"{_count:N}/CountWarehouse/1", $"{_count:N}/CountWarehouse/3"],
            harness.EntriesOf<CommandSent>(_count).Where(command => command.Item == "south").Select(command => command.IdempotencyKey));
    }

    [Fact]
    public async Task What_is_open_outlives_the_process()
    {
        var file = Path.Combine(_folder.FullName, "count.db");
        _warehouses.Says("south", WorkerResult.Silent);
        await using (var before = await StartAsync(file))
        {
            await CountAsync(before, "north", "south");
            await before.UntilAsync(_count, _ => before.EntriesOf<ReplyReceived>(_count).Count == 1);
        }

        _warehouses.Says("south", null);
        await using var after = await StartAsync(file);
        var last = await after.AdvanceUntilAsync(
            _clock, after.UntilStateAsync(_count, nameof(StockCountWorkflow.Counted), whole: false), TimeSpan.FromSeconds(1));

        Assert.Equal(20, Pieces(last.Workflow.Data));
        Assert.Equal(["south"], after.EntriesOf<ReplyReceived>(_count).Select(reply => reply.Item));
    }

    [Fact]
    public async Task More_items_than_an_instance_can_remember_are_refused_whole()
    {
        await using var harness = await StartAsync();

        await CountAsync(harness, [.. Enumerable.Range(0, FanOut.ItemsMax + 1).Select(number => $"w{number}")]);

        Assert.True(await harness.Bus.Consumed.Any<CountStock>(
            start => start.Exception?.ToString().Contains("for 1,001 items; 1,000 are the most.", StringComparison.Ordinal) is true, Cancellation));
        Assert.Empty(harness.StepsOf(_count));
    }

    [Fact]
    public void A_fanned_out_activity_that_cannot_be_undone_or_wait_elsewhere_is_found() => Assert.Equal(
        [
            "Workflow 'flawed-count' executes 'Count' for each of several items, and undoes it with 'Uncount', which could undo one of them only. " +
            "Execute it once with Execute(...), or say with NeedsNoCompensation(\"because ...\") why nothing has to be undone.",
            "Workflow 'flawed-count' executes 'Count' for each of several items, and waits in the state 'Begun' before it tries one again, where " +
            "the answers to the others would be rejected. Remove RetryFrom(...).",
        ],
        new FlawedWorkflow().Verify());

    async Task CountAsync(WorkflowHarness harness, params IReadOnlyList<string> warehouses) =>
        await harness.Client.StartAsync("stock-count", new CountStock(_count, warehouses), Cancellation);

    static int Pieces(string data) => System.Text.Json.JsonElement.Parse(data).GetProperty("pieces").GetInt32();

    Task<WorkflowHarness> StartAsync(string? file = null) => WorkflowHarness.StartAsync(
        bus =>
        {
            bus.AddWorkflow<StockCountWorkflow, StockCountInstance>("stock-count");
            bus.AddWorker<CountWarehouseWorker>("warehouse");
        },
        services =>
        {
            services.AddWorkflowDefinition<StockCountWorkflow>();
            services.AddSingleton(_warehouses);
            services.AddSingleton<TimeProvider>(_clock);
        },
        file: file);

    /// <summary>Each warehouse has ten pieces, unless it says something else.</summary>
    sealed class Warehouses
    {
        readonly System.Collections.Concurrent.ConcurrentDictionary<string, WorkerRefusal?> _refusals = new();

        public void Says(string warehouse, WorkerRefusal? refusal) => _refusals[warehouse] = refusal;

        public WorkerRefusal? Ask(string warehouse) => _refusals.GetValueOrDefault(warehouse);
    }

    sealed class CountWarehouseWorker(WorkerEffects effects, Warehouses warehouses) : ActivityWorker<CountWarehouse, WarehouseCounted>(effects)
    {
        protected override Task<WorkerResult<WarehouseCounted>> ExecuteAsync(
            CountWarehouse command, WorkerTransaction transaction, CancellationToken cancellationToken) =>
            Task.FromResult<WorkerResult<WarehouseCounted>>(
                warehouses.Ask(command.Warehouse) is { } refusal
                    ? refusal
                    : new WarehouseCounted(command.WorkflowId, command.IdempotencyKey, 10));
    }

    sealed class FlawedWorkflow : WorkflowStateMachine<StockCountInstance>
    {
        public FlawedWorkflow() : base("flawed-count")
        {
            StartsWith(() => Requested, start => start.CountId);
            var uncount = Count("Uncount", _ => { });
            var count = Count("Count", activity => activity.CompensateWith(uncount).RetryFrom(Begun));
            Ends(Done, WorkflowStatus.Completed);
            Initially(When(Requested).TransitionTo(Begun).ExecuteEach(count, context => context.Message.Warehouses).TransitionTo(Counting));
            During(Counting, When(count.Completed).If(context => context.AllAnswered(count), all => all.TransitionTo(Done)));
        }

        public State Begun { get; } = null!;
        public State Counting { get; } = null!;
        public State Done { get; } = null!;
        public Event<CountStock> Requested { get; } = null!;

        Activity<StockCountInstance, CountWarehouse, WarehouseCounted> Count(
            string name, Action<ActivityBuilder<StockCountInstance, CountWarehouse, WarehouseCounted>> declare) =>
            Activity<CountWarehouse, WarehouseCounted>(name, activity =>
            {
                activity.SendTo("warehouse").Timeout(TimeSpan.FromMinutes(1))
                    .Command(call => new CountWarehouse(call.WorkflowId, call.IdempotencyKey, call.Item ?? ""));
                declare(activity);
            });
    }
}
