using System.Text;
using Resonance.AcceptanceTests.Support;
using Xunit;
using NewId = MassTransit.NewId;

namespace Resonance.AcceptanceTests.Messages;

[Collection<OnARunningHost>]
public sealed class A_message_that_cannot_be_read_is_kept(RunningHost host)
{
    const string SubmitOrder = "Resonance.Contracts.Orders:SubmitOrder";
    const string DeadLetters = "order_error";
    const string Json = "application/json";

    public static TheoryData<string, string, string[]> Bodies => new()
    {
        { "malformed JSON", """{ "orderId": "{id}", """, ["not valid JSON"] },
        { "no JSON at all", "hello", ["not valid JSON"] },
        { "an empty body", "", ["empty"] },
        { "null", "null", ["JSON object"] },
        { "a list", "[]", ["JSON object"] },
        { "missing fields", """{ "orderId": "{id}" }""", ["customerId", "currency", "lines", "cardToken"] },
        { "a field of the wrong type", Order.Replace("\"quantity\": 2", "\"quantity\": \"two\""), ["lines[0].quantity"] },
        { "an id that is none", Order.Replace("{id}", "twelve"), ["orderId"] },
        { "the empty id", Order.Replace("{id}", Guid.Empty.ToString()), ["orderId"] },
        { "a negative quantity", Order.Replace("\"quantity\": 2", "\"quantity\": -2"), ["lines[0].quantity"] },
        { "a negative price", Order.Replace("19.99", "-19.99"), ["lines[0].unitPrice"] },
        { "an unknown currency", Order.Replace("EUR", "EURO"), ["currency", "ISO 4217"] },
        { "no lines", WithLines("[]"), ["lines"] },
        { "a line that is null", WithLines("[null]"), ["lines[0]"] },
        { "two errors", Order.Replace("EUR", "eur").Replace("\"quantity\": 2", "\"quantity\": 0"), ["currency", "lines[0].quantity"] },
    };

    const string Order =
        """
        { "orderId": "{id}", "customerId": "c", "currency": "EUR", "cardToken": "tok_visa",
          "lines": [ { "sku": "SKU-1006", "quantity": 2, "unitPrice": 19.99 } ] }
        """;

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task In_a_dead_letter_queue_with_the_reason(string what, string body, string[] told)
    {
        Assert.NotEmpty(what);
        var cancellationToken = TestContext.Current.CancellationToken;
        var id = NewId.NextGuid();

        await AssertKeptAsync(id, SubmitOrder, Encoding.UTF8.GetBytes(body.Replace("{id}", id.ToString())), Json, told, cancellationToken);
    }

    public static TheoryData<string, string, string[]> Envelopes => new()
    {
        { "malformed JSON", "{", [] },
        { "no message", """{ "messageType": ["urn:message:Resonance.Contracts.Orders:SubmitOrder"] }""", [] },
        { "missing fields", Envelope("""{ "orderId": "{id}" }"""), ["customerId"] },
        { "a field of the wrong type", Envelope(Order.Replace("\"quantity\": 2", "\"quantity\": \"two\"")), ["String"] },
        { "a negative quantity", Envelope(Order.Replace("\"quantity\": 2", "\"quantity\": -2")), ["lines[0].quantity"] },
        { "an unknown currency", Envelope(Order.Replace("EUR", "EURO")), ["currency"] },
    };

    [Theory]
    [MemberData(nameof(Envelopes))]
    public async Task In_the_envelope_of_MassTransit(string what, string body, string[] told)
    {
        Assert.NotEmpty(what);
        var cancellationToken = TestContext.Current.CancellationToken;
        var id = NewId.NextGuid();

        await AssertKeptAsync(
            id, SubmitOrder, Encoding.UTF8.GetBytes(body.Replace("{id}", id.ToString())), OrderForm.EnvelopeType, told, cancellationToken);
    }

    [Fact]
    public async Task Of_a_contract_that_the_queue_does_not_take()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var id = NewId.NextGuid();

