using System.Globalization;
using Resonance.Audit.Checkpoints;
using Resonance.Audit.Ledger;
using Resonance.Engine.Definitions;
using Resonance.Engine.Journal;
using Resonance.Engine.Storage;
using Resonance.Engine.Storage.Queries;

namespace Resonance.Audit.Archive;

/// <summary>What an archiving did.</summary>
/// <param name="Instances">Instances whose journal was moved.</param>
/// <param name="Rows">Journal rows that were moved.</param>
/// <param name="Files">Files that were written.</param>
/// <param name="Held">Instances that are old enough and stay, since not all of their steps can be proven yet.</param>
public sealed record ArchiveResult(long Instances, long Rows, int Files, long Held);

/// <summary>
/// Moves the journals of instances that ended long ago to compressed files, each row with the proof that it was witnessed. First the file is
/// on the disk, then it is noted, then the rows go: a stop in between costs a repetition and no row. The instance and the ledger's rows stay.
/// </summary>
/// <remarks>A step that is not in the ledger as the journal has it is no case for an archive, but for <c>verify</c>: its instance stays.</remarks>
public sealed class Archiver
{
    /// <summary>Instances in a file: also how many memory holds.</summary>
    const int InstancesOfAFile = 500;

    static readonly string[] Ends = [WorkflowStatus.Completed, WorkflowStatus.Failed, WorkflowStatus.Cancelled];

    readonly IWorkflowStore _store;
    readonly JournalScan _journal;
    readonly AuditDatabase _database;
    readonly LedgerProofs _proofs;
    readonly ArchiveOptions _options;
    readonly CheckpointOptions _log;
    readonly TimeProvider _clock;

    internal Archiver(
        IWorkflowStore store, JournalScan journal, AuditDatabase database, LedgerProofs proofs, ArchiveOptions options, CheckpointOptions log,
        TimeProvider clock)
    {
        _store = store;
        _journal = journal;
        _database = database;
        _proofs = proofs;
        _options = options;
        _log = log;
        _clock = clock;
    }

    /// <summary>Moves the journals of the instances that ended, and took their last step, before.</summary>
    /// <param name="before">The moment.</param>
    /// <param name="cancellationToken">Stops after the file that is being written.</param>
    /// <exception cref="IOException">A file cannot be written; what was moved until then is in order.</exception>
    /// <exception cref="System.Data.Common.DbException">A database cannot be reached, or the connecting user may not remove rows.</exception>
    public async Task<ArchiveResult> RunAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateDirectory(_options.PathIn(_log.DataDirectory)).FullName;
        var result = new ArchiveResult(0, 0, 0, 0);
        foreach (var status in Ends)
        {
            var which = new WorkflowScan(status) { UnchangedSince = before, NothingUnderWay = true };
            var old = new List<WorkflowRow>(InstancesOfAFile);
            await foreach (var row in _store.ScanAllAsync(which, InstancesOfAFile, cancellationToken))
            {
                old.Add(row);
                if (old.Count < InstancesOfAFile)
                    continue;
                result = await MoveAsync(folder, old, result, cancellationToken);
                old.Clear();
            }

            result = await MoveAsync(folder, old, result, cancellationToken);
        }

        return result;
    }

    async Task<ArchiveResult> MoveAsync(string folder, List<WorkflowRow> rows, ArchiveResult result, CancellationToken cancellationToken)
    {
        var instances = new List<ArchivedInstance>(rows.Count);
        var held = 0;
        foreach (var row in rows)
        {
            var scanned = await _journal.ReadAllAsync(row.Id, cancellationToken).FirstOrDefaultAsync(cancellationToken);
            if (scanned is not { Journal.Count: > 0 })
                continue;
            if (await ProveAsync(scanned.Journal, cancellationToken) is { } steps)
                instances.Add(ArchivedInstance.Of(row, steps));
            else
                held++;
        }

        if (instances.Count == 0)
            return result with { Held = result.Held + held };

        var now = _clock.GetUtcNow();
        var file = string.Create(
            CultureInfo.InvariantCulture, $"{now:yyyyMMdd'T'HHmmssfff}Z-{instances[0].Id:N}{ArchiveFile.Extension}");
        await ArchiveFile.WriteAsync(
            Path.Combine(folder, file), new ArchiveHead(ArchiveHead.Format, _log.Origin, now), instances, cancellationToken);

        // From here on the file stands for the rows; what was begun is brought to its end.
        ArchivedJournal[] moved =
            [.. instances.Select(instance => new ArchivedJournal(instance.Id, instance.Journal[^1].Sequence, Convert.FromHexString(instance.Journal[^1].Hash), file))];
        await _database.WriteAsync(
            async (session, token) =>
            {
                await ArchivedJournals.AddAsync(session, moved, now, token);
                return true;
            },
            CancellationToken.None);
        var removed = await _store.RemoveJournalAsync(
            [.. moved.Select(journal => (journal.WorkflowId, journal.Through))], CancellationToken.None);
        return new ArchiveResult(result.Instances + moved.Length, result.Rows + removed, result.Files + 1, result.Held + held);
    }

    /// <returns>Null when a row cannot be proven, or is not what its hash says.</returns>
    async Task<List<ArchivedStep>?> ProveAsync(IReadOnlyList<JournalRow> journal, CancellationToken cancellationToken)
    {
        var steps = new List<ArchivedStep>(journal.Count);
        foreach (var row in journal)
        {
            var proven = await _proofs.ProveAsync(row.WorkflowId, row.Sequence, cancellationToken);
            if (proven.Proof is not { } proof || !proof.RowHash.AsSpan().SequenceEqual(ChainHash.Compute(row)))
                return null;
            steps.Add(ArchivedStep.Of(row, proof.ToText()));
        }

        return steps;
    }
}
