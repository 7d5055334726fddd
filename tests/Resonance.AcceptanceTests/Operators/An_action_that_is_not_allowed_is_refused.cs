using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Resonance.AcceptanceTests.Support;
using Xunit;
using NewId = MassTransit.NewId;

namespace Resonance.AcceptanceTests.Operators;

[Collection<OnARunningHost>]
public sealed class An_action_that_is_not_allowed_is_refused(RunningHost host)
{
    [Fact]
    public async Task The_answer_names_the_actions_that_are_allowed()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var payment = await host.Api.StartAsync(new PaymentForm { CardToken = "tok_review" }, cancellationToken);
        await host.Api.SeeAsync(payment.Id, "SUSPENDED", cancellationToken);

        using var response = await host.Api.AskAsync(payment.Id, "retry", "just try", cancellationToken);

        var problem = await ProblemAsync(HttpStatusCode.Conflict, response, cancellationToken);
        Assert.Equal("SUSPENDED", problem["state"]!.ToString());
        Assert.Equal(["resume", "resolve", "cancel"], problem["allowed"]!.AsArray().Select(action => action!.ToString()));
        Assert.Empty((await host.Api.HistoryAsync(payment.Id, cancellationToken)).OfKind("operatorAction"));
    }

    [Fact]
    public async Task A_finished_instance_allows_nothing_but_its_undoing()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var payment = await host.Api.StartAsync(new PaymentForm(), cancellationToken);
        await host.Api.SeeAsync(payment.Id, "COMPLETED", cancellationToken);

        using var response = await host.Api.AskAsync(payment.Id, "cancel", "too late", cancellationToken);

        var problem = await ProblemAsync(HttpStatusCode.Conflict, response, cancellationToken);
        Assert.Equal(["compensate"], problem["allowed"]!.AsArray().Select(action => action!.ToString()));
    }

    [Fact]
    public async Task An_instance_that_does_not_exist_is_not_found()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var nobody = NewId.NextGuid();

        using var response = await host.Api.AskAsync(nobody, "cancel", "whoever it is", cancellationToken);

        var problem = await ProblemAsync(HttpStatusCode.NotFound, response, cancellationToken);
        Assert.Contains(nobody.ToString(), problem["detail"]!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_without_a_reason_is_told_which_field_is_wrong()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var payment = await host.Api.StartAsync(new PaymentForm { CardToken = "tok_review" }, cancellationToken);
        await host.Api.SeeAsync(payment.Id, "SUSPENDED", cancellationToken);

        using var response = await host.Api.AskAsync(payment.Id, "resume", "", cancellationToken);

        var problem = await ProblemAsync(HttpStatusCode.BadRequest, response, cancellationToken);
        Assert.NotNull(problem["errors"]!["reason"]);
    }

    static async Task<JsonNode> ProblemAsync(HttpStatusCode expected, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        Assert.Equal(expected, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
        return (await response.Content.ReadFromJsonAsync<JsonNode>(cancellationToken))!;
    }
}
