using Resonance.Audit.Checkpoints;
using Resonance.Audit.Ledger;
using Resonance.Audit.Merkle;
using Resonance.Engine.Storage.Queries;

namespace Resonance.Audit.Verification;

/// <summary>
/// Verifies offline what the audit promises: that the journal, the instances, the ledger, its Merkle tree and all checkpoints that can be
/// had tell one story. It only reads, and may run beside engines and audits that go on.
/// </summary>
/// <remarks>A database that cannot be reached surfaces as the driver's <see cref="System.Data.Common.DbException"/>.</remarks>
public sealed class LedgerVerifier
{
    // A step is witnessed a moment after its commit.
    static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    readonly AuditDatabase _database;
    readonly JournalScan _journal;
    readonly CheckpointExport _export;
    readonly CheckpointKeys _keys;
    readonly string _archive;
    readonly TimeProvider _clock;

    /// <param name="database">The ledger.</param>
    /// <param name="journal">The journal.</param>
    /// <param name="export">The folder that checkpoints are exported to.</param>
    /// <param name="keys">The log's keys.</param>
    /// <param name="archive">The folder of the archives.</param>
    /// <param name="clock">Tells which steps are young.</param>
    internal LedgerVerifier(
        AuditDatabase database, JournalScan journal, CheckpointExport export, CheckpointKeys keys, string archive, TimeProvider clock)
    {
        _database = database;
        _journal = journal;
        _export = export;
        _keys = keys;
        _archive = archive;
        _clock = clock;
    }

    /// <summary>Whether there is a key to check checkpoints with: <c>Audit:KeyFile</c> exists here, or <c>Audit:VerifierKeys</c> names one.</summary>
    public bool HasKeys => !_keys.IsEmpty;

    /// <summary>How far it has come.</summary>
    public VerificationProgress Progress { get; } = new();

    /// <param name="request">What to verify.</param>
    /// <param name="found">Takes each finding as it is made; never two at once.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="IOException">A checkpoint's file cannot be read.</exception>
    public Task<VerificationResult> VerifyAsync(
        VerificationRequest request, Action<VerificationFinding> found, CancellationToken cancellationToken) => _database.ReadAsync(
        (session, token) => request.WorkflowId is { } id
            ? VerifyOneAsync(session, id, request.Checkpoints, found, token)
            : VerifyAllAsync(session, request.Checkpoints, found, token),
        cancellationToken);

    async Task<VerificationResult> VerifyAllAsync(
        AuditSession session, IReadOnlyList<string> given, Action<VerificationFinding> report, CancellationToken cancellationToken)
    {
        var findings = new FindingCollector(report);
        var young = _clock.GetUtcNow() - Grace;
        var signed = new SignedRoots();
        Progress.Begin("checkpoints", 0);
        await new CheckpointSources(_keys, _export, given).ReadAllAsync(session, signed.Add, findings.Add, cancellationToken);
        var tree = new TreeCheck(session, _journal, signed, Progress, findings.Add);
        await tree.RunAsync(cancellationToken);
        foreach (var finding in signed.Findings(tree.Size))
            findings.Add(finding);

        Progress.Begin("rows of the journal", tree.Size);
        var history = new HistoryCheck(session, _journal, tree.EditedLeaves, young, Progress, findings.Add);
        await history.RunAsync(null, cancellationToken);
        await new ArchiveCheck(session, _archive, findings.Add).RunAsync(null, cancellationToken);
        await findings.SettleAsync(_database, _journal, tree.Gaps, cancellationToken);
        return new VerificationResult(history.Instances, history.Rows, tree.Size, signed.Count, findings.Count);
    }

    async Task<VerificationResult> VerifyOneAsync(
        AuditSession session, Guid id, IReadOnlyList<string> given, Action<VerificationFinding> report, CancellationToken cancellationToken)
    {
        var findings = new FindingCollector(report);
        var young = _clock.GetUtcNow() - Grace;
        var known = new List<KnownCheckpoint>();
        Progress.Begin("checkpoints", 0);
        await new CheckpointSources(_keys, _export, given).ReadNewestAsync(session, known.Add, findings.Add, cancellationToken);
        var ledger = await LedgerState.ReadAsync(session, cancellationToken);
        var frontier = ledger.Frontier;
        if (frontier is null)
            findings.Add(ledger.Changed());

        // What is stored, exported and brought along is mostly the same.
        var tree = new Checkpoint("", 0, MerkleTree.EmptyRoot());
        foreach (var checkpoint in known.DistinctBy(known => known.Checkpoint.Text))
        {
            if (frontier is not null && await checkpoint.CompareAsync(session, frontier, cancellationToken) is { } disagreement)
                findings.Add(SignedRoots.Of(disagreement));
            else if (frontier is not null && checkpoint.Checkpoint.Size > tree.Size)
                tree = checkpoint.Checkpoint;
        }

        var leaves = new WorkflowLeaves(session, _journal, tree);
        await leaves.ProveAsync(id, findings.Add, cancellationToken);
        var history = new HistoryCheck(session, _journal, leaves.Edited, young, Progress, findings.Add);
        await history.RunAsync(id, cancellationToken);
        await new ArchiveCheck(session, _archive, findings.Add).RunAsync(id, cancellationToken);
        await findings.SettleAsync(_database, _journal, [], cancellationToken);
        return new VerificationResult(history.Instances, history.Rows, leaves.Count, known.Count, findings.Count);
    }
}
