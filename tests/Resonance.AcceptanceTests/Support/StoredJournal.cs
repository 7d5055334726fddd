using Npgsql;
using Resonance.Engine.Journal;
using Xunit;

namespace Resonance.AcceptanceTests.Support;

/// <summary>The journal of an instance as it lies in the database, read past the host.</summary>
static class StoredJournal
{
    public static Task<IReadOnlyList<JournalRow>> ReadAsync(TestDatabase database, Guid id, CancellationToken cancellationToken) =>
        database.QueryAsync(
            $"""
            SELECT workflow_id, sequence, message_id, event, from_state, to_state, entries::text, data::text, occurred_at, trace_parent,
                previous_hash, hash
            FROM resonance.journal WHERE workflow_id = '{id}' ORDER BY sequence
            """,
            Row,
            cancellationToken);

    /// <summary>Computes every hash anew: sequences have no gap, each row names the one before, and the instance names the last.</summary>
    public static async Task AssertChainAsync(TestDatabase database, Guid id, CancellationToken cancellationToken)
    {
        // Head and rows in one statement, which sees one moment: an instance that has ended may still reject a late reply.
        var seen = await database.QueryAsync(
            $"""
            SELECT j.workflow_id, sequence, message_id, event, from_state, to_state, entries::text, j.data::text, occurred_at, trace_parent,
                previous_hash, hash, w.head_hash
            FROM resonance.journal j JOIN resonance.workflow w ON w.id = j.workflow_id WHERE w.id = '{id}' ORDER BY sequence
            """,
            reader => (Row: Row(reader), Head: reader.GetFieldValue<byte[]>(12)),
            cancellationToken);
        var rows = seen.Select(read => read.Row).ToArray();
        Assert.NotEmpty(rows);
        Assert.Equal(Enumerable.Range(1, rows.Length).Select(number => (long)number), rows.Select(row => row.Sequence));
        var before = ChainHash.Origin;
        foreach (var row in rows)
        {
            Assert.Equal(before, row.PreviousHash);
            Assert.Equal(ChainHash.Compute(row), row.Hash);
            before = row.Hash;
        }

        Assert.All(seen, read => Assert.Equal(before, read.Head));
    }

    static JournalRow Row(NpgsqlDataReader reader) => new()
    {
        WorkflowId = reader.GetGuid(0),
        Sequence = reader.GetInt64(1),
        MessageId = reader.GetGuid(2),
        Event = reader.GetString(3),
        From = reader.GetString(4),
        To = reader.GetString(5),
        Entries = reader.GetString(6),
        Data = reader.GetString(7),
        OccurredAt = reader.GetFieldValue<DateTimeOffset>(8),
        TraceParent = reader.IsDBNull(9) ? null : reader.GetString(9),
        PreviousHash = reader.GetFieldValue<byte[]>(10),
        Hash = reader.GetFieldValue<byte[]>(11),
    };
}
