using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Resonance.Audit.Ledger;

namespace Resonance.Audit.Checkpoints;

/// <summary>
/// Signs what the ledger is, again and again, and writes it where a database that is set back does not take it along. It signs nothing
/// that contradicts what was signed before: a log that was tampered with stays without a signature until a person has looked at it.
/// </summary>
/// <remarks>Any number of processes may run one. Whoever signs holds the ledger's lock, and a size is signed once.</remarks>
sealed partial class Checkpointer(
    AuditDatabase database, FindingStore findings, CheckpointExport export, CheckpointHealth health, CheckpointOptions options,
    TimeProvider clock, ILogger<Checkpointer> log) : BackgroundService, IHostedLifecycleService
{
    const int ExportedAtOnce = 1000;

    NoteSigner? _signer;
    CheckpointKeys? _keys;

    /// <summary>The largest checkpoint that this process has seen outside the database.</summary>
    KnownCheckpoint? _exported;

    bool _folderRead;

    /// <summary>Kind of what keeps this process from signing. Its sentence changes with a ledger that goes on growing; it is told once.</summary>
    string? _refused;

    /// <summary>Refuses a key that cannot be used before anything else has started.</summary>
    /// <exception cref="AuditKeyException">The key cannot be used.</exception>
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        Open();
        return Task.CompletedTask;
    }

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Signs when the ledger has grown, and exports what was not exported yet.</summary>
    /// <returns>What does not agree, so that nothing was signed; null when all is well.</returns>
    internal async Task<Finding?> RoundAsync(CancellationToken cancellationToken)
    {
        Open();
        var disagreement = ReadExported() ?? await database.WriteAsync(SignAsync, cancellationToken) ?? await ExportAsync(cancellationToken);
        if (disagreement is not null && disagreement.Kind != _refused)
        {
            await findings.AddAsync(disagreement, cancellationToken);
            LogRefused(disagreement.Kind, disagreement.Detail);
        }

        _refused = disagreement?.Kind;
        return disagreement;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.CheckpointInterval, clock);
        do
            await TryRoundAsync(stoppingToken);
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    /// <summary>A round whose trouble goes to the log and into health.</summary>
    internal async Task TryRoundAsync(CancellationToken stoppingToken)
    {
        try
        {
            if (await RoundAsync(stoppingToken) is { } disagreement)
                health.Trouble = $"No checkpoint is signed any more: {disagreement.Detail} Run the host's 'verify' command to see what changed.";
            else
                Recover();
        }
        catch (Exception away) when (away is IOException or UnauthorizedAccessException)
        {
            Complain($"Checkpoints cannot be exported to {export.Folder}: {away.Message}", away);
        }
        catch (Exception away) when (!stoppingToken.IsCancellationRequested)
        {
            // Whatever it is, the audit's trouble must not end the process: an engine may be in it.
            Complain($"No checkpoint can be signed: the audit's database does not answer. {away.Message}", away);
        }
    }

    void Open()
    {
        _signer ??= KeyFile.Open(options.KeyPath, options.Origin);
        _keys ??= new CheckpointKeys(options.Origin, [_signer.Verifier, .. options.AcceptedKeys]);
    }

    /// <summary>Looks at what was signed outside the database: all of it once, then whether somebody signed more.</summary>
    Finding? ReadExported()
    {
        var found = _folderRead ? export.FindLatest() : export.FindLargest();
        if (found is not null && found.Checkpoint.Size > (_exported?.Checkpoint.Size ?? 0))
        {
            var (known, forged) = _keys!.Check(found.Text, found.Path);
            if (forged is not null)
                return forged;
            _exported = known;
        }

        _folderRead = true;
        return null;
    }

    async Task<Finding?> SignAsync(AuditSession session, CancellationToken cancellationToken)
    {
        Merkle.Frontier frontier;
        try
        {
            frontier = await LedgerStore.LockAsync(session, cancellationToken);
        }
        catch (InvalidDataException changed)
        {
            return new Finding(FindingKind.FrontierChanged, null, null, changed.Message);
        }

        var newest = await CheckpointTable.NewestAsync(session, cancellationToken);
        var (stored, forged) = newest is null ? (null, null) : _keys!.Check(newest.Note, CheckpointKeys.Database);
        if (forged is not null)
            return forged;

        foreach (var known in new[] { stored, _exported }.OfType<KnownCheckpoint>())
        {
            if (await known.CompareAsync(session, frontier, cancellationToken) is { } disagreement)
                return disagreement;
        }

        if (frontier.Size > (newest?.Size ?? 0))
        {
            var checkpoint = new Checkpoint(options.Origin, frontier.Size, frontier.Root());
            var note = _signer!.Sign(checkpoint.Text);
            await CheckpointTable.AddAsync(
                session,
                new SignedCheckpoint(checkpoint.Size, checkpoint.Root, note, _signer.Verifier.ToString(), clock.GetUtcNow()),
                cancellationToken);
        }

        return null;
    }

    /// <summary>Writes what stands in the database and not in the folder, after a crash or with another process's signature.</summary>
    async Task<Finding?> ExportAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<SignedCheckpoint> missing;
        do
        {
            missing = await database.ReadAsync<IReadOnlyList<SignedCheckpoint>>(
                async (session, token) => await CheckpointTable
                    .AfterAsync(session, _exported?.Checkpoint.Size ?? 0, ExportedAtOnce, token).ToListAsync(token),
                cancellationToken);
            foreach (var checkpoint in missing)
            {
                // Somebody could have put one into the table; the folder is evidence and takes none unseen.
                var (known, forged) = _keys!.Check(checkpoint.Note, CheckpointKeys.Database);
                if (known is null || known.Checkpoint.Size != checkpoint.Size)
                    return forged ?? CheckpointKeys.Misplaced(checkpoint.Size);
                export.Write(checkpoint);
                _exported = known with { Place = export.Folder };
            }
        }
        while (missing.Count == ExportedAtOnce);

        return null;
    }

    void Complain(string trouble, Exception exception)
    {
        if (health.Trouble is null)
            LogTrouble(trouble, exception);
        health.Trouble = trouble;
    }

    void Recover()
    {
        if (health.Trouble is not null)
            LogRecovered();
        health.Trouble = null;
    }

    [LoggerMessage(EventId = 5101, EventName = "CheckpointRefused", Level = LogLevel.Critical,
        Message = "No checkpoint is signed any more, {Kind}: {Detail} Run the host's 'verify' command to see what changed.")]
    partial void LogRefused(string kind, string detail);

    [LoggerMessage(5102, LogLevel.Warning, "{Trouble}", EventName = "CheckpointTrouble")]
    partial void LogTrouble(string trouble, Exception exception);

    [LoggerMessage(5103, LogLevel.Information, "Checkpoints are signed and exported again.", EventName = "CheckpointsResumed")]
    partial void LogRecovered();
}
