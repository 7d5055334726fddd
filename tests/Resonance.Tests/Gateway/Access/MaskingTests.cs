using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Resonance.Audit.Ledger;
using Resonance.Contracts.Audit;
using Resonance.Engine.Definitions;
using Resonance.Engine.Queues;
using Resonance.Engine.Storage;
using Resonance.Gateway.Access;
using Resonance.Tests.Engine.Storage.Queries;
using Xunit;

namespace Resonance.Tests.Gateway.Access;

/// <summary>What is marked as sensitive, in every answer that shows data.</summary>
public sealed class MaskingTests : GuardedGateway
{
    const string Token = "tok_secret_4711";
    const string Mail = "ann@example.org";

    static readonly string Data =
        $$"""{ "reference": "ORDER-1", "cardToken": "{{Token}}", "notify": { "email": "{{Mail}}", "url": null } }""";

    static readonly string Entries =
        $$"""
        [
          { "kind": "ruleEvaluated", "rule": "fraud_score", "version": 1, "expression": "fraud_score < 0.3", "verdict": "pass", "reason": null,
            "values": { "fraud_score": 0.1, "card_token": "{{Token}}", "notify": { "email": "{{Mail}}" } } },
          { "kind": "attemptFailed", "activity": "AssessCard", "attempt": 1, "errorKind": "refused", "error": "The provider does not know {{Token}}." },
          { "kind": "operatorAction", "action": "retry", "operator": "bob", "reason": "typo", "data": { "cardToken": "{{Token}}" } }
        ]
        """;

