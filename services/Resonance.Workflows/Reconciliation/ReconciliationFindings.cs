using System.Security.Cryptography;
using System.Text;
using Resonance.Contracts.Reconciliation;
using Resonance.Engine.Workers;

namespace Resonance.Workflows.Reconciliation;

/// <summary>The statements that find where a staged statement and our books do not agree.</summary>
/// <remarks>
/// A finding is named by what it is about and never by where it stands, so that the same finding of a later run is the same line.
/// </remarks>
static class ReconciliationFindings
{
    const string Columns =
        """
        kind, operation, capture_id, reference, our_amount, our_currency, their_amount, their_currency, difference,
        line_number, line_text, problem
        """;

    /// <summary>
    /// Compares a slice of the statement, by capture id. What our books have belongs to the period in which they have it.
    /// </summary>
    /// <param name="isBounded">Whether the slice has an end.</param>
    public static string OfStatement(bool isBounded)
    {
        var slice =
            $"""
            FROM statement_line line
            LEFT JOIN payment_ledger entry ON entry.capture_id = line.capture_id AND entry.operation = line.operation
            WHERE line.reconciliation_id = @id AND line.run = @run
                AND line.capture_id > @after {(isBounded ? "AND line.capture_id <= @until" : "")}
                AND CASE
                    WHEN entry.capture_id IS NULL THEN line.in_period = 1
                    ELSE entry.occurred_at >= @from AND entry.occurred_at < @to
                END
            """;
        const string found =
            """
            kind, operation, capture_id, reference, our_amount, our_currency, their_amount, their_currency, difference, line_number
            """;
        return
            $"""
            INSERT INTO reconciliation_finding (reconciliation_id, run, line_id, {found})
            SELECT @id, CAST(@run AS bigint), kind || '/' || operation || '/' || capture_id, {found}
            FROM (
                SELECT
                    CASE
                        WHEN entry.capture_id IS NULL THEN '{ReconciliationKinds.MissingInBooks}'
                        WHEN entry.currency <> line.currency THEN '{ReconciliationKinds.CurrencyDiffers}'
                        ELSE '{ReconciliationKinds.AmountDiffers}'
                    END AS kind,
                    line.operation, line.capture_id, entry.reference,
                    entry.amount AS our_amount, entry.currency AS our_currency,
                    line.amount AS their_amount, line.currency AS their_currency,
                    CASE
                        WHEN entry.capture_id IS NULL THEN line.amount
                        WHEN entry.currency = line.currency THEN abs(entry.amount - line.amount)
                        WHEN entry.amount > line.amount THEN entry.amount
                        ELSE line.amount
                    END AS difference,
                    line.line_number
                {slice} AND (entry.capture_id IS NULL OR entry.currency <> line.currency OR entry.amount <> line.amount)
            ) found
            UNION ALL
            SELECT
                @id, CAST(@run AS bigint), '{ReconciliationKinds.Duplicate}/' || line.operation || '/' || line.capture_id,
                '{ReconciliationKinds.Duplicate}', line.operation, line.capture_id, entry.reference, entry.amount, entry.currency,
                line.amount + line.surplus, line.currency, line.surplus, line.line_number
            {slice} AND line.copies > 1;
            SELECT coalesce(sum(line.copies), 0) {slice}
            """;
    }

    /// <summary>Looks for a slice of our books, by time, on the statement.</summary>
    /// <remarks>
    /// It counts where NOT EXISTS would say more: that one Postgres turns into a join, for which it reads the whole statement once for each
    /// slice, as it knows nothing yet of a table that has just been filled. And there is one upper bound only: of two, SQLite uses one.
    /// </remarks>
    /// <param name="isBounded">Whether the slice has an end.</param>
    public static string OfLedger(bool isBounded)
    {
        var slice =
            $"""
            FROM payment_ledger entry
            WHERE entry.occurred_at > @after AND entry.occurred_at {(isBounded ? "<= @until" : "< @to")}
            """;
        return
            $"""
            INSERT INTO reconciliation_finding (
                reconciliation_id, run, line_id, kind, operation, capture_id, reference, our_amount, our_currency, difference)
            SELECT
                @id, CAST(@run AS bigint), '{ReconciliationKinds.MissingAtProvider}/' || entry.operation || '/' || entry.capture_id,
                '{ReconciliationKinds.MissingAtProvider}', entry.operation, entry.capture_id, entry.reference,
                entry.amount, entry.currency, entry.amount
            {slice} AND (
                SELECT count(*) FROM statement_line line
                WHERE line.reconciliation_id = @id AND line.run = @run
                    AND line.capture_id = entry.capture_id AND line.operation = entry.operation) = 0;
            SELECT count(*) {slice}
            """;
    }

    /// <summary>
    /// Makes the findings of a run the lines of the reconciliation. A line that was settled is opened again only when it no longer says
    /// what it said then.
    /// </summary>
    public static string Publish { get; } =
        $"""
        DELETE FROM reconciliation_line WHERE reconciliation_id = @id AND status = 'open';
        INSERT INTO reconciliation_line (reconciliation_id, line_id, {Columns}, status)
        SELECT reconciliation_id, line_id, {Columns}, 'open' FROM reconciliation_finding WHERE reconciliation_id = @id AND run = @run
        ON CONFLICT (reconciliation_id, line_id) DO UPDATE SET
            reference = excluded.reference, our_amount = excluded.our_amount, our_currency = excluded.our_currency,
            their_amount = excluded.their_amount, their_currency = excluded.their_currency, difference = excluded.difference,
            line_number = excluded.line_number, status = 'open', resolved_by = NULL, resolved_because = NULL, resolved_at = NULL
        WHERE reconciliation_line.difference <> excluded.difference
            OR reconciliation_line.our_amount IS DISTINCT FROM excluded.our_amount
            OR reconciliation_line.our_currency IS DISTINCT FROM excluded.our_currency
            OR reconciliation_line.their_amount IS DISTINCT FROM excluded.their_amount
            OR reconciliation_line.their_currency IS DISTINCT FROM excluded.their_currency
        """;

    /// <summary>Adds a line that cannot be read. The same text again is the same finding.</summary>
    public static Task<int> AddAsync(
        WorkerTransaction transaction, string id, long run, UnreadableLine line, CancellationToken cancellationToken)
    {
        var name = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(line.Text)), 0, 8);
        return transaction.ExecuteAsync(
            """
            INSERT INTO reconciliation_finding (reconciliation_id, run, line_id, kind, difference, line_number, line_text, problem)
            VALUES (@id, @run, @line, @kind, 0, @number, @text, @problem)
            ON CONFLICT (reconciliation_id, run, line_id) DO NOTHING
            """,
            [
                ("@id", id), ("@run", run),
                ("@line", $"{ReconciliationKinds.Unreadable}/{name}"), ("@kind", ReconciliationKinds.Unreadable),
                ("@number", line.Number), ("@text", line.Text), ("@problem", line.Problem),
            ],
            cancellationToken);
    }
}
