using System.Text.Json;
using Resonance.AcceptanceTests.Faults;
using Resonance.AcceptanceTests.Support;
using Resonance.Engine.Steps;
using Xunit;
using NewId = MassTransit.NewId;

namespace Resonance.AcceptanceTests.Reporting;

/// <summary>SIGKILL when the commands of the fan-out leave, and when some of them have been answered.</summary>
public sealed class A_report_survives_a_kill_while_it_collects(Servers servers)
{
    public static TheoryData<string, int> Faults => new()
    {
        { nameof(StepPoint.MidPublish), 1 },
        { nameof(StepPoint.DuringCommit), 2 },
        { nameof(StepPoint.AfterCommit), 3 },
        { nameof(StepPoint.BeforeAcknowledge), 4 },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task On_servers(string point, int nth)
    {
        await using var installation = await Installation.OnServersAsync(servers, TestContext.Current.CancellationToken);
        await RunAsync(installation, point, nth);
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task In_one_process(string point, int nth)
    {
        await using var installation = Installation.Embedded();
        await RunAsync(installation, point, nth);
    }

    static async Task RunAsync(Installation installation, string point, int nth)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await RunOrderAsync(installation, cancellationToken);

        StartedWorkflow report;
        await using (var doomed = await HostProcess.StartAsync(installation.Settings.WithFault(point, nth), cancellationToken))
        {
            report = await new WorkflowApi(doomed.Client).StartAsync("reporting", Form(), cancellationToken);
            Assert.Equal(128 + 9, await doomed.WaitForExitAsync(cancellationToken, TimeSpan.FromSeconds(60)));
        }

        await using var next = await HostProcess.StartAsync(installation.Settings, cancellationToken);
        var api = new WorkflowApi(next.Client);
        await api.SeeAsync(report.Id, "PUBLISHED", cancellationToken);

        var table = await next.Client.GetStringAsync($"api/reports/{report.Id}", cancellationToken);
        Assert.Single(table.Split("\r\n"), line => line.StartsWith("order,", StringComparison.Ordinal));
        var history = await api.HistoryAsync(report.Id, cancellationToken);
        Assert.Equal(["PENDING", "COLLECTING", "RENDERING", "PUBLISHED"], history.States());
        var items = Items(history, "commandSent");
        Assert.Equal(items.Order(), Items(history, "replyReceived").Order());
        Assert.Equal(items.Length, items.Distinct().Count());
    }

    static string[] Items(IReadOnlyList<SeenStep> history, string kind) =>
        [.. history.OfKind(kind).Where(entry => entry.Text("activity") == "CollectFigures").Select(entry => entry.Text("item"))];

    /// <summary>Something to report on, so that nothing but the report is under way when the fault strikes.</summary>
    static async Task RunOrderAsync(Installation installation, CancellationToken cancellationToken)
    {
        await using var host = await HostProcess.StartAsync(installation.Settings, cancellationToken);
        var api = new WorkflowApi(host.Client);
        var order = new OrderForm();
        await api.StartAsync(order, cancellationToken);
        await api.SeeAsync(order.OrderId, "COMPLETED", cancellationToken);
        await Eventually.SeeAsync(
            installation.ProgressAsync, progress => progress.Running.Count == 0 && progress.Unsent.Count == 0, cancellationToken);
        Assert.Equal(0, await host.StopAsync(cancellationToken));
    }

    static string Form()
    {
        var now = TimeProvider.System.GetUtcNow();
        return JsonSerializer.Serialize(new
        {
            reportId = NewId.NextGuid(),
            kind = "workflows",
            from = now.AddHours(-1),
            to = now.AddHours(1),
            format = "csv",
        });
    }
}
