using MassTransit;
using Resonance.Engine.Definitions;
using Resonance.Engine.Journal;
using Resonance.Engine.Testing;
using Xunit;

namespace Resonance.Tests.Engine.Admission;

/// <summary>Workflows that declare when their starts are admitted, in virtual time.</summary>
public sealed class AdmissionTests : IAsyncDisposable
{
    const string OnItsWay = nameof(ParcelWorkflow.OnItsWay);
    const string Queued = nameof(ParcelWorkflow.Queued);

    WorkflowTestHarness<ParcelInstance>? _harness;

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _harness?.DisposeAsync() ?? ValueTask.CompletedTask;

    [Fact]
    public async Task A_start_that_nothing_holds_back_is_queued_and_begins_at_once()
    {
        await BeginAsync(admission => admission.Concurrency(10));
        var parcel = await SendAsync("Ann");

        Assert.Equal((OnItsWay, WorkflowStatus.Running, "Ann"), (parcel.State, parcel.Status, parcel.Instance.Recipient));
        Assert.Equal([Queued, OnItsWay], parcel.Journal.OfType<StateChanged>().Select(change => change.To));
        Assert.Equal(("parcel", 0), (Assert.Single(parcel.Journal.OfType<Enqueued>()).Queue, parcel.Journal.OfType<Enqueued>().Single().Priority));
        Assert.Equal(new Admitted("parcel", 0), Assert.Single(parcel.Journal.OfType<Admitted>()));
    }

    [Fact]
    public async Task Those_of_a_group_run_one_after_the_other_in_the_order_of_their_starts()
    {
        await BeginAsync(admission => admission.FifoBy(start => start.Recipient));
        var first = await SendAsync("Ann");
        var second = await SendAsync("Ann");
        var third = await SendAsync("Ann");
        var other = await SendAsync("Bob");
        Assert.Equal([OnItsWay, Queued, Queued, OnItsWay], States(first, second, third, other));
        Assert.Equal(WorkflowStatus.Queued, second.Status);

        await ArriveAsync(first);
        Assert.Equal([nameof(ParcelWorkflow.Delivered), OnItsWay, Queued], States(first, second, third));

        await ArriveAsync(second);
        Assert.Equal(OnItsWay, third.State);
    }

    [Fact]
    public async Task As_many_run_as_may_and_the_best_ranked_begins_when_one_ends()
    {
        await BeginAsync(admission => admission.Concurrency(2).Priority(start => start.Priority));
        var first = await SendAsync("Ann");
        var second = await SendAsync("Bob");
        var third = await SendAsync("Cid");
        var urgent = await SendAsync("Dee", priority: 5);
        Assert.Equal([OnItsWay, OnItsWay, Queued, Queued], States(first, second, third, urgent));

        await ArriveAsync(second);
        Assert.Equal([Queued, OnItsWay], States(third, urgent));
        await ArriveAsync(urgent);
        Assert.Equal(OnItsWay, third.State);
    }

    [Fact]
    public async Task A_level_of_priority_is_worth_its_credit_and_no_more()
    {
        await BeginAsync(admission => admission.Concurrency(1).Priority(start => start.Priority, TimeSpan.FromMinutes(1)));
        var first = await SendAsync("Ann");
        var waiting = await SendAsync("Bob");
        await _harness!.AdvanceAsync(TimeSpan.FromMinutes(9).Add(TimeSpan.FromSeconds(1)));
        var urgent = await SendAsync("Cid", priority: 9);

        await ArriveAsync(first);
        Assert.Equal([OnItsWay, Queued], States(waiting, urgent));
        Assert.Equal(541_000, waiting.Journal.OfType<Admitted>().Single().WaitedMs);
    }

    [Fact]
    public async Task As_many_of_a_key_run_as_may_and_others_pass()
    {
        await BeginAsync(admission => admission.ConcurrencyBy(start => start.Recipient, 2));
        TestedWorkflow<ParcelInstance>[] ann = [await SendAsync("Ann"), await SendAsync("Ann"), await SendAsync("Ann")];
        var bob = await SendAsync("Bob");
        Assert.Equal([OnItsWay, OnItsWay, Queued, OnItsWay], States([.. ann, bob]));

        await ArriveAsync(ann[1]);
        Assert.Equal(OnItsWay, ann[2].State);
    }

    [Fact]
    public async Task As_many_begin_in_a_period_as_may()
    {
        await BeginAsync(admission => admission.RateLimit(2, TimeSpan.FromSeconds(10)));
        var parcels = new List<TestedWorkflow<ParcelInstance>>();
        for (var index = 0; index < 4; index++)
            parcels.Add(await SendAsync("Ann"));
        Assert.Equal([OnItsWay, OnItsWay, Queued, Queued], States([.. parcels]));

        Assert.Equal(TimeSpan.FromSeconds(5), await _harness!.AdvanceToNextTimerAsync());
        Assert.Equal([OnItsWay, OnItsWay, OnItsWay, Queued], States([.. parcels]));
        await _harness!.AdvanceAsync(TimeSpan.FromSeconds(5));
        Assert.Equal(OnItsWay, parcels[3].State);
    }

