using Microsoft.Extensions.DependencyInjection;
using Resonance.Engine.Storage;
using Resonance.Engine.Storage.Queries;
using Xunit;

namespace Resonance.Tests.Engine.Storage.Queries;

public abstract partial class ReadSideConformance
{
    static readonly DateTimeOffset Morning = new(2026, 3, 4, 9, 15, 0, TimeSpan.Zero);

    WorkflowFigures Figures => _provider.GetRequiredService<WorkflowFigures>();

    [Fact]
    public async Task Figures_count_what_the_journal_says()
    {
        var (first, second, third) = (new SampleInstance(), new SampleInstance(), new SampleInstance());
        await HappenedAsync(first, 0, Entry("stateChanged", """ "from":"Initial","to":"Pending" """), Rule("pass"), Entry("commandSent"));
        await HappenedAsync(first, 1, Failure, Retry, Entry("timerSet"));
        await HappenedAsync(first, 2, Failure, Retry);
        await HappenedAsync(first, 60, Rule("pass"), Finished("completed", 200));
        await HappenedAsync(second, 3, Rule("fail"), Entry("suspended", """ "cause":"a \"finished\" one","attempts":0 """));
        await HappenedAsync(second, 120, Entry("compensationStarted"), Entry("compensated"), Entry("compensated"), Finished("cancelled", 99_000));
        await HappenedAsync(second, 121, Entry("eventRejected"));
        await HappenedAsync(third, 61, Failure);
        await HappenedAsync(third, 62, Finished("failed", 101));

        var figures = await Figures.ReadAsync("order", Morning, Morning.AddHours(3), Cancel);

        Assert.Equal((9, 3), (figures.Steps, figures.Started));
        Assert.Equal((1, 1, 1), (figures.Completed, figures.Failed, figures.Cancelled));
        Assert.Equal((1, 2, 3), (figures.Suspended, figures.Retries, figures.FailedAttempts));
        Assert.Equal((2, 1), (figures.Compensations, figures.RejectedEvents));
        Assert.Equal((2, 1), (figures.RulesPassed, figures.RulesFailed));
        Assert.Equal(new PeriodDurations(AverageMs: 151, P50Ms: 101, P95Ms: 200, P99Ms: 200), figures.Durations);
        Assert.Equal((Morning.AddMinutes(-15), TimeSpan.FromHours(1)), (figures.SlotsFrom, figures.Slot));
        Assert.Equal([2, 1, 0, 0], figures.StartedBySlot);
        Assert.Equal([0, 2, 1, 0], figures.FinishedBySlot);
    }

    [Fact]
    public async Task Figures_are_of_one_workflow_and_of_the_period_with_its_first_moment_and_without_its_last()
    {
        var (order, payment) = (new SampleInstance(), new SampleInstance(type: "payment"));
        await HappenedAsync(order, 0, Failure);
        await HappenedAsync(order, 30, Failure);
        await HappenedAsync(order, 60, Finished("completed", 1));
        await HappenedAsync(payment, 10, Failure);

        var figures = await Figures.ReadAsync("order", Morning, Morning.AddMinutes(60), Cancel);
        var later = await Figures.ReadAsync("order", Morning.AddMicroseconds(1), Morning.AddMinutes(60).AddMicroseconds(1), Cancel);
        var none = await Figures.ReadAsync("reporting", Morning, Morning.AddMinutes(60), Cancel);

        Assert.Equal((2, 1, 0, 2), (figures.Steps, figures.Started, figures.Completed, figures.FailedAttempts));
        Assert.Null(figures.Durations);
        Assert.Equal((2, 0, 1, 1), (later.Steps, later.Started, later.Completed, later.FailedAttempts));
        Assert.Equal((0, 0), (none.Steps, none.Started));
        Assert.Equal([0, 0], none.FinishedBySlot);
    }

