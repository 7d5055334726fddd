using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Resonance.Audit.Checkpoints;
using Resonance.Gateway.Access;
using Resonance.Tests.Audit;
using Xunit;

namespace Resonance.Tests.Gateway;

/// <summary>Whoever has a thing as it is need not be sent it again, whatever thing it is.</summary>
public sealed class ConditionalReadTests : AuditGateway
{
    private protected override void AddServices(IServiceCollection services)
    {
        base.AddServices(services);
        services.AddSingleton<CheckpointHealth>();
        services.AddSingleton<Checkpointer>();
    }

    [Fact]
    public async Task Every_single_thing_has_a_tag_and_is_sent_once()
    {
        var step = StepHistories.Step(Id(1), 1, "Initial", "Pending", StepHistories.Epoch, "payment");
        await WitnessAsync(step);
        Assert.Null(await Services.GetRequiredService<Checkpointer>().RoundAsync(Cancel));
        await Rows.AddWorkflowAsync(
            Id(2), Cancel, status: "suspended", key: "PAYMENT-2",
            data: """
                { "$engine": { "suspension": { "cause": "no answer", "state": "Pending", "errorKind": "timeout", "attempts": 1,
                  "since": "2026-01-31T09:15:44+00:00" } } }
                """);
        await Rows.AddMessageAsync(Id(3), Cancel, setAsideAfter: 1);
        var (key, text) = (await Services.GetRequiredService<ApiKeys>().AddAsync("ann", Role.Admin, null, "the test", Cancel))!.Value;
        Http.DefaultRequestHeaders.Authorization = new("Bearer", text);

        foreach (var address in new[]
            {
                $"/api/workflows/{Id(1)}", $"/api/workflows/{Id(1)}/history", $"/api/workflows/{Id(1)}/diagram",
                "/api/workflow-types/payment/diagram", "/api/workflow-types/payment/diagram?format=mermaid", $"/api/incidents/{Id(2)}",
                "/api/rules/payment/fraud_score", $"/api/dead-letters/{Id(3)}", $"/api/keys/{key.Id}", "/api/audit/key",
                "/api/audit/checkpoints/latest", "/api/audit/checkpoints/1", $"/api/audit/proof/{Id(1)}/1",
            })
        {
            using var first = await Http.GetAsync(address, Cancel);
            Assert.True(first.StatusCode == HttpStatusCode.OK, $"{address}: {first.StatusCode}");
            Assert.True(first.Headers.ETag is { IsWeak: false }, $"{address} has no tag.");

            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            request.Headers.IfNoneMatch.Add(first.Headers.ETag!);
            using var again = await Http.SendAsync(request, Cancel);

            Assert.True(again.StatusCode == HttpStatusCode.NotModified, $"{address}: {again.StatusCode}");
            Assert.Empty(await again.Content.ReadAsByteArrayAsync(Cancel));
        }
    }

    [Fact]
    public async Task An_incident_ends_with_what_stopped_its_instance()
    {
        await Rows.AddWorkflowAsync(Id(1), Cancel, key: "PAYMENT-1");

        var over = await ProblemAsync(HttpStatusCode.NotFound, Http.GetAsync($"/api/incidents/{Id(1)}", Cancel));
        var never = await ProblemAsync(HttpStatusCode.NotFound, Http.GetAsync($"/api/incidents/{Id(9)}", Cancel));

        Assert.Equal("PAYMENT-1 is not suspended: it is in PENDING.", over.GetProperty("detail").GetString());
        Assert.Equal($"There is no workflow instance with the id {Id(9)}.", never.GetProperty("detail").GetString());
    }
}
