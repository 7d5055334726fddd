using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Resonance.Gateway.Health;

/// <param name="Status"><c>healthy</c>, <c>degraded</c> or <c>unhealthy</c>: the worst of the checks.</param>
/// <param name="Checks">Each check by name.</param>
sealed record HealthAnswer(string Status, IReadOnlyDictionary<string, CheckAnswer> Checks);

/// <param name="Status"><c>healthy</c>, <c>degraded</c> or <c>unhealthy</c>.</param>
/// <param name="Reason">Why, for people.</param>
sealed record CheckAnswer(string Status, string? Reason);

/// <summary><c>/health/live</c>: the process answers. <c>/health/ready</c>: so does everything that it needs.</summary>
static class HealthEndpoints
{
    const string ReadyTag = "ready";

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false, ResponseWriter = WriteAsync })
            .AllowAnonymous();
        endpoints.MapHealthChecks("/health/ready", new HealthCheckOptions
        {
            Predicate = check => check.Tags.Contains(ReadyTag),
            ResponseWriter = WriteAsync,
        }).AllowAnonymous();
    }

    static Task WriteAsync(HttpContext context, HealthReport report) => context.Response.WriteAsJsonAsync(
        new HealthAnswer(
            Name(report.Status),
            report.Entries.ToDictionary(
                check => check.Key,
                check => new CheckAnswer(Name(check.Value.Status), check.Value.Description ?? check.Value.Exception?.Message))),
        context.RequestAborted);

    static string Name(HealthStatus status) => status.ToString().ToLowerInvariant();
}
