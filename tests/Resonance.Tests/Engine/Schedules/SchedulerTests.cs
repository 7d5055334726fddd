using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Resonance.Engine.Definitions;
using Resonance.Engine.Schedules;
using Resonance.Engine.Storage;
using Resonance.Tests.Support;
using Resonance.Workflows.Payments;
using Xunit;

namespace Resonance.Tests.Engine.Schedules;

/// <summary>The service that runs schedules, in a whole engine.</summary>
public sealed class SchedulerTests
{
    static readonly ScheduleAuthor Ann = new("ann", "the board decided");

    [Fact]
    public async Task It_sleeps_until_a_schedule_is_due_and_starts_its_workflow()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 3, 4, 9, 15, 43, TimeSpan.Zero));
        await using var harness = await StartAsync(clock);
        var book = harness.Services.GetRequiredService<ScheduleBook>();
        await book.PutAsync(Each("20 9 * * *"), Ann, TestContext.Current.CancellationToken);

        var id = NameBasedId.For("schedule/nightly/2026-03-04T09:20:00Z");
        await harness.AdvanceUntilAsync(clock, harness.UntilStateAsync(id, "Completed"));

        Assert.Equal(FiringOutcome.Started, (await book.FiringsAsync("nightly", TestContext.Current.CancellationToken))[^1].Outcome);
    }

    [Fact]
    public async Task A_schedule_that_is_put_while_it_sleeps_wakes_it()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 3, 4, 9, 15, 43, TimeSpan.Zero));
        await using var harness = await StartAsync(clock);
        var book = harness.Services.GetRequiredService<ScheduleBook>();
        var signal = harness.Services.GetRequiredService<ScheduleSignal>();

        // Due already, so that only being looked at is missing; the clock stands still.
        var changed = signal.Changed;
        await harness.Services.GetRequiredService<ScheduleStore>().PutAsync(
            Each("20 9 * * *"), new DateTimeOffset(2026, 3, 3, 9, 20, 0, TimeSpan.Zero), Ann, TestContext.Current.CancellationToken);
        await book.PauseAsync("daily", Ann, TestContext.Current.CancellationToken);

        Assert.True(changed.IsCompleted);
        await harness.UntilStateAsync(NameBasedId.For("schedule/nightly/2026-03-03T09:20:00Z"), "Completed");
    }

    [Fact]
    public async Task A_store_that_is_away_is_asked_again()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 3, 4, 9, 15, 43, TimeSpan.Zero));
        await using var harness = await StartAsync(clock);
        var book = harness.Services.GetRequiredService<ScheduleBook>();
        await book.PutAsync(Each("20 9 * * *"), Ann, TestContext.Current.CancellationToken);
        await RenameAsync(harness, "schedule", "schedule_away");
        clock.Advance(TimeSpan.FromMinutes(1));
        clock.Advance(TimeSpan.FromMinutes(1));

        await RenameAsync(harness, "schedule_away", "schedule");

        await harness.AdvanceUntilAsync(clock, harness.UntilStateAsync(NameBasedId.For("schedule/nightly/2026-03-04T09:20:00Z"), "Completed"));
    }

    static Task RenameAsync(WorkflowHarness harness, string from, string to) => harness.Services.GetRequiredService<IDatabase>().TransactAsync(
        async (connection, transaction, token) =>
        {
            await using var command = connection.CreateCommand();
            (command.Transaction, command.CommandText) = (transaction, $"ALTER TABLE {from} RENAME TO {to}");
            return await command.ExecuteNonQueryAsync(token);
        },
        TestContext.Current.CancellationToken);

    static Task<WorkflowHarness> StartAsync(TimeProvider clock) => WorkflowHarness.StartAsync(
        configure: services => services.AddSingleton(clock).AddScheduler());

    static ScheduleDefinition Each(string cron) => new()
    {
        Name = "nightly",
        Workflow = PaymentWorkflow.Type,
        Start = """{ "paymentId": "{id}", "reference": "{dueAt}", "amount": 10, "currency": "EUR", "cardToken": "tok_visa" }""",
        Cron = cron,
    };
}
