using System.Text.Json;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Resonance.Contracts.Payments;
using Resonance.Contracts.Reconciliation;
using Resonance.Engine.Definitions;
using Resonance.Engine.Delivery;
using Resonance.Engine.Journal;
using Resonance.Engine.Storage;
using Resonance.Engine.Workers;
using Resonance.Tests.Support;
using Resonance.Workflows.Payments;
using Resonance.Workflows.Reconciliation;
using Xunit;

namespace Resonance.Tests.Workflows.Reconciliation;

/// <summary>The whole way of a reconciliation, from payments at the simulated provider on, in virtual time.</summary>
public sealed class ReconciliationWorkflowTests : IAsyncLifetime
{
    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    readonly FakeTimeProvider _clock = new(Reconciliations.Day.AddHours(9));
    readonly TaskCompletionSource<ReconciliationVerified> _told = new(TaskCreationOptions.RunContinuationsAsynchronously);
    WorkflowHarness _harness = null!;

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _harness = await WorkflowHarness.StartAsync(
        bus => bus.AddHandler<ReconciliationVerified>(verified =>
        {
            _told.TrySetResult(verified);
            return Task.CompletedTask;
        }),
        services => services.AddSingleton<TimeProvider>(_clock));

    public ValueTask DisposeAsync() => _harness.DisposeAsync();

    [Fact]
    public async Task Books_that_agree_with_the_statement_are_verified()
    {
        await PayAsync("tok_visa");
        await RefundAsync(await PayAsync("tok_visa"));

        var id = await StartAsync();
        var last = await _harness.UntilStateAsync(id, nameof(ReconciliationWorkflow.Verified));

        Assert.Equal(WorkflowStatus.Completed, last.Workflow.Status);
        Assert.StartsWith("RECONCILIATION-", last.Workflow.Key, StringComparison.Ordinal);
        Assert.Equal(["Pending", "Matching", "Verified"], StatesOf(id));
        var told = await _told.Task.WaitAsync(Cancellation);
        Assert.Equal((id, "simulated"), (told.ReconciliationId, told.Provider));
        Assert.Equal((Reconciliations.Day, Reconciliations.Day.AddDays(1)), (told.From, told.To));
        Assert.Equal((3, 3, 0, 0), (told.StatementLines, told.LedgerEntries, told.ResolvedLines, told.OpenLines));
    }

