using System.Net;
using System.Text;
using Resonance.AcceptanceTests.Support;
using Resonance.Tests.Approved;
using Xunit;

namespace Resonance.AcceptanceTests.Telemetry;

/// <summary>
/// An order to which much happens: its payment is retried after a time-out, its shipment is refused, and all is undone. Its trace begins
/// with a producer.
/// </summary>
sealed class EventfulOrder
{
    const string ProducersSpan = "b7ad6b7169203331";

    // A trace is to be read by people.
    const int MostSpans = 200;

    readonly OrderForm _order = new() { CustomerId = "noship-17", CardToken = "tok_timeout_once" };

    public string TraceId { get; } = MassTransit.NewId.NextGuid().ToString("N");

    public Guid Id => _order.OrderId;

    public Guid PaymentId { get; private set; }

    /// <summary>Long enough that only the attempt that is never answered times out.</summary>
    public static HostSettings Settings(HostSettings settings) => settings
        .With("Workflows__CardProvider", "00:00:12")
        .With("Workflows__Worker", "00:02:00")
        .With("Workflows__CardRetry", "00:00:00.2");

    /// <summary>Posts the order and waits until all of it is undone.</summary>
    /// <param name="host">Has the gateway.</param>
    /// <param name="sampled">Whether the producer's trace is sampled.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task RunAsync(HostProcess host, bool sampled, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/workflows/order")
        {
            Content = new StringContent(_order.ToJson(), Encoding.UTF8, "application/json"),
            Headers = { { "traceparent", $"00-{TraceId}-{ProducersSpan}-{(sampled ? "01" : "00")}" } },
        };
        using var response = await host.Client.SendAsync(request, cancellationToken);
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        var api = new WorkflowApi(host.Client);
        var order = await api.SeeAsync(Id, "CANCELLED", cancellationToken, TimeSpan.FromSeconds(60));
        PaymentId = Guid.Parse(order.Data.Text("paymentId"));
        var payment = await api.SeeAsync(PaymentId, "REFUNDED", cancellationToken);
        Assert.Equal(TraceId, order.TraceId);
        Assert.Equal(TraceId, payment.TraceId);
    }

    /// <summary>Every span that was made, and what it stands under; the hosts have stopped.</summary>
    public async Task AssertTraceAsync(IReadOnlyList<SeenSpan> spans, CancellationToken cancellationToken)
    {
        var trace = spans.Where(span => span.TraceId == TraceId).ToArray();
        await ApprovedFile.AssertAsync("order-trace.txt", TraceTree.Draw(trace), cancellationToken);
        Assert.InRange(trace.Length, 1, MostSpans);

        // It begins with the producer, and all of it hangs together.
        var known = trace.Select(span => span.SpanId).ToHashSet();
        var root = Assert.Single(trace, span => !known.Contains(span.ParentId));
        Assert.Equal(ProducersSpan, root.ParentId);
        Assert.Equal(
            new[] { Id.ToString(), PaymentId.ToString() }.Order(),
            trace.Select(span => span.Attribute("resonance.workflow.id")).OfType<string>().Distinct().Order());
        Assert.Equal(
            ["ORDER-1001", "PAYMENT-1001"],
            trace.Select(span => span.Attribute("resonance.workflow.key")).OfType<string>().Distinct());

        // A wait is no span: shortly before the time-out nothing of the order was under way.
        var timer = trace.Single(span => span.Attribute("resonance.message") == "ActivityTimedOut" && span.Kind == SeenKind.Producer);
        var shortlyBefore = timer.Started - (ulong)TimeSpan.FromSeconds(1).TotalNanoseconds;
        Assert.DoesNotContain(trace, span => span.Started <= shortlyBefore && shortlyBefore <= span.Ended);
        var retry = trace.SelectMany(span => span.Events).Single(told => told.Name == "resonance.retry.scheduled");
        Assert.InRange((double)retry.Attributes["resonance.delay"]!, 0.1, 0.4);

        AssertConventions(trace);
        AssertNoNoise(spans.Where(span => span.TraceId != TraceId).ToArray());
    }

    /// <summary>https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans/ and .../database/database-spans/</summary>
    static void AssertConventions(SeenSpan[] trace)
    {
        var messages = trace.Where(span => span.Kind is SeenKind.Producer or SeenKind.Consumer).ToArray();
        Assert.All(messages, span =>
        {
            Assert.Equal(span.Kind == SeenKind.Producer ? "send" : "process", span.Attribute("messaging.operation.name"));
            Assert.Equal(span.Attribute("messaging.operation.name"), span.Attribute("messaging.operation.type"));
            Assert.Equal($"{span.Attribute("messaging.operation.name")} {span.Attribute("messaging.destination.name")}", span.Name);
            Assert.Contains(span.Attribute("messaging.system"), new[] { "rabbitmq", "in-memory" });
            Assert.NotNull(span.Attribute("messaging.message.id"));
            Assert.DoesNotContain(span.Attributes.Keys, name => name.StartsWith("messaging.masstransit.", StringComparison.Ordinal));
        });

        // Who sends and who receives speak of the same message.
        Assert.All(messages.Where(span => span.Kind == SeenKind.Consumer), span => Assert.Contains(
            messages,
            sent => sent.SpanId == span.ParentId && sent.Attribute("messaging.message.id") == span.Attribute("messaging.message.id")));

        Assert.All(trace.Where(span => span.Kind == SeenKind.Client), span =>
        {
            Assert.Contains(span.Attribute("db.system.name"), new[] { "postgresql", "sqlite" });
            Assert.True(
                span.Name == $"commit {span.Attribute("db.system.name")}" || span.Name == span.Attribute("db.query.summary"), span.Name);
        });
    }

    /// <summary>What else arrived are the questions of this test.</summary>
    static void AssertNoNoise(SeenSpan[] others)
    {
        Assert.All(others.Where(span => span.ParentId.Length == 0), span => Assert.Equal("GET /api/workflows/{id:guid}", span.Name));
        Assert.DoesNotContain(others, span => span.Kind is SeenKind.Producer or SeenKind.Consumer);
    }
}
