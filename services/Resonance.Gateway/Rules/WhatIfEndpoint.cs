using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Resonance.Engine.Definitions;
using Resonance.Engine.Rules.Language;
using Resonance.Engine.RuleSets;
using Resonance.Engine.Storage.Queries;
using Resonance.Gateway.Access;

namespace Resonance.Gateway.Rules;

/// <summary>A candidate, and the period to try it on.</summary>
sealed record WhatIfAsked : IValidatableObject
{
    /// <summary>The candidate, in the rule language.</summary>
    [Required, StringLength(LanguageLimits.DefaultSourceLength, MinimumLength = 1)]
    public required string Expression { get; init; }

    /// <summary>First moment of the period.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>First moment after the period; now when left out.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>Most changed evaluations to list; 50 when left out.</summary>
    [Range(1, WorkflowFilter.LimitMax)]
    public int? Limit { get; init; }

    /// <summary>The nextCursor of an answer for the same candidate and period.</summary>
    [StringLength(128)]
    public string? Cursor { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (To <= From)
            yield return new ValidationResult("to must be after from.", [nameof(To)]);
        if (Cursor is not null && WhatIfCursorText.Parse(Cursor) is null)
            yield return new ValidationResult("cursor must be the nextCursor of an earlier answer; leave it out to begin anew.", [nameof(Cursor)]);
    }
}

/// <param name="Id">The instance.</param>
/// <param name="Key">Its key.</param>
/// <param name="Sequence">The step in which the rule was evaluated.</param>
/// <param name="OccurredAt">When.</param>
/// <param name="Was">The verdict then: <c>pass</c> or <c>fail</c>.</param>
/// <param name="Becomes">The candidate's: <c>pass</c>, <c>fail</c> or <c>error</c>.</param>
/// <param name="Amount">The fact <c>amount</c> or <c>total</c>.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="Error">Why the candidate could not decide.</param>
sealed record ChangedVerdictAnswer(
    Guid Id, string Key, long Sequence, DateTimeOffset OccurredAt, string Was, string Becomes, decimal? Amount, string? Currency, string? Error);

/// <param name="Evaluations">Evaluations in the period.</param>
/// <param name="PassToFail">That would fail and passed.</param>
/// <param name="FailToPass">That would pass and failed.</param>
/// <param name="Undecided">On which the candidate gives an error.</param>
/// <param name="AtStake">Sums of their amounts, by currency; empty when the facts have no amount.</param>
/// <param name="Changed">The evaluations that change, the first one first.</param>
/// <param name="NextCursor">Fetches the next page of them; null on the last one.</param>
sealed record WhatIfAnswer(
    long Evaluations, long PassToFail, long FailToPass, long Undecided, IReadOnlyList<AmountAtStake> AtStake,
    IReadOnlyList<ChangedVerdictAnswer> Changed, string? NextCursor);

/// <summary><c>POST /api/rules/{workflow}/{name}/what-if</c>.</summary>
static class WhatIfEndpoint
{
    public static void Map(IEndpointRouteBuilder api) => api
        .MapPost("/rules/{workflow}/{name}/what-if", RunAsync)
        .RequireRole(Role.Operator)
        .WithName("WhatIf")
        .WithTags("Rules")
        .WithSummary("Runs a candidate over the facts that the journal recorded, and tells which verdicts it would change")
        .Produces<WhatIfAnswer>()
        .ProducesValidationProblem()
        .ProducesProblem(StatusCodes.Status404NotFound)
        .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
        .ProducesProblem(StatusCodes.Status415UnsupportedMediaType)
        .AddOpenApiOperationTransformer(OpenApi.DescribeBodyAsync<WhatIfAsked>);

    static async Task<IResult> RunAsync(
        string workflow, string name, HttpRequest request, RuleBook book, WhatIf whatIf, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (book.Find(workflow, name) is not { } rule)
            return RuleEndpoints.NoSuchRule(book, workflow, name);

        var body = await JsonBody.ReadAsync(request, cancellationToken);
        if (body.Problem is not null)
            return body.Problem;

        var read = ContractReader.Read(typeof(WhatIfAsked), body.Json);
        if (read.Message is not WhatIfAsked asked)
            return Problems.Invalid(read.Errors, "The candidate was not tried.");

        var cursor = asked.Cursor is null ? null : WhatIfCursorText.Parse(asked.Cursor);
        var (result, errors) = await whatIf.RunAsync(
            rule,
            new WhatIfRequest(asked.Expression, asked.From, asked.To ?? clock.GetUtcNow(), asked.Limit ?? WorkflowFilter.LimitDefault, cursor),
            cancellationToken);
        return result is null ? RuleEndpoints.Refused(errors, "The candidate was not tried.") : TypedResults.Ok(ToAnswer(result));
    }

    static WhatIfAnswer ToAnswer(WhatIfResult result) => new(
        result.Evaluations, result.PassToFail, result.FailToPass, result.Undecided, result.AtStake,
        [
            .. result.Changed.Select(change => new ChangedVerdictAnswer(
                change.At.WorkflowId, change.Key, change.At.Sequence, change.At.OccurredAt, change.Was, change.Becomes, change.Amount,
                change.Currency, change.Error)),
        ],
        result.Next is { } next ? WhatIfCursorText.Of(next) : null);
}

/// <summary>A place in the list of changed evaluations as opaque text.</summary>
static class WhatIfCursorText
{
    public static string Of(WhatIfCursor cursor) => Convert.ToHexStringLower(
        Encoding.ASCII.GetBytes(string.Create(
            CultureInfo.InvariantCulture, $"{cursor.OccurredAt.UtcTicks}/{cursor.WorkflowId:N}/{cursor.Sequence}/{cursor.Place}")));

    /// <returns>Null for text that <see cref="Of"/> did not make.</returns>
    public static WhatIfCursor? Parse(string text)
    {
        Span<byte> bytes = stackalloc byte[64];
        if (Convert.FromHexString(text, bytes, out _, out var written) != System.Buffers.OperationStatus.Done)
            return null;

        return Encoding.ASCII.GetString(bytes[..written]).Split('/') is [var ticks, var id, var sequence, var place]
            && long.TryParse(ticks, NumberStyles.None, CultureInfo.InvariantCulture, out var time) && time <= DateTimeOffset.MaxValue.Ticks
            && Guid.TryParseExact(id, "N", out var workflowId)
            && long.TryParse(sequence, NumberStyles.None, CultureInfo.InvariantCulture, out var step)
            && int.TryParse(place, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            ? new WhatIfCursor(new DateTimeOffset(time, TimeSpan.Zero), workflowId, step, index)
            : null;
    }
}
