using System.Net;
using Xunit;

namespace Resonance.Tests.Gateway;

/// <summary>One request to every instance of a list.</summary>
public sealed class ListActionTests : GatewayFixture
{
    const string Why = """{ "reason": "a wrong price", "operator": "ann", "perSecond": 20 }""";

    [Fact]
    public async Task Asks_every_instance_that_the_query_string_means()
    {
        using var response = await PostAsync("/api/workflows/actions/cancel?type=order&status=running&data=$.total%20gt%20100", Why);

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.Equal($"/api/incidents/actions/{Id(99)}", response.Headers.Location?.OriginalString);
        var (filter, list) = Assert.Single(ListActs);
        Assert.Equal(("order", "running", 1), (filter.Type, Assert.Single(filter.Statuses), filter.Data.Count));
        Assert.Equal("?type=order&status=running&data=$.total%20gt%20100", list);
        var (_, request, perSecond) = Assert.Single(BulkActs);
        Assert.Equal(("cancel", "ann", "a wrong price", 20), (request.Action, request.Operator, request.Reason, perSecond));
    }

    [Theory]
    [InlineData("", "all there are is never meant")]
    [InlineData("?sort=key", "all there are is never meant")]
    [InlineData("?status=lost", "No instance was asked.")]
    public async Task Refuses_a_list_that_it_cannot_read_or_that_leaves_nobody_out(string query, string says)
    {
        var problem = await ProblemAsync(HttpStatusCode.BadRequest, PostAsync("/api/workflows/actions/cancel" + query, Why));

        Assert.Contains(says, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Empty(ListActs);
    }

    [Fact]
    public async Task Wants_a_reason()
    {
        var problem = await ProblemAsync(HttpStatusCode.BadRequest, PostAsync("/api/workflows/actions/cancel?type=order", "{}"));

        Assert.Equal("reason", Assert.Single(problem.GetProperty("errors").EnumerateObject()).Name);
    }

    [Fact]
    public Task Knows_no_other_actions() =>
        ProblemAsync(HttpStatusCode.NotFound, PostAsync("/api/workflows/actions/explode?type=order", Why));
}
