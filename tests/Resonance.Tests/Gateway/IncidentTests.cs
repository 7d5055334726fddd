using System.Net;
using Resonance.Engine.Definitions;
using Resonance.Engine.Operations;
using Xunit;

namespace Resonance.Tests.Gateway;

public sealed class IncidentTests : GatewayFixture
{
    const string Suspension =
        """
        { "amount": 10, "$engine": { "status": "suspended", "suspension": { "cause": "AssessCard failed 5 times: no answer", "state": "ValidateCard",
          "activity": "AssessCard", "errorKind": "timeout", "attempts": 5, "since": "2026-01-31T09:15:44.105+00:00" } } }
        """;

    [Fact]
    public async Task Shows_each_incident_with_its_fingerprint()
    {
        await SuspendAsync(1);

        var incident = (await GetAsync("/api/incidents")).GetProperty("items")[0];

        Assert.Equal(Id(1), incident.GetProperty("id").GetGuid());
        Assert.Equal("payment/AssessCard/timeout", incident.GetProperty("fingerprint").GetString());
        Assert.Equal("VALIDATE_CARD", incident.GetProperty("state").GetString());
        Assert.Equal(5, incident.GetProperty("attempts").GetInt32());
        Assert.Equal("AssessCard failed 5 times: no answer", incident.GetProperty("cause").GetString());
    }

    [Fact]
    public async Task Groups_incidents_and_pages_through_them()
    {
        await SuspendAsync(1);
        await SuspendAsync(2);
        await SuspendAsync(3);

        var group = Assert.Single((await ItemsAsync("/api/incidents/groups?type=payment")).EnumerateArray());
        var first = await GetAsync("/api/incidents?fingerprint=payment/AssessCard/timeout&limit=2");
        var second = await GetAsync($"/api/incidents?limit=2&cursor={first.GetProperty("nextCursor").GetString()}");

        Assert.Equal(3, group.GetProperty("count").GetInt32());
        Assert.Equal((2, 1), (first.GetProperty("items").GetArrayLength(), second.GetProperty("items").GetArrayLength()));
        Assert.Empty((await GetAsync("/api/incidents?fingerprint=payment/-/timeout")).GetProperty("items").EnumerateArray());
    }

    [Theory]
    [InlineData("?fingerprint=timeout", "fingerprint")]
    [InlineData("?fingerprint=payment//timeout", "fingerprint")]
    [InlineData("?limit=0", "limit")]
    [InlineData("?cursor=nonsense", "cursor")]
    public async Task Refuses_a_query_that_it_cannot_read(string query, string field)
    {
        var problem = await ProblemAsync(HttpStatusCode.BadRequest, Http.GetAsync("/api/incidents" + query, Cancel));

        Assert.Equal(field, Assert.Single(problem.GetProperty("errors").EnumerateObject()).Name);
    }

    [Theory]
    [InlineData("retry", "{}", "reason")]
    [InlineData("retry", """{ "reason": "why", "perSecond": 0 }""", "perSecond")]
    [InlineData("retry", """{ "reason": "why", "perSecond": 1001 }""", "perSecond")]
    [InlineData("retry", """{ "reason": "why", "fingerprint": "timeout" }""", "fingerprint")]
    [InlineData("cancel", """{ "reason": "why", "data": {} }""", "data")]
    [InlineData("skip", """{ "reason": "why" }""", "reply")]
    public async Task Refuses_a_bulk_action_that_could_not_be_done(string action, string json, string field)
    {
        var problem = await ProblemAsync(HttpStatusCode.BadRequest, PostAsync($"/api/incidents/actions/{action}", json));

        Assert.Equal(field, Assert.Single(problem.GetProperty("errors").EnumerateObject()).Name);
        Assert.Empty(BulkActs);
    }

    [Fact]
    public async Task Hands_a_bulk_action_over_and_says_where_its_progress_shows()
    {
        using var response = await PostAsync(
            "/api/incidents/actions/retry",
            """{ "reason": "why", "operator": "Ada", "fingerprint": "payment/AssessCard/timeout", "perSecond": 50, "data": { "a": 1 } }""");

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.Equal($"/api/incidents/actions/{Id(99)}", response.Headers.Location?.OriginalString);
        var answer = System.Text.Json.JsonElement.Parse(await response.Content.ReadAsStringAsync(Cancel));
        Assert.Equal((7, 0, 2), (
            answer.GetProperty("incidents").GetInt32(), answer.GetProperty("asked").GetInt32(), answer.GetProperty("refused").GetInt32()));
        var (filter, request, perSecond) = Assert.Single(BulkActs);
        Assert.Equal(new Fingerprint("payment", "AssessCard", "timeout"), filter.Fingerprint);
        Assert.Equal(("retry", "Ada", "why", """{ "a": 1 }"""), (request.Action, request.Operator, request.Reason, request.Data?.GetRawText()));
        Assert.Equal(50, perSecond);
    }

    [Fact]
    public async Task Names_the_actions_for_one_that_there_is_not()
    {
        var problem = await ProblemAsync(
            HttpStatusCode.NotFound, PostAsync("/api/incidents/actions/explode", """{ "reason": "why" }"""));

        Assert.Equal(OperatorActions.All.Count, problem.GetProperty("actions").GetArrayLength());
    }

    Task SuspendAsync(int number) => Rows.AddWorkflowAsync(
        Id(number), Cancel, state: "Suspended", status: WorkflowStatus.Suspended, data: Suspension, startedAfter: number);
}
