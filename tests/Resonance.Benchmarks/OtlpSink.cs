using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Resonance.Benchmarks;

/// <summary>Takes OTLP over HTTP and throws it away, in a process of its own as a collector is.</summary>
sealed class OtlpSink : IAsyncDisposable
{
    /// <summary>Makes this program the sink.</summary>
    public const string Argument = "otlp-sink";

    readonly Process _process;

    OtlpSink(Process process, Uri address)
    {
        _process = process;
        Address = address;
    }

    /// <summary>Where OTLP goes, without the path of a signal.</summary>
    public Uri Address { get; }

    public static async Task<OtlpSink> StartAsync(CancellationToken cancellationToken)
    {
        var process = Process.Start(new ProcessStartInfo("dotnet")
        {
            ArgumentList = { "exec", typeof(OtlpSink).Assembly.Location, Argument },
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        var address = await process.StandardOutput.ReadLineAsync(cancellationToken)
            ?? throw new InvalidOperationException("The sink ended before it listened.");
        return new OtlpSink(process, new Uri(address));
    }

    /// <summary>Ends it.</summary>
    /// <returns>Bytes that it took.</returns>
    public async Task<long> StopAsync(CancellationToken cancellationToken)
    {
        _process.StandardInput.Close();
        var bytes = await _process.StandardOutput.ReadLineAsync(cancellationToken);
        await _process.WaitForExitAsync(cancellationToken);
        return long.Parse(bytes!, CultureInfo.InvariantCulture);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync(CancellationToken.None);
        }

        _process.Dispose();
    }

    /// <summary>Listens until standard input is closed; prints the address first, and the number of bytes last.</summary>
    public static async Task<int> RunAsync()
    {
        var bytes = 0L;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using var server = builder.Build();
        server.Run(async context =>
        {
            var buffer = new byte[64 * 1024];
            while (await context.Request.Body.ReadAsync(buffer, context.RequestAborted) is var read and > 0)
                Interlocked.Add(ref bytes, read);
            context.Response.ContentType = "application/x-protobuf";
        });
        await server.StartAsync();
        Console.WriteLine(server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        await Console.In.ReadToEndAsync();
        Console.WriteLine(bytes.ToString(CultureInfo.InvariantCulture));
        return 0;
    }
}
