using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Resonance.Engine.Queues;
using Resonance.Tests.Approved;
using Xunit;

namespace Resonance.Tests.Cli;

/// <summary>What each command shows, as approved: to a person with frames, to a script in bare columns.</summary>
public sealed class OutputTests : CliFixture
{
    const string Entries =
        """
        [{"kind":"stateChanged","from":"Initial","to":"ValidateCard"},
         {"kind":"ruleEvaluated","rule":"fraud_score","version":2,"expression":"fraud_score < 0.3","values":{"fraud_score":0.1,"amount":5},
          "verdict":"pass","reason":null,"read":["fraud_score"]},
         {"kind":"commandSent","activity":"AssessCard","command":"AssessCard","destination":"exchange:cards","idempotencyKey":"k","attempt":1,
          "messageId":"0190abcd-0000-7000-8000-000000000077"},
         {"kind":"timerSet","timer":"AssessCard time-out","token":"0190abcd-0000-7000-8000-000000000078","dueAt":"2026-01-31T09:16:13.105+00:00"},
         {"kind":"attemptFailed","activity":"AssessCard","attempt":1,"errorKind":"timeout","error":"no answer \u001b[31m"},
         {"kind":"retryScheduled","activity":"AssessCard","retry":1,"delayMs":2000,"policy":"1 s x 2","cause":"timeout"},
         {"kind":"operatorAction","action":"retry","operator":"maria","reason":"the card works","data":{"amount":12}},
         {"kind":"eventRejected","event":"CardCaptured","state":"ValidateCard","reason":"not now"},
         {"kind":"suspended","cause":"AssessCard failed 5 times","activity":"AssessCard","attempts":5},
         {"kind":"finished","outcome":"completed","durationMs":125000},
         {"kind":"kindOfTomorrow","what":"something"}]
        """;

    [Fact]
    public async Task Lists_and_shows_for_people_and_for_scripts()
    {
        await WitnessAsync();
        await AddSuspendedAsync(1, "PAYMENT-8923");
        await AddSuspendedAsync(2, "[red]odd[/]");
        await Rows.AddMessageAsync(Id(90), Cancel, Id(1), setAsideAfter: 0);
        await Rows.AddStepAsync(Id(1), 1, "Initial", "ValidateCard", Entries, Cancel);
        await Rows.AddStepAsync(Id(1), 2, "ValidateCard", "ValidateCard", "[]", Cancel);
        var work = Services.GetRequiredService<IWorkQueueStore>();
        await work.PutAsync("shipments", new WorkQueueSettings { Concurrency = 1, RateLimit = 100 }, new QueueAuthor("ann", "one door"), null, Cancel);
        await work.SendAsync("shipments", [new WorkItem { Id = Id(41), GroupId = "C-[1]" }, new WorkItem { Id = Id(42), LimitKey = "depot" }], Cancel);
        await work.ReceiveAsync("shipments", 1, TimeSpan.FromHours(1), Cancel);
        Now.Advance(TimeSpan.FromMinutes(3));

        var text = "";
        foreach (var line in new[]
        {
            "list", "show PAYMENT-8923", "incidents", "incidents show payment/AssessCard/timeout", "rules list", "rules show payment/fraud_score",
            "schedules", "dlq list", $"dlq show {Id(90)}", "queues", "queues show shipments",
            "queues items shipments", $"queues locate shipments {Id(42)}", "status --window 5m",
        })
        {
            var args = line.Split(' ');
            var plain = await RunAsync(args);
            var rich = await RunAsync(args, null, rich: true);
            Assert.Equal((0, "", 0, ""), (plain.Exit, plain.Error, rich.Exit, rich.Error));
            text += $"$ resonance {line} | cat\n{plain.Output}\n$ resonance {line}\n{rich.Output}\n";
        }

        Assert.DoesNotContain('\u001b', text);
        await ApprovedFile.AssertAsync("cli-output.approved.txt", text, Cancel);
    }

    [Fact]
    public async Task Helps_with_every_command()
    {
        var text = "";
        var pending = new Queue<string[]>([[]]);
        while (pending.TryDequeue(out var path))
        {
            var help = await RunAsync([.. path, "--help"], new NoNetwork());
            Assert.Equal((0, ""), (help.Exit, help.Error));
            text += $"$ {string.Join(' ', ["resonance", .. path, "--help"])}\n{help.Output}\n";
            foreach (var name in SubcommandsOf(help.Output))
                pending.Enqueue([.. path, name]);
        }

        await ApprovedFile.AssertAsync("cli-help.approved.txt", text, Cancel);
    }

    [Fact]
    public async Task Gives_a_script_the_answer_of_the_API()
    {
        await AddSuspendedAsync(1);

        var run = await RunAsync("list", "--json", "--limit", "1");

        var answer = JsonElement.Parse(run.Output);
        var direct = await GetAsync("/api/workflows?limit=1");
        Assert.True(JsonElement.DeepEquals(direct.GetProperty("items"), answer.GetProperty("items")));
    }

    [Fact]
    public async Task Reads_all_pages_when_asked_and_says_that_there_are_more_when_not()
    {
        for (var number = 1; number <= 250; number++)
            await Rows.AddWorkflowAsync(Id(number), Cancel, key: $"PAYMENT-{number}", startedAfter: number - 1000);

        var all = await RunAsync("list", "--all");
        var some = await RunAsync("list", "--limit", "2");

        Assert.Equal(251, all.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.StartsWith("PAYMENT-250 ", all.Output.Split('\n')[1], StringComparison.Ordinal);
        Assert.EndsWith("There are more than these 2; see --limit and --all.\n", some.Output, StringComparison.Ordinal);
    }

    static IEnumerable<string> SubcommandsOf(string help)
    {
        var at = help.IndexOf("Commands:\n", StringComparison.Ordinal);
        return at < 0 ? [] : help[(at + "Commands:\n".Length)..].Split('\n')
            .Where(line => line.StartsWith("  ", StringComparison.Ordinal) && line[2] != ' ').Select(line => line.Trim().Split(' ')[0]);
    }

    /// <summary>Whoever asks for help does not wait for a server.</summary>
    sealed class NoNetwork : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            throw new InvalidOperationException($"{request.RequestUri} was asked.");
    }
}
