using System.Text.Json;
using Resonance.Engine.Rules.Language;
using Resonance.Engine.Storage.Queries;

namespace Resonance.Engine.RuleSets;

/// <summary>A candidate and the period to try it on.</summary>
/// <param name="Expression">The candidate.</param>
/// <param name="From">First moment of the period.</param>
/// <param name="To">First moment after it.</param>
/// <param name="Limit">Most changed evaluations to list.</param>
/// <param name="After">Where the page before ended; null for the first page.</param>
public sealed record WhatIfRequest(string Expression, DateTimeOffset From, DateTimeOffset To, int Limit, WhatIfCursor? After);

/// <summary>An evaluation as a place in the list of all, which is ordered by time, instance, step, and place in the step.</summary>
public readonly record struct WhatIfCursor(DateTimeOffset OccurredAt, Guid WorkflowId, long Sequence, int Place) : IComparable<WhatIfCursor>
{
    /// <inheritdoc />
    public int CompareTo(WhatIfCursor other) =>
        (OccurredAt, WorkflowId, Sequence, Place).CompareTo((other.OccurredAt, other.WorkflowId, other.Sequence, other.Place));
}

/// <summary>An evaluation that the candidate would have decided otherwise, or could not have decided.</summary>
/// <param name="At">Which one.</param>
/// <param name="Key">The instance's key.</param>
/// <param name="Was">The verdict then: <c>pass</c> or <c>fail</c>.</param>
/// <param name="Becomes">The candidate's verdict: <c>pass</c>, <c>fail</c> or <c>error</c>.</param>
/// <param name="Amount">The fact <c>amount</c> or <c>total</c>; null when there is none.</param>
/// <param name="Currency">The fact <c>currency</c>; null when there is none.</param>
/// <param name="Error">Why the candidate could not decide; null when it could.</param>
public sealed record ChangedVerdict(WhatIfCursor At, string Key, string Was, string Becomes, decimal? Amount, string? Currency, string? Error);

/// <param name="Currency">ISO 4217; null when the facts have none.</param>
/// <param name="PassToFail">Sum over the evaluations that would fail and passed.</param>
/// <param name="FailToPass">Sum over the evaluations that would pass and failed.</param>
public sealed record AmountAtStake(string? Currency, decimal PassToFail, decimal FailToPass);

/// <summary>What a candidate would have changed.</summary>
/// <param name="Evaluations">Evaluations in the period.</param>
/// <param name="PassToFail">That would fail and passed.</param>
/// <param name="FailToPass">That would pass and failed.</param>
/// <param name="Undecided">On which the candidate gives an error.</param>
/// <param name="AtStake">By currency; empty when the facts have no amount.</param>
/// <param name="Changed">A page of the evaluations that change.</param>
/// <param name="Next">Fetches the next page; null on the last one.</param>
public sealed record WhatIfResult(
    long Evaluations, long PassToFail, long FailToPass, long Undecided, IReadOnlyList<AmountAtStake> AtStake,
    IReadOnlyList<ChangedVerdict> Changed, WhatIfCursor? Next);

/// <summary>Runs a candidate over the facts that the journal recorded.</summary>
public sealed class WhatIf
{
    readonly RuleEvaluations _evaluations;
    readonly WhatIfRecords _records;

    internal WhatIf(RuleEvaluations evaluations, WhatIfRecords records)
    {
        _evaluations = evaluations;
        _records = records;
    }

