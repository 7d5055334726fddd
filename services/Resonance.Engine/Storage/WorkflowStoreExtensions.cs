using System.Runtime.CompilerServices;

namespace Resonance.Engine.Storage;

static class WorkflowStoreExtensions
{
    /// <summary>Every instance that is asked for, page after page. What changes meanwhile is seen as it is when its page is read.</summary>
    public static async IAsyncEnumerable<WorkflowRow> ScanAllAsync(
        this IWorkflowStore store, WorkflowScan which, int pageSize, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        (DateTimeOffset, Guid)? after = null;
        while (true)
        {
            var page = await store.ScanAsync(which, after, pageSize, cancellationToken);
            foreach (var row in page)
                yield return row;
            if (page.Count < pageSize)
                yield break;
            after = (page[^1].StartedAt, page[^1].Id);
        }
    }
}
