using Resonance.Audit.Ledger;

namespace Resonance.Audit.Checkpoints;

/// <summary>The table <c>checkpoint</c>.</summary>
static class CheckpointTable
{
    const string Columns = "SELECT size, root, note, verifier_key, signed_at FROM checkpoint";

    static readonly StoreText Insert = new(
        """
        INSERT INTO checkpoint (size, root, note, verifier_key, signed_at) VALUES (@size, @root, @note, @key, @now)
        ON CONFLICT (size) DO NOTHING
        """);

    static readonly StoreText Newest = new($"{Columns} ORDER BY size DESC LIMIT 1");

    static readonly StoreText OfSize = new($"{Columns} WHERE size = @size");

    static readonly StoreText After = new($"{Columns} WHERE size > @size ORDER BY size LIMIT @most");

    /// <returns>False when another process stored one of this size.</returns>
    public static async Task<bool> AddAsync(AuditSession session, SignedCheckpoint checkpoint, CancellationToken cancellationToken)
    {
        var parameters = new (string, object?)[]
        {
            ("@size", checkpoint.Size), ("@root", checkpoint.Root), ("@note", checkpoint.Note), ("@key", checkpoint.VerifierKey),
            ("@now", checkpoint.SignedAt),
        };
        return await session.ExecuteAsync(Insert, cancellationToken, parameters) == 1;
    }

    public static Task<SignedCheckpoint?> NewestAsync(AuditSession session, CancellationToken cancellationToken) =>
        session.QueryOneAsync(Newest, Read, cancellationToken);

    public static Task<SignedCheckpoint?> FindAsync(AuditSession session, long size, CancellationToken cancellationToken) =>
        session.QueryOneAsync(OfSize, Read, cancellationToken, ("@size", size));

    /// <summary>The smallest ones that are larger than <paramref name="size"/>, in order.</summary>
    public static IAsyncEnumerable<SignedCheckpoint> AfterAsync(
        AuditSession session, long size, int most, CancellationToken cancellationToken) =>
        session.QueryAsync(After, Read, cancellationToken, ("@size", size), ("@most", most));

    static SignedCheckpoint Read(AuditRow row) => new(row.Number(0), row.Bytes(1), row.Text(2), row.Text(3), row.Time(4));
}
