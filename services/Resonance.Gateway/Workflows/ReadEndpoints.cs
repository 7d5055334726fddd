using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Resonance.Engine.Definitions;
using Resonance.Engine.Storage;
using Resonance.Engine.Storage.Queries;
using Resonance.Gateway.Access;

namespace Resonance.Gateway.Workflows;

/// <summary>What an instance waits for.</summary>
/// <param name="What">A timer, e.g. <c>ReserveInventory time-out</c>, or why a person is needed.</param>
/// <param name="Until">When the timer comes due; null when only a person can move the instance on.</param>
sealed record Wait(string What, DateTimeOffset? Until);

/// <summary>One instance, whole.</summary>
sealed record WorkflowAnswer
{
    public required Guid Id { get; init; }

    public required string Type { get; init; }

    /// <summary>What people call it, e.g. <c>ORDER-12401</c>.</summary>
    public required string Key { get; init; }

    /// <summary>As on screen, e.g. <c>VALIDATE_CARD</c>.</summary>
    public required string State { get; init; }

    /// <summary><c>running</c>, <c>suspended</c>, <c>compensating</c>, <c>completed</c>, <c>failed</c> or <c>cancelled</c>.</summary>
    public required string Status { get; init; }

    /// <summary>Steps taken; 0 for a start that is accepted and not yet executed.</summary>
    public required long Version { get; init; }

    /// <summary>0 to 9.</summary>
    public required int Priority { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    public required DateTimeOffset? FinishedAt { get; init; }

    public required JsonObject Data { get; init; }

    public required IReadOnlyList<Wait> WaitingFor { get; init; }

    /// <summary>W3C trace id.</summary>
    public required string? TraceId { get; init; }

    /// <summary>Where the trace can be seen; null unless <c>Observability:TraceUrl</c> says.</summary>
    public required string? TraceUrl { get; init; }

    public static WorkflowAnswer Of(WorkflowRow row, IReadOnlyList<PendingTimer> timers, ObservabilityOptions observability)
    {
        var data = InstanceData.Read(row.Data);

        // The row of a timer that has just fired stays for a moment: it says nothing of an instance that waits for a person, or has ended.
        IReadOnlyList<Wait> waits = row.Status switch
        {
            WorkflowStatus.Queued => [new Wait("its turn", null)],
            WorkflowStatus.Suspended => [new Wait(data.SuspensionCause ?? "an operator", null)],
            _ when WorkflowStatus.IsEnd(row.Status) => [],
            _ => [.. timers.Select(timer => new Wait(timer.Timer, timer.DueAt))],
        };
        return new WorkflowAnswer
        {
            Id = row.Id,
            Type = row.Type,
            Key = row.Key,
            State = StateNames.ToScreen(row.State),
            Status = row.Status,
            Version = row.Version,
            Priority = row.Priority,
            StartedAt = row.StartedAt,
            UpdatedAt = row.UpdatedAt,
            FinishedAt = row.FinishedAt,
            Data = data.Shown,
            WaitingFor = waits,
            TraceId = row.TraceId,
            TraceUrl = observability.LinkTo(row.TraceId),
        };
    }
}

/// <summary><c>GET /api/workflows/{id}</c> and <c>GET /api/workflows/{id}/history</c>.</summary>
static class ReadEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/workflows/{id:guid}", GetAsync)
            .RequireRole(Role.Viewer)
            .WithName("GetWorkflow")
            .WithTags("Workflows")
            .WithSummary("Shows an instance: where it stands and what it waits for")
            .WithDescription("The ETag is its version: ask with If-None-Match, and the answer is 304 until it takes its next step.")
            .Produces<WorkflowAnswer>()
            .Produces(StatusCodes.Status304NotModified)
            .ProducesProblem(StatusCodes.Status404NotFound);
        api.MapGet("/workflows/{id:guid}/history", GetHistoryAsync)
            .RequireRole(Role.Viewer)
            .WithName("GetWorkflowHistory")
            .WithTags("Workflows")
            .WithSummary("Shows how an instance came to where it stands, step by step")
            .Produces<HistoryAnswer[]>()
            .Produces(StatusCodes.Status304NotModified)
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    static async Task<IResult> GetAsync(
        Guid id, HttpContext context, WorkflowQueries queries, ObservabilityOptions observability, CancellationToken cancellationToken)
    {
        if (await queries.GetAsync(id, cancellationToken) is not { } row)
            return Problems.NoSuchInstance(id);

        var timers = await queries.TimersAsync(id, cancellationToken);
        return EntityTags.Answer(context, EntityTags.Of(row.Version), WorkflowAnswer.Of(row, timers, observability));
    }

    static async Task<IResult> GetHistoryAsync(
        Guid id, HttpContext context, WorkflowQueries queries, ObservabilityOptions observability, CancellationToken cancellationToken)
    {
        var history = await queries.HistoryAsync(id, cancellationToken);

        // An accepted start has no history yet, but there is such an instance.
        if (history.Count == 0 && await queries.GetAsync(id, cancellationToken) is null)
            return Problems.NoSuchInstance(id);

        var answer = history.Select(step => HistoryAnswer.Of(step, observability)).ToArray();
        return EntityTags.Answer(context, EntityTags.OfContent(answer), answer);
    }
}
