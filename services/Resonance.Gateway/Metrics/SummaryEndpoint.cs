using System.ComponentModel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Resonance.Audit.Projections;
using Resonance.Engine.Definitions;
using Resonance.Engine.Operations;
using Resonance.Gateway.Access;

namespace Resonance.Gateway.Metrics;

/// <summary><c>GET /api/metrics/summary</c>.</summary>
static class SummaryEndpoint
{
    public static void Map(IEndpointRouteBuilder api) => api
        .MapGet("/metrics/summary", GetAsync)
        .RequireRole(Role.Viewer)
        .WithName("GetMetricsSummary")
        .WithTags("Metrics")
        .WithSummary("Says how the workflows fared in the last minutes or hours, and what runs and waits now")
        .WithDescription(
            "The figures are those of the steps that the saga audit has witnessed, kept by whole minutes: percentiles are computed from a " +
            "histogram of all durations in the window (exact below 256 ms, otherwise at most 0.4 % off), never averaged. Processed are " +
            "the instances that came to an end in the window, however; one that was completed and undone later ended twice.")
        .Produces<SummaryAnswer>()
        .ProducesValidationProblem();

    static async Task<IResult> GetAsync(
        [FromServices] ProjectedFigures figures,
        [FromServices] QueueDepths queues,
        WorkflowCatalog catalog,
        TimeProvider clock,
        [Description("How far back: 1m to 24h, e.g. 30m, 1h or PT90M.")] string? window,
        CancellationToken cancellationToken)
    {
        var asked = QueryValues.Given(window) ?? MetricsWindow.Default;
        if (MetricsWindow.Parse(asked) is not { } length)
        {
            var query = new QueryValues();
            query.Refuse("window", "window must be a duration from 1m to 24h, e.g. 30m, 1h or PT90M.");
            return Problems.Invalid(query.Errors, "The query has values that are not known.");
        }

        var now = clock.GetUtcNow();
        var from = now - length;
        from = from.AddTicks(-(from.UtcTicks % TimeSpan.TicksPerMinute));
        var depth = queues.MeasureAsync(cancellationToken);
        var read = await figures.ReadAsync(from, now, cancellationToken);
        return TypedResults.Ok(SummaryAnswer.Of(asked, from, now, read, await depth, catalog));
    }
}
