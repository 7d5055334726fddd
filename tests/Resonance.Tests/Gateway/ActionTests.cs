using System.Net;
using Resonance.Engine.Delivery;
using Xunit;

namespace Resonance.Tests.Gateway;

public sealed class ActionTests : GatewayFixture
{
    [Theory]
    [InlineData("retry")]
    [InlineData("cancel")]
    [InlineData("suspend")]
    [InlineData("resume")]
    [InlineData("compensate")]
    public async Task Hands_every_action_to_the_instance(string action)
    {
        ActAnswers = () => new ActionResult(ActionOutcome.Accepted, "Suspended", ["retry"]);

        using var response = await PostAsync(
            $"/api/workflows/{Id(1)}/actions/{action}", """{ "reason": "stock is back", "operator": "Ada" }""");

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.Equal($"/api/workflows/{Id(1)}", response.Headers.Location?.OriginalString);
        Assert.Equal((Id(1), action, "Ada", "stock is back"), Assert.Single(Acts));
    }

    [Fact]
    public async Task An_operator_without_a_name_is_anonymous()
    {
        ActAnswers = () => new ActionResult(ActionOutcome.Accepted, "Suspended", ["retry"]);

        using var response = await PostAsync($"/api/workflows/{Id(1)}/actions/retry", """{ "reason": "why" }""");

        Assert.Equal("anonymous", Assert.Single(Acts).Operator);
    }

    [Theory]
    [InlineData("{}", "reason")]
    [InlineData("""{ "reason": " " }""", "reason")]
    [InlineData("""{ "reason": null }""", "reason")]
    [InlineData("""{ "reason": "why", "operator": "" }""", "operator")]
    [InlineData("""{ "reason": "why", "operator": 7 }""", "operator")]
    [InlineData("nonsense", "$")]
    public async Task Refuses_an_action_without_a_reason_or_with_an_odd_operator(string json, string field)
    {
        var problem = await ProblemAsync(HttpStatusCode.BadRequest, PostAsync($"/api/workflows/{Id(1)}/actions/retry", json));

        Assert.Equal(field, Assert.Single(problem.GetProperty("errors").EnumerateObject()).Name);
        Assert.Empty(Acts);
    }

    [Fact]
    public async Task Lists_what_is_allowed_when_the_action_is_not()
    {
        ActAnswers = () => new ActionResult(ActionOutcome.NotAllowed, "AwaitingPayment", ["cancel", "suspend"]);

        var problem = await ProblemAsync(
            HttpStatusCode.Conflict, PostAsync($"/api/workflows/{Id(1)}/actions/retry", """{ "reason": "why" }"""));

        Assert.Equal(
            "The instance is in state AWAITING_PAYMENT and does not allow 'retry' now. It allows: cancel, suspend.",
            problem.GetProperty("detail").GetString());
        Assert.Equal("""["cancel","suspend"]""", problem.GetProperty("allowed").GetRawText());
        Assert.Equal("AWAITING_PAYMENT", problem.GetProperty("state").GetString());
    }

    [Fact]
    public async Task An_unknown_instance_is_not_found()
    {
        ActAnswers = () => new ActionResult(ActionOutcome.NotFound, null, []);

        await ProblemAsync(HttpStatusCode.NotFound, PostAsync($"/api/workflows/{Id(1)}/actions/retry", """{ "reason": "why" }"""));
    }

    [Fact]
    public async Task An_unknown_action_names_the_known_ones()
    {
        var problem = await ProblemAsync(
            HttpStatusCode.NotFound, PostAsync($"/api/workflows/{Id(1)}/actions/explode", """{ "reason": "why" }"""));

        Assert.Equal("""["retry","cancel","suspend","resume","compensate"]""", problem.GetProperty("actions").GetRawText());
        Assert.Empty(Acts);
    }

    [Fact]
    public async Task Takes_nothing_but_json()
    {
        await ProblemAsync(
            HttpStatusCode.UnsupportedMediaType,
            PostAsync($"/api/workflows/{Id(1)}/actions/retry", "reason=why", "application/x-www-form-urlencoded"));
    }
}
