using System.Net;
using System.Text.Json;
using Xunit;

namespace Resonance.Tests.Gateway;

public sealed class DeadLetterTests : GatewayFixture
{
    [Fact]
    public async Task Lists_messages_that_were_set_aside_with_the_reason()
    {
        await Rows.AddMessageAsync(Id(1), Cancel, Id(7), "time-out", setAsideAfter: 5);
        await Rows.AddMessageAsync(Id(2), Cancel, setAsideAfter: 9);
        await Rows.AddMessageAsync(Id(3), Cancel);

        var first = await GetAsync("/api/dead-letters?limit=1");
        var second = await GetAsync($"/api/dead-letters?cursor={first.GetProperty("nextCursor").GetString()}");

        Assert.Equal(Id(2), Assert.Single(first.GetProperty("items").EnumerateArray()).GetProperty("messageId").GetGuid());
        Assert.Equal(
            $$"""
            {"items":[{"messageId":"{{Id(1)}}","workflowId":"{{Id(7)}}","timer":"time-out","destination":"queue:payment",
            "contentType":"application/json","attempts":4,"lastError":"refused","reason":"no such queue",
            "setAsideAt":"2026-01-31T09:15:48.105+00:00","createdAt":"2026-01-31T09:15:43.105+00:00"}],"nextCursor":null}
            """.Replace("\n", "", StringComparison.Ordinal),
            second.GetRawText());
    }

    [Fact]
    public async Task Refuses_query_values_that_are_bad()
    {
        var problem = await ProblemAsync(HttpStatusCode.BadRequest, Http.GetAsync("/api/dead-letters?limit=0&cursor=!", Cancel));

        Assert.Equal(["limit", "cursor"], problem.GetProperty("errors").EnumerateObject().Select(error => error.Name));
    }

    [Fact]
    public async Task Puts_a_message_back_into_delivery_once()
    {
        Store.SetAside.Add(Id(1));

        using var first = await Http.PostAsync($"/api/dead-letters/{Id(1)}/redrive", null, Cancel);

        Assert.Equal(HttpStatusCode.Accepted, first.StatusCode);
        Assert.Empty(Store.SetAside);
        await ProblemAsync(HttpStatusCode.NotFound, Http.PostAsync($"/api/dead-letters/{Id(1)}/redrive", null, Cancel));
    }

    [Fact]
    public async Task A_store_that_is_broken_and_not_just_away_is_this_programs_fault()
    {
        Store.RedriveFails = new StoreException("relation outbox does not exist", isTransient: false);

        var problem = await ProblemAsync(
            HttpStatusCode.InternalServerError, Http.PostAsync($"/api/dead-letters/{Id(1)}/redrive", null, Cancel));

        Assert.DoesNotContain("relation", JsonSerializer.Serialize(problem), StringComparison.Ordinal);
    }
}
