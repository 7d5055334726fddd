using System.Buffers.Binary;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Resonance.AcceptanceTests.Support;

namespace Resonance.AcceptanceTests.Telemetry;

/// <summary>Takes traces, metrics and logs as a collector does: OTLP over gRPC and OTLP over HTTP with protobuf, on loopback.</summary>
sealed class OtlpReceiver : IAsyncDisposable
{
    // A gRPC message is preceded by a flag for compression and its length: https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md
    const int GrpcFrame = 5;

    readonly WebApplication _server;
    readonly Lock _lock = new();
    readonly List<SeenSpan> _spans = [];
    readonly List<SeenMetric> _metrics = [];
    readonly List<SeenLog> _logs = [];

    OtlpReceiver()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(System.Net.IPAddress.Loopback, 0, grpc => grpc.Protocols = HttpProtocols.Http2);
            kestrel.Listen(System.Net.IPAddress.Loopback, 0, http => http.Protocols = HttpProtocols.Http1);
        });
        _server = builder.Build();
        _server.Run(AnswerAsync);
    }

    /// <summary>Everything so far, in the order of arrival.</summary>
    public IReadOnlyList<SeenSpan> Spans => Copy(_spans);

    public IReadOnlyList<SeenMetric> Metrics => Copy(_metrics);

    public IReadOnlyList<SeenLog> Logs => Copy(_logs);

    public static async Task<OtlpReceiver> StartAsync(CancellationToken cancellationToken)
    {
        var receiver = new OtlpReceiver();
        await receiver._server.StartAsync(cancellationToken);
        return receiver;
    }

    /// <summary>Has a host send here, and soon.</summary>
    /// <param name="settings">Of the host.</param>
    /// <param name="protocol"><c>grpc</c> or <c>http/protobuf</c>.</param>
    public HostSettings From(HostSettings settings, string protocol)
    {
        var addresses = _server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.ToArray();
        return settings
            .With("OTEL_EXPORTER_OTLP_ENDPOINT", protocol == "grpc" ? addresses[0] : addresses[1])
            .With("OTEL_EXPORTER_OTLP_PROTOCOL", protocol)
            .With("OTEL_BSP_SCHEDULE_DELAY", "100")
            .With("OTEL_BLRP_SCHEDULE_DELAY", "100")
            .With("OTEL_METRIC_EXPORT_INTERVAL", "500");
    }

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    async Task AnswerAsync(HttpContext context)
    {
        var grpc = context.Request.ContentType == "application/grpc";
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        var request = grpc ? Unframed(body.ToArray()) : body.ToArray();
        if (!TryTake(context.Request.Path, request))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        // The answer of all three services is a message without fields, which is no bytes at all.
        if (!grpc)
        {
            context.Response.ContentType = "application/x-protobuf";
            return;
        }

        context.Response.ContentType = "application/grpc";
        context.Response.DeclareTrailer("grpc-status");
        await context.Response.Body.WriteAsync(new byte[GrpcFrame], context.RequestAborted);
        context.Response.AppendTrailer("grpc-status", 0.ToString(CultureInfo.InvariantCulture));
    }

    bool TryTake(PathString path, byte[] request)
    {
        lock (_lock)
        {
            switch (path.Value)
            {
                case "/opentelemetry.proto.collector.trace.v1.TraceService/Export" or "/v1/traces":
                    _spans.AddRange(OtlpMessages.Spans(request));
                    return true;
                case "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export" or "/v1/metrics":
                    _metrics.AddRange(OtlpMessages.Metrics(request));
                    return true;
                case "/opentelemetry.proto.collector.logs.v1.LogsService/Export" or "/v1/logs":
                    _logs.AddRange(OtlpMessages.Logs(request));
                    return true;
                default:
                    return false;
            }
        }
    }

    static byte[] Unframed(byte[] body)
    {
        var length = BinaryPrimitives.ReadInt32BigEndian(body.AsSpan(1));
        return body[0] == 0 && body.Length == GrpcFrame + length
            ? body[GrpcFrame..]
            : throw new InvalidDataException("The request is not one message that is not compressed.");
    }

    IReadOnlyList<T> Copy<T>(List<T> items)
    {
        lock (_lock)
            return [.. items];
    }
}
