using System.Threading.Channels;
using Resonance.Audit.Archive;
using Resonance.Audit.Ledger;
using Resonance.Engine.Storage.Queries;

namespace Resonance.Audit.Verification;

/// <summary>
/// Walks through the journal and the ledger side by side in the order of the instances' ids. What was read is checked while the next is
/// read; memory holds some hundred instances.
/// </summary>
/// <remarks>The ledger is read first, page by page: a step that is witnessed meanwhile is in the journal by then.</remarks>
sealed class HistoryCheck(
    AuditSession session, JournalScan journal, IReadOnlySet<long> editedLeaves, DateTimeOffset young, VerificationProgress progress,
    Action<VerificationFinding> found)
{
    const int InstancesAtOnce = 100;
    const int BatchesAhead = 3;

    public long Instances { get; private set; }

    public long Rows { get; private set; }

    /// <param name="workflowId">Only this instance; null for all.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public async Task RunAsync(Guid? workflowId, CancellationToken cancellationToken)
    {
        var batches = Channel.CreateBounded<List<ReadInstance>>(BatchesAhead);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var checking = Task.Run(() => CheckAsync(batches.Reader, stop), CancellationToken.None);
        try
        {
            await ReadAsync(workflowId, batches.Writer, stop.Token);
        }
        finally
        {
            // Where checking failed, reading was only told to stop: what is thrown here is why.
            batches.Writer.Complete();
            await checking;
        }
    }

    async Task ReadAsync(Guid? workflowId, ChannelWriter<List<ReadInstance>> batches, CancellationToken cancellationToken)
    {
        var (first, last) = workflowId is { } only ? (only, only) : (Guid.Empty, Guid.AllBitsSet);
        await using var ledger = LedgerRows.ByWorkflowAsync(session, first, last, cancellationToken).GetAsyncEnumerator(cancellationToken);
        var archived = await ArchivedJournals.ReadAsync(session, first, last, cancellationToken);
        var more = await ledger.MoveNextAsync();
        var batch = new List<ReadInstance>(InstancesAtOnce);
        await foreach (var instance in journal.ReadAllAsync(workflowId, cancellationToken))
        {
            while (more && ledger.Current.WorkflowId.CompareTo(instance.Id) < 0)
                await TakeAsync(new ScannedInstance(ledger.Current.WorkflowId, null, []));

            await TakeAsync(instance);
        }

        while (more)
            await TakeAsync(new ScannedInstance(ledger.Current.WorkflowId, null, []));
        await batches.WriteAsync(batch, cancellationToken);

        async Task TakeAsync(ScannedInstance instance)
        {
            var witnessed = new List<LedgerRow>();
            for (; more && ledger.Current.WorkflowId == instance.Id; more = await ledger.MoveNextAsync())
                witnessed.Add(ledger.Current);
            batch.Add(new ReadInstance(instance, witnessed, archived.GetValueOrDefault(instance.Id)));
            if (batch.Count < InstancesAtOnce)
                return;
            await batches.WriteAsync(batch, cancellationToken);
            batch = new List<ReadInstance>(InstancesAtOnce);
        }
    }

    async Task CheckAsync(ChannelReader<List<ReadInstance>> batches, CancellationTokenSource stop)
    {
        try
        {
            await foreach (var batch in batches.ReadAllAsync(CancellationToken.None))
            {
                foreach (var read in batch)
                    Check(read);
            }
        }
        catch
        {
            await stop.CancelAsync();
            throw;
        }
    }

    void Check(ReadInstance read)
    {
        Instances++;
        Rows += read.Instance.Journal.Count;
        progress.Advance(read.Instance.Journal.Count);
        var check = new InstanceCheck(read.Instance, read.Witnessed, read.Archived, row => editedLeaves.Contains(row.LeafIndex), young);
        foreach (var finding in check.Run())
            found(finding);
    }

    sealed record ReadInstance(ScannedInstance Instance, List<LedgerRow> Witnessed, ArchivedJournal? Archived);
}
