using System.Text;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Resonance.Contracts.Reporting;
using Resonance.Engine.Definitions;
using Resonance.Engine.Journal;
using Resonance.Engine.Storage;
using Resonance.Tests.Support;
using Resonance.Workflows.Orders;
using Resonance.Workflows.Reporting;
using Xunit;

namespace Resonance.Tests.Workflows.Reporting;

/// <summary>The whole way of a report, over a journal that real orders wrote.</summary>
public sealed class ReportingWorkflowTests : IDisposable
{
    readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("resonance-reports-");
    readonly FakeTimeProvider _clock = new(Reports.Day.AddHours(9));

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_page_tells_what_every_workflow_did()
    {
        var told = new TaskCompletionSource<ReportPublished>();
        await using var harness = await StartAsync(bus => bus.AddHandler<ReportPublished>(message => Keep(told, message)));
        await RunOrderAsync(harness);
        var report = Reports.Of();

        await harness.Client.StartAsync(ReportingWorkflow.Type, report, Cancellation);
        var last = await harness.UntilStateAsync(report.ReportId, nameof(ReportingWorkflow.Published));

        Assert.Equal((WorkflowStatus.Completed, "REPORTING-1001"), (last.Workflow.Status, last.Workflow.Key));
        Assert.Equal(
            ["Pending", "Collecting", "Rendering", "Published"], harness.EntriesOf<StateChanged>(report.ReportId).Select(entry => entry.To));
        var sent = harness.EntriesOf<CommandSent>(report.ReportId);
        Assert.Equal([.. Workflows(harness), null], sent.Select(command => command.Item));
        Assert.Equal(sent.Count, sent.Select(command => command.IdempotencyKey).Distinct().Count());
        var verdict = Assert.Single(harness.EntriesOf<RuleEvaluated>(report.ReportId));
        Assert.Equal(("has_data", "pass"), (verdict.Rule, verdict.Verdict));

        var document = await FindAsync(harness, report.ReportId);
        Assert.NotNull(document);
        Assert.Equal(
            (report.ReportId, "workflows-20261122T0000Z-20261123T0000Z.html", "text/html; charset=utf-8", _clock.GetUtcNow()),
            (document.WorkflowId, document.Name, document.MediaType, document.CreatedAt));
        Assert.StartsWith("<!DOCTYPE html>", Encoding.UTF8.GetString(document.Body));
        var published = await told.Task.WaitAsync(Cancellation);
        Assert.Equal(
            new ReportPublished
            {
                ReportId = report.ReportId,
                Kind = "workflows",
                From = report.From,
                To = report.To,
                Format = "html",
                Size = document.Body.Length,
            },
            published);
    }

    [Fact]
    public async Task A_table_of_one_workflow_counts_it_alone_whatever_zone_the_period_is_told_in()
    {
        await using var harness = await StartAsync();
        await RunOrderAsync(harness);
        await RunOrderAsync(harness);
        var report = Reports.Of("order", ReportFormats.Csv) with
        {
            From = Reports.Day.ToOffset(TimeSpan.FromHours(-5)),
            To = Reports.Day.AddDays(1).ToOffset(TimeSpan.FromHours(-5)),
        };

        await harness.Client.StartAsync(ReportingWorkflow.Type, report, Cancellation);
        await harness.UntilStateAsync(report.ReportId, nameof(ReportingWorkflow.Published));

        var document = await FindAsync(harness, report.ReportId);
        Assert.NotNull(document);
        Assert.Equal("order-20261122T0000Z-20261123T0000Z.csv", document.Name);
        var lines = Encoding.UTF8.GetString(document.Body).TrimEnd().Split("\r\n");
        Assert.Equal(2, lines.Length);
        var figures = lines[0].Split(',').Zip(lines[1].Split(',')).ToDictionary(pair => pair.First, pair => pair.Second);
        Assert.Equal(
            ("order", "2026-11-22T00:00:00Z", "2026-11-23T00:00:00Z", "2", "2", "0"),
            (figures["workflow"], figures["from"], figures["to"], figures["started"], figures["completed"], figures["failed"]));
        Assert.Equal(("4", "0"), (figures["rules_passed"], figures["p99_ms"]));
    }

    [Fact]
    public async Task A_workflow_that_there_is_not_fails_the_report_and_says_which_there_are()
    {
        var told = new TaskCompletionSource<ReportFailed>();
        await using var harness = await StartAsync(bus => bus.AddHandler<ReportFailed>(message => Keep(told, message)));
        var report = Reports.Of("orders");

        await harness.Client.StartAsync(ReportingWorkflow.Type, report, Cancellation);
        var last = await harness.UntilStateAsync(report.ReportId, nameof(ReportingWorkflow.Failed));

        Assert.Equal(WorkflowStatus.Failed, last.Workflow.Status);
        Assert.Equal(
            $"There is no workflow 'orders'. Ask for 'workflows' or for one of {string.Join(", ", Workflows(harness))}.",
            (await told.Task.WaitAsync(Cancellation)).Reason);
        Assert.Empty(harness.EntriesOf<CommandSent>(report.ReportId));
    }

