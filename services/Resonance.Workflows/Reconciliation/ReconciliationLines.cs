using System.Data.Common;
using Resonance.Contracts.Reconciliation;
using Resonance.Engine.Workers;

namespace Resonance.Workflows.Reconciliation;

/// <summary>The lines of a reconciliation: how it stands, and how persons settle them.</summary>
static class ReconciliationLines
{
    const int IdsAtOnce = 64;

    /// <summary>Reads how a reconciliation stands.</summary>
    public static async Task<ReconciliationBalance> BalanceAsync(
        WorkerTransaction transaction, Guid reconciliationId, CancellationToken cancellationToken)
    {
        var id = reconciliationId.ToString("N");

        // Units and fractions are added up apart: together they could go beyond what a store's whole numbers hold.
        var (open, resolved, difference) = (await transaction.QueryAsync(
            $"""
            SELECT
                count(CASE WHEN status = 'open' THEN 1 END), count(CASE WHEN status = 'resolved' THEN 1 END),
                coalesce(sum(CASE WHEN status = 'open' THEN difference / {StoredForms.AmountScale} END), 0),
                coalesce(sum(CASE WHEN status = 'open' THEN difference % {StoredForms.AmountScale} END), 0)
            FROM reconciliation_line WHERE reconciliation_id = @id
            """,
            [("@id", id)],
            row => (row.GetInt64(0), row.GetInt64(1), row.GetDecimal(2) + row.GetDecimal(3) / StoredForms.AmountScale),
            cancellationToken)).Single();
        return new ReconciliationBalance
        {
            OpenLines = open,
            ResolvedLines = resolved,
            Difference = difference,
            Open = await transaction.QueryAsync(
                $"""
                SELECT line_id, kind, operation, capture_id, reference, our_amount, our_currency, their_amount, their_currency,
                    line_number, line_text, problem
                FROM reconciliation_line WHERE reconciliation_id = @id AND status = 'open'
                ORDER BY line_id LIMIT {ReconciliationBalance.OpenMax}
                """,
                [("@id", id)], ReadLine, cancellationToken),
        };
    }

    /// <summary>Settles lines: all that are named, or none.</summary>
    /// <param name="transaction">Where.</param>
    /// <param name="asked">What is asked for.</param>
    /// <param name="now">When it is settled.</param>
    /// <param name="cancellationToken">The process stops.</param>
    /// <returns>How many were settled, or why none was, in words.</returns>
    public static async Task<(long Resolved, string? Refusal)> ResolveAsync(
        WorkerTransaction transaction, BookResolution asked, DateTimeOffset now, CancellationToken cancellationToken)
    {
        List<(string, object?)> values =
        [
            ("@id", asked.ReconciliationId.ToString("N")),
            ("@by", asked.Operator),
            ("@because", asked.Reason),
            ("@now", StoredForms.OfTime(now)),
        ];
        const string resolve =
            """
            UPDATE reconciliation_line SET status = 'resolved', resolved_by = @by, resolved_because = @because, resolved_at = @now
            WHERE reconciliation_id = @id AND status = 'open'
            """;
        if (asked.Lines is null)
            return (await transaction.ExecuteAsync(resolve, values, cancellationToken), null);

        var resolved = 0L;
        foreach (var lines in asked.Lines.Distinct(StringComparer.Ordinal).Chunk(IdsAtOnce))
        {
            var named = lines.Select((line, index) => ($"@l{index}", (object?)line)).ToArray();
            var done = await transaction.QueryAsync(
                $"{resolve} AND line_id IN ({string.Join(", ", named.Select(line => line.Item1))}) RETURNING line_id",
                [.. values, .. named], row => row.GetString(0), cancellationToken);
            resolved += done.Count;
            if (lines.Except(done, StringComparer.Ordinal).FirstOrDefault() is { } refused)
                return (0, await WhyNotAsync(transaction, asked.ReconciliationId, refused, cancellationToken));
        }

        return (resolved, null);
    }

    static async Task<string> WhyNotAsync(
        WorkerTransaction transaction, Guid reconciliationId, string line, CancellationToken cancellationToken)
    {
        var found = await transaction.QueryAsync(
            "SELECT resolved_by, resolved_at, resolved_because FROM reconciliation_line WHERE reconciliation_id = @id AND line_id = @line",
            [("@id", reconciliationId.ToString("N")), ("@line", line)],
            row => $"The line '{line}' was resolved by {row.GetString(0)} at {row.GetString(1)} already: {row.GetString(2)}",
            cancellationToken);
        return found is [var already] ? already : $"There is no line '{line}'; nothing was resolved. Name lines by their lineId.";
    }

    static ReconciliationLine ReadLine(DbDataReader row)
    {
        return new ReconciliationLine
        {
            LineId = row.GetString(0),
            Kind = row.GetString(1),
            Operation = Text(2),
            CaptureId = Text(3),
            Reference = Text(4),
            OurAmount = Amount(5),
            OurCurrency = Text(6),
            TheirAmount = Amount(7),
            TheirCurrency = Text(8),
            LineNumber = row.IsDBNull(9) ? null : row.GetInt64(9),
            Text = Text(10),
            Problem = Text(11),
        };

        string? Text(int column) => row.IsDBNull(column) ? null : row.GetString(column);

        decimal? Amount(int column) => row.IsDBNull(column) ? null : StoredForms.ToAmount(row.GetInt64(column));
    }
}
