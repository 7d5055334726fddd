using System.Net;
using System.Text;
using Xunit;

namespace Resonance.Tests.Cli;

/// <summary>What goes wrong between the tool and the server, and what the tool makes of it.</summary>
public sealed class FaultTests : CliFixture
{
    [Fact]
    public async Task Asks_again_when_the_connection_fails_and_says_so_when_that_does_not_help()
    {
        var network = new Scripted(attempt => attempt < 3 ? throw new HttpRequestException("refused") : Answer("""{ "items": [], "nextCursor": null }"""));
        var away = new Scripted(_ => throw new HttpRequestException("Connection refused"));

        var helped = await RunAsync(["incidents"], network);
        var failed = await RunAsync(["incidents"], away);

        Assert.Equal((0, 4), (helped.Exit, network.Requests.Count));
        Assert.Equal((3, 4), (failed.Exit, away.Requests.Count));
        Assert.Equal(
            "The server at http://127.0.0.1:5080/ cannot be reached: Connection refused.\n" +
            "  Start it, or say where it is with --server or RESONANCE_SERVER.\n",
            failed.Error);
    }

    [Fact]
    public async Task Asks_for_something_once_and_under_a_name()
    {
        var away = new Scripted(_ => throw new HttpRequestException("Connection reset"));

        var run = await RunAsync(["retry", Id(1).ToString(), "--reason", "why", "--idempotency-key", "again-1"], away);

        Assert.Equal(3, run.Exit);
        Assert.Contains("It is not known whether the request arrived", run.Error, StringComparison.Ordinal);
        Assert.Equal("again-1", Assert.Single(away.Requests).Headers.GetValues("Idempotency-Key").Single());
    }