    [Fact]
    public async Task A_period_in_which_nothing_happened_has_no_report()
    {
        var told = new TaskCompletionSource<ReportFailed>();
        await using var harness = await StartAsync(bus => bus.AddHandler<ReportFailed>(message => Keep(told, message)));
        await RunOrderAsync(harness);
        var report = Reports.Of() with { From = Reports.Day.AddDays(-366), To = Reports.Day };

        await harness.Client.StartAsync(ReportingWorkflow.Type, report, Cancellation);
        await harness.UntilStateAsync(report.ReportId, nameof(ReportingWorkflow.Failed));

        Assert.Equal("nothing happened in the period (steps > 0; steps = 0)", (await told.Task.WaitAsync(Cancellation)).Reason);
        Assert.Null(await FindAsync(harness, report.ReportId));
    }

    [Fact]
    public async Task Reports_alone_are_no_reason_for_a_report_unless_it_is_about_them()
    {
        await using var harness = await StartAsync();
        var (all, own) = (Reports.Of(), Reports.Of(ReportingWorkflow.Type, ReportFormats.Csv));

        await harness.Client.StartAsync(ReportingWorkflow.Type, all, Cancellation);
        await harness.UntilStateAsync(all.ReportId, nameof(ReportingWorkflow.Failed));
        await harness.Client.StartAsync(ReportingWorkflow.Type, own, Cancellation);
        await harness.UntilStateAsync(own.ReportId, nameof(ReportingWorkflow.Published));

        Assert.NotNull(await FindAsync(harness, own.ReportId));
    }

    [Fact]
    public async Task Figures_that_cannot_be_had_are_given_up_after_three_attempts()
    {
        var told = new TaskCompletionSource<ReportFailed>();

        // A database in memory has no read side, so that nothing can be counted in it.
        await using var harness = await StartAsync(bus => bus.AddHandler<ReportFailed>(message => Keep(told, message)), inMemory: true);
        var report = Reports.Of("payment");

        await harness.Client.StartAsync(ReportingWorkflow.Type, report, Cancellation);
        await harness.AdvanceUntilAsync(_clock, harness.UntilStateAsync(report.ReportId, nameof(ReportingWorkflow.Failed)));

        Assert.Equal(3, harness.EntriesOf<AttemptFailed>(report.ReportId).Count);
        Assert.StartsWith("The figures of 'payment' could not be collected: ", (await told.Task.WaitAsync(Cancellation)).Reason);
    }

    [Fact]
    public async Task A_document_that_is_there_already_is_not_overwritten()
    {
        await using var harness = await StartAsync();
        await RunOrderAsync(harness);
        var report = Reports.Of();
        var document = new Document
        {
            Id = report.ReportId,
            WorkflowId = NewId.NextGuid(),
            Name = "another.txt",
            MediaType = "text/plain",
            Body = [1],
            CreatedAt = Reports.Day,
        };
        await harness.Services.GetRequiredService<IDatabase>().TransactAsync(
            (connection, transaction, token) => Documents.AddAsync(connection, transaction, document, token), Cancellation);

        await harness.Client.StartAsync(ReportingWorkflow.Type, report, Cancellation);
        var last = await harness.UntilStateAsync(report.ReportId, nameof(ReportingWorkflow.Failed));

        Assert.Contains(
            $"The report could not be written down: There is a document with the id {report.ReportId} already.", last.Workflow.Data);
        Assert.Equal("another.txt", (await FindAsync(harness, report.ReportId))!.Name);
    }

    static IEnumerable<string> Workflows(WorkflowHarness harness) =>
        harness.Services.GetRequiredService<WorkflowCatalog>().All.Select(workflow => workflow.Type).Order(StringComparer.Ordinal);

    static async Task RunOrderAsync(WorkflowHarness harness)
    {
        var order = Support.Orders.Good();
        await harness.Client.StartAsync(OrderWorkflow.Type, order, Cancellation);
        await harness.UntilStateAsync(order.OrderId, nameof(OrderWorkflow.Completed));
    }

    static Task<Document?> FindAsync(WorkflowHarness harness, Guid id) =>
        harness.Services.GetRequiredService<Documents>().FindAsync(id, Cancellation);

    static Task Keep<TMessage>(TaskCompletionSource<TMessage> told, TMessage message)
    {
        told.TrySetResult(message);
        return Task.CompletedTask;
    }

    Task<WorkflowHarness> StartAsync(Action<IBusRegistrationConfigurator>? bus = null, bool inMemory = false) => WorkflowHarness.StartAsync(
        bus,
        services => services.AddSingleton<TimeProvider>(_clock),
        file: inMemory ? null : Path.Combine(_folder.FullName, "reports.db"));
}