    [Fact]
    public async Task Figures_of_more_than_three_days_go_by_days_of_UTC_whatever_zone_the_period_is_told_in()
    {
        var instance = new SampleInstance();
        await HappenedAsync(instance, 0);
        await HappenedAsync(instance, 24 * 60, Finished("completed", 7));
        var from = Morning.ToOffset(TimeSpan.FromHours(10));

        var hours = await Figures.ReadAsync("order", from, from.AddDays(3), Cancel);
        var days = await Figures.ReadAsync("order", from, from.AddDays(3).AddMicroseconds(1), Cancel);

        Assert.Equal((TimeSpan.FromHours(1), 73), (hours.Slot, hours.FinishedBySlot.Count));
        Assert.Equal((1, 1), (hours.StartedBySlot[0], hours.FinishedBySlot[24]));
        Assert.Equal(TimeSpan.FromDays(1), days.Slot);
        Assert.Equal(new DateTimeOffset(2026, 3, 4, 0, 0, 0, TimeSpan.Zero), days.SlotsFrom);
        Assert.Equal([1, 0, 0, 0], days.StartedBySlot);
        Assert.Equal([0, 1, 0, 0], days.FinishedBySlot);
        Assert.Equal(new PeriodDurations(7, 7, 7, 7), days.Durations);
    }

    [Fact]
    public async Task A_document_is_written_once_and_read_as_it_was_written()
    {
        var documents = _provider.GetRequiredService<Documents>();
        var document = new Document
        {
            Id = MassTransit.NewId.NextGuid(),
            WorkflowId = MassTransit.NewId.NextGuid(),
            Name = "orders.csv",
            MediaType = "text/csv; charset=utf-8",
            Body = [0, 1, 2, 0xFF, 0],
            CreatedAt = Morning.AddMicroseconds(7),
        };

        Assert.Null(await documents.FindAsync(document.Id, Cancel));
        Assert.True(await AddAsync(document));
        Assert.False(await AddAsync(document with { Body = [9], Name = "another.csv" }));

        var read = await documents.FindAsync(document.Id, Cancel);
        Assert.NotNull(read);
        Assert.Equal(document.Body, read.Body);
        Assert.Equal(document, read with { Body = document.Body });
        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => ExecuteAsync("UPDATE document SET name = 'forged'"));
    }

    static string Failure => Entry("attemptFailed", """ "activity":"A","attempt":1,"errorKind":"timeout","error":"none" """);

    static string Retry => Entry("retryScheduled", """ "activity":"A","retry":1,"delayMs":1000,"policy":"p","cause":"timeout" """);

    static string Rule(string verdict) =>
        Entry("ruleEvaluated", $$$""" "rule":"order_limit","version":1,"expression":"total < 5","values":{"total":1},"verdict":"{{{verdict}}}" """);

    static string Finished(string outcome, long durationMs) => Entry("finished", $""" "outcome":"{outcome}","durationMs":{durationMs} """);

    static string Entry(string kind, string? members = null) => $$"""{"kind":"{{kind}}"{{(members is null ? "" : "," + members)}}}""";

    async Task HappenedAsync(SampleInstance instance, double minutes, params string[] entries)
    {
        var step = instance.Next(entries: $"[{string.Join(',', entries)}]");
        step = step with { Journal = step.Journal with { OccurredAt = Morning.AddMinutes(minutes) } };
        Assert.Equal(StepOutcome.Committed, Assert.Single(await Store.CommitAsync([step], Lease, Cancel)).Outcome);
        instance.Advance(step);
    }

    Task<bool> AddAsync(Document document) => _provider.GetRequiredService<IDatabase>().TransactAsync(
        (connection, transaction, token) => Documents.AddAsync(connection, transaction, document, token), Cancel);

    Task<int> ExecuteAsync(string sql) => _provider.GetRequiredService<IDatabase>().TransactAsync(
        async (connection, transaction, token) =>
        {
            await using var command = connection.CreateCommand();
            (command.CommandText, command.Transaction) = (sql, transaction);
            return await command.ExecuteNonQueryAsync(token);
        },
        Cancel);
}
