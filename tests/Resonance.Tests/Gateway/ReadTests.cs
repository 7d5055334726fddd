using System.Net;
using System.Text.Json;
using Resonance.Engine.Definitions;
using Xunit;

namespace Resonance.Tests.Gateway;

public sealed class ReadTests : GatewayFixture
{
    [Fact]
    public async Task Shows_an_instance_with_what_it_waits_for_and_until_when()
    {
        await Rows.AddWorkflowAsync(
            Id(1), Cancel, key: "PAYMENT-8923", state: "ValidateCard", data: """{"amount":12.5,"$engine":{"activities":[]}}""");
        await Rows.AddMessageAsync(Id(2), Cancel, Id(1), "AssessCard time-out", dueAfter: 30);

        var answer = await GetAsync($"/api/workflows/{Id(1)}");

        Assert.Equal(
            $$"""
            {"id":"{{Id(1)}}","type":"payment","key":"PAYMENT-8923","state":"VALIDATE_CARD","status":"running","version":3,"priority":7,
            "startedAt":"2026-01-31T09:15:43.105+00:00","updatedAt":"2026-01-31T09:15:44.105+00:00","finishedAt":null,
            "data":{"amount":12.5},
            "waitingFor":[{"what":"AssessCard time-out","until":"2026-01-31T09:16:13.105+00:00"}],
            "traceId":"0af7651916cd43dd8448eb211c80319c","traceUrl":null}
            """.Replace("\n", "", StringComparison.Ordinal),
            answer.GetRawText());
    }

    [Theory]
    [InlineData("""{"$engine":{"suspension":{"cause":"no answer","activity":"ReserveInventory"}}}""", "no answer")]
    [InlineData("""{"$engine":{"suspension":{"cause":7}}}""", "an operator")]
    [InlineData("""{"$engine":{"suspension":"odd"}}""", "an operator")]
    [InlineData("""{"$engine":[]}""", "an operator")]
    [InlineData("{}", "an operator")]
    public async Task Shows_why_a_suspended_instance_needs_a_person(string data, string what)
    {
        await Rows.AddWorkflowAsync(Id(1), Cancel, status: WorkflowStatus.Suspended, data: data);

        var answer = await GetAsync($"/api/workflows/{Id(1)}");

        var wait = Assert.Single(answer.GetProperty("waitingFor").EnumerateArray());
        Assert.Equal(what, wait.GetProperty("what").GetString());
        Assert.Equal(JsonValueKind.Null, wait.GetProperty("until").ValueKind);
        Assert.Equal("{}", answer.GetProperty("data").GetRawText());
    }

    [Fact]
    public async Task Shows_the_history_with_states_as_on_screen_and_hashes_in_hexadecimal()
    {
        await Rows.AddStepAsync(
            Id(1),
            1,
            "Initial",
            "ValidateCard",
            """
            [{"kind":"stateChanged","from":"Initial","to":"ValidateCard"},
             {"kind":"eventRejected","event":"CardCaptured","state":"ValidateCard"},
             {"kind":"timerSet","timer":"ToValidate"}]
            """,
            Cancel);

        var answer = await GetAsync($"/api/workflows/{Id(1)}/history");

        Assert.Equal(
            """
            [{"sequence":1,"occurredAt":"2026-01-31T09:15:44.105+00:00","event":"StartPayment","from":"INITIAL","to":"VALIDATE_CARD",
            "entries":[{"kind":"stateChanged","from":"INITIAL","to":"VALIDATE_CARD"},
            {"kind":"eventRejected","event":"CardCaptured","state":"VALIDATE_CARD"},{"kind":"timerSet","timer":"ToValidate"}],
            "hash":"0101010101010101010101010101010101010101010101010101010101010101","traceId":null,"traceUrl":null}]
            """.Replace("\n", "", StringComparison.Ordinal),
            answer.GetRawText());
    }

    [Fact]
    public async Task A_start_that_is_not_executed_yet_has_an_empty_history()
    {
        await Rows.AddWorkflowAsync(Id(1), Cancel);

        Assert.Equal("[]", (await GetAsync($"/api/workflows/{Id(1)}/history")).GetRawText());
    }

