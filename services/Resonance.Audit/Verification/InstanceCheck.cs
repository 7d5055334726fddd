using Resonance.Audit.Archive;
using Resonance.Audit.Ledger;
using Resonance.Engine.Journal;
using Resonance.Engine.Storage.Queries;

namespace Resonance.Audit.Verification;

/// <summary>
/// Holds one instance against its journal, and the journal against what was witnessed of it. It is given everything and reads nothing, so
/// that it says the same of the same rows wherever they come from.
/// </summary>
/// <param name="instance">The instance and its journal as they stand there.</param>
/// <param name="witnessed">The ledger's rows of the instance, by sequence.</param>
/// <param name="archived">Up to where its journal was moved to an archive; null when it was not.</param>
/// <param name="isLedgerEdited">Whether the tree proves that the hash of this ledger row is not the witnessed one.</param>
/// <param name="young">Steps taken from here on need not be witnessed yet.</param>
sealed class InstanceCheck(
    ScannedInstance instance, IReadOnlyList<LedgerRow> witnessed, ArchivedJournal? archived, Func<LedgerRow, bool> isLedgerEdited,
    DateTimeOffset young)
{
    readonly List<VerificationFinding> _findings = [];

    /// <summary>What the ledger says of each sequence, and can be believed.</summary>
    readonly Dictionary<long, LedgerRow> _trusted = [];

    /// <summary>Sequences whose journal row is not what the engine wrote there.</summary>
    readonly HashSet<long> _spoilt = [];

    readonly List<long> _rehashed = [];

    string Key => instance.Row?.Key ?? (witnessed.Count > 0 ? witnessed[0].Key : instance.Id.ToString());

    public IReadOnlyList<VerificationFinding> Run()
    {
        foreach (var row in witnessed)
            _trusted.TryAdd(row.Sequence, row);
        if (instance.Row is null && instance.Journal.Count == 0)
        {
            if (witnessed.Count > 0)
                Add(FindingKind.WorkflowMissing, null, $"{Key} is gone, with all of its {witnessed.Count:N0} steps that were witnessed.");
            return _findings;
        }

        DistrustLedger();
        CheckRows();
        CheckMissing();
        CheckArchive();
        if (_findings.Count == 0)
            CheckChain();
        CheckSummaries();
        _findings.AddRange(new InstanceFold(instance, _trusted, _spoilt).Check());
        return _findings;
    }

    /// <summary>Where the tree shows that the ledger was edited, the journal is right as far as its own hash is.</summary>
    void DistrustLedger()
    {
        var journal = instance.Journal.ToLookup(row => row.Sequence);
        foreach (var row in witnessed.Where(isLedgerEdited))
        {
            Add(
                FindingKind.LedgerRowEdited, row.Sequence,
                $"The ledger's row of step {row.Sequence} of {Key} was edited in its hash: the tree was built over another than " +
                $"{RowEdit.Hex(row.Hash)}.");
            if (journal[row.Sequence].FirstOrDefault() is { } right)
                _trusted[row.Sequence] = row with { Hash = right.Hash };
        }
    }

    void CheckRows()
    {
        foreach (var row in instance.Journal)
        {
            var computed = JournalHash.Of(row);
            if (!_trusted.TryGetValue(row.Sequence, out var known))
                CheckUnwitnessed(row, computed);
            else if (computed is null || !JournalHash.Same(computed, known.Hash) || !JournalHash.Same(row.Hash, known.Hash))
                Explain(row, known);
        }

        if (_rehashed.Count > 0)
        {
            Add(
                FindingKind.ChainRewritten, _rehashed[0],
                $"The hashes of {Steps(_rehashed)} of {Key} were computed anew so that they follow a row that was edited; nothing else about " +
                "them changed.");
        }
    }

    void Explain(JournalRow row, LedgerRow known)
    {
        _spoilt.Add(row.Sequence);
        if (!JournalHash.Same(row.Hash, known.Hash) && !JournalHash.Is(row, known.Hash)
            && JournalHash.Is(row with { PreviousHash = PreviousOf(row.Sequence) }, known.Hash))
        {
            _rehashed.Add(row.Sequence);
            return;
        }

        if (OtherPlaceOf(row) is { } other)
        {
            Add(
                FindingKind.RowsReordered, row.Sequence,
                $"What stands as step {row.Sequence} of {Key} was witnessed as step {other}: rows were put into another order.");
            return;
        }

        var instanceData = instance.Row?.Version == row.Sequence ? instance.Row.Data : null;
        var fit = JournalHash.Is(row, row.Hash) && !JournalHash.Same(row.Hash, known.Hash) ? "; its hash was computed anew to fit" : "";
        Add(
            FindingKind.RowEdited, row.Sequence,
            $"Step {row.Sequence} of {Key} is not what was witnessed: {RowEdit.Describe(row, known, PreviousOf(row.Sequence), instanceData)}{fit}.");
    }

    /// <summary>Another sequence that the row was witnessed as, by its hash or by what it says.</summary>
    long? OtherPlaceOf(JournalRow row)
    {
        foreach (var (sequence, other) in _trusted)
        {
            if (sequence == row.Sequence)
                continue;
            if (JournalHash.Same(row.Hash, other.Hash)
                || (RowEdit.Differences(row, other).Count == 0
                    && JournalHash.Is(row with { Sequence = sequence, PreviousHash = PreviousOf(sequence) }, other.Hash)))
            {
                return sequence;
            }
        }

        return null;
    }

    void CheckUnwitnessed(JournalRow row, byte[]? computed)
    {
        var previous = instance.Journal.LastOrDefault(before => before.Sequence < row.Sequence);
        var follows = previous is null
            ? row.Sequence == 1 && JournalHash.Same(row.PreviousHash, ChainHash.Origin)
            : row.Sequence == previous.Sequence + 1 && JournalHash.Same(row.PreviousHash, previous.Hash);
        if (computed is null || !JournalHash.Same(computed, row.Hash))
            Inserted("its hash is not that of what it says");
        else if (!follows)
            Inserted("it does not follow the row before it");
        else if (instance.Row is null || instance.Row.Version < row.Sequence)
            Inserted($"the instance {(instance.Row is null ? "is gone" : $"has {instance.Row.Version:N0} steps")} and does not know of it");
        else if (row.OccurredAt < young)
        {
            Add(
                FindingKind.NotWitnessed, row.Sequence,
                $"Step {row.Sequence} of {Key}, taken at {RowEdit.Text(row.OccurredAt)}, fits its journal and its instance, but the ledger does not " +
                "have it: the audit is behind, or the step was written by somebody who can write all of that.");
        }

        void Inserted(string why)
        {
            _spoilt.Add(row.Sequence);
            Add(
                FindingKind.RowInserted, row.Sequence,
                $"Step {row.Sequence} of {Key} was never witnessed, and {why}: no engine wrote this row here.");
        }
    }

    void CheckMissing()
    {
        var there = instance.Journal.Select(row => row.Sequence).ToHashSet();
        foreach (var row in witnessed.Where(row => row.Sequence > (archived?.Through ?? 0) && !there.Contains(row.Sequence)))
        {
            Add(
                FindingKind.RowMissing, row.Sequence,
                $"Step {row.Sequence} of {Key} ({row.Event}, {row.From} to {row.To}, at {RowEdit.Text(row.OccurredAt)}) was witnessed with the hash " +
                $"{RowEdit.Hex(row.Hash)}, and the journal does not have it any more.");
        }
    }

    /// <summary>What was moved to an archive ended as it was witnessed; what is in the file, <see cref="ArchiveCheck"/> tells.</summary>
    void CheckArchive()
    {
        if (archived is null || (_trusted.TryGetValue(archived.Through, out var last) && JournalHash.Same(last.Hash, archived.HeadHash)))
            return;
        Add(
            FindingKind.RowMissing, archived.Through,
            $"The journal of {Key} up to step {archived.Through} is said to be in the archive {archived.File}, which does not end as it was witnessed.");
    }

    /// <summary>Where nothing else was found, the rows must follow one another by themselves.</summary>
    void CheckChain()
    {
        // Where the archive was written and the rows are still there, they are checked as if they had not been archived.
        var (sequence, hash) = archived is null || instance.Journal is [{ Sequence: 1 }, ..]
            ? (0L, ChainHash.Origin)
            : (archived.Through, archived.HeadHash);
        foreach (var row in instance.Journal)
        {
            if (row.Sequence != sequence + 1)
                Broken($"it follows step {sequence}, and what is between them is gone");
            else if (!JournalHash.Same(row.PreviousHash, hash))
                Broken($"it names {RowEdit.Hex(row.PreviousHash)} as the hash of the row before, which is {RowEdit.Hex(hash)}");
            (sequence, hash) = (row.Sequence, row.Hash);

            void Broken(string why) => Add(FindingKind.ChainBroken, row.Sequence, $"The chain of {Key} is broken at step {row.Sequence}: {why}.");
        }
    }

    /// <summary>What the ledger says beside the hash is not in the tree; the journal's row, which is, says whether it is right.</summary>
    void CheckSummaries()
    {
        var oneName = witnessed.Select(row => (row.Type, row.Key)).Distinct().Count() <= 1;
        foreach (var row in instance.Journal.Where(row => !_spoilt.Contains(row.Sequence)))
        {
            if (!_trusted.TryGetValue(row.Sequence, out var known))
                continue;

            var differences = RowEdit.Differences(row, known).ToList();
            if (!oneName && instance.Row is { } owner && (owner.Type, owner.Key) != (known.Type, known.Key))
                differences.Add(RowEdit.Change("name", $"{known.Type} {known.Key}", $"{owner.Type} {owner.Key}"));
            if (differences.Count > 0)
            {
                Add(
                    FindingKind.LedgerRowEdited, row.Sequence,
                    $"The ledger's row of step {row.Sequence} of {Key} is not what was witnessed. Its hash is right, and so is the journal: from the " +
                    $"ledger to the journal they differ in {string.Join(", ", differences)}.");
            }
        }
    }

    byte[] PreviousOf(long sequence) => _trusted.TryGetValue(sequence - 1, out var before)
        ? before.Hash
        : instance.Journal.FirstOrDefault(row => row.Sequence == sequence - 1)?.Hash ?? ChainHash.Origin;

    void Add(string kind, long? sequence, string detail) => _findings.Add(new VerificationFinding(kind, instance.Id, Key, sequence, detail));

    static string Steps(List<long> sequences) =>
        sequences.Count == 1 ? $"step {sequences[0]}" : $"{sequences.Count:N0} steps ({sequences[0]} to {sequences[^1]})";
}
