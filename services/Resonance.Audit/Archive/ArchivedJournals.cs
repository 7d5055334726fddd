using System.Text.Json;
using Resonance.Audit.Ledger;

namespace Resonance.Audit.Archive;

/// <summary>Up to where the journal of an instance was moved to an archive.</summary>
/// <param name="WorkflowId">The instance.</param>
/// <param name="Through">The last sequence that was moved.</param>
/// <param name="HeadHash">Hash of that row.</param>
/// <param name="File">Name of the file.</param>
sealed record ArchivedJournal(Guid WorkflowId, long Through, byte[] HeadHash, string File);

/// <summary>The table of what was archived.</summary>
static class ArchivedJournals
{
    static readonly StoreText Insert = new(
        Postgres:
        """
        INSERT INTO archived (workflow_id, through_sequence, head_hash, file, archived_at)
        SELECT n."workflowId", n.through, decode(n.hash, 'hex'), n.file, @now
        FROM jsonb_to_recordset(@rows::jsonb) AS n("workflowId" uuid, through bigint, hash text, file text)
        ON CONFLICT DO NOTHING
        """,
        Sqlite:
        """
        INSERT INTO archived (workflow_id, through_sequence, head_hash, file, archived_at)
        SELECT n.value ->> 'workflowId', n.value ->> 'through', unhex(n.value ->> 'hash'), n.value ->> 'file', @now FROM json_each(@rows) n WHERE true
        ON CONFLICT DO NOTHING
        """);

    static readonly StoreText Among = new(
        "SELECT workflow_id, through_sequence, head_hash, file FROM archived WHERE workflow_id BETWEEN @first AND @last ORDER BY workflow_id, through_sequence");

    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public static Task AddAsync(
        AuditSession session, IEnumerable<ArchivedJournal> journals, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var rows = journals.Select(journal => new
        {
            journal.WorkflowId,
            journal.Through,
            Hash = Convert.ToHexStringLower(journal.HeadHash),
            journal.File,
        });
        return session.ExecuteAsync(Insert, cancellationToken, ("@rows", JsonSerializer.Serialize(rows, Json)), ("@now", now));
    }

    /// <summary>The furthest of each instance whose id lies between two.</summary>
    public static async Task<Dictionary<Guid, ArchivedJournal>> ReadAsync(
        AuditSession session, Guid first, Guid last, CancellationToken cancellationToken)
    {
        var furthest = new Dictionary<Guid, ArchivedJournal>();
        var rows = session.QueryAsync(
            Among, row => new ArchivedJournal(row.Id(0), row.Number(1), row.Bytes(2), row.Text(3)), cancellationToken,
            ("@first", first), ("@last", last));
        await foreach (var journal in rows)
            furthest[journal.WorkflowId] = journal;
        return furthest;
    }
}
