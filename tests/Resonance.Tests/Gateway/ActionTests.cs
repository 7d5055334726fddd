using System.Net;
using Resonance.Engine.Definitions;
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
    [InlineData("resolve")]
    public async Task Hands_every_action_to_the_instance(string action)
    {
        ActAnswers = () => new ActionResult(ActionOutcome.Accepted, "Suspended", ["retry"]);

        using var response = await PostAsync(
            $"/api/workflows/{Id(1)}/actions/{action}", """{ "reason": "stock is back", "operator": "Ada" }""");

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.Equal($"/api/workflows/{Id(1)}", response.Headers.Location?.OriginalString);
        Assert.Equal((Id(1), new OperatorRequest(action, "Ada", "stock is back")), Assert.Single(Acts));
    }

    [Fact]
    public async Task Hands_over_what_an_action_brings_along()
    {
        ActAnswers = () => new ActionResult(ActionOutcome.Accepted, "Suspended", ["retry"]);

        using var retry = await PostAsync($"/api/workflows/{Id(1)}/actions/retry", """{ "reason": "why", "data": { "cardToken": "tok_visa" } }""");
        using var skip = await PostAsync($"/api/workflows/{Id(1)}/actions/skip", """{ "reason": "why", "reply": { "fraudScore": 0.1 } }""");
        using var resolve = await PostAsync($"/api/workflows/{Id(1)}/actions/resolve", """{ "reason": "why", "state": "DECLINED" }""");

        Assert.Equal("""{ "cardToken": "tok_visa" }""", Acts[0].Request.Data?.GetRawText());
        Assert.Equal("""{ "fraudScore": 0.1 }""", Acts[1].Request.Reply?.GetRawText());
        Assert.Equal("DECLINED", Acts[2].Request.State);
    }

    [Theory]
    [InlineData("cancel", """{ "reason": "why", "data": { } }""", "data")]
    [InlineData("retry", """{ "reason": "why", "reply": { } }""", "reply")]
    [InlineData("retry", """{ "reason": "why", "state": "DECLINED" }""", "state")]
    [InlineData("skip", """{ "reason": "why" }""", "reply")]
    [InlineData("retry", """{ "reason": "why", "data": [] }""", "data")]
    [InlineData("retry", """{ "reason": "why", "data": { "a": 1, "a": 2 } }""", "data")]
    [InlineData("retry", """{ "reason": "why", "data": { "a": "\u0000" } }""", "data")]
    public async Task Refuses_what_an_action_cannot_read(string action, string json, string field)
    {
        var problem = await ProblemAsync(HttpStatusCode.BadRequest, PostAsync($"/api/workflows/{Id(1)}/actions/{action}", json));

        Assert.Equal(field, Assert.Single(problem.GetProperty("errors").EnumerateObject()).Name);
        Assert.Empty(Acts);
    }

    [Fact]
    public async Task Says_what_an_instance_cannot_take()
    {
        ActAnswers = () => new ActionResult(ActionOutcome.Invalid, "Suspended", ["retry"])
        {
            Problems = new Dictionary<string, string[]> { ["data"] = ["The instance has no member 'card'."] },
        };

        var problem = await ProblemAsync(
            HttpStatusCode.BadRequest,
            PostAsync($"/api/workflows/{Id(1)}/actions/retry", """{ "reason": "why", "data": { "card": 1 } }"""));

        Assert.Equal("""{"data":["The instance has no member 'card'."]}""", problem.GetProperty("errors").GetRawText());
    }

    [Fact]
    public async Task An_operator_without_a_name_is_anonymous()
    {
        ActAnswers = () => new ActionResult(ActionOutcome.Accepted, "Suspended", ["retry"]);

        using var response = await PostAsync($"/api/workflows/{Id(1)}/actions/retry", """{ "reason": "why" }""");

        Assert.Equal("anonymous", Assert.Single(Acts).Request.Operator);
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

        Assert.Equal("""["retry","skip","resolve","cancel","suspend","resume","compensate"]""", problem.GetProperty("actions").GetRawText());
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