    [Fact]
    public async Task A_statement_that_is_late_agrees_after_one_recovery()
    {
        await PayAsync("tok_late");
        await PayAsync("tok_visa");
        _clock.Advance(TimeSpan.FromSeconds(1.5));

        var id = await StartAsync();
        await RecoveryAsync(id, 1);
        await AdvanceAsync(_harness.UntilStateAsync(id, nameof(ReconciliationWorkflow.Verified)));

        Assert.Equal(["Pending", "Matching", "ExceptionHandling", "Matching", "Verified"], StatesOf(id));
        Assert.Equal(["fail", "pass"], _harness.EntriesOf<RuleEvaluated>(id).Select(rule => rule.Verdict));
        Assert.Contains(
            _harness.Trail(),
            line => line.EndsWith(
                "Workflow RECONCILIATION-1001 state: EXCEPTION_HANDLING. Auto-recovery triggered with 2-second delay.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_three_recoveries_do_not_put_right_waits_for_a_person()
    {
        await PayAsync("tok_misposted", 10m);
        await PayAsync("tok_misposted", 20m);

        var (id, suspended) = await SuspendedAsync();

        Assert.Equal([2000L, 4000L, 8000L], _harness.EntriesOf<RecoveryTriggered>(id).Select(recovery => recovery.DelayMs));
        Assert.Equal([1, 2, 3], _harness.EntriesOf<RecoveryTriggered>(id).Select(recovery => recovery.Attempt));
        Assert.Equal(
            "2 lines need a person: our books and the statement do not agree (open_lines == 0; open_lines = 2)",
            Assert.Single(_harness.EntriesOf<Suspended>(id)).Cause);
        Assert.Equal(
            [("amount_differs", 10m, 10.01m), ("amount_differs", 20m, 20.01m)],
            OpenOf(suspended).Select(line => (line.Kind, line.OurAmount!.Value, line.TheirAmount!.Value)).Order());
        Assert.Equal(0.02m, DataOf(suspended).GetProperty("difference").GetDecimal());
        Assert.False(_told.Task.IsCompleted);
    }

    [Fact]
    public async Task A_person_resolves_one_line_after_the_other()
    {
        await PayAsync("tok_misposted", 10m);
        await PayAsync("tok_misposted", 20m);
        var (id, suspended) = await SuspendedAsync();
        var lines = OpenOf(suspended).Select(line => line.LineId).ToArray();

        await RaiseAsync(Reconciliations.Resolve(id, lines[0]));
        var half = await UntilSuspendedAgainAsync(id, 2);
        Assert.Equal([lines[1]], OpenOf(half).Select(line => line.LineId));
        Assert.StartsWith("1 line needs a person: ", _harness.EntriesOf<Suspended>(id)[^1].Cause, StringComparison.Ordinal);

        await RaiseAsync(Reconciliations.Resolve(id, lines[1]));
        await _harness.UntilStateAsync(id, nameof(ReconciliationWorkflow.Verified));

        var acted = _harness.EntriesOf<OperatorAction>(id);
        Assert.All(acted, action => Assert.Equal(("resolve", "ann"), (action.Action, action.Operator)));
        Assert.Equal(2, acted.Count);
        Assert.Equal(["resolution", "resolution"], _harness.EntriesOf<Recovered>(id).Select(recovered => recovered.How));
        var told = await _told.Task.WaitAsync(Cancellation);
        Assert.Equal((2, 0), (told.ResolvedLines, told.OpenLines));
    }

    [Fact]
    public async Task A_person_resolves_all_lines_at_once()
    {
        await PayAsync("tok_misposted", 10m);
        await PayAsync("tok_misposted", 20m);
        var (id, _) = await SuspendedAsync();

        await RaiseAsync(Reconciliations.Resolve(id));
        await _harness.UntilStateAsync(id, nameof(ReconciliationWorkflow.Verified));

        Assert.Equal(2, (await _told.Task.WaitAsync(Cancellation)).ResolvedLines);
        Assert.Contains(
            _harness.Trail(), line => line.Contains("resolve by ann: the provider confirmed it by telephone.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_line_that_does_not_exist_is_refused_in_words_and_nothing_is_resolved()
    {
        await PayAsync("tok_misposted", 10m);
        var (id, suspended) = await SuspendedAsync();
        var line = Assert.Single(OpenOf(suspended)).LineId;

        await RaiseAsync(Reconciliations.Resolve(id, line, "amount_differs/capture/cap_none"));
        var still = await UntilSuspendedAgainAsync(id, 2);

        Assert.Equal([line], OpenOf(still).Select(open => open.LineId));
        Assert.Equal(
            "1 line needs a person: the last resolution was refused: There is no line 'amount_differs/capture/cap_none'; nothing was " +
            "resolved. Name lines by their lineId.",
            _harness.EntriesOf<Suspended>(id)[^1].Cause);
    }

    [Fact]
    public async Task A_resolution_is_not_taken_before_a_person_is_asked()
    {
        await PayAsync("tok_misposted");
        var id = await StartAsync();
        await RecoveryAsync(id, 1);

        var answer = await _harness.Client.RaiseAsync(
            id, nameof(ResolveReconciliationLines), Reconciliations.Resolve(id), Cancellation);

        Assert.Equal((RaiseOutcome.NotAccepted, "ExceptionHandling"), (answer.Outcome, answer.State));
        Assert.Empty(answer.Events);
    }

    [Fact]
    public async Task A_resolution_does_not_end_another_suspension_than_its_own()
    {
        await PayAsync("tok_misposted");
        var id = await StartAsync();
        await RecoveryAsync(id, 1);
        await _harness.Client.ActAsync(id, OperatorActions.Suspend, "bob", "month end", Cancellation);
        await _harness.UntilStateAsync(id, "Suspended");

        var answer = await _harness.Client.RaiseAsync(
            id, nameof(ResolveReconciliationLines), Reconciliations.Resolve(id), Cancellation);
        var endpoint = await _harness.Bus.Bus.GetSendEndpoint(new Uri("queue:reconciliation"));
        await endpoint.Send(Reconciliations.Resolve(id), Cancellation);
        await _harness.UntilAsync(id, _ => _harness.EntriesOf<EventRejected>(id).Count > 0);

        Assert.Equal(RaiseOutcome.NotAccepted, answer.Outcome);
        var rejected = Assert.Single(_harness.EntriesOf<EventRejected>(id));
        Assert.Equal("the instance is suspended for another reason: held by bob: month end", rejected.Reason);
        Assert.Equal("Suspended", _harness.StepsOf(id)[^1].Workflow.State);
    }

    [Fact]
    public async Task An_instance_that_was_held_while_it_waited_goes_on_at_once()
    {
        await PayAsync("tok_late");
        var id = await StartAsync();
        await RecoveryAsync(id, 1);
        await _harness.Client.ActAsync(id, OperatorActions.Suspend, "bob", "month end", Cancellation);
        await _harness.UntilStateAsync(id, "Suspended");
        _clock.Advance(TimeSpan.FromMinutes(1));

        await _harness.Client.ActAsync(id, OperatorActions.Resume, "bob", "done", Cancellation);
        await _harness.UntilStateAsync(id, nameof(ReconciliationWorkflow.Verified));

        Assert.Equal(
            ["Pending", "Matching", "ExceptionHandling", "Suspended", "ExceptionHandling", "Matching", "Verified"], StatesOf(id));
    }

    [Fact]
    public async Task Who_resumes_has_the_statement_fetched_once_more_and_what_was_resolved_stays_so()
    {
        await PayAsync("tok_misposted", 10m);
        await PayAsync("tok_misposted", 20m);
        var (id, suspended) = await SuspendedAsync();
        var lines = OpenOf(suspended).Select(line => line.LineId).ToArray();
        await RaiseAsync(Reconciliations.Resolve(id, lines[0]));
        await UntilSuspendedAgainAsync(id, 2);

        await _harness.Client.ActAsync(id, OperatorActions.Resume, "bob", "look again", Cancellation);
        var again = await UntilSuspendedAgainAsync(id, 3);

        Assert.Equal([lines[1]], OpenOf(again).Select(line => line.LineId));
        Assert.Equal(1, DataOf(again).GetProperty("resolvedLines").GetInt64());
        Assert.Equal(3, _harness.EntriesOf<RecoveryTriggered>(id).Count);
    }

    [Fact]
    public async Task A_provider_that_nobody_knows_suspends_with_the_known_ones()
    {
        var start = Reconciliations.OfTheDay() with { Provider = "acme" };

        await _harness.Client.StartAsync(ReconciliationWorkflow.Type, start, Cancellation);
        await _harness.UntilStateAsync(start.ReconciliationId, "Suspended");

        Assert.Equal(
            "MatchStatement was refused: There is no card provider 'acme'. Known providers: simulated.",
            Assert.Single(_harness.EntriesOf<Suspended>(start.ReconciliationId)).Cause);
    }

    async Task<Guid> PayAsync(string card, decimal amount = 49.90m)
    {
        var payment = Reconciliations.Payment(card, amount);
        await _harness.Client.StartAsync(PaymentWorkflow.Type, payment, Cancellation);
        await _harness.UntilStateAsync(payment.PaymentId, nameof(PaymentWorkflow.Completed));
        await BookedAsync(payment.PaymentId, "capture");
        return payment.PaymentId;
    }

    async Task RefundAsync(Guid payment)
    {
        await _harness.Client.RaiseAsync(
            payment, nameof(RefundPayment), new RefundPayment { PaymentId = payment, Reason = "sent back" }, Cancellation);
        await _harness.UntilStateAsync(payment, nameof(PaymentWorkflow.Refunded));
        await BookedAsync(payment, "refund");
    }

    async Task BookedAsync(Guid payment, string operation)
    {
        var database = _harness.Services.GetRequiredService<IDatabase>();
        var booked = 0;
        while (booked == 0)
        {
            booked = (await database.TransactAsync(
                (connection, transaction, token) => new WorkerTransaction(connection, transaction).QueryAsync(
                    "SELECT 1 FROM payment_ledger WHERE payment_id = @payment AND operation = @operation",
                    [("@payment", payment.ToString("N")), ("@operation", operation)], _ => true, token),
                Cancellation)).Count;
        }
    }

    async Task<Guid> StartAsync()
    {
        var start = Reconciliations.OfTheDay();
        await _harness.Client.StartAsync(ReconciliationWorkflow.Type, start, Cancellation);
        return start.ReconciliationId;
    }

    Task<StepCommit> RecoveryAsync(Guid id, int recovery) =>
        _harness.UntilAsync(id, _ => _harness.EntriesOf<RecoveryTriggered>(id).Count == recovery);

    async Task<(Guid Id, StepCommit Suspended)> SuspendedAsync()
    {
        var id = await StartAsync();
        return (id, await AdvanceAsync(_harness.UntilStateAsync(id, "Suspended")));
    }

    Task<StepCommit> UntilSuspendedAgainAsync(Guid id, int times) => _harness.UntilAsync(
        id, step => step.Workflow.State == "Suspended" && _harness.EntriesOf<Suspended>(id).Count == times && step == _harness.StepsOf(id)[^1]);

    async Task RaiseAsync(ResolveReconciliationLines resolution)
    {
        var answer = await _harness.Client.RaiseAsync(
            resolution.ReconciliationId, nameof(ResolveReconciliationLines), resolution, Cancellation);
        Assert.Equal(RaiseOutcome.Accepted, answer.Outcome);
    }

    /// <summary>Lets the clock run in short steps, so that what is waited for comes hardly later than it is due.</summary>
    async Task<StepCommit> AdvanceAsync(Task<StepCommit> awaited)
    {
        while (!awaited.IsCompleted)
        {
            _clock.Advance(TimeSpan.FromMilliseconds(100));
            await Task.WhenAny(awaited, Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, Cancellation));
        }

        return await awaited;
    }

    IEnumerable<string> StatesOf(Guid id) => _harness.EntriesOf<StateChanged>(id).Select(entry => entry.To);

    static JsonElement DataOf(StepCommit step) => JsonSerializer.Deserialize<JsonElement>(step.Workflow.Data);

    static ReconciliationLine[] OpenOf(StepCommit step) => DataOf(step).GetProperty("open").Deserialize<ReconciliationLine[]>(Json)!;
}
