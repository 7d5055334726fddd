using System.ComponentModel;
using System.Data.Common;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Resonance.Audit.Trail;
using Resonance.Engine.Definitions;
using Resonance.Gateway.Access;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace Resonance.Gateway.Audit;

/// <summary><c>GET /api/audit/stream</c>: server-sent events.</summary>
/// <remarks>
/// Written here and not by the framework, which knows no comments and no events without data. An id without data moves a client's
/// <c>Last-Event-ID</c> on without telling it anything: so it comes back to where it was, however rare the steps are that it asks for.
/// </remarks>
static class StreamEndpoint
{
    static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    public static void Map(IEndpointRouteBuilder api) => api
        .MapGet("/audit/stream", StreamAsync)
        .RequireRole(Role.Viewer)
        .WithMetadata(new MasksItself())
        .WithName("StreamTrail")
        .WithTags("Audit")
        .WithSummary("Tells of steps as they are witnessed, as server-sent events")
        .WithDescription(
            "Each step is an event 'step' whose id is its position in the ledger and whose data is an item of the trail. A client that comes " +
            "back with Last-Event-ID, as browsers do by themselves, goes on where it was, without a gap and without a repetition. Every 15 s " +
            "in which nothing happens there is a comment.")
        .Produces<TrailItem>(StatusCodes.Status200OK, "text/event-stream")
        .ProducesValidationProblem();

    static async Task<IResult> StreamAsync(
        [FromServices] LedgerFollower follower,
        [FromServices] IHostApplicationLifetime lifetime,
        [FromServices] IOptions<JsonOptions> json,
        WorkflowCatalog catalog,
        ObservabilityOptions observability,
        SensitiveData sensitive,
        Operator who,
        HttpContext context,
        [Description("An instance, by its id or by its key.")] string? workflow,
        [Description("Workflow type, e.g. order.")] string? type,
        [Description("Steps with a journal entry of this kind, e.g. retryScheduled.")] string? kind,
        [Description("Goes on after this position; -1 for all that the ledger has. Without it, and without Last-Event-ID, from now on.")]
        string? after,
        [Description("true for the lines of the trail alone, as on the console.")] string? text,
        [FromHeader(Name = "Last-Event-ID"), Description("The id of the last event that came; goes before 'after'.")] string? lastEventId)
    {
        var query = new QueryValues();
        var filter = TrailValues.Filter(query, catalog, workflow, type, kind);
        var position = TrailValues.After(query, lastEventId, after);
        if (QueryValues.Given(text) is not (null or "true" or "false"))
            query.Refuse("text", "text must be true or false.");
        if (query.Errors.Count > 0)
            return Problems.Invalid(query.Errors, "The query has values that are not known.");

        // A stream has no end of its own: it must not keep the process from ending.
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        await using var listener = await follower.ListenAsync(filter, position, stop.Token);
        try
        {
            Func<TrailStep, IReadOnlyList<string>> tell = text == "true"
                ? step => step.Lines
                : step => [JsonSerializer.Serialize(TrailItem.Of(step, observability), json.Value.SerializerOptions)];
            var actor = await who.GetAsync();
            await WriteAsync(context, listener, steps => sensitive.HideAsync(actor, steps, stop.Token), tell, stop.Token);
        }
        catch (Exception exception) when (exception is DbException or IOException || stop.IsCancellationRequested)
        {
            // The client has gone, the process ends, or the ledger is away: the client comes back to where it was.
        }

        return TypedResults.Empty;
    }

    static async Task WriteAsync(
        HttpContext context, LedgerListener listener, Func<IReadOnlyList<TrailStep>, ValueTask<IReadOnlyList<TrailStep>>> hide,
        Func<TrailStep, IReadOnlyList<string>> tell, CancellationToken cancellationToken)
    {
        var response = context.Response;
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-store";

        // For proxies that would collect an answer before they hand it on.
        response.Headers["X-Accel-Buffering"] = "no";
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        await SendAsync(response, $"retry: 1000\nid: {Text(listener.Position)}\n\n", cancellationToken);
        while (true)
        {
            var steps = await hide(await listener.NextAsync(Heartbeat, cancellationToken));
            var events = new StringBuilder();
            foreach (var step in steps)
                Append(events, step.Position, tell(step));
            if (events.Length == 0)
                events.Append(CultureInfo.InvariantCulture, $": nothing new\nid: {listener.Position}\n\n");
            await SendAsync(response, events.ToString(), cancellationToken);
        }
    }

    static void Append(StringBuilder events, long position, IReadOnlyList<string> data)
    {
        events.Append(CultureInfo.InvariantCulture, $"id: {position}\n");
        if (data.Count > 0)
            events.Append("event: step\n");
        foreach (var line in data.SelectMany(text => text.Split('\n', '\r')))
            events.Append("data: ").Append(line).Append('\n');
        events.Append('\n');
    }

    static async Task SendAsync(HttpResponse response, string events, CancellationToken cancellationToken)
    {
        await response.WriteAsync(events, cancellationToken);
        await response.Body.FlushAsync(cancellationToken);
    }

    static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