    /// <summary>Runs a candidate.</summary>
    /// <returns>The result; null when the candidate cannot be read, with the errors.</returns>
    public async Task<(WhatIfResult? Result, IReadOnlyList<ExpressionError> Errors)> RunAsync(
        WorkflowRule rule, WhatIfRequest request, CancellationToken cancellationToken)
    {
        if (RuleExpression.Load(request.Expression, rule.Rule.Facts, out var errors, rule.Rule.Limits) is not { } candidate)
            return (null, errors);

        var tally = new Tally(request);
        await foreach (var recorded in _evaluations.ReadAsync(rule.Workflow, rule.Rule.Name, request.From, request.To, cancellationToken))
        {
            using var entries = JsonDocument.Parse(recorded.Entries);
            var place = 0;
            foreach (var entry in entries.RootElement.EnumerateArray().Where(entry => IsEvaluationOf(rule.Rule.Name, entry)))
                tally.Add(recorded, place++, entry, candidate);
        }

        var result = tally.ToResult();
        await _records.AddAsync(rule, request, result, cancellationToken);
        return (result, []);
    }

    static bool IsEvaluationOf(string rule, JsonElement entry) =>
        entry.TryGetProperty("kind"u8, out var kind) && kind.ValueEquals("ruleEvaluated"u8)
        && entry.TryGetProperty("rule"u8, out var name) && name.ValueEquals(rule);

    sealed class Tally(WhatIfRequest request)
    {
        readonly Dictionary<string, (decimal PassToFail, decimal FailToPass)> _atStake = new(StringComparer.Ordinal);
        readonly PriorityQueue<ChangedVerdict, WhatIfCursor> _page = new(Comparer<WhatIfCursor>.Create((left, right) => right.CompareTo(left)));
        long _evaluations;
        long _passToFail;
        long _failToPass;
        long _undecided;
        bool _more;

        public void Add(RecordedEvaluation recorded, int place, JsonElement entry, RuleExpression candidate)
        {
            _evaluations++;
            var facts = entry.GetProperty("values");
            var was = entry.GetProperty("verdict").ValueEquals("pass"u8);
            var verdict = candidate.Evaluate(facts);
            if (verdict.Error is null && verdict.Passed == was)
                return;

            var amount = AmountOf(facts);
            var currency = facts.TryGetProperty("currency"u8, out var named) && named.ValueKind == JsonValueKind.String ? named.GetString() : null;
            if (verdict.Error is not null)
                _undecided++;
            else
                Count(was, amount, currency);
            List(new ChangedVerdict(
                new WhatIfCursor(recorded.OccurredAt, recorded.WorkflowId, recorded.Sequence, place), recorded.Key, was ? "pass" : "fail",
                verdict.Error is not null ? "error" : verdict.Passed ? "pass" : "fail", amount, currency, verdict.Error?.ToString()));
        }

        public WhatIfResult ToResult()
        {
            var changed = _page.UnorderedItems.Select(item => item.Element).OrderBy(change => change.At).ToArray();
            return new WhatIfResult(
                _evaluations, _passToFail, _failToPass, _undecided,
                [.. _atStake.OrderBy(sum => sum.Key, StringComparer.Ordinal)
                    .Select(sum => new AmountAtStake(sum.Key.Length == 0 ? null : sum.Key, sum.Value.PassToFail, sum.Value.FailToPass))],
                changed, _more ? changed[^1].At : null);
        }

        void Count(bool was, decimal? amount, string? currency)
        {
            if (was)
                _passToFail++;
            else
                _failToPass++;
            if (amount is not { } sum)
                return;

            var before = _atStake.GetValueOrDefault(currency ?? "");
            _atStake[currency ?? ""] = was
                ? before with { PassToFail = before.PassToFail + sum }
                : before with { FailToPass = before.FailToPass + sum };
        }

        void List(ChangedVerdict change)
        {
            if (request.After is { } after && change.At.CompareTo(after) <= 0)
                return;

            _page.Enqueue(change, change.At);
            if (_page.Count <= request.Limit)
                return;
            _page.Dequeue();
            _more = true;
        }

        static decimal? AmountOf(JsonElement facts) =>
            (facts.TryGetProperty("amount"u8, out var amount) || facts.TryGetProperty("total"u8, out amount))
            && amount.ValueKind == JsonValueKind.Number && amount.TryGetDecimal(out var number) ? number : null;
    }
}
