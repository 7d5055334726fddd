using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Resonance.Contracts.Payments;
using Resonance.Engine.Definitions;
using Resonance.Engine.Journal;
using Resonance.Engine.Operations;
using Resonance.Engine.Storage.Queries;
using Resonance.Tests.Support;
using Resonance.Workflows;
using Resonance.Workflows.Payments;
using Xunit;

namespace Resonance.Tests.Engine.Operations;

/// <summary>One request to many incidents: so many a second, with an account of it.</summary>
public sealed class BulkActionTests : IAsyncLifetime
{
    static readonly OperatorRequest Retry = new(OperatorActions.Retry, "ann", "the provider is back");

    readonly TemporaryFolder _folder = new();
    WorkflowHarness _harness = null!;

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    BulkActions Bulk => _harness.Services.GetRequiredService<BulkActions>();

    public async ValueTask InitializeAsync() => _harness = await WorkflowHarness.StartAsync(
        file: Path.Combine(_folder.Path, "store.db"),
        times: new WorkflowTimes { CardProvider = TimeSpan.FromMilliseconds(200), CardRetry = TimeSpan.FromMilliseconds(20) });

    public async ValueTask DisposeAsync()
    {
        await _harness.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Reaches_every_incident_of_the_filter_and_no_other()
    {
        var silent = await Task.WhenAll(SuspendAsync("tok_timeout"), SuspendAsync("tok_timeout"));
        var doubtful = await SuspendAsync("tok_review");

        var action = await Bulk.StartAsync(
            new IncidentFilter { Fingerprint = new Fingerprint("payment", "AssessCard", "timeout") }, Retry, 1000, Cancellation);
        foreach (var id in silent)
            await _harness.UntilAsync(id, step => step.Journal.Event == "RetryWorkflow");

        Assert.Equal((2, 0), (action.Incidents, action.Refused));
        Assert.All(silent, id => Assert.Equal("ann", Assert.Single(_harness.EntriesOf<OperatorAction>(id)).Operator));
        Assert.Equal("Suspended", _harness.StepsOf(doubtful)[^1].Workflow.State);
    }

    [Fact]
    public async Task Reaches_every_instance_of_a_list_and_no_other()
    {
        var chosen = await SuspendAsync("tok_timeout", amount: 11);
        var other = await SuspendAsync("tok_timeout", amount: 12);
        Assert.True(DataCondition.TryParse("$.amount eq 11", out var eleven, out _));

        var action = await Bulk.StartAsync(
            new WorkflowFilter { Type = "payment", Data = [eleven] }, "?data=$.amount eq 11", Retry, 1000, Cancellation);
        await _harness.UntilAsync(chosen, step => step.Journal.Event == "RetryWorkflow");
        var found = await Bulk.FindAsync(action.Id, Cancellation);

        Assert.Equal((1, 0), (action.Incidents, action.Refused));
        Assert.Equal("Suspended", _harness.StepsOf(other)[^1].Workflow.State);
        Assert.Equal(("?data=$.amount eq 11", null), (found!.Action.List, found.Action.Filter));
    }

    [Fact]
    public async Task Goes_through_more_instances_than_a_page_of_the_list_has()
    {
        await Task.WhenAll(Enumerable.Range(0, WorkflowFilter.LimitMax + 5).Select(_ => _harness.Client.StartAsync(PaymentWorkflow.Type, Start("tok_review", 10), Cancellation)));

        var action = await Bulk.StartAsync(new WorkflowFilter { Type = "payment" }, "", new OperatorRequest(OperatorActions.Suspend, "ann", "a drill"), 1000, Cancellation);

        Assert.Equal(WorkflowFilter.LimitMax + 5, action.Incidents + action.Refused);
    }

    [Fact]
    public async Task Says_which_cannot_be_asked_and_why()
    {
        await SuspendAsync("tok_timeout");
        await SuspendAsync("tok_review");

        var action = await Bulk.StartAsync(new IncidentFilter { Type = "payment" }, Retry, 1000, Cancellation);

        Assert.Equal((1, 1), (action.Incidents, action.Refused));
        Assert.Equal("SUSPENDED does not allow 'retry'; it allows: resume, resolve, cancel.", Assert.Single(action.Refusals));
    }

    [Fact]
    public async Task Asks_so_many_a_second_and_can_be_called_off()
    {
        var ids = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => SuspendAsync("tok_timeout")));

        // One a second: when the first one has been asked, the rest are called off, and a machine may take its time over that.
        var action = await Bulk.StartAsync(new IncidentFilter(), Retry, 1, Cancellation);
        await UntilOneIsAskedAsync(ids);
        var stopped = await Bulk.StopAsync(action.Id, "bob", Cancellation);
        var found = await Bulk.FindAsync(action.Id, Cancellation);

        Assert.Equal(6, action.Incidents);
        Assert.Equal((0, "bob"), (stopped!.Waiting, stopped.Action.StoppedBy));
        Assert.Equal((Retry, 1, 6), (found!.Action.Request, found.Action.PerSecond, found.Action.Incidents));
        Assert.Equal(new IncidentFilter(), found.Action.Filter);
        Assert.InRange(ids.Count(id => _harness.EntriesOf<OperatorAction>(id).Count > 0), 1, 5);
    }

    [Fact]
    public async Task Knows_nothing_of_a_bulk_action_that_there_was_not()
    {
        Assert.Null(await Bulk.FindAsync(NewId.NextGuid(), Cancellation));
        Assert.Null(await Bulk.StopAsync(NewId.NextGuid(), "bob", Cancellation));
    }

    async Task UntilOneIsAskedAsync(Guid[] ids) => await await Task.WhenAny(
        ids.Select(id => _harness.UntilAsync(id, step => step.Journal.Event == "RetryWorkflow")));

    static StartPayment Start(string card, decimal amount) =>
        new() { PaymentId = NewId.NextGuid(), Reference = "r", Amount = amount, Currency = "EUR", CardToken = card };

    async Task<Guid> SuspendAsync(string card, decimal amount = 10)
    {
        var start = Start(card, amount);
        await _harness.Client.StartAsync(PaymentWorkflow.Type, start, Cancellation);
        await _harness.UntilStateAsync(start.PaymentId, "Suspended");
        return start.PaymentId;
    }
}
