using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Resonance.Engine.Telemetry;

namespace Resonance.Host;

/// <summary>Traces, metrics and logs: exported over OTLP when <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> says where to.</summary>
static class HostTelemetry
{
    static readonly string[] Sources = [ResonanceTelemetry.Name, "MassTransit", "Npgsql"];
    static readonly string[] Meters = [ResonanceTelemetry.Name, "MassTransit", "Npgsql", "Microsoft.AspNetCore.Hosting"];

    public static void Configure(WebApplicationBuilder builder, ResonanceOptions options)
    {
        // Also without an exporter: a workflow can tell its trace, and whoever collects spans elsewhere finds it.
        builder.Services.AddSingleton(TraceIds.Listen());
        if (string.IsNullOrEmpty(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]))
            return;

        var sampler = new QuietSampler(TraceSampling.FromSettings(builder.Configuration));
        builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource
                .AddService("resonance", serviceVersion: Version(), serviceInstanceId: $"{Environment.MachineName}/{Environment.ProcessId}")
                .AddAttributes([new KeyValuePair<string, object>("resonance.roles", options.Roles)]))
            .WithTracing(tracing => tracing
                .SetSampler(sampler)
                .AddSource(Sources)
                .AddAspNetCoreInstrumentation(http => http.Filter = context => !context.Request.Path.StartsWithSegments("/health"))
                .AddProcessor(new SpanConventions(options.Broker == "memory" ? "in-memory" : options.Broker))
                .AddOtlpExporter())
            .WithMetrics(metrics => metrics.AddMeter(Meters).AddRuntimeInstrumentation().AddOtlpExporter())
            .WithLogging(logging => logging.AddOtlpExporter());
    }

    static string? Version() => typeof(HostTelemetry).Assembly.GetName().Version?.ToString(3);
}
