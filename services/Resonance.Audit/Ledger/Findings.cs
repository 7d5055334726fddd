namespace Resonance.Audit.Ledger;

/// <summary>What the witness found out of order, for those who look.</summary>
public sealed class Findings
{
    readonly FindingStore _store;

    internal Findings(FindingStore store) => _store = store;

    /// <summary>The newest first, each with the time at which it was found.</summary>
    /// <param name="most">1 to 1,000.</param>
    /// <param name="cancellationToken">Stops waiting for the database.</param>
    public async Task<IReadOnlyList<(Finding Finding, DateTimeOffset FoundAt)>> NewestAsync(int most, CancellationToken cancellationToken) =>
        await _store.NewestAsync(most, cancellationToken);
}
