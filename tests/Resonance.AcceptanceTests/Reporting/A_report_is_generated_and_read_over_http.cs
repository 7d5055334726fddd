using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Resonance.AcceptanceTests.Faults;
using Resonance.AcceptanceTests.Support;
using Xunit;
using NewId = MassTransit.NewId;

namespace Resonance.AcceptanceTests.Reporting;

public sealed class A_report_is_generated_and_read_over_http(Servers servers)
{
    static readonly DateTimeOffset From = TimeProvider.System.GetUtcNow().AddHours(-1);

    [Fact]
    public async Task On_servers()
    {
        await using var installation = await Installation.OnServersAsync(servers, TestContext.Current.CancellationToken);
        await RunAsync(installation);
    }

    [Fact]
    public async Task In_one_process()
    {
        await using var installation = Installation.Embedded();
        await RunAsync(installation);
    }

    static async Task RunAsync(Installation installation)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var host = await HostProcess.StartAsync(installation.Settings, cancellationToken);
        var api = new WorkflowApi(host.Client);
        await RunOrderAsync(api, new OrderForm(), "COMPLETED");
        await RunOrderAsync(api, new OrderForm(), "COMPLETED");
        await RunOrderAsync(api, new OrderForm { Lines = [new("SKU-OUT", 5, 20m)] }, "CANCELLED");

        await ReadTableAsync(host, api, cancellationToken);
        await ReadPageAsync(host, api, cancellationToken);
        await AskForNothingAsync(host, api, cancellationToken);
    }

    static async Task ReadTableAsync(HostProcess host, WorkflowApi api, CancellationToken cancellationToken)
    {
        var table = await api.StartAsync("reporting", Form("order", "csv"), cancellationToken);
        await api.SeeAsync(table.Id, "PUBLISHED", cancellationToken);

        using var response = await host.Client.GetAsync($"api/reports/{table.Id}", cancellationToken);

        Assert.Equal("text/csv", response.Content.Headers.ContentType?.MediaType);
        var lines = (await response.Content.ReadAsStringAsync(cancellationToken)).TrimEnd().Split("\r\n");
        Assert.Equal(2, lines.Length);
        var figures = lines[0].Split(',').Zip(lines[1].Split(',')).ToDictionary(pair => pair.First, pair => pair.Second);
        Assert.Equal(
            ("order", "3", "2", "0", "1"),
            (figures["workflow"], figures["started"], figures["completed"], figures["failed"], figures["cancelled"]));
        Assert.NotEmpty(figures["p99_ms"]);
    }

    static async Task ReadPageAsync(HostProcess host, WorkflowApi api, CancellationToken cancellationToken)
    {
        var page = await api.StartAsync("reporting", Form("workflows", "html"), cancellationToken);
        Assert.Matches("^REPORTING-[0-9]+$", page.Key);
        await api.SeeAsync(page.Id, "PUBLISHED", cancellationToken);

        using var response = await host.Client.GetAsync($"api/reports/{page.Id}", cancellationToken);

        Assert.Equal("text/html", response.Content.Headers.ContentType?.MediaType);
        Assert.StartsWith("default-src 'none'", Assert.Single(response.Headers.GetValues("Content-Security-Policy")));
        var html = await response.Content.ReadAsStringAsync(cancellationToken);
        Assert.Contains($"""<p class="eyebrow">{page.Key}</p>""", html);
        Assert.Contains("order: 2 completed", html);

        using var again = new HttpRequestMessage(HttpMethod.Get, $"api/reports/{page.Id}");
        again.Headers.IfNoneMatch.Add(new EntityTagHeaderValue(response.Headers.ETag!.Tag));
        using var unchanged = await host.Client.SendAsync(again, cancellationToken);
        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);

        // Every workflow was counted side by side, each under a key of its own.
        var history = await api.HistoryAsync(page.Id, cancellationToken);
        Assert.Equal(["PENDING", "COLLECTING", "RENDERING", "PUBLISHED"], history.States());
        var collected = history.OfKind("commandSent").Where(command => command.Text("activity") == "CollectFigures").ToArray();
        Assert.Contains("order", collected.Select(command => command.Text("item")));
        Assert.Equal(collected.Length, collected.Select(command => command.Text("idempotencyKey")).Distinct().Count());
        Assert.Single(history, step => step.Entries.Any(entry => entry.Text("activity") == "CollectFigures" && entry.Text("kind") == "commandSent"));
    }

    static async Task AskForNothingAsync(HostProcess host, WorkflowApi api, CancellationToken cancellationToken)
    {
        var nothing = await api.StartAsync("reporting", Form("notification", "csv", From.AddDays(-2), From.AddDays(-1)), cancellationToken);
        await api.SeeAsync(nothing.Id, "FAILED", cancellationToken);

        using var response = await host.Client.GetAsync($"api/reports/{nothing.Id}", cancellationToken);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
        Assert.Contains("nothing happened in the period", problem.GetProperty("detail").GetString());
    }

    static async Task RunOrderAsync(WorkflowApi api, OrderForm order, string state)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await api.StartAsync(order, cancellationToken);
        await api.SeeAsync(order.OrderId, state, cancellationToken);
    }

    static string Form(string kind, string format, DateTimeOffset? from = null, DateTimeOffset? to = null) => JsonSerializer.Serialize(new
    {
        reportId = NewId.NextGuid(),
        kind,
        from = from ?? From,
        to = to ?? From.AddHours(2),
        format,
    });
}
