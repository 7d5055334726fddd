using Microsoft.Extensions.Caching.Memory;
using Resonance.Engine.Storage;

namespace Resonance.Engine.Steps;

/// <summary>The rows that this process committed last, so that the next step of the same instance need not read them again.</summary>
/// <remarks>A row may be stale when another process took a step: the version check at commit tells, and the row is dropped.</remarks>
sealed class InstanceCache(int most) : IDisposable
{
    readonly MemoryCache _rows = new(new MemoryCacheOptions { SizeLimit = Math.Max(1, most) });

    public WorkflowRow? Find(Guid id) => _rows.TryGetValue(id, out WorkflowRow? row) ? row : null;

    public void Keep(WorkflowRow row)
    {
        if (most == 0)
            return;

        if (row.FinishedAt is not null)
            _rows.Remove(row.Id);
        else
            _rows.Set(row.Id, row, new MemoryCacheEntryOptions { Size = 1 });
    }

    public void Drop(Guid id) => _rows.Remove(id);

    public void Dispose() => _rows.Dispose();
}
