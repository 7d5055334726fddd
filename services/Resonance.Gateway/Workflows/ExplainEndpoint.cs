using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Resonance.Engine.Definitions;
using Resonance.Engine.Operations;
using Resonance.Gateway.Access;

namespace Resonance.Gateway.Workflows;

/// <summary>An activity that an instance waits for.</summary>
/// <param name="Activity">Its name.</param>
/// <param name="Command">The contract of its command.</param>
/// <param name="Attempt">Attempts made, 1 for the first.</param>
/// <param name="AttemptsMax">Most attempts; null for no limit.</param>
/// <param name="Policy">The retry policy as people read it.</param>
/// <param name="Status"><c>underWay</c>, or <c>waits</c> between two attempts.</param>
/// <param name="LastError">Why the last attempt failed; null in the first.</param>
/// <param name="NextAttemptAt">When the next attempt goes out; null while one is under way.</param>
/// <param name="TimesOutAt">When the attempt under way counts as failed; null between two.</param>
/// <param name="Queue">The queue of its command.</param>
/// <param name="Consumers">How many consume from the queue; null when that is not known.</param>
/// <param name="QueuedMessages">How many messages wait in it; null when that is not known.</param>
/// <param name="QueueProblem">Why the queue could not be looked at; null when it could.</param>
/// <param name="Child">The workflow that does it; null when a worker does.</param>
sealed record ExplainedActivityAnswer(
    string Activity, string Command, int Attempt, int? AttemptsMax, string Policy, string Status, string? LastError,
    DateTimeOffset? NextAttemptAt, DateTimeOffset? TimesOutAt, string Queue, long? Consumers, long? QueuedMessages, string? QueueProblem,
    ChildAnswer? Child);

/// <param name="Id">The instance.</param>
/// <param name="Type">Its workflow.</param>
/// <param name="Key">What people call it.</param>
/// <param name="State">As on screen.</param>
/// <param name="Status">Its status.</param>
sealed record ChildAnswer(Guid Id, string Type, string Key, string State, string Status);

/// <param name="What">What the timer is for.</param>
/// <param name="DueAt">When it comes due.</param>
sealed record TimerAnswer(string What, DateTimeOffset DueAt);

/// <param name="At">When.</param>
/// <param name="Sequence">In which step.</param>
/// <param name="Rule">Its name.</param>
/// <param name="Version">Its version.</param>
/// <param name="Expression">What it said.</param>
/// <param name="Verdict"><c>pass</c> or <c>fail</c>.</param>
/// <param name="Reason">Why it did not pass.</param>
/// <param name="Values">Each fact with its value.</param>
sealed record VerdictAnswer(
    DateTimeOffset At, long Sequence, string Rule, int Version, string Expression, string Verdict, string? Reason,
    IReadOnlyDictionary<string, object?> Values);

/// <param name="Queue">The work queue.</param>
/// <param name="Position">1 for the next one; counted up to 10,001.</param>
/// <param name="Group">Its FIFO group; null for none.</param>
/// <param name="LimitKey">What the limit for each key counts it by; null for nothing.</param>
/// <param name="LimitedBy">Which limit of the whole queue holds back: <c>paused</c>, <c>concurrency</c> or <c>rate</c>; null for none.</param>
/// <param name="PredictedAt">When it begins, at the pace of the last minute; null when that has none.</param>
sealed record LineAnswer(
    string Queue, long Position, string? Group, string? LimitKey, string? LimitedBy, DateTimeOffset? PredictedAt);

/// <param name="Fingerprint">What it has in common with others.</param>
/// <param name="Cause">What happened, for people.</param>
/// <param name="Activity">The activity that failed.</param>
/// <param name="ErrorKind">How it failed.</param>
/// <param name="Attempts">Attempts that were made.</param>
/// <param name="Since">When it was suspended.</param>
/// <param name="State">The state that it goes back to, as on screen.</param>
/// <param name="HeldBy">The operator who holds it.</param>
sealed record SuspensionAnswer(
    string Fingerprint, string Cause, string? Activity, string ErrorKind, int Attempts, DateTimeOffset Since, string State, string? HeldBy);

/// <summary>Why an instance is where it is, and what would move it.</summary>
sealed record ExplainAnswer
{
    public required Guid Id { get; init; }

    public required string Type { get; init; }

    public required string Key { get; init; }

    /// <summary>As on screen.</summary>
    public required string State { get; init; }

    public required string Status { get; init; }

    /// <summary>Since when it has been in its state.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>The event that brought it there; null for a start that is not executed yet.</summary>
    public required string? By { get; init; }

    /// <summary>The step of that event.</summary>
    public required long Step { get; init; }

    /// <summary>Sentences, one for each thing that would move it on.</summary>
    public required IReadOnlyList<string> MovesOn { get; init; }

