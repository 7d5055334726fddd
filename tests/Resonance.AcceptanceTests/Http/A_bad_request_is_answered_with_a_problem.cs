using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Resonance.AcceptanceTests.Support;
using Xunit;
using NewId = MassTransit.NewId;

namespace Resonance.AcceptanceTests.Http;

[Collection<OnARunningHost>]
public sealed class A_bad_request_is_answered_with_a_problem(RunningHost host)
{
    [Fact]
    public async Task Every_field_that_is_wrong_is_named()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var id = NewId.NextGuid();
        var body = $$"""
            { "orderId": "{{id}}", "currency": "EURO", "cardToken": "tok_visa", "priority": 11,
              "lines": [ { "sku": "SKU-1001", "quantity": -1, "unitPrice": 1 }, { "sku": "", "quantity": 1, "unitPrice": 1 } ],
              "customerId": "c" }
            """;

        var problem = await RefusedAsync(HttpStatusCode.BadRequest, "order", body, cancellationToken);

        Assert.Equal(
            ["currency", "lines[0].quantity", "lines[1].sku", "priority"],
            problem["errors"]!.AsObject().Select(error => error.Key).Order(StringComparer.Ordinal));
        Assert.False(await host.Effects.ExistsAsync(id, cancellationToken));
    }

    [Fact]
    public async Task Missing_fields_and_wrong_types_are_named()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var body = """{ "orderId": "twelve", "lines": [ { "sku": "SKU-1001", "quantity": "two", "unitPrice": 1 } ] }""";

        var problem = await RefusedAsync(HttpStatusCode.BadRequest, "order", body, cancellationToken);

        Assert.Equal(
            ["cardToken", "currency", "customerId", "lines[0].quantity", "orderId"],
            problem["errors"]!.AsObject().Select(error => error.Key).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("hello")]
    public async Task A_body_that_is_no_JSON_object_is_told_so(string body)
    {
        var cancellationToken = TestContext.Current.CancellationToken;

        var problem = await RefusedAsync(HttpStatusCode.BadRequest, "order", body, cancellationToken);

        Assert.NotNull(problem["errors"]!["$"]);
    }

    [Fact]
    public async Task A_body_of_five_megabytes_is_too_large()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var order = new OrderForm { CustomerId = new string('c', 5 * 1024 * 1024) };

        await RefusedAsync(HttpStatusCode.RequestEntityTooLarge, "order", order.ToJson(), cancellationToken);

        Assert.False(await host.Effects.ExistsAsync(order.OrderId, cancellationToken));
    }

    [Fact]
    public async Task Another_content_type_is_not_supported()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var order = new OrderForm();

        await RefusedAsync(HttpStatusCode.UnsupportedMediaType, "order", order.ToJson(), cancellationToken, "text/csv");

        Assert.False(await host.Effects.ExistsAsync(order.OrderId, cancellationToken));
    }

    [Fact]
    public async Task An_unknown_workflow_type_is_not_found_and_the_known_ones_are_named()
    {
        var cancellationToken = TestContext.Current.CancellationToken;

        var problem = await RefusedAsync(HttpStatusCode.NotFound, "reservation", "{}", cancellationToken);

        var known = problem["knownTypes"]!.AsArray().Select(type => type!.ToString()).ToArray();
        Assert.Contains("order", known);
        Assert.Contains("payment", known);
    }

    [Fact]
    public async Task A_key_that_another_order_has_is_a_conflict()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var first = new OrderForm { OrderNumber = $"KEY-{NewId.NextGuid():n}" };
        await host.Api.StartAsync(first, cancellationToken);
        var second = first with { OrderId = NewId.NextGuid() };

        var problem = await RefusedAsync(HttpStatusCode.Conflict, "order", second.ToJson(), cancellationToken);

        Assert.Equal(first.OrderNumber, problem["key"]!.ToString());
        Assert.False(await host.Effects.ExistsAsync(second.OrderId, cancellationToken));
    }

    [Fact]
    public async Task An_instance_that_does_not_exist_is_not_found()
    {
        var cancellationToken = TestContext.Current.CancellationToken;

        using var instance = await host.Process.Client.GetAsync($"api/workflows/{NewId.NextGuid()}", cancellationToken);
        using var history = await host.Process.Client.GetAsync($"api/workflows/{NewId.NextGuid()}/history", cancellationToken);

        await AssertProblemAsync(HttpStatusCode.NotFound, instance, cancellationToken);
        await AssertProblemAsync(HttpStatusCode.NotFound, history, cancellationToken);
    }

    async Task<JsonNode> RefusedAsync(
        HttpStatusCode expected, string type, string body, CancellationToken cancellationToken, string contentType = "application/json")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"api/workflows/{type}");
        request.Content = new StringContent(body, Encoding.UTF8, contentType);

        // A server that refuses a length reads no more; who still writes then may find the connection closed before the answer.
        request.Headers.ExpectContinue = true;
        using var response = await host.Process.Client.SendAsync(request, cancellationToken);
        return await AssertProblemAsync(expected, response, cancellationToken);
    }

    static async Task<JsonNode> AssertProblemAsync(
        HttpStatusCode expected, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        Assert.Equal(expected, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
        var problem = (await response.Content.ReadFromJsonAsync<JsonNode>(cancellationToken))!;
        Assert.Equal((int)expected, problem["status"]!.GetValue<int>());
        Assert.NotEmpty(problem["title"]!.ToString());
        Assert.NotEmpty(problem["detail"]!.ToString());
        return problem;
    }
}
