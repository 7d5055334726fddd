using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Resonance.Tests.Audit;
using Xunit;

namespace Resonance.Tests.Gateway;

public sealed class TrailTests : AuditGateway
{
    protected override string? TraceUrl => "http://localhost:16686/trace/{traceId}";

    [Fact]
    public async Task Shows_a_step_with_its_hash_and_its_lines()
    {
        var step = (await WitnessAsync(StepHistories.Step(
            Id(1), 1, "Initial", "ValidateCard", StepHistories.Epoch, "payment", kinds: ["suspended"])))[0];

        var answer = await GetAsync("/api/audit/trail");

        Assert.Equal(
            $$"""
            {"items":[{"position":0,"workflowId":"{{Id(1)}}","type":"payment","key":"{{step.Key}}","sequence":1,
            "occurredAt":"2026-01-31T09:15:43.105+00:00","event":"Happened","from":"INITIAL","to":"VALIDATE_CARD",
            "kinds":["stateChanged","suspended"],"outcome":null,"hash":"{{step.Hash}}","traceId":"0af7651916cd43dd8448eb211c80319c",
            "traceUrl":"http://localhost:16686/trace/0af7651916cd43dd8448eb211c80319c","source":"message","journal":"asWitnessed",
            "lines":["[09:15:43.105] [INFO] Workflow {{step.Key}} started in VALIDATE_CARD.",
            "[09:15:43.105] [WARN] Workflow {{step.Key}} suspended: the card provider does not answer."]}],"nextCursor":null}
            """.Replace("\n", "", StringComparison.Ordinal),
            answer.GetRawText());
    }

    [Fact]
    public async Task Pages_lead_to_one_another_and_keep_to_what_is_asked_for()
    {
        await WitnessAsync([.. Enumerable.Range(1, 7).Select(number => StepHistories.Step(
            Id(number), 1, "Initial", "Pending", StepHistories.Epoch.AddSeconds(number), number % 2 == 0 ? "payment" : "order"))]);

        var first = await GetAsync("/api/audit/trail?type=order&limit=2&to=2026-01-31T09:15:50Z");
        var second = await GetAsync($"/api/audit/trail?type=order&limit=2&to=2026-01-31T09:15:50Z&cursor={first.GetProperty("nextCursor").GetString()}");

        Assert.Equal([4, 2], PositionsOf(first));
        Assert.Equal([0], PositionsOf(second));
        Assert.Equal(JsonValueKind.Null, second.GetProperty("nextCursor").ValueKind);
        Assert.Equal([6, 5, 4, 3], PositionsOf(await GetAsync("/api/audit/trail?from=2026-01-31T10:15:47.105+01:00")));
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("text/plain, application/json;q=0.5")]
    [InlineData("text/plain; charset=utf-8, */*;q=0.1")]
    public async Task Who_asks_for_text_gets_the_lines_alone_as_on_the_console_oldest_first(string accept)
    {
        var history = StepHistories.Of(seed: 1, instances: 4);
        await WitnessAsync([.. history]);
        var items = (await GetAsync("/api/audit/trail?limit=5")).GetProperty("items").EnumerateArray().Reverse()
            .SelectMany(item => item.GetProperty("lines").EnumerateArray().Select(line => line.GetString()));

        using var answer = await AskAsync("/api/audit/trail?limit=5&workflow=", accept);

        Assert.Equal("text/plain; charset=utf-8", answer.Content.Headers.ContentType?.ToString());
        Assert.Equal(string.Concat(items.Select(line => $"{line}\n")), await answer.Content.ReadAsStringAsync(Cancel));
        var link = Assert.Single(answer.Headers.GetValues("Link"));
        Assert.StartsWith("</api/audit/trail?limit=5&workflow=&cursor=", link, StringComparison.Ordinal);
        var next = await GetAsync(link[1..link.IndexOf('>')]);
        Assert.Equal(history.Count - 6, PositionsOf(next).First());
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/json, text/plain")]
    [InlineData("*/*")]
    public async Task Who_likes_json_as_much_gets_json(string accept)
    {
        await WitnessAsync(StepHistories.Step(Id(1), 1, "Initial", "Pending", StepHistories.Epoch));

        using var answer = await AskAsync("/api/audit/trail", accept);

        Assert.Equal("application/json", answer.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task Names_every_value_that_is_bad_and_what_there_is()
    {
        var problem = await ProblemAsync(
            HttpStatusCode.BadRequest, Http.GetAsync("/api/audit/trail?type=refund&kind=odd&from=yesterday&to=31.1.2026&limit=0&cursor=x", Cancel));

        var errors = problem.GetProperty("errors");
        Assert.Equal("type must be one of order, payment.", errors.GetProperty("type")[0].GetString());
        Assert.StartsWith(
            "kind must be one of activitySkipped, admitted, attemptFailed, commandSent, compensated,", errors.GetProperty("kind")[0].GetString());
        Assert.Equal("from must be a time as in ISO 8601, e.g. 2026-01-31T09:15:43Z.", errors.GetProperty("from")[0].GetString());
        Assert.Equal("to must be a time as in ISO 8601, e.g. 2026-01-31T09:15:43Z.", errors.GetProperty("to")[0].GetString());
        Assert.Equal("limit must be a whole number from 1 to 200.", errors.GetProperty("limit")[0].GetString());
        Assert.Equal(
            "cursor must be the nextCursor of an earlier answer; leave it out to begin anew.", errors.GetProperty("cursor")[0].GetString());
    }

    static IEnumerable<long> PositionsOf(JsonElement answer) =>
        answer.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("position").GetInt64());

    async Task<HttpResponseMessage> AskAsync(string address, string accept)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        foreach (var type in accept.Split(", "))
            request.Headers.Accept.Add(MediaTypeWithQualityHeaderValue.Parse(type));
        var answer = await Http.SendAsync(request, Cancel);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return answer;
    }
}
