using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Resonance.AcceptanceTests.Support;
using Xunit;

namespace Resonance.AcceptanceTests.Audit;

public sealed class Orders_stand_in_the_trail_and_in_the_figures(Servers servers)
{
    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task In_one_process()
    {
        using var directory = new TestDirectory();

        await AssertAsync(HostSettings.Embedded(directory));
    }

    [Fact]
    public async Task On_Postgres_and_RabbitMq()
    {
        await using var database = await TestDatabase.CreateAsync(servers, Cancel);
        await using var broker = await TestBroker.CreateAsync(servers, Cancel);

        await AssertAsync(HostSettings.OnServers(database, broker));
    }

    static async Task AssertAsync(HostSettings settings)
    {
        await using var host = await HostProcess.StartAsync(settings, Cancel);
        var api = new WorkflowApi(host.Client);
        using var leave = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var listening = ListenAsync(host, lastEventId: -1, leave.Token);
        var keys = new List<string>();
        foreach (var (order, state) in Orders())
        {
            keys.Add((await api.StartAsync(order, Cancel)).Key);
            await api.SeeAsync(order.OrderId, state, Cancel);
        }

        await AssertTrailAsync(host, api, Orders().Select(order => order.Order.OrderId).Zip(keys));
        await AssertSummaryAsync(host);

        var ledger = await SeeLedgerAtRestAsync(host);
        await leave.CancelAsync();
        var heard = await listening;
        Assert.Equal(Enumerable.Range(0, heard.Count).Select(position => (long)position), heard);
        var rest = await HearAsync(host, heard.Count / 2, ledger.Count - heard.Count / 2 - 1);
        Assert.Equal(Enumerable.Range(heard.Count / 2 + 1, rest.Count).Select(position => (long)position), rest);
        Assert.Equal(ledger.Count - 1, rest[^1]);

        // While everything goes on, and with the same figures after it.
        var before = await FiguresAsync(host);
        await using (var rebuild = HostProcess.Launch(settings.WithArguments("audit", "rebuild")))
        {
            Assert.Equal(0, await rebuild.WaitForExitAsync(Cancel, TimeSpan.FromSeconds(60)));
            Assert.Contains(
                rebuild.Lines, line => line.StartsWith("The figures are computed anew from ", StringComparison.Ordinal) && line.EndsWith(" steps.", StringComparison.Ordinal));
        }

        Assert.Equal(before, await FiguresAsync(host));
        Assert.Equal(0, await host.StopAsync(Cancel));
    }

    /// <summary>The same ids at every call.</summary>
    static IEnumerable<(OrderForm Order, string State)> Orders()
    {
        yield return (Order(1), "COMPLETED");
        yield return (Order(2), "COMPLETED");
        yield return (Order(3), "COMPLETED");
        yield return (Order(4) with { Lines = [new("SKU-OUT", 1, 5m)] }, "CANCELLED");
        yield return (Order(5) with { CardToken = "tok_declined" }, "CANCELLED");

        static OrderForm Order(int number) => new() { OrderId = Guid.Parse($"0190abcd-0000-7000-8000-{number:x12}") };
    }

