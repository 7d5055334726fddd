using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Resonance.Gateway;
using Xunit;

namespace Resonance.Tests.Gateway;

public sealed class TraceLinkTests : GatewayFixture
{
    const string OfInstance = "0af7651916cd43dd8448eb211c80319c";
    const string OfStep = "4bf92f3577b34da6a3ce929d0e0e4736";

    protected override string TraceUrl => "https://jaeger.example/trace/{traceId}?uiFind=resonance";

    [Fact]
    public async Task Instances_and_steps_link_to_where_their_trace_can_be_seen()
    {
        await Rows.AddWorkflowAsync(Id(1), Cancel);
        await Rows.AddStepAsync(Id(1), 1, "Initial", "ValidateCard", "[]", Cancel, $"00-{OfStep}-00f067aa0ba902b7-00");

        var instance = await GetAsync($"/api/workflows/{Id(1)}");
        var listed = (await GetAsync("/api/workflows")).GetProperty("items")[0];
        var step = (await GetAsync($"/api/workflows/{Id(1)}/history"))[0];

        AssertLink(OfInstance, instance);
        AssertLink(OfInstance, listed);
        AssertLink(OfStep, step);
    }

    [Fact]
    public async Task A_step_without_a_trace_has_no_link()
    {
        await Rows.AddStepAsync(Id(1), 1, "Initial", "ValidateCard", "[]", Cancel, traceParent: "not a trace parent");

        var step = (await GetAsync($"/api/workflows/{Id(1)}/history"))[0];

        Assert.Equal(JsonValueKind.Null, step.GetProperty("traceId").ValueKind);
        Assert.Equal(JsonValueKind.Null, step.GetProperty("traceUrl").ValueKind);
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData("http://localhost:16686/trace/{traceId}", true)]
    [InlineData("http://localhost:16686/trace/", false)]
    [InlineData("javascript:alert('{traceId}')", false)]
    [InlineData("/trace/{traceId}", false)]
    public void A_link_has_to_be_a_web_address_with_a_place_for_the_id(string? template, bool isValid)
    {
        var options = new ObservabilityOptions { TraceUrl = template };

        var problems = options.Validate(new ValidationContext(options));

        Assert.Equal(isValid, !problems.Any());
    }

    static void AssertLink(string traceId, JsonElement answer)
    {
        Assert.Equal(traceId, answer.GetProperty("traceId").GetString());
        Assert.Equal($"https://jaeger.example/trace/{traceId}?uiFind=resonance", answer.GetProperty("traceUrl").GetString());
    }
}
