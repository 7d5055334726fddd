using System.Net;
using System.Text.Json;
using Resonance.Engine.Definitions;
using Xunit;

namespace Resonance.Tests.Gateway;

public sealed class ListTests : GatewayFixture
{
    [Theory]
    [InlineData("?key=ORDER-12*", 1, 2)]
    [InlineData("?key=ORDER-121", 1)]
    [InlineData("?q=order-12", 1, 2)]
    [InlineData("?q=0190abcd-0000-7000-8000-000000000003", 3)]
    [InlineData("?status=completed,failed", 2)]
    [InlineData("?status=completed&status=suspended", 2, 3)]
    [InlineData("?incident=true", 3)]
    [InlineData("?incident=false", 1, 2)]
    [InlineData("?incident=payment/AssessCard/timeout", 3)]
    [InlineData("?incident=payment/-/timeout")]
    [InlineData("?data=$.customerId%20eq%20'C-1'", 1)]
    [InlineData("?data=$.customerId+exists&data=$.total+gt+1", 2)]
    [InlineData("?startedFrom=2026-01-31T09:15:45Z", 2, 3)]
    [InlineData("?startedTo=2026-01-31T10:15:45+01:00", 1)]
    [InlineData("?updatedTo=2026-01-31T09:15:46Z&updatedFrom=2026-01-31", 1)]
    public async Task Lists_what_all_conditions_leave(string query, params int[] expected)
    {
        await AddThreeAsync();

        var answer = await GetAsync($"/api/workflows{query}{(query.Contains('?') ? "&" : "?")}sort=startedAt");

        Assert.Equal(expected.Select(Id), IdsOf(answer));
    }

    [Fact]
    public async Task Counts_only_when_it_is_asked_to()
    {
        await AddThreeAsync();

        var without = await GetAsync("/api/workflows?limit=1");
        var all = await GetAsync("/api/workflows?limit=1&countUpTo=3");
        var some = await GetAsync("/api/workflows?limit=1&countUpTo=2");

        Assert.Equal(JsonValueKind.Null, without.GetProperty("count").ValueKind);
        Assert.Equal((3, false), (all.GetProperty("count").GetInt64(), all.GetProperty("moreThanCount").GetBoolean()));
        Assert.Equal((2, true), (some.GetProperty("count").GetInt64(), some.GetProperty("moreThanCount").GetBoolean()));
    }

    [Fact]
    public async Task A_cursor_belongs_to_the_order_of_its_list()
    {
        await AddThreeAsync();
        var page = await GetAsync("/api/workflows?limit=2&sort=-key");
        var cursor = page.GetProperty("nextCursor").GetString();

        Assert.Equal([Id(1)], IdsOf(await GetAsync($"/api/workflows?sort=-key&cursor={cursor}")));
        foreach (var other in (string[])["", "&sort=key", "&sort=-updatedAt"])
        {
            var problem = await ProblemAsync(HttpStatusCode.BadRequest, Http.GetAsync($"/api/workflows?cursor={cursor}{other}", Cancel));
            Assert.Equal(
                """{"cursor":["cursor must be the nextCursor of a list in the same order; leave it out to begin anew."]}""",
                problem.GetProperty("errors").GetRawText());
        }
    }

    [Theory]
    [InlineData("sort=total", "sort must be one of startedAt, updatedAt, key, type, state, status, priority, with a minus in front to turn it round.")]
    [InlineData("data=$.a", "data is no condition: at character 4: expected a space and one of eq, ne, gt, ge, lt, le, exists; found the end.")]
    [InlineData("incident=odd", "incident must be true, false or a fingerprint, e.g. payment/AssessCard/timeout.")]
    [InlineData("startedFrom=yesterday", "startedFrom must be a time as in ISO 8601, e.g. 2026-01-31T09:15:43Z.")]
    [InlineData("countUpTo=0", "countUpTo must be a whole number from 1 to 100000.")]
    [InlineData("q=%00", "q must be a text of at most 256 characters, none of them a control character.")]
    public async Task Says_what_is_wrong_with_a_value(string query, string expected)
    {
        var problem = await ProblemAsync(HttpStatusCode.BadRequest, Http.GetAsync($"/api/workflows?{query}", Cancel));

        Assert.Equal(expected, problem.GetProperty("errors").GetProperty(query.Split('=')[0])[0].GetString());
    }

    [Fact]
    public async Task Refuses_a_sixth_condition_on_data()
    {
        var query = string.Join('&', Enumerable.Repeat("data=$.a+exists", 6));

        var problem = await ProblemAsync(HttpStatusCode.BadRequest, Http.GetAsync($"/api/workflows?{query}", Cancel));

        Assert.Equal("data may be given 5 times at most.", problem.GetProperty("errors").GetProperty("data")[0].GetString());
    }

    async Task AddThreeAsync()
    {
        await Rows.AddWorkflowAsync(Id(1), Cancel, type: "order", key: "ORDER-121", startedAfter: 1, data: """{"customerId":"C-1"}""");
        await Rows.AddWorkflowAsync(
            Id(2), Cancel, type: "order", key: "ORDER-122", state: "Completed", status: WorkflowStatus.Completed, startedAfter: 2,
            data: """{"customerId":"C-2","total":12.5}""");
        await Rows.AddWorkflowAsync(
            Id(3), Cancel, key: "PAYMENT-1", status: WorkflowStatus.Suspended, startedAfter: 3,
            data: """{"$engine":{"suspension":{"activity":"AssessCard","errorKind":"timeout"}}}""");
    }

    static IEnumerable<Guid> IdsOf(JsonElement answer) =>
        answer.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetGuid());
}
