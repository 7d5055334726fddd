using System.ComponentModel;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Resonance.Engine.Journal;
using Resonance.Engine.Storage.Queries;
using Resonance.Gateway.Access;

namespace Resonance.Gateway.Workflows;

/// <summary>A journal row with all that its hash is made of, as docs/audit.md tells.</summary>
sealed record JournalRowAnswer
{
    public required Guid WorkflowId { get; init; }

    /// <summary>1 for the first step, then without gaps.</summary>
    public required long Sequence { get; init; }

    /// <summary>The message that caused the step.</summary>
    public required Guid MessageId { get; init; }

    public required string Event { get; init; }

    /// <summary>As stored, e.g. <c>ValidateCard</c>.</summary>
    public required string From { get; init; }

    /// <summary>As stored.</summary>
    public required string To { get; init; }

    /// <summary>UTC, whole microseconds.</summary>
    public required DateTimeOffset OccurredAt { get; init; }

    /// <summary>W3C traceparent; null when the step was in no trace.</summary>
    public required string? TraceParent { get; init; }

    /// <summary>The facts of the step, as stored.</summary>
    public required JsonElement Entries { get; init; }

    /// <summary>The instance's data after the step, with what the engine keeps beside it.</summary>
    public required JsonElement Data { get; init; }

    /// <summary>Hash of the row before as 64 hexadecimal digits; zeros for the first row.</summary>
    public required string PreviousHash { get; init; }

    /// <summary>The row's own hash.</summary>
    public required string Hash { get; init; }

    public static JournalRowAnswer Of(JournalRow row) => new()
    {
        WorkflowId = row.WorkflowId,
        Sequence = row.Sequence,
        MessageId = row.MessageId,
        Event = row.Event,
        From = row.From,
        To = row.To,
        OccurredAt = row.OccurredAt,
        TraceParent = row.TraceParent,
        Entries = JsonElement.Parse(row.Entries),
        Data = JsonElement.Parse(row.Data),
        PreviousHash = Convert.ToHexStringLower(row.PreviousHash),
        Hash = Convert.ToHexStringLower(row.Hash),
    };
}

/// <summary><c>GET /api/workflows/{id}/journal</c>.</summary>
static class JournalEndpoint
{
    const string Order = "sequence";

    // Not for viewers: with anything hidden the hashes could not be computed, and would look as if somebody had changed something.
    public static void Map(IEndpointRouteBuilder api) => api.MapGet("/workflows/{id:guid}/journal", ListAsync)
        .RequireRole(Role.Operator)
        .WithName("ListJournal")
        .WithTags("Workflows")
        .WithSummary("Lists an instance's journal rows as they are stored, the first one first")
        .WithDescription(
            "Each row has all that its hash is made of, so that anybody can compute the chain anew and hold it against the proofs of the audit. " +
            "Nothing is hidden in it, which is why it takes the role operator.")
        .Produces<ListAnswer<JournalRowAnswer>>()
        .ProducesValidationProblem()
        .ProducesProblem(StatusCodes.Status404NotFound)
        .AddOpenApiOperationTransformer(OpenApi.DescribeLimitAsync);

    static async Task<IResult> ListAsync(
        Guid id,
        WorkflowQueries queries,
        [Description("Most items of one answer.")] string? limit,
        [Description("The nextCursor of the answer before.")] string? cursor,
        CancellationToken cancellationToken)
    {
        var query = new QueryValues();
        var most = query.Limit(limit);
        var after = 0L;
        if (query.Cursor(cursor, Order) is { } last && !long.TryParse(last.Value, NumberStyles.None, CultureInfo.InvariantCulture, out after))
            query.Refuse("cursor", "cursor must be the nextCursor of an earlier answer; leave it out to begin anew.");
        if (query.Errors.Count > 0)
            return Problems.Invalid(query.Errors, "The query has values that are not known.");

        var (rows, next) = await queries.JournalAsync(id, after, most, cancellationToken);
        if (rows.Count == 0 && await queries.GetAsync(id, cancellationToken) is null)
            return Problems.NoSuchInstance(id);

        var goesOn = next is { } sequence
            ? new PageCursor(Order, sequence.ToString(CultureInfo.InvariantCulture), DateTimeOffset.UnixEpoch, id).ToString()
            : null;
        return TypedResults.Ok(new ListAnswer<JournalRowAnswer>([.. rows.Select(JournalRowAnswer.Of)], goesOn));
    }
}
