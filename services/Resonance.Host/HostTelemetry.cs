using System.Diagnostics;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Resonance.Engine.Telemetry;

namespace Resonance.Host;

/// <summary>Traces, metrics and logs: exported over OTLP when <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> says where to.</summary>
static class HostTelemetry
{
    static readonly string[] Sources = [ResonanceTelemetry.Name, "MassTransit", "Npgsql", "Microsoft.AspNetCore"];

    public static void Configure(WebApplicationBuilder builder, ResonanceOptions options)
    {
        if (string.IsNullOrEmpty(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]))
        {
            // Without an exporter the trace ids still run through every message, so that a workflow can tell its own.
            ActivitySource.AddActivityListener(new ActivityListener
            {
                ShouldListenTo = source => source.Name is ResonanceTelemetry.Name or "MassTransit" or "Microsoft.AspNetCore",
                Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.PropagationData,
            });
            return;
        }

        builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("resonance", serviceInstanceId: $"{Environment.MachineName}/{Environment.ProcessId}")
                .AddAttributes([new KeyValuePair<string, object>("resonance.roles", options.Roles)]))
            .WithTracing(tracing => tracing.AddSource(Sources).AddAspNetCoreInstrumentation().AddOtlpExporter())
            .WithMetrics(metrics => metrics.AddMeter(Sources).AddOtlpExporter())
            .WithLogging(logging => logging.AddOtlpExporter());
    }
}