        await AssertKeptAsync(
            id, "order", Valid(id), Json, ["'order' does not take this contract"], cancellationToken, type: "Somebody.Else:Thing");
    }

    [Fact]
    public async Task Of_an_unknown_content_type()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var id = NewId.NextGuid();

        await AssertKeptAsync(id, SubmitOrder, Valid(id), "text/csv", ["text/csv", Json], cancellationToken);
    }

    [Fact]
    public async Task Sent_to_the_queue_itself_without_its_type()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var id = NewId.NextGuid();

        await AssertKeptAsync(id, "order", Valid(id), Json, ["which contract", SubmitOrder], cancellationToken);
    }

    [Fact]
    public async Task Of_five_megabytes()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var id = NewId.NextGuid();
        var body = Order.Replace("{id}", id.ToString()).Replace("\"c\"", $"\"{new string('c', 5 * 1024 * 1024)}\"");

        await AssertKeptAsync(id, SubmitOrder, Encoding.UTF8.GetBytes(body), Json, ["customerId"], cancellationToken);
    }

    [Fact]
    public async Task And_is_handled_once_it_is_put_right_and_sent_again()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var id = NewId.NextGuid();
        var body = Order.Replace("{id}", id.ToString()).Replace("EUR", "???");
        var kept = await AssertKeptAsync(id, SubmitOrder, Encoding.UTF8.GetBytes(body), Json, ["currency"], cancellationToken);

        await host.Broker.PublishAsync(
            SubmitOrder,
            kept.Body.Replace("???", "EUR", StringComparison.Ordinal),
            properties => properties.MessageId = kept.Properties.MessageId,
            cancellationToken: cancellationToken);

        await host.Api.SeeAsync(id, "COMPLETED", cancellationToken);
    }

    [Fact]
    public async Task When_the_key_that_it_asks_for_is_taken()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var first = new OrderForm { OrderNumber = $"KEY-{NewId.NextGuid():n}" };
        await host.Api.StartAsync(first, cancellationToken);
        var second = first with { OrderId = NewId.NextGuid() };

        await AssertKeptAsync(
            second.OrderId, SubmitOrder, Encoding.UTF8.GetBytes(second.ToJson()), Json, [first.OrderNumber], cancellationToken);
    }

    async Task<BrokerMessage> AssertKeptAsync(
        Guid id, string exchange, byte[] body, string contentType, string[] told, CancellationToken cancellationToken, string? type = null)
    {
        var messageId = NewId.NextGuid().ToString();
        await host.Broker.PublishAsync(
            exchange,
            body,
            properties => (properties.MessageId, properties.ContentType, properties.Type) = (messageId, contentType, type),
            cancellationToken: cancellationToken);

        var messages = await Eventually.SeeAsync(
            token => host.Broker.PeekAsync(DeadLetters, token),
            seen => seen.Any(message => message.Properties.MessageId == messageId),
            cancellationToken);
        var kept = Assert.Single(messages, message => message.Properties.MessageId == messageId);
        Assert.Equal(Encoding.UTF8.GetString(body), kept.Body);
        Assert.Equal(contentType, kept.Properties.ContentType);
        var reason = kept.Headers["MT-Fault-Message"]?.ToString();
        Assert.All(told, word => Assert.Contains(word, reason, StringComparison.Ordinal));

        Assert.False(await host.Effects.ExistsAsync(id, cancellationToken));
        await host.Process.WaitForLineAsync(
            line => line.Contains(messageId, StringComparison.Ordinal), Eventually.Patience, cancellationToken);
        Assert.Single(host.Process.Lines, line => line.Contains(messageId, StringComparison.Ordinal));
        return kept;
    }

    static string WithLines(string lines) =>
        $$"""{ "orderId": "{id}", "customerId": "c", "currency": "EUR", "lines": {{lines}}, "cardToken": "tok_visa" }""";

    static string Envelope(string message) => OrderForm.Envelope(NewId.NextGuid(), SubmitOrder, message);

    static byte[] Valid(Guid id) => Encoding.UTF8.GetBytes(Order.Replace("{id}", id.ToString()));
}
