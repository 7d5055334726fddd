using Resonance.Audit.Archive;
using Resonance.Audit.Ledger;
using Resonance.Engine.Journal;

namespace Resonance.Audit.Verification;

/// <summary>
/// Whether the journals that are said to be in archives are there, whole and as they were witnessed. What is only said to be in one was
/// deleted.
/// </summary>
/// <param name="session">The ledger.</param>
/// <param name="folder">Folder of the archives.</param>
/// <param name="found">Takes findings.</param>
sealed class ArchiveCheck(AuditSession session, string folder, Action<VerificationFinding> found)
{
    const int PageSize = 2000;

    static readonly StoreText Page = new(
        """
        SELECT workflow_id, through_sequence, head_hash, file FROM archived
        WHERE (file, workflow_id) > (@file, @id) AND workflow_id BETWEEN @first AND @last
        ORDER BY file, workflow_id LIMIT @most
        """);

    static readonly StoreText HashOf = new("SELECT hash FROM step WHERE workflow_id = @id AND sequence = @sequence");

    /// <param name="workflowId">Only this instance; null for all.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="IOException">An archive cannot be read.</exception>
    public async Task RunAsync(Guid? workflowId, CancellationToken cancellationToken)
    {
        var (first, last) = workflowId is { } only ? (only, only) : (Guid.Empty, Guid.AllBitsSet);
        var claims = new Dictionary<Guid, ArchivedJournal>();
        var (file, id) = ("", Guid.Empty);
        List<ArchivedJournal> page;
        do
        {
            page = await session.QueryAsync(
                Page, row => new ArchivedJournal(row.Id(0), row.Number(1), row.Bytes(2), row.Text(3)), cancellationToken,
                ("@file", file), ("@id", id), ("@first", first), ("@last", last), ("@most", (long)PageSize)).ToListAsync(cancellationToken);
            foreach (var claim in page)
            {
                if (claim.File != file && claims.Count > 0)
                    await CheckFileAsync(file, claims, cancellationToken);
                (file, id) = (claim.File, claim.WorkflowId);
                claims.TryAdd(claim.WorkflowId, claim);
            }
        }
        while (page.Count == PageSize);

        if (claims.Count > 0)
            await CheckFileAsync(file, claims, cancellationToken);
    }

    /// <summary>Checks what a file is said to hold, and forgets the claims.</summary>
    async Task CheckFileAsync(string file, Dictionary<Guid, ArchivedJournal> claims, CancellationToken cancellationToken)
    {
        var path = Path.Combine(folder, Path.GetFileName(file));
        try
        {
            if (File.Exists(path))
                await CheckContentAsync(path, claims, cancellationToken);
            else
                Missing(file, claims);
        }
        catch (InvalidDataException damaged)
        {
            found(new VerificationFinding(FindingKind.ArchiveChanged, null, null, null, damaged.Message));
        }

        claims.Clear();
    }

    async Task CheckContentAsync(string path, Dictionary<Guid, ArchivedJournal> claims, CancellationToken cancellationToken)
    {
        await foreach (var instance in ArchiveFile.ReadAsync(path, cancellationToken))
        {
            if (claims.Remove(instance.Id, out var claim) && await ComplaintAsync(instance, claim, cancellationToken) is { } complaint)
                Changed(instance.Id, instance.Key, $"The journal of {instance.Key} in {path} is not what was archived: {complaint}.");
        }

        foreach (var claim in claims.Values)
            Changed(claim.WorkflowId, null, $"The archive {path} does not hold the journal of {claim.WorkflowId} up to step {claim.Through}, as it should.");
    }

    /// <summary>The last hash is in the ledger, so that a chain that leads to it leaves no doubt about any row.</summary>
    async Task<string?> ComplaintAsync(ArchivedInstance instance, ArchivedJournal claim, CancellationToken cancellationToken)
    {
        JournalRow?[] rows = [.. instance.Journal.Select(step => step.ToRow(instance.Id))];
        if (rows.Contains(null))
            return "a hash in it is none";
        if (rows is not [{ } first, ..] || rows[^1]!.Sequence != claim.Through || !JournalHash.Same(rows[^1]!.Hash, claim.HeadHash))
            return $"it does not end with the step {claim.Through} that was witnessed";

        var chain = new ArchivedChain(first.Sequence, await BeforeAsync(first, cancellationToken));
        foreach (var row in rows)
        {
            if (chain.Complaint(row!) is { } complaint)
                return $"step {row!.Sequence} {complaint}";
        }

        return null;
    }

    /// <summary>A journal may have been archived in parts; the ledger knows the row before.</summary>
    async Task<byte[]> BeforeAsync(JournalRow first, CancellationToken cancellationToken) => first.Sequence <= 1
        ? ChainHash.Origin
        : await session.QueryOneAsync(
            HashOf, row => row.Bytes(0), cancellationToken, ("@id", first.WorkflowId), ("@sequence", first.Sequence - 1)) ?? [];

    void Missing(string file, Dictionary<Guid, ArchivedJournal> claims) => found(new VerificationFinding(
        FindingKind.ArchiveMissing, claims.Count == 1 ? claims.Keys.First() : null, null, null,
        $"The journals of {claims.Count:N0} instances (the first is {claims.Keys.First()}) are said to be in the archive {file}, which is not in " +
        $"{folder}: they may as well have been deleted. Bring it back there, or set Audit:ArchiveFolder."));

    void Changed(Guid id, string? key, string detail) => found(new VerificationFinding(FindingKind.ArchiveChanged, id, key, null, detail));
}
