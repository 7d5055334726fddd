using Resonance.Audit.Ledger;
using Resonance.Audit.Merkle;

namespace Resonance.Audit.Verification;

/// <summary>What the ledger's own row claims.</summary>
/// <param name="Size">Leaves.</param>
/// <param name="Nodes">The frontier over them as it is stored.</param>
sealed record LedgerState(long Size, byte[] Nodes)
{
    static readonly StoreText Read = new("SELECT size, frontier FROM ledger WHERE id = 1");

    /// <summary>Null when it cannot be the frontier of so many leaves.</summary>
    public Frontier? Frontier => Merkle.Frontier.Fits(Size, Nodes.Length) ? Merkle.Frontier.Parse(Size, Nodes) : null;

    /// <summary>A row that is gone claims nothing.</summary>
    public static async Task<LedgerState> ReadAsync(AuditSession session, CancellationToken cancellationToken) =>
        await session.QueryOneAsync(Read, row => new LedgerState(row.Number(0), row.Bytes(1)), cancellationToken) ?? new LedgerState(0, []);

    public VerificationFinding Changed() => new(
        FindingKind.FrontierChanged, null, null, null,
        $"The ledger's row claims another tree over its {Size:N0} steps than their hashes give: its frontier was changed, or leaves at its end " +
        "were, in the journal as well.");
}
