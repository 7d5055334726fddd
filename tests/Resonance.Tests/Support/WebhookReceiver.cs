using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Resonance.Tests.Support;

/// <summary>A call as it arrived.</summary>
sealed record ReceivedCall(string Path, IReadOnlyDictionary<string, string> Headers, byte[] Body);

/// <summary>An HTTP server on loopback that keeps the calls that arrive and answers them one after the other as it was told.</summary>
sealed class WebhookReceiver : IAsyncDisposable
{
    readonly WebApplication _app;
    readonly HttpStatusCode[] _answers;
    readonly Lock _lock = new();
    readonly List<ReceivedCall> _calls = [];

    WebhookReceiver(WebApplication app, HttpStatusCode[] answers) => (_app, _answers) = (app, answers);

    public IReadOnlyList<ReceivedCall> Calls
    {
        get
        {
            lock (_lock)
                return [.. _calls];
        }
    }

    public string Url =>
        $"{_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()}/hooks/1";

    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="answers">The answers, call by call; the last one stays. Without any it is 204.</param>
    public static async Task<WebhookReceiver> StartAsync(CancellationToken cancellationToken, params HttpStatusCode[] answers)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var receiver = new WebhookReceiver(app, answers is [] ? [HttpStatusCode.NoContent] : answers);
        app.Run(receiver.ReceiveAsync);
        await app.StartAsync(cancellationToken);
        return receiver;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    async Task ReceiveAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        var headers = context.Request.Headers.ToDictionary(
            header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        int number;
        lock (_lock)
        {
            _calls.Add(new ReceivedCall(context.Request.Path, headers, body.ToArray()));
            number = _calls.Count;
        }

        var answer = _answers[Math.Min(number, _answers.Length) - 1];
        context.Response.StatusCode = (int)answer;
        if ((int)answer is >= 300 and < 400)
            context.Response.Headers.Location = "/elsewhere";
    }
}
