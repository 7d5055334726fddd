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
        // For the life of the process, and also without an exporter: a workflow can tell its trace to whoever else collects it.
        _ = TraceIds.Listen();
        if (string.IsNullOrEmpty(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]))
            return;

        var sampler = TraceSampling.FromSettings(builder.Configuration);
        builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource
                .AddService(
                    builder.Configuration["OTEL_SERVICE_NAME"] ?? "resonance", serviceVersion: Version(),
                    serviceInstanceId: $"{Environment.MachineName}/{Environment.ProcessId}")
                .AddAttributes([new KeyValuePair<string, object>("resonance.roles", options.Roles)]))
            .WithTracing(tracing => tracing
                .AddResonance(sampler, options.Broker)
                .AddAspNetCoreInstrumentation(http => http.Filter = context => !context.Request.Path.StartsWithSegments("/health"))
                .AddOtlpExporter())
            .WithMetrics(metrics => metrics.AddResonance().AddOtlpExporter())
            .WithLogging(logging => logging.AddOtlpExporter(), logs => logs.IncludeFormattedMessage = true);
    }

    /// <summary>What Resonance shows in traces, and how; whoever measures the cost of tracing measures this.</summary>
    public static TracerProviderBuilder AddResonance(this TracerProviderBuilder tracing, Sampler sampler, string broker) => tracing
        .SetSampler(new QuietSampler(sampler))
        .AddSource(Sources)
        .AddProcessor(new SpanConventions(broker == "memory" ? "in-memory" : broker));

    /// <summary>Likewise for metrics.</summary>
    public static MeterProviderBuilder AddResonance(this MeterProviderBuilder metrics) => metrics.AddMeter(Meters).AddRuntimeInstrumentation();

    static string? Version() => typeof(HostTelemetry).Assembly.GetName().Version?.ToString(3);
}
