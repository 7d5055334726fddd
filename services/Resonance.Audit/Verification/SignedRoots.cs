using Resonance.Audit.Checkpoints;
using Resonance.Audit.Ledger;

namespace Resonance.Audit.Verification;

/// <summary>
/// The roots that were signed, by size, and what the leaves say to each. What it makes of a contradiction depends on the whole: a later
/// checkpoint that agrees vouches for all leaves before it.
/// </summary>
sealed class SignedRoots
{
    readonly Dictionary<long, List<KnownCheckpoint>> _bySize = [];
    readonly List<(KnownCheckpoint Signed, byte[] Root)> _contradicted = [];

    long _agreed;
    KnownCheckpoint? _lastAgreed;

    public long Count { get; private set; }

    public void Add(KnownCheckpoint known)
    {
        Count++;
        if (!_bySize.TryGetValue(known.Checkpoint.Size, out var same))
            _bySize.Add(known.Checkpoint.Size, same = []);
        if (!same.Exists(other => JournalHash.Same(other.Checkpoint.Root, known.Checkpoint.Root)))
            same.Add(known);
    }

    public bool Has(long size) => _bySize.ContainsKey(size);

    /// <summary>Takes the root that the first <paramref name="size"/> leaves have.</summary>
    public void Meet(long size, byte[] root)
    {
        foreach (var known in _bySize.GetValueOrDefault(size) ?? [])
        {
            if (JournalHash.Same(known.Checkpoint.Root, root))
                (_agreed, _lastAgreed) = (size, known);
            else
                _contradicted.Add((known, root));
        }
    }

    /// <summary>What was signed and is not so.</summary>
    /// <param name="ledgerSize">Leaves that the ledger claims to have.</param>
    public IEnumerable<VerificationFinding> Findings(long ledgerSize)
    {
        foreach (var (known, root) in _contradicted.Where(pair => pair.Signed.Checkpoint.Size <= _agreed))
            yield return Contradiction(known, root);

        var rewritten = _contradicted.Where(pair => pair.Signed.Checkpoint.Size > _agreed).ToArray();
        if (rewritten.Length > 0)
            yield return Rewritten(rewritten[0].Signed, rewritten[0].Root, rewritten.Length - 1);

        var ahead = _bySize.Where(pair => pair.Key > ledgerSize).SelectMany(pair => pair.Value).MaxBy(known => known.Checkpoint.Size);
        if (ahead is not null)
            yield return Of(ahead.RolledBack(ledgerSize));
    }

    public static VerificationFinding Of(Finding finding) => new(finding.Kind, finding.WorkflowId, null, finding.Sequence, finding.Detail);

    VerificationFinding Contradiction(KnownCheckpoint known, byte[] root) => new(
        FindingKind.CheckpointsContradict, null, null, null,
        $"The checkpoint over {known.Checkpoint.Size:N0} steps in {known.Place} was signed over the root " +
        $"{Convert.ToBase64String(known.Checkpoint.Root)}; the ledger has {Convert.ToBase64String(root)} there, as the checkpoint over " +
        $"{_agreed:N0} steps in {_lastAgreed!.Place} vouches for. Both bear this log's signature: the log was rewritten and signed anew, or its key " +
        "signed what it should not have.");

    VerificationFinding Rewritten(KnownCheckpoint known, byte[] root, int more)
    {
        var finding = known.Rewritten(root);
        var from = _agreed == 0 ? "They" : $"The first {_agreed:N0} steps are as they were signed, so those after them";
        var others = more == 0 ? "" : $" {more:N0} later checkpoints contradict the ledger too.";
        return new VerificationFinding(
            finding.Kind, null, null, null,
            $"{finding.Detail} {from} up to step {known.Checkpoint.Size:N0} of the ledger are in doubt.{others}");
    }
}
