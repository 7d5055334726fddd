using System.Net;
using Resonance.Contracts.Payments;
using Resonance.Engine.Delivery;
using Xunit;

namespace Resonance.Tests.Gateway;

public sealed class EventTests : GatewayFixture
{
    static RaiseResult Accepted => new(RaiseOutcome.Accepted, "Completed", [RefundEvent]);

    [Theory]
    [InlineData("""{ "reason": "sent back" }""")]
    [InlineData("""{ "reason": "sent back", "paymentId": "0190abcd-0000-7000-8000-000000000001" }""")]
    [InlineData("""{ "PaymentID": "0190ABCD-0000-7000-8000-000000000001", "reason": "sent back" }""")]
    public async Task Sends_the_event_to_the_instance_of_the_path_which_the_body_may_leave_out(string json)
    {
        await Rows.AddWorkflowAsync(Id(1), Cancel);
        RaiseAnswers = () => Accepted;

        using var response = await PostAsync($"/api/workflows/{Id(1)}/events/RefundPayment", json);

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.Equal($"/api/workflows/{Id(1)}", response.Headers.Location?.OriginalString);
        Assert.Equal(
            $$"""{"id":"{{Id(1)}}","event":"RefundPayment"}""", await response.Content.ReadAsStringAsync(Cancel));
        var (id, contract, message) = Assert.Single(Raises);
        Assert.Equal((Id(1), "RefundPayment"), (id, contract));
        Assert.Equal(new RefundPayment { PaymentId = Id(1), Reason = "sent back" }, message);
    }

    [Fact]
    public async Task An_event_may_be_named_in_full()
    {
        await Rows.AddWorkflowAsync(Id(1), Cancel);
        RaiseAnswers = () => Accepted;

        using var response = await PostAsync(
            $"/api/workflows/{Id(1)}/events/Resonance.Contracts.Payments.RefundPayment", """{ "reason": "sent back" }""");

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
    }

    [Fact]
    public async Task Refuses_an_event_about_another_instance()
    {
        await Rows.AddWorkflowAsync(Id(1), Cancel);

        var problem = await ProblemAsync(
            HttpStatusCode.BadRequest,
            PostAsync($"/api/workflows/{Id(1)}/events/RefundPayment", $$"""{ "reason": "sent back", "paymentId": "{{Id(2)}}" }"""));

        Assert.Equal(
            $"The event must be about the instance of the path, {Id(1)}; leave the id out or correct it.",
            problem.GetProperty("errors").GetProperty("paymentId")[0].GetString());
        Assert.Empty(Raises);
    }

    [Theory]
    [InlineData("{}", "reason")]
    [InlineData("{ \n}", "reason")]
    [InlineData("""{ "reason": 7 }""", "reason")]
    [InlineData("""{ "reason": "a", "reason": "b" }""", "reason")]
    [InlineData("[]", "$")]
    [InlineData("nonsense", "$")]
    [InlineData("", "$")]
    public async Task Refuses_what_is_no_such_event_and_names_every_error(string json, string field)
    {
        await Rows.AddWorkflowAsync(Id(1), Cancel);

        var problem = await ProblemAsync(HttpStatusCode.BadRequest, PostAsync($"/api/workflows/{Id(1)}/events/RefundPayment", json));

        Assert.Equal([field], problem.GetProperty("errors").EnumerateObject().Select(error => error.Name));
        Assert.Empty(Raises);
    }

    [Fact]
    public async Task Says_what_the_instance_accepts_when_it_does_not_accept_this()
    {
        await Rows.AddWorkflowAsync(Id(1), Cancel);
        RaiseAnswers = () => new RaiseResult(RaiseOutcome.NotAccepted, "ValidateCard", []);

        var problem = await ProblemAsync(
            HttpStatusCode.Conflict, PostAsync($"/api/workflows/{Id(1)}/events/RefundPayment", """{ "reason": "why" }"""));

        Assert.Equal(
            "The instance is in state VALIDATE_CARD and does not accept 'RefundPayment' now. It accepts no event from outside.",
            problem.GetProperty("detail").GetString());
        Assert.Equal(("VALIDATE_CARD", "[]"), (problem.GetProperty("state").GetString(), problem.GetProperty("accepted").GetRawText()));
    }

    [Fact]
    public async Task An_unknown_event_names_the_known_ones()
    {
        await Rows.AddWorkflowAsync(Id(1), Cancel);

        var problem = await ProblemAsync(HttpStatusCode.NotFound, PostAsync($"/api/workflows/{Id(1)}/events/Explode", "{}"));

        Assert.Equal("Workflow 'payment' knows no event 'Explode'. It knows: RefundPayment.", problem.GetProperty("detail").GetString());
        Assert.Equal("""["RefundPayment"]""", problem.GetProperty("events").GetRawText());
    }

    [Fact]
    public async Task An_unknown_instance_is_not_found() =>
        await ProblemAsync(HttpStatusCode.NotFound, PostAsync($"/api/workflows/{Id(9)}/events/RefundPayment", """{ "reason": "why" }"""));

    [Fact]
    public async Task Takes_nothing_but_json()
    {
        await Rows.AddWorkflowAsync(Id(1), Cancel);

        await ProblemAsync(
            HttpStatusCode.UnsupportedMediaType, PostAsync($"/api/workflows/{Id(1)}/events/RefundPayment", "reason=why", "text/plain"));
    }
}
