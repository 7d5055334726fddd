using System.Net;
using System.Text;
using Resonance.Engine.Definitions;
using Resonance.Engine.Delivery;
using Xunit;

namespace Resonance.Tests.Gateway;

public sealed class EntityTagTests : GatewayFixture
{
    const string Why = """{"reason":"the provider is back"}""";

    const string Schedule =
        """
        {"workflow":"payment","cron":"0 6 * * *","timeZone":"Europe/Berlin","author":"ada","reason":"daily",
        "start":{"paymentId":"{id}","reference":"{dueAt}","amount":10,"currency":"EUR","cardToken":"tok_visa"}}
        """;

    [Fact]
    public async Task A_client_that_has_an_instance_as_it_is_need_not_read_it_again()
    {
        await Rows.AddWorkflowAsync(Id(1), Cancel);
        using var first = await Http.GetAsync($"/api/workflows/{Id(1)}", Cancel);

        Assert.Equal("\"3\"", first.Headers.ETag!.ToString());
        Assert.Equal(HttpStatusCode.NotModified, await StatusAsync(HttpMethod.Get, $"/api/workflows/{Id(1)}", "If-None-Match", "\"3\""));
        Assert.Equal(HttpStatusCode.NotModified, await StatusAsync(HttpMethod.Get, $"/api/workflows/{Id(1)}", "If-None-Match", "\"1\", W/\"3\""));
        Assert.Equal(HttpStatusCode.NotModified, await StatusAsync(HttpMethod.Get, $"/api/workflows/{Id(1)}", "If-None-Match", "*"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(HttpMethod.Get, $"/api/workflows/{Id(1)}", "If-None-Match", "\"2\""));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(HttpMethod.Get, $"/api/workflows/{Id(1)}", "If-None-Match", "odd"));
    }

    [Theory]
    [InlineData("\"3\"", HttpStatusCode.Accepted)]
    [InlineData("*", HttpStatusCode.Accepted)]
    [InlineData("\"1\", \"3\"", HttpStatusCode.Accepted)]
    [InlineData("\"2\"", HttpStatusCode.PreconditionFailed)]
    [InlineData("W/\"3\"", HttpStatusCode.PreconditionFailed)]
    [InlineData("odd", HttpStatusCode.PreconditionFailed)]
    public async Task An_instance_that_has_moved_on_is_not_acted_upon(string seen, HttpStatusCode expected)
    {
        await Rows.AddWorkflowAsync(Id(1), Cancel);
        ActAnswers = () => new ActionResult(ActionOutcome.Accepted, "Pending", OperatorActions.All);
        RaiseAnswers = () => new RaiseResult(RaiseOutcome.Accepted, "Pending", []);

        Assert.Equal(expected, await StatusAsync(HttpMethod.Post, $"/api/workflows/{Id(1)}/actions/retry", "If-Match", seen, Why));
        Assert.Equal(expected, await StatusAsync(HttpMethod.Post, $"/api/workflows/{Id(1)}/events/RefundPayment", "If-Match", seen, Why));

        Assert.Equal(expected == HttpStatusCode.Accepted ? 1 : 0, Acts.Count);
        Assert.Equal(expected == HttpStatusCode.Accepted ? 1 : 0, Raises.Count);
    }

    [Fact]
    public async Task An_unknown_instance_is_not_found_whatever_was_seen()
    {
        Assert.Equal(
            HttpStatusCode.NotFound, await StatusAsync(HttpMethod.Post, $"/api/workflows/{Id(9)}/actions/retry", "If-Match", "*", Why));
    }

    [Fact]
    public async Task A_rule_is_published_only_on_top_of_what_was_seen()
    {
        const string address = "/api/rules/payment/fraud_score";
        const string body = """{"expression":"fraud_score < 0.2","author":"ada","reason":"stricter"}""";
        using var first = await Http.GetAsync(address, Cancel);
        var tag = first.Headers.ETag!.ToString();

        Assert.Equal(HttpStatusCode.NotModified, await StatusAsync(HttpMethod.Get, address, "If-None-Match", tag));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(HttpMethod.Put, address, "If-Match", tag, body));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(HttpMethod.Get, address, "If-None-Match", tag));
        Assert.Equal(HttpStatusCode.PreconditionFailed, await StatusAsync(HttpMethod.Put, address, "If-Match", tag, body));
    }

    [Fact]
    public async Task A_schedule_is_changed_only_as_it_was_seen()
    {
        const string address = "/api/schedules/nightly";
        Assert.Equal(HttpStatusCode.PreconditionFailed, await StatusAsync(HttpMethod.Put, address, "If-Match", "*", Schedule));
        await OkAsync(PutAsync(address, Schedule));
        using var first = await Http.GetAsync(address, Cancel);
        var tag = first.Headers.ETag!.ToString();

        Assert.Equal(HttpStatusCode.NotModified, await StatusAsync(HttpMethod.Get, address, "If-None-Match", tag));
        const string who = """{"author":"ada","reason":"holiday"}""";
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(HttpMethod.Post, address + "/pause", "If-Match", tag, who));
        Assert.Equal(HttpStatusCode.PreconditionFailed, await StatusAsync(HttpMethod.Post, address + "/resume", "If-Match", tag, who));
        Assert.Equal(HttpStatusCode.PreconditionFailed, await StatusAsync(HttpMethod.Delete, address + "?author=a&reason=b", "If-Match", tag));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(HttpMethod.Get, address, "If-None-Match", tag));
    }

    async Task<HttpStatusCode> StatusAsync(HttpMethod method, string address, string header, string value, string? body = null)
    {
        using var request = new HttpRequestMessage(method, address);
        request.Headers.TryAddWithoutValidation(header, value);
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await Http.SendAsync(request, Cancel);
        if (answer.StatusCode == HttpStatusCode.PreconditionFailed)
            Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
        return answer.StatusCode;
    }
}