    public static TheoryData<string> Answers =>
        [$"/api/workflows/{Id(1)}", $"/api/workflows/{Id(1)}/history", "/api/schedules", "/api/schedules/nightly"];

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task Viewers_see_that_there_is_a_value_and_operators_see_which(string address)
    {
        await SeedAsync();

        var viewer = (await SeenAsync(address, await KeyAsync(Role.Viewer))).ToString();
        var op = (await SeenAsync(address, await KeyAsync(Role.Operator))).ToString();

        Assert.DoesNotContain(Token, viewer, StringComparison.Ordinal);
        Assert.DoesNotContain(Mail, viewer, StringComparison.Ordinal);
        Assert.Contains(SensitiveData.Mask, JsonNode.Parse(viewer)!.ToJsonString(Relaxed), StringComparison.Ordinal);
        Assert.Contains(Token, op, StringComparison.Ordinal);
        Assert.Contains(Mail, op, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Everything_else_is_as_it_was()
    {
        await SeedAsync();

        var data = (await SeenAsync($"/api/workflows/{Id(1)}", await KeyAsync(Role.Viewer))).GetProperty("data");

        Assert.Equal("ORDER-1", data.GetProperty("reference").GetString());
        Assert.Equal(SensitiveData.Mask, data.GetProperty("cardToken").GetString());
        Assert.Equal(SensitiveData.Mask, data.GetProperty("notify").GetProperty("email").GetString());
        Assert.Equal("null", data.GetProperty("notify").GetProperty("url").GetRawText());
    }

    [Fact]
    public async Task Sentences_lose_the_value_and_keep_the_rest()
    {
        await SeedAsync();

        var entries = (await SeenAsync($"/api/workflows/{Id(1)}/history", await KeyAsync(Role.Viewer)))[0].GetProperty("entries");

        Assert.Equal($"The provider does not know {SensitiveData.Mask}.", entries[1].GetProperty("error").GetString());
        Assert.Equal("0.1", entries[0].GetProperty("values").GetProperty("fraud_score").GetRawText());
    }

    [Theory]
    [InlineData(Role.Viewer, false)]
    [InlineData(Role.Operator, true)]
    public async Task Items_of_work_queues_are_as_careful(Role role, bool shows)
    {
        var work = Services.GetRequiredService<IWorkQueueStore>();
        await work.DeclareAsync("order", new WorkQueueSettings(), Cancel);
        foreach (var body in new[] { $$"""{ "reference": "ORDER-1", "cardToken": "{{Token}}" }""", $"pays with {Token}", $"\"{Token}\"" })
        {
            await work.SendAsync(
                "order",
                [new WorkItem { Body = Encoding.UTF8.GetBytes(body), Attributes = new Dictionary<string, string> { ["card_token"] = Token } }],
                Cancel);
        }

        var items = (await SeenAsync("/api/queues/order/items", await KeyAsync(role))).ToString();

        Assert.Contains("ORDER-1", items, StringComparison.Ordinal);
        Assert.Equal(shows ? 6 : 0, items.Split(Token).Length - 1);
    }

    [Theory]
    [InlineData(Role.Viewer, false)]
    [InlineData(Role.Operator, true)]
    public async Task The_trail_is_as_careful(Role role, bool shows)
    {
        await SeedAsync();
        await WitnessAsync();
        await Services.GetRequiredService<LedgerStore>().AppendAsync([Witnessed], StepSource.Message, Cancel);
        var key = await KeyAsync(role);

        var json = (await SeenAsync("/api/audit/trail", key)).ToString();
        using var text = await SendAsync(HttpMethod.Get, "/api/audit/trail", key, null, ("Accept", "text/plain"));
        using var stream = await SendAsync(HttpMethod.Get, "/api/audit/stream?after=-1", key);
        var told = await FirstStepAsync(stream);

        Assert.All(
            [json, await text.Content.ReadAsStringAsync(Cancel), told],
            answer => Assert.Equal((shows, true), (answer.Contains(Token, StringComparison.Ordinal), answer.Contains("The provider does not know", StringComparison.Ordinal))));
    }

    [Fact]
    public void What_is_no_document_is_hidden_whole()
    {
        var sensitive = Services.GetRequiredService<SensitiveData>();

        Assert.Equal(SensitiveData.Mask, sensitive.HideIn("no document"));
        Assert.Equal("""{"a":[{"cardToken":"\u2022\u2022\u2022"}]}""", sensitive.HideIn($$"""{ "a": [ { "cardToken": "{{Token}}" } ] }"""));
    }

    static System.Text.Json.JsonSerializerOptions Relaxed { get; } =
        new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    CommittedStep Witnessed => new()
    {
        WorkflowId = Id(1),
        Sequence = 1,
        Type = "payment",
        Key = "PAYMENT-1",
        Event = "StartPayment",
        From = "Pending",
        To = "ValidateCard",
        Kinds = ["attemptFailed"],
        Hash = Convert.ToHexStringLower(StoredRows.Hash(1)),
        OccurredAt = StoredRows.Epoch,
    };

    async Task SeedAsync()
    {
        await Rows.AddWorkflowAsync(Id(1), Cancel, key: "PAYMENT-1", data: Data);
        await Rows.AddStepAsync(Id(1), 1, "Pending", "ValidateCard", Entries, Cancel);
        Store.Instances.Add(new WorkflowRow
        {
            Id = Id(1),
            Type = "payment",
            Key = "PAYMENT-1",
            State = "ValidateCard",
            Status = WorkflowStatus.Running,
            Version = 1,
            Priority = 0,
            Data = Data,
            DefinitionHash = "0b",
            StartedAt = StoredRows.Epoch,
            UpdatedAt = StoredRows.Epoch,
            HeadHash = StoredRows.Hash(1),
        });
        var start = new { paymentId = "{id}", reference = "r", amount = 1, currency = "EUR", cardToken = Token, notify = new { email = Mail } };
        using var put = await SendAsync(
            HttpMethod.Put, "/api/schedules/nightly", AdminKey, new { workflow = "payment", start, cron = "0 0 * * *", reason = "why" });
        Assert.Equal(HttpStatusCode.OK, put.StatusCode);
    }

    static async Task<string> FirstStepAsync(HttpResponseMessage stream)
    {
        using var reader = new StreamReader(await stream.Content.ReadAsStreamAsync(Cancel));
        while (await reader.ReadLineAsync(Cancel) is { } line)
        {
            if (line.StartsWith("data: ", StringComparison.Ordinal))
                return line;
        }

        return "";
    }
}
