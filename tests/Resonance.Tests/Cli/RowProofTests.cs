using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Resonance.Audit.Checkpoints;
using Resonance.Cli.Proofs;
using Resonance.Contracts.Audit;
using Resonance.Engine.Journal;
using Resonance.Gateway.Access;
using Resonance.Tests.Audit;
using Xunit;

namespace Resonance.Tests.Cli;

/// <summary>The tool computes the hashes of the rows that it was given, so that what was changed on the way or before is found.</summary>
public sealed class RowProofTests : CliFixture
{
    const string AdminKey = "0123456789abcdef0123456789abcdef";

    private protected override AccessOptions Access { get; } = new() { AdminKey = AdminKey };

    private protected override void AddServices(IServiceCollection services)
    {
        base.AddServices(services);
        services.AddSingleton<CheckpointHealth>();
        services.AddSingleton<Checkpointer>();
    }

    [Theory]
    [InlineData("""{"a":1,"b":[true,false,null,{}],"c":"größer \u0001 \"x\" \\"}""")]
    [InlineData("""{"z":1.0,"Z":1e0,"a":-0.0,"aa":0,"b":12.50,"c":1e-30,"d":1e40,"e":123456789012345678901234567890.5,"f":-7,"g":9223372036854775807}""")]
    [InlineData("""{"ä":1,"a\u00e4":2,"\uD83D\uDE00":3,"\uFFFD":4,"":5,"a\nb":6}""")]
    [InlineData("""{"nested":{"b":{"d":[[],[[1]]],"c":""},"a":0.1000}}""")]
    public void Agrees_with_the_engine_whatever_a_row_holds(string data)
    {
        var row = new JournalRow
        {
            WorkflowId = Id(1),
            Sequence = 300,
            MessageId = Id(77),
            Event = "Größe",
            From = "A",
            To = "",
            Entries = $"[{data},[]]",
            Data = data,
            OccurredAt = StepHistories.Epoch.AddMicroseconds(7),
            TraceParent = null,
            PreviousHash = Enumerable.Repeat((byte)7, 32).ToArray(),
            Hash = ChainHash.Origin,
        };
        var sent = JsonSerializer.SerializeToElement(
            new
            {
                row.WorkflowId,
                row.Sequence,
                row.MessageId,
                row.Event,
                row.From,
                row.To,
                row.OccurredAt,
                row.TraceParent,
                Entries = JsonElement.Parse(row.Entries),
                Data = JsonElement.Parse(row.Data),
            },
            JsonSerializerOptions.Web);

        Assert.Equal(ChainHash.Compute(row), RowHash.Of(row.WorkflowId, sent, row.PreviousHash));
    }

    [Fact]
    public async Task Finds_whatever_was_changed_in_the_answer()
    {
        var key = await WitnessAsync(3);
        await AsAsync(Role.Operator);
        Assert.Equal(0, (await RunAsync("verify", "--workflow", key)).Exit);

        foreach (var (member, value) in new (string, JsonNode?)[]
            {
                ("workflowId", $"{Id(9)}"), ("messageId", $"{Id(9)}"), ("sequence", 4), ("event", "Happened "), ("from", "pending"), ("to", "Done"),
                ("occurredAt", "2026-01-31T09:15:43.105001+00:00"), ("traceParent", null), ("entries", new JsonArray(new JsonObject { ["kind"] = "recovered" })),
                ("data", new JsonObject { ["total"] = 12.51 }), ("hash", new string('0', 64)), ("previousHash", new string('0', 64)),
            })
        {
            var run = await RunAsync(["verify", "--workflow", key], new Changing(Network(), rows => rows[1]![member] = value?.DeepClone()));

            Assert.True(run.Exit == 1, $"A changed {member} was not found: {run.Output}");
            Assert.Matches("^NOT  ", run.Output);
        }
    }