    [Theory]
    [InlineData("")]
    [InlineData("/history")]
    public async Task An_unknown_instance_is_not_found(string tail)
    {
        var problem = await ProblemAsync(HttpStatusCode.NotFound, Http.GetAsync($"/api/workflows/{Id(9)}{tail}", Cancel));

        Assert.Equal($"There is no workflow instance with the id {Id(9)}.", problem.GetProperty("detail").GetString());
    }

    [Theory]
    [InlineData("/api/workflows/not-an-id", HttpStatusCode.NotFound)]
    [InlineData("/api/dead-letters/0190abcd-0000-7000-8000-000000000001/redrive", HttpStatusCode.MethodNotAllowed)]
    [InlineData("/api/nothing", HttpStatusCode.NotFound)]
    [InlineData("/nothing", HttpStatusCode.NotFound)]
    public async Task An_address_that_is_not_mapped_answers_with_a_problem_too(string address, HttpStatusCode status)
    {
        await ProblemAsync(status, Http.GetAsync(address, Cancel));
    }

    [Fact]
    public async Task Lists_pages_that_lead_to_one_another()
    {
        for (var number = 1; number <= 5; number++)
            await Rows.AddWorkflowAsync(Id(number), Cancel, state: "ValidateCard", startedAfter: number, finished: number == 5);

        var first = await GetAsync("/api/workflows?limit=3");
        var second = await GetAsync($"/api/workflows?limit=3&cursor={first.GetProperty("nextCursor").GetString()}");

        Assert.Equal([Id(5), Id(4), Id(3)], IdsOf(first));
        Assert.Equal([Id(2), Id(1)], IdsOf(second));
        Assert.Equal(JsonValueKind.Null, second.GetProperty("nextCursor").ValueKind);
        Assert.Equal(
            $$"""
            {"id":"{{Id(5)}}","type":"payment","key":"payment-{{Id(5):N}}","state":"VALIDATE_CARD","status":"running","version":3,
            "priority":7,"startedAt":"2026-01-31T09:15:48.105+00:00","updatedAt":"2026-01-31T09:15:49.105+00:00",
            "finishedAt":"2026-01-31T09:15:49.105+00:00","traceId":"0af7651916cd43dd8448eb211c80319c","traceUrl":null}
            """.Replace("\n", "", StringComparison.Ordinal),
            first.GetProperty("items")[0].GetRawText());
    }

    [Theory]
    [InlineData("?type=&status=&state=&limit=&cursor=", 3)]
    [InlineData("?type=order", 1)]
    [InlineData("?type=payment&state=VALIDATE_CARD", 1)]
    [InlineData("?state=ValidateCard&status=running", 1)]
    [InlineData("?status=suspended", 1)]
    public async Task Lists_what_the_query_asks_for(string query, int expected)
    {
        await Rows.AddWorkflowAsync(Id(1), Cancel, type: "order");
        await Rows.AddWorkflowAsync(Id(2), Cancel, state: "ValidateCard");
        await Rows.AddWorkflowAsync(Id(3), Cancel, status: WorkflowStatus.Suspended);

        Assert.Equal(expected, IdsOf(await GetAsync("/api/workflows" + query)).Count());
    }

    [Fact]
    public async Task Names_every_query_value_that_is_bad()
    {
        var problem = await ProblemAsync(
            HttpStatusCode.BadRequest, Http.GetAsync("/api/workflows?type=refund&status=odd&limit=201&cursor=x", Cancel));

        Assert.Equal(
            """
            {"status":["status must be one of queued, running, suspended, compensating, completed, failed, cancelled."],
            "limit":["limit must be a whole number from 1 to 200."],
            "cursor":["cursor must be the nextCursor of an earlier answer; leave it out to begin anew."],
            "type":["type must be one of order, payment."]}
            """.Replace("\n", "", StringComparison.Ordinal),
            problem.GetProperty("errors").GetRawText());
    }

    [Fact]
    public async Task Names_the_states_of_the_type_for_a_state_that_it_has_not()
    {
        var problem = await ProblemAsync(HttpStatusCode.BadRequest, Http.GetAsync("/api/workflows?type=order&state=VALIDATE_CARD", Cancel));

        Assert.Equal(
            "state must be one of AWAITING_PAYMENT, COMPLETED, PENDING.",
            problem.GetProperty("errors").GetProperty("state")[0].GetString());
    }

    static IEnumerable<Guid> IdsOf(JsonElement answer) =>
        answer.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetGuid());
}
