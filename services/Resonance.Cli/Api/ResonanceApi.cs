using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Resonance.Cli.Running;

namespace Resonance.Cli.Api;

/// <summary>Speaks to the server. What it refuses surfaces as a <see cref="ToolFailure"/> with the words of its problem document.</summary>
sealed class ResonanceApi
{
    // A server that is being replaced is away for a moment.
    static readonly TimeSpan[] Waits = [TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(400), TimeSpan.FromMilliseconds(1500)];

    readonly HttpClient _http;
    readonly TimeProvider _clock;
    readonly CancellationToken _cancel;

    public ResonanceApi(Uri address, string? key, HttpMessageHandler network, TimeProvider clock, CancellationToken cancel)
    {
        (_clock, _cancel) = (clock, cancel);
        _http = new HttpClient(network, disposeHandler: false) { BaseAddress = address };
        _http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("resonance", "1"));
        if (key is not null)
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    public Uri Address => _http.BaseAddress!;

    /// <summary>The JSON at an address.</summary>
    public async Task<JsonElement> GetAsync(string path)
    {
        using var response = await AskAsync(path, null);
        return await JsonOfAsync(await CheckedAsync(response));
    }

    /// <summary>The JSON at an address, also with one of the statuses that say something to the one who asks.</summary>
    public async Task<(HttpStatusCode Status, JsonElement Answer)> LookAsync(string path, params HttpStatusCode[] also)
    {
        using var response = await AskAsync(path, null);
        if (!also.Contains(response.StatusCode))
            await CheckedAsync(response);
        return (response.StatusCode, await JsonOfAsync(response));
    }

    /// <summary>The text at an address.</summary>
    public async Task<string> TextAsync(string path, string accept = "text/plain")
    {
        using var response = await AskAsync(path, accept);
        return await (await CheckedAsync(response)).Content.ReadAsStringAsync(_cancel);
    }

    /// <summary>Null when there is no such thing.</summary>
    public async Task<JsonElement?> FindAsync(string path)
    {
        using var response = await AskAsync(path, null);
        return response.StatusCode == HttpStatusCode.NotFound ? null : await JsonOfAsync(await CheckedAsync(response));
    }

    /// <summary>Asks for something once, under a key by which the server knows the same request again.</summary>
    /// <param name="method">PUT, POST or DELETE.</param>
    /// <param name="path">Where.</param>
    /// <param name="body">What; null for nothing.</param>
    /// <param name="idempotencyKey">A new one when left out.</param>
    /// <param name="ifMatch">The tag of what was looked at: nothing is done to what has moved on since.</param>
    public async Task<JsonElement> SendAsync(
        HttpMethod method, string path, JsonElement? body, string? idempotencyKey = null, string? ifMatch = null)
    {
        idempotencyKey ??= Guid.CreateVersion7(_clock.GetUtcNow()).ToString();
        using var request = new HttpRequestMessage(method, path);
        request.Headers.TryAddWithoutValidation("Idempotency-Key", idempotencyKey);
        if (ifMatch is not null)
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        if (body is { } json)
            request.Content = new StringContent(json.GetRawText(), Encoding.UTF8, "application/json");
        HttpResponseMessage response;
        try
        {
            response = await _http.SendAsync(request, _cancel);
        }
        catch (Exception exception) when (IsFault(exception))
        {
            throw Unreachable(exception, "It is not known whether the request arrived: look before you ask again.");
        }

        using (response)
        {
            await CheckedAsync(response);
            return response.Content.Headers.ContentType is null ? default : await JsonOfAsync(response);
        }
    }

    /// <summary>Opens a stream of server-sent events.</summary>
    /// <returns>Null when the server is away: come back later.</returns>
    public async Task<HttpResponseMessage?> OpenAsync(string path, string? lastEventId)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Accept.ParseAdd("text/event-stream");
        if (lastEventId is not null)
            request.Headers.Add("Last-Event-ID", lastEventId);
        try
        {
            var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, _cancel);
            if (lastEventId is not null && (int)response.StatusCode >= 500)
            {
                response.Dispose();
                return null;
            }

            return await CheckedAsync(response);
        }
        catch (Exception exception) when (IsFault(exception))
        {
            return lastEventId is null ? throw Unreachable(exception) : null;
        }
    }

    public ToolFailure Unreachable(Exception exception, string? also = null)
    {
        var why = exception is OperationCanceledException ? "it does not answer" : (exception.InnerException ?? exception).Message;
        string[] details = [.. also is null ? [] : new[] { also }, "Start it, or say where it is with --server or RESONANCE_SERVER."];
        return new ToolFailure(ExitCodes.Unreachable, $"The server at {Address} cannot be reached: {why.TrimEnd('.')}.", details);
    }

    async Task<HttpResponseMessage> AskAsync(string path, string? accept)
    {
        for (var attempt = 0; ; attempt++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            if (accept is not null)
                request.Headers.Accept.ParseAdd(accept);
            try
            {
                return await _http.SendAsync(request, _cancel);
            }
            catch (Exception exception) when (IsFault(exception))
            {
                if (attempt == Waits.Length)
                    throw Unreachable(exception);
                await Task.Delay(Waits[attempt], _clock, _cancel);
            }
        }
    }

    async Task<HttpResponseMessage> CheckedAsync(HttpResponseMessage response)
    {
        if (response.IsSuccessStatusCode)
            return response;

        using (response)
            throw Problem.Read(response.StatusCode, await response.Content.ReadAsStringAsync(_cancel), response.Headers.Location);
    }

    async Task<JsonElement> JsonOfAsync(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync(_cancel);
        try
        {
            return JsonElement.Parse(text);
        }
        catch (JsonException)
        {
            throw new ToolFailure(
                ExitCodes.ServerFailed,
                $"What answers at {Address} is no gateway of Resonance: it sent {response.Content.Headers.ContentType?.MediaType ?? "nothing"} where " +
                "JSON was expected.",
                "Say where the gateway is with --server or RESONANCE_SERVER.");
        }
    }

    bool IsFault(Exception exception) =>
        exception is HttpRequestException or IOException || (exception is OperationCanceledException && !_cancel.IsCancellationRequested);
}