    [Fact]
    public async Task Finds_a_chain_that_was_computed_anew_after_a_change()
    {
        var key = await WitnessAsync(2);
        await AsAsync(Role.Operator);

        var run = await RunAsync(["verify", "--workflow", key], new Changing(Network(), rows =>
        {
            var previous = new byte[32];
            rows[0]!["data"]!["total"] = 1_000_000;
            foreach (var row in rows)
            {
                row!["previousHash"] = Convert.ToHexStringLower(previous);
                previous = RowHash.Of(Id(1), JsonSerializer.SerializeToElement(row), previous)!;
                row["hash"] = Convert.ToHexStringLower(previous);
            }
        }));

        Assert.Equal(1, run.Exit);
        Assert.Contains("NOT  Step 1: the ledger witnessed another row than the journal has now.", run.Output, StringComparison.Ordinal);
        Assert.Contains("NOT  Step 2: the ledger witnessed another row than the journal has now.", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_may_only_look_is_told_what_it_takes()
    {
        var key = await WitnessAsync(1);
        await AsAsync(Role.Viewer);

        var run = await RunAsync("verify", "--workflow", key);

        Assert.Equal((4, ""), (run.Exit, run.Output));
        Assert.Contains("takes the role operator", run.Error, StringComparison.Ordinal);
        Assert.Contains("Give an operator's key with --api-key or RESONANCE_API_KEY.", run.Error, StringComparison.Ordinal);
        Assert.Equal(0, (await RunAsync("verify")).Exit);
    }

    [Fact]
    public async Task Pages_of_a_journal_lead_to_one_another()
    {
        await WitnessAsync(5);
        await AsAsync(Role.Operator);
        Http.DefaultRequestHeaders.Authorization = new("Bearer", Variables["RESONANCE_API_KEY"]);

        var seen = new List<long>();
        string? cursor = null;
        do
        {
            var page = await GetAsync($"/api/workflows/{Id(1)}/journal?limit=2{(cursor is null ? "" : $"&cursor={cursor}")}");
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(row => row.GetProperty("sequence").GetInt64()));
            cursor = page.GetProperty("nextCursor").GetString();
        }
        while (cursor is not null);

        Assert.Equal([1, 2, 3, 4, 5], seen);
        await ProblemAsync(HttpStatusCode.NotFound, Http.GetAsync($"/api/workflows/{Id(8)}/journal", Cancel));
    }

    /// <returns>The instance's key.</returns>
    async Task<string> WitnessAsync(int count)
    {
        CommittedStep[] steps =
        [
            .. Enumerable.Range(1, count).Select(sequence => StepHistories.Step(
                Id(1), sequence, sequence == 1 ? "Initial" : "Pending", "Pending", StepHistories.Epoch.AddSeconds(sequence), "payment")),
        ];
        var told = await WitnessAsync(steps);
        Assert.Null(await Services.GetRequiredService<Checkpointer>().RoundAsync(Cancel));
        return told[0].Key;
    }

    async Task AsAsync(Role role)
    {
        var made = await Services.GetRequiredService<ApiKeys>().AddAsync("somebody", role, null, "the test", Cancel);
        Now.Advance(Access.KeysAreKnownFor);
        Variables["RESONANCE_API_KEY"] = made!.Value.Text;
    }

    /// <summary>Somebody on the way, who changes the rows of journals.</summary>
    sealed class Changing(HttpMessageHandler way, Action<JsonArray> change) : DelegatingHandler(way)
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var answer = await base.SendAsync(request, cancellationToken);
            if (!request.RequestUri!.AbsolutePath.EndsWith("/journal", StringComparison.Ordinal))
                return answer;

            var page = JsonNode.Parse(await answer.Content.ReadAsStringAsync(cancellationToken))!;
            change(page["items"]!.AsArray());
            answer.Content = new StringContent(page.ToJsonString(), Encoding.UTF8, "application/json");
            return answer;
        }
    }
}
