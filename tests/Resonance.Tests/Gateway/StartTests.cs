using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Resonance.Contracts.Payments;
using Resonance.Engine.Delivery;
using Xunit;

namespace Resonance.Tests.Gateway;

public sealed class StartTests : GatewayFixture
{
    const string GoodPayment = """
        { "paymentId": "3f2504e0-4f89-41d3-9a0c-0305e82c3301", "reference": "ORDER-1", "amount": 12.50, "currency": "EUR",
          "cardToken": "tok_visa" }
        """;

    static readonly Guid PaymentId = Guid.Parse("3f2504e0-4f89-41d3-9a0c-0305e82c3301");

    [Theory]
    [InlineData(StartOutcome.Accepted)]
    [InlineData(StartOutcome.Exists)]
    public async Task Answers_the_same_to_the_first_start_and_to_its_repetition(StartOutcome outcome)
    {
        StartAnswers = () => new StartResult(outcome, PaymentId, "PAYMENT-8923");

        using var response = await PostAsync("/api/workflows/payment", GoodPayment, "application/json; charset=utf-8");

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.Equal($"/api/workflows/{PaymentId}", response.Headers.Location?.OriginalString);
        Assert.Equal(
            $$"""{"id":"{{PaymentId}}","key":"PAYMENT-8923"}""", await response.Content.ReadAsStringAsync(Cancel));
        var (type, start) = Assert.Single(Starts);
        Assert.Equal("payment", type);
        Assert.Equal(
            new StartPayment { PaymentId = PaymentId, Reference = "ORDER-1", Amount = 12.50m, Currency = "EUR", CardToken = "tok_visa" },
            start);
    }

    [Fact]
    public async Task Names_the_known_types_for_an_unknown_one()
    {
        var problem = await ProblemAsync(HttpStatusCode.NotFound, PostAsync("/api/workflows/refund", GoodPayment));

        Assert.Equal("There is no workflow type 'refund'. Known types: order, payment.", problem.GetProperty("detail").GetString());
        Assert.Equal(["order", "payment"], problem.GetProperty("knownTypes").EnumerateArray().Select(type => type.GetString()));
    }

    [Fact]
    public async Task Names_every_field_that_is_wrong_and_starts_nothing()
    {
        var json = """
            { "orderId": 1, "lines": [{ "sku": "a", "quantity": "many", "unitPrice": 1 }], "customerId": "c", "currency": "EUR" }
            """;

        var problem = await ProblemAsync(HttpStatusCode.BadRequest, PostAsync("/api/workflows/order", json));

        Assert.Equal("The body is no valid SubmitOrder; nothing was started.", problem.GetProperty("detail").GetString());
        Assert.Equal(
            ["cardToken", "lines[0].quantity", "orderId"],
            problem.GetProperty("errors").EnumerateObject().Select(error => error.Name).Order(StringComparer.Ordinal));
        Assert.Empty(Starts);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("\"text\"")]
    public async Task Tells_what_is_wrong_with_the_document_as_a_whole(string json)
    {
        var problem = await ProblemAsync(HttpStatusCode.BadRequest, PostAsync("/api/workflows/order", json));

        Assert.Equal("$", Assert.Single(problem.GetProperty("errors").EnumerateObject()).Name);
        Assert.Empty(Starts);
    }

    [Fact]
    public async Task Refuses_a_key_that_another_instance_has()
    {
        StartAnswers = () => new StartResult(StartOutcome.KeyTaken, PaymentId, "PAYMENT-1");

        var problem = await ProblemAsync(HttpStatusCode.Conflict, PostAsync("/api/workflows/payment", GoodPayment));

        Assert.Equal("PAYMENT-1", problem.GetProperty("key").GetString());
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/xml")]
    [InlineData("application/json; charset=utf-16")]
    [InlineData("")]
    public async Task Takes_nothing_but_json_in_utf8(string contentType)
    {
        await ProblemAsync(HttpStatusCode.UnsupportedMediaType, PostAsync("/api/workflows/payment", GoodPayment, contentType));

        Assert.Empty(Starts);
    }

    [Fact]
    public async Task Takes_no_compressed_body()
    {
        using var content = JsonContent.Create(new { });
        content.Headers.ContentEncoding.Add("gzip");

        await ProblemAsync(HttpStatusCode.UnsupportedMediaType, Http.PostAsync("/api/workflows/payment", content, Cancel));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Refuses_a_body_above_one_mebibyte_whether_its_length_is_announced_or_not(bool announced)
    {
        using var content = new ByteArrayContent(new byte[5 * 1024 * 1024]);
        content.Headers.ContentType = new("application/json");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/workflows/payment") { Content = content };
        request.Headers.TransferEncodingChunked = !announced;

        var problem = await ProblemAsync(HttpStatusCode.RequestEntityTooLarge, Http.SendAsync(request, Cancel));

        Assert.Equal("The body may hold 1,048,576 bytes at most.", problem.GetProperty("detail").GetString());
    }

    [Fact]
    public async Task Takes_a_body_of_exactly_one_mebibyte()
    {
        StartAnswers = () => new StartResult(StartOutcome.Accepted, PaymentId, "PAYMENT-1");

        using var response = await PostAsync("/api/workflows/payment", GoodPayment.PadRight(1024 * 1024));

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
    }

    [Fact]
    public async Task Shows_no_stack_trace_when_the_client_fails()
    {
        StartAnswers = () => throw new InvalidOperationException("secret of the inside");

        var problem = await ProblemAsync(HttpStatusCode.InternalServerError, PostAsync("/api/workflows/payment", GoodPayment));

        Assert.DoesNotContain("secret", JsonSerializer.Serialize(problem), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/nothing", HttpStatusCode.NotFound)]
    [InlineData("/api/workflows/payment", HttpStatusCode.InternalServerError)]
    public async Task Answers_a_browser_with_a_problem_too(string address, HttpStatusCode status)
    {
        StartAnswers = () => throw new InvalidOperationException("secret of the inside");
        Http.DefaultRequestHeaders.Accept.ParseAdd("text/html");

        await ProblemAsync(status, PostAsync(address, GoodPayment));
    }

    [Fact]
    public async Task Asks_the_client_to_come_back_when_the_store_is_away()
    {
        StartAnswers = () => throw new InvalidOperationException("wrapped", new StoreException("connection refused", isTransient: true));

        using var response = await PostAsync("/api/workflows/payment", GoodPayment);

        Assert.Equal(TimeSpan.FromSeconds(1), response.Headers.RetryAfter?.Delta);
        await ProblemAsync(HttpStatusCode.ServiceUnavailable, Task.FromResult(response));
    }
}
