using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Resonance.AcceptanceTests.Support;
using Xunit;

namespace Resonance.AcceptanceTests.Operators;

[Collection(typeof(OnAnImpatientHost))]
public sealed class An_instance_can_be_settled_by_hand(ImpatientHost host)
{
    [Fact]
    public async Task By_a_retry_with_other_data()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var payment = await SuspendedAsync(cancellationToken);

        var refused = await ActAsync(payment, "retry", """{ "reason": "another card", "data": { "card": "tok_visa" } }""", cancellationToken);
        await ActAsync(payment, "retry", """{ "reason": "another card", "operator": "ann", "data": { "cardToken": "tok_visa" } }""", cancellationToken);
        var completed = await host.Api.SeeAsync(payment, "COMPLETED", cancellationToken);

        Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
        Assert.StartsWith("The instance has no member 'card'.", (string?)refused.Body["errors"]!["data"]![0]);
        Assert.Equal("tok_visa", (string?)completed.Data["cardToken"]);
        var action = Assert.Single((await host.Api.HistoryAsync(payment, cancellationToken)).OfKind("operatorAction"));
        Assert.Equal(("retry", "ann", "another card"), (action.Text("action"), action.Text("operator"), action.Text("reason")));
        Assert.Equal("""{"cardToken":"tok_visa"}""", action["data"]!.ToJsonString());
        await StoredJournal.AssertChainAsync(host.Database, payment, cancellationToken);
    }

    [Fact]
    public async Task By_skipping_what_failed_with_the_reply_that_the_operator_gives()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var payment = await SuspendedAsync(cancellationToken);

        var without = await ActAsync(payment, "skip", """{ "reason": "asked by phone" }""", cancellationToken);
        await ActAsync(payment, "skip", """{ "reason": "asked by phone", "reply": { "fraudScore": 0.95 } }""", cancellationToken);
        await host.Api.SeeAsync(payment, "DECLINED", cancellationToken);

        Assert.Equal(HttpStatusCode.BadRequest, without.Status);
        var history = await host.Api.HistoryAsync(payment, cancellationToken);
        Assert.Equal("AssessCard", Assert.Single(history.OfKind("activitySkipped")).Text("activity"));
        Assert.Equal("0.95", history.OfKind("ruleEvaluated")[0]["values"]!["fraud_score"]!.ToJsonString());
        await StoredJournal.AssertChainAsync(host.Database, payment, cancellationToken);
    }

    [Fact]
    public async Task By_saying_how_it_ended()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var payment = await SuspendedAsync(cancellationToken);

        var unknown = await ActAsync(payment, "resolve", """{ "reason": "paid in cash", "state": "PAID" }""", cancellationToken);
        await ActAsync(payment, "resolve", """{ "reason": "paid in cash", "state": "COMPLETED" }""", cancellationToken);
        var ended = await host.Api.SeeAsync(payment, "COMPLETED", cancellationToken);
        var late = await ActAsync(payment, "resolve", """{ "reason": "once more" }""", cancellationToken);

        Assert.Equal(HttpStatusCode.BadRequest, unknown.Status);
        Assert.Equal("completed", ended.Status);
        Assert.Equal(HttpStatusCode.Conflict, late.Status);
        Assert.Equal(
            "The instance is in state COMPLETED and does not allow 'resolve' now. It allows no action.", (string?)late.Body["detail"]);
    }

    async Task<Guid> SuspendedAsync(CancellationToken cancellationToken)
    {
        var payment = await host.Api.StartAsync(new PaymentForm { CardToken = "tok_timeout" }, cancellationToken);
        await host.Api.SeeAsync(payment.Id, "SUSPENDED", cancellationToken, TimeSpan.FromSeconds(90));
        return payment.Id;
    }

    async Task<(HttpStatusCode Status, JsonNode Body)> ActAsync(Guid id, string action, string json, CancellationToken cancellationToken)
    {
        using var content = new StringContent(json, System.Text.Encoding.UTF8, "application/json");
        using var response = await host.Process.Client.PostAsync($"api/workflows/{id}/actions/{action}", content, cancellationToken);
        return (response.StatusCode, (await response.Content.ReadFromJsonAsync<JsonNode>(JsonSerializerOptions.Web, cancellationToken))!);
    }
}