    [Fact]
    public async Task One_that_is_suspended_keeps_its_place_until_it_has_ended()
    {
        await BeginAsync(admission => admission.Concurrency(1));
        var first = await SendAsync("Ann");
        var second = await SendAsync("Bob");

        await first.ActAsync(OperatorActions.Suspend, "ann", "the address is odd");
        Assert.Equal([nameof(ParcelWorkflow.Suspended), Queued], States(first, second));

        await first.ActAsync(OperatorActions.Cancel, "ann", "it is");
        Assert.Equal([nameof(ParcelWorkflow.Cancelled), OnItsWay], States(first, second));
    }

    [Fact]
    public async Task One_that_waits_may_be_cancelled_and_nothing_else()
    {
        await BeginAsync(admission => admission.FifoBy(start => start.Recipient));
        var first = await SendAsync("Ann");
        var second = await SendAsync("Ann");
        var third = await SendAsync("Ann");
        Assert.Equal([OperatorActions.Cancel], (await second.ActAsync(OperatorActions.Suspend, "ann", "wait")).Allowed);

        await second.ActAsync(OperatorActions.Cancel, "ann", "sent twice");
        Assert.Equal(WorkflowStatus.Cancelled, second.Status);
        Assert.Equal("cancelled by ann: sent twice", second.Reason);
        await ArriveAsync(first);
        Assert.Equal(OnItsWay, third.State);
    }

    [Fact]
    public async Task The_same_start_in_another_message_is_rejected_and_begins_nothing()
    {
        await BeginAsync(admission => admission.Concurrency(1));
        await SendAsync("Ann");
        var waiting = await SendAsync("Bob");

        await waiting.RaiseAsync(new SendParcel { ParcelId = waiting.Id, Recipient = "Bob" });
        Assert.Equal(Queued, waiting.State);
        var rejected = Assert.Single(waiting.Journal.OfType<EventRejected>());
        Assert.Equal("it has been started and waits for its turn", rejected.Reason);
    }

    [Fact]
    public async Task Thirty_starts_of_three_customers_all_come_to_their_end()
    {
        await BeginAsync(admission => admission.FifoBy(start => start.Recipient).Concurrency(2));
        var parcels = new List<TestedWorkflow<ParcelInstance>>();
        for (var index = 0; index < 30; index++)
            parcels.Add(await SendAsync($"customer-{index % 3}"));

        while (parcels.Find(parcel => parcel.State == OnItsWay) is { } next)
        {
            Assert.InRange(parcels.Count(parcel => parcel.State == OnItsWay), 1, 2);
            await ArriveAsync(next);
        }

        Assert.All(parcels, parcel => Assert.Equal(WorkflowStatus.Completed, parcel.Status));
    }

    [Fact]
    public void An_admission_for_another_contract_or_too_late_is_refused_in_prose()
    {
        var other = Assert.Throws<ArgumentException>(() => new Misdeclared(tooLate: false));
        Assert.Contains("does not start with ParcelArrived", other.Message, StringComparison.Ordinal);
        var late = Assert.Throws<ArgumentException>(() => new Misdeclared(tooLate: true));
        Assert.Contains("before Initially(...)", late.Message, StringComparison.Ordinal);
    }

    async Task BeginAsync(Action<AdmissionBuilder<SendParcel>> admission) =>
        _harness = await WorkflowTestHarness.StartAsync(new ParcelWorkflow(admission), cancellationToken: Cancel);

    Task<TestedWorkflow<ParcelInstance>> SendAsync(string recipient, int? priority = null) =>
        _harness!.StartInstanceAsync(new SendParcel { ParcelId = NewId.NextGuid(), Recipient = recipient, Priority = priority });

    static Task ArriveAsync(TestedWorkflow<ParcelInstance> parcel) => parcel.RaiseAsync(new ParcelArrived { ParcelId = parcel.Id });

    static string[] States(params TestedWorkflow<ParcelInstance>[] parcels) => [.. parcels.Select(parcel => parcel.State)];

    sealed class Misdeclared : WorkflowStateMachine<ParcelInstance>
    {
        public Misdeclared(bool tooLate) : base("misdeclared")
        {
            StartsWith(() => Sent, start => start.ParcelId);
            if (!tooLate)
                Admission<ParcelArrived>(admission => admission.Concurrency(1));
            Initially(When(Sent).TransitionTo(Done));
            Admission<SendParcel>(admission => admission.Concurrency(1));
        }

        public State Done { get; } = null!;

        public Event<SendParcel> Sent { get; } = null!;
    }
}
