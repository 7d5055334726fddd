using Resonance.Audit.Archive;
using Resonance.Audit.Ledger;
using Resonance.Engine.Storage.Queries;

namespace Resonance.Audit.Verification;

/// <summary>
/// Walks through the journal and the ledger side by side in the order of the instances' ids, so that memory holds one instance of each.
/// </summary>
/// <remarks>The ledger is read first, page by page: a step that is witnessed meanwhile is in the journal by then.</remarks>
sealed class HistoryCheck(
    AuditSession session, JournalScan journal, IReadOnlySet<long> editedLeaves, DateTimeOffset young, VerificationProgress progress,
    Action<VerificationFinding> found)
{
    public long Instances { get; private set; }

    public long Rows { get; private set; }

    /// <param name="workflowId">Only this instance; null for all.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public async Task RunAsync(Guid? workflowId, CancellationToken cancellationToken)
    {
        var (first, last) = workflowId is { } only ? (only, only) : (Guid.Empty, Guid.AllBitsSet);
        await using var ledger = LedgerRows.ByWorkflowAsync(session, first, last, cancellationToken).GetAsyncEnumerator(cancellationToken);
        var archived = await ArchivedJournals.ReadAsync(session, first, last, cancellationToken);
        var more = await ledger.MoveNextAsync();
        await foreach (var instance in journal.ReadAllAsync(workflowId, cancellationToken))
        {
            while (more && ledger.Current.WorkflowId.CompareTo(instance.Id) < 0)
                await TakeAsync(new ScannedInstance(ledger.Current.WorkflowId, null, []));

            await TakeAsync(instance);
        }

        while (more)
            await TakeAsync(new ScannedInstance(ledger.Current.WorkflowId, null, []));

        async Task TakeAsync(ScannedInstance instance)
        {
            var witnessed = new List<LedgerRow>();
            for (; more && ledger.Current.WorkflowId == instance.Id; more = await ledger.MoveNextAsync())
                witnessed.Add(ledger.Current);
            Check(instance, witnessed, archived.GetValueOrDefault(instance.Id));
        }
    }

    void Check(ScannedInstance instance, List<LedgerRow> witnessed, ArchivedJournal? archived)
    {
        Instances++;
        Rows += instance.Journal.Count;
        progress.Advance(instance.Journal.Count);
        foreach (var finding in new InstanceCheck(instance, witnessed, archived, row => editedLeaves.Contains(row.LeafIndex), young).Run())
            found(finding);
    }
}
