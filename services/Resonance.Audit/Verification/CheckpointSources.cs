using Resonance.Audit.Checkpoints;
using Resonance.Audit.Ledger;

namespace Resonance.Audit.Verification;

/// <summary>Gathers every checkpoint that can be had, and checks who signed it.</summary>
/// <param name="keys">The log's keys.</param>
/// <param name="export">The folder that checkpoints are exported to.</param>
/// <param name="given">Files and folders that somebody brought along.</param>
sealed class CheckpointSources(CheckpointKeys keys, CheckpointExport export, IReadOnlyList<string> given)
{
    const int PageSize = 1000;

    /// <summary>Checks all of them.</summary>
    /// <param name="session">The ledger.</param>
    /// <param name="known">Takes those that this log's keys signed.</param>
    /// <param name="found">Takes what is wrong with the others.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public async Task ReadAllAsync(
        AuditSession session, Action<KnownCheckpoint> known, Action<VerificationFinding> found, CancellationToken cancellationToken)
    {
        await ReadStoredAsync(session, known, found, cancellationToken);
        foreach (var path in CheckpointExport.FilesOf(export.Folder))
        {
            cancellationToken.ThrowIfCancellationRequested();
            // Another log may share the folder.
            if (CheckpointExport.Read(path) is not { } exported)
                found(SignedRoots.Of(CheckpointKeys.Unreadable(path)));
            else if (exported.Checkpoint.Origin == keys.Origin)
                Take(exported.Text, path, known, found);
        }

        await ReadGivenAsync(known, found, cancellationToken);
    }

    /// <summary>Checks the newest that is stored, the newest that was exported, and those that somebody brought along.</summary>
    public async Task ReadNewestAsync(
        AuditSession session, Action<KnownCheckpoint> known, Action<VerificationFinding> found, CancellationToken cancellationToken)
    {
        if (await CheckpointTable.NewestAsync(session, cancellationToken) is { } stored)
            Take(stored, known, found);
        if (export.FindLatest() is { } exported)
            Take(exported.Text, exported.Path, known, found);
        await ReadGivenAsync(known, found, cancellationToken);
    }

    async Task ReadGivenAsync(Action<KnownCheckpoint> known, Action<VerificationFinding> found, CancellationToken cancellationToken)
    {
        foreach (var path in given.SelectMany(path => Directory.Exists(path) ? CheckpointExport.FilesOf(path) : [path]))
        {
            cancellationToken.ThrowIfCancellationRequested();
            Take(await File.ReadAllTextAsync(path, cancellationToken), path, known, found);
        }
    }

    async Task ReadStoredAsync(
        AuditSession session, Action<KnownCheckpoint> known, Action<VerificationFinding> found, CancellationToken cancellationToken)
    {
        var size = 0L;
        List<SignedCheckpoint> page;
        do
        {
            page = await CheckpointTable.AfterAsync(session, size, PageSize, cancellationToken).ToListAsync(cancellationToken);
            foreach (var stored in page)
            {
                Take(stored, known, found);
                size = stored.Size;
            }
        }
        while (page.Count == PageSize);
    }

    /// <summary>A stored row has columns beside its note, and they have to say the same.</summary>
    void Take(SignedCheckpoint stored, Action<KnownCheckpoint> known, Action<VerificationFinding> found) => Take(
        stored.Note,
        CheckpointKeys.Database,
        read =>
        {
            if (read.Checkpoint.Size == stored.Size && JournalHash.Same(read.Checkpoint.Root, stored.Root))
                known(read);
            else
                found(SignedRoots.Of(CheckpointKeys.Misplaced(stored.Size)));
        },
        found);

    void Take(string note, string place, Action<KnownCheckpoint> known, Action<VerificationFinding> found)
    {
        var (read, forged) = keys.Check(note, place);
        if (read is not null)
            known(read);
        else
            found(SignedRoots.Of(forged!));
    }
}
