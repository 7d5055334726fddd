using System.Collections.Concurrent;
using System.Globalization;
using Resonance.Engine.Definitions;
using Resonance.Engine.Storage;

namespace Resonance.Engine.Delivery;

/// <summary>Gives out keys such as <c>ORDER-12401</c> from blocks of numbers, so that starts do not queue up behind one counter.</summary>
/// <remarks>Numbers of a block that a process did not use up are skipped when it ends.</remarks>
sealed class KeyAllocator(IWorkflowStore store)
{
    const int BlockSize = 100;

    readonly ConcurrentDictionary<string, Block> _blocks = new(StringComparer.Ordinal);

    public async ValueTask<string> NextAsync(WorkflowDescription workflow, CancellationToken cancellationToken)
    {
        var block = _blocks.GetOrAdd(workflow.Type, _ => new Block());
        var number = block.TryTake() ?? await block.RefillAsync(store, workflow.Type, cancellationToken);
        return string.Create(CultureInfo.InvariantCulture, $"{workflow.KeyPrefix}-{number}");
    }

    sealed class Block
    {
        readonly SemaphoreSlim _refill = new(1, 1);
        readonly Lock _lock = new();
        long _next;
        long _end;

        public long? TryTake()
        {
            lock (_lock)
                return _next < _end ? _next++ : null;
        }

        public async Task<long> RefillAsync(IWorkflowStore store, string type, CancellationToken cancellationToken)
        {
            await _refill.WaitAsync(cancellationToken);
            try
            {
                if (TryTake() is { } number)
                    return number;
                var first = await store.ReserveKeyNumbersAsync(type, BlockSize, cancellationToken);
                lock (_lock)
                {
                    _next = first + 1;
                    _end = first + BlockSize;
                }

                return first;
            }
            finally
            {
                _refill.Release();
            }
        }
    }
}
