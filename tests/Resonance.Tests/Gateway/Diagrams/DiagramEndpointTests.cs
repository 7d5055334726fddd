using System.Net;
using System.Net.Http.Headers;
using System.Xml.Linq;
using Resonance.Gateway.Diagrams;
using Resonance.Tests.Audit;
using Resonance.Tests.Workflows;
using Xunit;

namespace Resonance.Tests.Gateway.Diagrams;

public sealed class DiagramEndpointTests : AuditGateway
{
    [Fact]
    public async Task A_workflow_is_drawn_as_a_picture_that_can_do_nothing()
    {
        var answer = await Http.GetAsync("/api/workflow-types/payment/diagram", Cancel);

        Assert.Equal((HttpStatusCode.OK, "image/svg+xml"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        Assert.StartsWith("default-src 'none'", Assert.Single(answer.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
        var picture = XDocument.Parse(await answer.Content.ReadAsStringAsync(Cancel));
        Assert.Equal(
            ["PENDING", "VALIDATE_CARD"],
            picture.Descendants().Select(element => (string?)element.Attribute("data-state")).OfType<string>().Order());
    }

    [Theory]
    [InlineData("/api/workflow-types/payment/diagram?format=mermaid", "*/*", "text/vnd.mermaid")]
    [InlineData("/api/workflow-types/payment/diagram", "text/vnd.mermaid", "text/vnd.mermaid")]
    [InlineData("/api/workflow-types/payment/diagram?format=svg", "text/vnd.mermaid", "image/svg+xml")]
    [InlineData("/api/workflow-types/payment/diagram", "text/html, image/*;q=0.8, */*;q=0.5", "image/svg+xml")]
    public async Task It_comes_in_the_form_that_is_asked_for(string address, string accept, string type)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        foreach (var part in accept.Split(", "))
            request.Headers.Accept.Add(MediaTypeWithQualityHeaderValue.Parse(part));

        var answer = await Http.SendAsync(request, Cancel);

        Assert.Equal(type, answer.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task Another_form_is_refused_and_so_is_a_workflow_that_nobody_knows()
    {
        Assert.Equal(HttpStatusCode.BadRequest, (await Http.GetAsync("/api/workflow-types/payment/diagram?format=png", Cancel)).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await Http.GetAsync("/api/workflow-types/payment/figures?window=1y", Cancel)).StatusCode);
        foreach (var address in (string[])["/api/workflow-types/none/diagram", "/api/workflow-types/none/figures", $"/api/workflows/{Guid.Empty}/diagram"])
            Assert.Equal(HttpStatusCode.NotFound, (await Http.GetAsync(address, Cancel)).StatusCode);
    }

    [Fact]
    public async Task An_instance_is_drawn_with_its_way_and_its_state()
    {
        await WitnessAsync(
            StepHistories.Step(StepHistories.Id(1, 1), 1, "Initial", "Pending", StepHistories.Epoch, "payment"),
            StepHistories.Step(StepHistories.Id(1, 1), 2, "Pending", "ValidateCard", StepHistories.Epoch, "payment"));

        var picture = XDocument.Parse(await Http.GetStringAsync($"/api/workflows/{StepHistories.Id(1, 1)}/diagram", Cancel));

        var current = picture.Descendants().Single(element => ((string?)element.Attribute("class") ?? "").Split(' ').Contains("current"));
        Assert.Equal("VALIDATE_CARD", (string?)current.Attribute("data-state"));
        Assert.Equal(
            ["PENDING", "VALIDATE_CARD"],
            picture.Descendants().Where(element => ((string?)element.Attribute("class") ?? "").Split(' ').Contains("travelled"))
                .Select(element => (string)element.Attribute("data-to")!).Order());
    }

    [Fact]
    public async Task Figures_tell_of_each_state_and_of_each_way_that_was_gone_in_the_window()
    {
        await WitnessAsync(
            StepHistories.Step(StepHistories.Id(1, 1), 1, "Initial", "Pending", StepHistories.Epoch.AddMinutes(-1), "payment"),
            StepHistories.Step(StepHistories.Id(1, 1), 2, "Pending", "ValidateCard", StepHistories.Epoch, "payment", kinds: ["attemptFailed", "retryScheduled"])
                with
            { StayedMs = 60 },
            StepHistories.Step(StepHistories.Id(1, 2), 1, "Initial", "Pending", StepHistories.Epoch.AddHours(-2), "payment"));

        var answer = await OkAsync(Http.GetAsync("/api/workflow-types/payment/figures?window=5m", Cancel));

        Assert.Equal(
            """
            {"type":"payment","window":"5m","from":"2026-01-31T09:10:00+00:00","to":"2026-01-31T09:15:43.105+00:00","states":[
            {"state":"PENDING","status":"running","instances":1,"left":1,"stay":{"meanMs":60,"p50Ms":60,"p99Ms":60},"failedAttempts":1,
            "failureRate":null},
            {"state":"VALIDATE_CARD","status":"running","instances":1,"left":0,"stay":null,"failedAttempts":0,"failureRate":null}],
            "transitions":[
            {"from":"PENDING","to":"VALIDATE_CARD","events":["Happened"],"taken":1,"share":1,"failedAttempts":1,"retries":1,"isDefined":false},
            {"from":"[*]","to":"PENDING","events":["Happened"],"taken":1,"share":1,"failedAttempts":0,"retries":0,"isDefined":false}]}
            """.Replace("\n", "", StringComparison.Ordinal),
            answer.GetRawText());
    }

    [Fact]
    public void An_activity_that_failed_for_good_is_seen_on_the_loop_that_it_led_along()
    {
        var workflow = DefinitionTests.Find("notification").Description;
        var step = new Resonance.Engine.Storage.Queries.HistoryStep
        {
            Sequence = 2,
            MessageId = Guid.Empty,
            OccurredAt = StepHistories.Epoch,
            Event = "ActivityFailed",
            From = "Sending",
            To = "Sending",
            Entries = """[{"kind":"attemptFailed"},{"kind":"commandSent"}]""",
            Hash = [],
        };

        Assert.Equal([("SENDING", "SENDING")], InstanceOverlay.Of(workflow, "Sending", [step]).Travelled!.Keys);
        var again = step with { Entries = """[{"kind":"attemptFailed"},{"kind":"retryScheduled"}]""" };
        Assert.Empty(InstanceOverlay.Of(workflow, "Sending", [again]).Travelled!);
    }
}