    /// <summary>Each order's trail has its whole history, hash by hash, in the lines that the console showed.</summary>
    static async Task AssertTrailAsync(HostProcess host, WorkflowApi api, IEnumerable<(Guid Id, string Key)> orders)
    {
        foreach (var (id, key) in orders)
        {
            var history = await api.HistoryAsync(id, Cancel);
            var trail = await Eventually.SeeAsync(
                token => host.Client.GetFromJsonAsync<JsonElement>($"api/audit/trail?workflow={key}", token),
                page => page.GetProperty("items").GetArrayLength() == history.Count,
                Cancel);
            var items = trail.GetProperty("items").EnumerateArray().ToArray();
            Assert.Equal(history.Select(step => step.Hash), items.OrderBy(item => item.GetProperty("sequence").GetInt64()).Select(item => item.GetProperty("hash").GetString()));
            Assert.All(items, item => Assert.Equal("asWitnessed", item.GetProperty("journal").GetString()));

            using var ask = new HttpRequestMessage(HttpMethod.Get, $"api/audit/trail?workflow={id}");
            ask.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/plain"));
            using var text = await host.Client.SendAsync(ask, Cancel);
            var lines = (await text.Content.ReadAsStringAsync(Cancel)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.Equal(host.Lines.Where(line => line.Contains($"] Workflow {key} ", StringComparison.Ordinal)).Order(), lines.Order());
            Assert.NotEmpty(lines);
        }
    }

    static async Task AssertSummaryAsync(HostProcess host)
    {
        var summary = await Eventually.SeeAsync(
            token => host.Client.GetFromJsonAsync<JsonElement>("api/metrics/summary?window=1h", token),
            answer => Of(answer, "order").GetProperty("processed").GetInt64() == 5
                && Of(answer, "payment").GetProperty("processed").GetInt64() == 4
                && Of(answer, "notification").GetProperty("running").GetInt64() == 0
                && answer.GetProperty("queueDepth").ValueKind == JsonValueKind.Number
                && answer.GetProperty("queueDepth").GetInt64() == 0,
            Cancel);
        var order = Of(summary, "order");
        Assert.Equal((0.6, 0), (order.GetProperty("successRate").GetDouble(), order.GetProperty("running").GetInt64()));
        Assert.InRange(order.GetProperty("p99LatencyMs").GetInt64(), order.GetProperty("p50LatencyMs").GetInt64(), 60_000);
        Assert.Equal(
            summary.GetProperty("workflowsProcessed").GetInt64(),
            summary.GetProperty("series").EnumerateArray().Sum(minute => minute.GetProperty("processed").GetInt64()));
    }

    static JsonElement Of(JsonElement summary, string type) =>
        summary.GetProperty("byWorkflow").EnumerateArray().Single(workflow => workflow.GetProperty("type").GetString() == type);

    /// <summary>All of the summary but what the time of asking changes.</summary>
    static async Task<string> FiguresAsync(HostProcess host) =>
        (await host.Client.GetFromJsonAsync<JsonElement>("api/metrics/summary?window=6h", Cancel)).GetProperty("byWorkflow").GetRawText();

    /// <summary>Waits until nothing is running and everything that the journal has is witnessed.</summary>
    static async Task<IReadOnlyList<long>> SeeLedgerAtRestAsync(HostProcess host)
    {
        IReadOnlyList<long> last = [];
        return await Eventually.SeeAsync(
            async token =>
            {
                var before = last;
                last = await PositionsAsync(host, token);
                var summary = await host.Client.GetFromJsonAsync<JsonElement>("api/metrics/summary", token);
                var running = summary.GetProperty("byWorkflow").EnumerateArray().Sum(workflow => workflow.GetProperty("running").GetInt64());
                return running == 0 && last.Count == before.Count ? last : [];
            },
            positions => positions.Count > 0,
            Cancel);
    }

    static async Task<IReadOnlyList<long>> PositionsAsync(HostProcess host, CancellationToken cancellationToken)
    {
        var positions = new List<long>();
        for (string? cursor = ""; cursor is not null;)
        {
            var page = await host.Client.GetFromJsonAsync<JsonElement>($"api/audit/trail?limit=200&cursor={cursor}", cancellationToken);
            positions.AddRange(page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("position").GetInt64()));
            cursor = page.GetProperty("nextCursor").GetString();
        }

        Assert.Equal(Enumerable.Range(0, positions.Count).Select(position => (long)position).Reverse(), positions);
        return positions;
    }

    /// <summary>Listens to the stream for so many steps.</summary>
    static async Task<IReadOnlyList<long>> HearAsync(HostProcess host, long lastEventId, int count)
    {
        var heard = new List<long>();
        await foreach (var position in EventsAsync(host, lastEventId, Cancel))
        {
            heard.Add(position);
            if (heard.Count == count)
                break;
        }

        return heard;
    }

    /// <summary>Listens to the stream until it is told to leave.</summary>
    static async Task<IReadOnlyList<long>> ListenAsync(HostProcess host, long lastEventId, CancellationToken leave)
    {
        var heard = new List<long>();
        try
        {
            await foreach (var position in EventsAsync(host, lastEventId, leave))
                heard.Add(position);
        }
        catch (OperationCanceledException) when (leave.IsCancellationRequested)
        {
            Cancel.ThrowIfCancellationRequested();
        }

        return heard;
    }

    static async IAsyncEnumerable<long> EventsAsync(
        HostProcess host, long lastEventId, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var ask = new HttpRequestMessage(HttpMethod.Get, "api/audit/stream");
        ask.Headers.Add("Last-Event-ID", lastEventId.ToString(CultureInfo.InvariantCulture));
        using var answer = await host.Client.SendAsync(ask, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        answer.EnsureSuccessStatusCode();
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(cancellationToken));
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line.StartsWith("data: ", StringComparison.Ordinal))
                yield return JsonSerializer.Deserialize<JsonElement>(line["data: ".Length..]).GetProperty("position").GetInt64();
        }
    }
}