    /// <summary>Where it stands in its work queue; null unless it waits for its turn.</summary>
    public required LineAnswer? Line { get; init; }

    /// <summary>The workflow's own events that its state accepts.</summary>
    public required IReadOnlyList<string> Accepts { get; init; }

    /// <summary>What an operator may ask of it now.</summary>
    public required IReadOnlyList<string> Actions { get; init; }

    public required IReadOnlyList<ExplainedActivityAnswer> Activities { get; init; }

    public required IReadOnlyList<TimerAnswer> Timers { get; init; }

    /// <summary>The verdicts of rules that led here, the last one last.</summary>
    public required IReadOnlyList<VerdictAnswer> Verdicts { get; init; }

    /// <summary>Why it waits for a person; null when it does not.</summary>
    public required SuspensionAnswer? Incident { get; init; }

    /// <summary>The activity that is being undone; null when none is.</summary>
    public required string? Undoing { get; init; }

    /// <summary>Why it is being undone, failed or was cancelled.</summary>
    public required string? Reason { get; init; }
}

/// <summary><c>GET /api/workflows/{id}/explain</c>.</summary>
static class ExplainEndpoint
{
    public static void Map(IEndpointRouteBuilder api) => api
        .MapGet("/workflows/{id:guid}/explain", ExplainAsync)
        .RequireRole(Role.Viewer)
        .WithName("ExplainWorkflow")
        .WithTags("Workflows")
        .WithSummary("Explains why an instance is where it is, and what would move it on")
        .Produces<ExplainAnswer>()
        .Produces(StatusCodes.Status304NotModified)
        .ProducesProblem(StatusCodes.Status404NotFound);

    static async Task<IResult> ExplainAsync(Guid id, HttpContext context, Explanations explanations, CancellationToken cancellationToken)
    {
        if (await explanations.ExplainAsync(id, cancellationToken) is not { } explanation)
            return Problems.NoSuchInstance(id);

        var answer = Of(explanation);
        return EntityTags.Answer(context, EntityTags.OfContent(answer), answer);
    }

    static ExplainAnswer Of(Explanation explanation)
    {
        var row = explanation.Workflow;
        return new ExplainAnswer
        {
            Id = row.Id,
            Type = row.Type,
            Key = row.Key,
            State = StateNames.ToScreen(row.State),
            Status = row.Status,
            Since = explanation.Since,
            By = explanation.By,
            Step = explanation.Step,
            MovesOn = explanation.MovesOn,
            Line = explanation.Line is not { } line ? null : new LineAnswer(
                line.Queue, line.Ahead + 1, line.Group, line.LimitKey, line.LimitedBy, line.PredictedAt),
            Accepts = explanation.Situation?.Accepts ?? [],
            Actions = explanation.Situation?.Actions ?? [],
            Activities = [.. explanation.Activities.Select(Of)],
            Timers = [.. explanation.Timers.Select(timer => new TimerAnswer(timer.Timer, timer.DueAt))],
            Verdicts = [.. explanation.Verdicts.Select(Of)],
            Incident = explanation.Situation?.Suspension is { } suspension ? Of(row.Type, suspension) : null,
            Undoing = explanation.Situation?.Undoing,
            Reason = explanation.Situation?.Reason,
        };
    }

    static ExplainedActivityAnswer Of(ExplainedActivity activity)
    {
        var situation = activity.Situation;
        return new ExplainedActivityAnswer(
            situation.Activity,
            situation.CommandType.Name,
            situation.Attempt,
            situation.AttemptsMax == 0 ? null : situation.AttemptsMax,
            situation.Policy,
            situation.Waits ? "waits" : "underWay",
            situation.LastError,
            situation.Waits ? activity.TimerDueAt : null,
            situation.Waits ? null : activity.TimerDueAt,
            situation.Destination,
            activity.QueueProblem is null ? activity.Queue?.Consumers ?? 0 : null,
            activity.Queue?.Messages,
            activity.QueueProblem,
            activity.Child is { } child ? new ChildAnswer(child.Id, child.Type, child.Key, StateNames.ToScreen(child.State), child.Status) : null);
    }

    static VerdictAnswer Of(ExplainedVerdict verdict) => new(
        verdict.At, verdict.Sequence, verdict.Evaluated.Rule, verdict.Evaluated.Version, verdict.Evaluated.Expression, verdict.Evaluated.Verdict,
        verdict.Evaluated.Reason, verdict.Evaluated.Values);

    static SuspensionAnswer Of(string type, SuspendedSituation suspension) => new(
        new Fingerprint(type, suspension.Activity, suspension.ErrorKind).ToString(), suspension.Cause, suspension.Activity, suspension.ErrorKind,
        suspension.Attempts, suspension.Since, StateNames.ToScreen(suspension.State), suspension.By);
}