    [Theory]
    [InlineData(HttpStatusCode.Unauthorized, 4)]
    [InlineData(HttpStatusCode.Forbidden, 4)]
    [InlineData(HttpStatusCode.NotFound, 5)]
    [InlineData(HttpStatusCode.BadRequest, 2)]
    [InlineData(HttpStatusCode.Conflict, 1)]
    [InlineData(HttpStatusCode.TooManyRequests, 1)]
    [InlineData(HttpStatusCode.InternalServerError, 6)]
    [InlineData(HttpStatusCode.MovedPermanently, 6)]
    public async Task Ends_with_a_code_for_each_kind_of_refusal(HttpStatusCode status, int exit)
    {
        var network = new Scripted(_ => Answer("""{"title":"No","detail":"It is not so.","errors":{"a":["a is wrong."],"b":["must be c."]}}""", status));

        var run = await RunAsync(["incidents"], network);

        Assert.Equal((exit, ""), (run.Exit, run.Output));
        Assert.StartsWith("It is not so.\n  a is wrong.\n  b: must be c.\n", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Says_when_something_else_answers()
    {
        var run = await RunAsync(["incidents"], new Scripted(_ => Answer("<html>", mediaType: "text/html")));

        Assert.Equal(6, run.Exit);
        Assert.Contains("is no gateway of Resonance", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sends_the_key_of_a_file_and_shows_it_never()
    {
        var file = Path.Combine(Path.GetTempPath(), $"resonance-key-{Id(1):N}-{Environment.ProcessId}");
        await File.WriteAllTextAsync(file, "rsk_1_secret\n", Cancel);
        var network = new Scripted(_ => Answer("""{"title":"No"}""", HttpStatusCode.Unauthorized));
        try
        {
            var run = await RunAsync(["incidents", "--api-key", $"@{file}"], network);

            Assert.Equal("Bearer rsk_1_secret", network.Requests.Single().Headers.Authorization?.ToString());
            Assert.DoesNotContain("secret", run.Error + run.Output, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Theory]
    [InlineData("nosuch")]
    [InlineData("list", "--limit", "0")]
    [InlineData("list", "--from", "yesterday")]
    [InlineData("cancel", "PAYMENT-1")]
    [InlineData("rules", "show", "fraud_score")]
    [InlineData("start", "payment", "--data", "{")]
    [InlineData("start", "payment", "--data", "@/no/such/file")]
    [InlineData("incidents", "--server", "ftp://nowhere")]
    [InlineData("verify", "--key", "nonsense")]
    [InlineData("verify", "--workflow", "PAYMENT-1", "--checkpoint", "file")]
    public async Task Refuses_a_command_line_that_makes_no_sense_without_asking_anybody(params string[] args)
    {
        var network = new Scripted(_ => Answer("{}"));

        var run = await RunAsync(args, network);

        Assert.Equal((2, ""), (run.Exit, run.Output.Trim()));
        Assert.NotEmpty(run.Error);
        Assert.Empty(network.Requests);
    }

    [Fact]
    public async Task Ends_with_130_when_it_is_interrupted()
    {
        using var stop = new CancellationTokenSource();
        var network = new Scripted(_ =>
        {
            stop.Cancel();
            throw new OperationCanceledException(stop.Token);
        });

        var run = await RunAsync(["incidents"], network, cancel: stop.Token);

        Assert.Equal((130, "", ""), (run.Exit, run.Output, run.Error));
    }

    [Fact]
    public async Task Watches_on_after_a_cut_where_it_was_and_tells_no_step_twice()
    {
        const string Cut = "retry: 1000\nid: 4\n\nid: 5\nevent: step\ndata: {\"position\":5}\n\nid: 6\nevent: step\ndata: {\"posi";
        const string Rest = "retry: 1000\nid: 5\n\n: nothing new\nid: 5\n\nid: 6\nevent: step\ndata: {\"position\":6}\n\n";
        var network = new Scripted(attempt => attempt switch
        {
            0 => Answer(Cut, mediaType: "text/event-stream"),
            1 => throw new HttpRequestException("refused"),
            2 => Answer("", HttpStatusCode.ServiceUnavailable),
            _ => Answer(Rest, mediaType: "text/event-stream"),
        });

        var run = await RunAsync(["watch", "--json", "--count", "2"], network);

        Assert.Equal((0, "{\"position\":5}\n{\"position\":6}\n"), (run.Exit, run.Output));
        Assert.Equal(
            [null, "5", "5", "5"],
            network.Requests.Select(request => request.Headers.TryGetValues("Last-Event-ID", out var ids) ? ids.Single() : null));
    }

    [Fact]
    public async Task Offers_what_the_server_knows_and_nothing_when_it_does_not_answer()
    {
        await AddSuspendedAsync(1, "PAYMENT-8923");

        var types = await RunAsync("[suggest:16]", "resonance start ");
        var keys = await RunAsync("[suggest:20]", "resonance show PAYME");
        var states = await RunAsync("[suggest:23]", "resonance list --state ");
        var away = await RunAsync(["[suggest:20]", "resonance show PAYME"], new Scripted(_ => throw new HttpRequestException("refused")));

        Assert.Contains("payment", types.Output.Split('\n'));
        Assert.Contains("PAYMENT-8923", keys.Output.Split('\n'));
        Assert.Contains("AWAITING_PAYMENT", states.Output.Split('\n'));
        Assert.Equal((0, ""), (away.Exit, away.Error));
    }

    [Fact]
    public async Task Shows_queues_and_sends_what_failed_there_again()
    {
        const string Queues =
            """
            {"queues":[{"name":"order","ready":3,"consumers":1,"keptOf":null},{"name":"order_error","ready":2,"consumers":0,"keptOf":"order"}],
             "outbox":{"waiting":4,"timers":5,"setAside":6},"note":null}
            """;
        const string Kept = """{"items":[{"messageId":"m-1","reason":"no such customer","bodyBytes":12,"sentAt":null}],"note":null}""";
        const string Redriven = """{"queue":"order_error","to":"order","redriven":1,"left":1,"problem":null}""";
        var network = new Scripted(attempt => Answer(new[] { Queues, Kept, Redriven }[attempt]));

        var queues = await RunAsync(["queues"], network);
        var kept = await RunAsync(["dlq", "list", "--queue", "order_error"], network);
        var redriven = await RunAsync(["dlq", "redrive", "m-1", "--queue", "order_error"], network);

        Assert.Equal(
            "QUEUE        READY  CONSUMERS  KEEPS WHAT FAILED OF\norder            3          1\norder_error      2          0  order\n" +
            "Outbox: 4 waiting, 5 due later, 6 set aside.\n",
            queues.Output);
        Assert.Contains("m-1            no such customer     12", kept.Output, StringComparison.Ordinal);
        Assert.Equal("1 message is in order again; 1 left in order_error.\n", redriven.Output);
        Assert.Equal("/api/queues/order_error/redrive", network.Requests[^1].RequestUri!.AbsolutePath);
    }

    static HttpResponseMessage Answer(string text, HttpStatusCode status = HttpStatusCode.OK, string mediaType = "application/json") =>
        new(status) { Content = new StringContent(text, Encoding.UTF8, mediaType) };

    sealed class Scripted(Func<int, HttpResponseMessage> answers) : HttpMessageHandler
    {
        public List<HttpRequestMessage> Requests { get; } = [];

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Requests.Add(request);
            return Task.FromResult(answers(Requests.Count - 1));
        }
    }
}
