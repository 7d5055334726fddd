using Microsoft.EntityFrameworkCore;
using Resonance.Engine.Delivery;

namespace Resonance.Engine.Storage.Queries;

/// <summary>Counts messages that the outbox should have got rid of by now. Reads only.</summary>
sealed class DueMessages(IDbContextFactory<ReadContext> contexts, DeliveryOptions options, TimeProvider clock)
{
    // A message that could not be sent is put off by at most so long.
    static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    /// <summary>How many are due, by destination; messages that were set aside are left out.</summary>
    public async Task<IReadOnlyDictionary<string, long>> CountAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();

        // Follows from the time when a message comes due, and has an index: timers that run for long are not looked at.
        var claimable = now + options.Lease + LongestPause;
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await context.Outbox
            .Where(row => row.SetAsideAt == null && row.AvailableAt <= claimable && row.DueAt <= now)
            .GroupBy(row => row.Destination)
            .Select(group => new { Destination = group.Key, Count = group.LongCount() })
            .ToDictionaryAsync(group => group.Destination, group => group.Count, StringComparer.Ordinal, cancellationToken);
    }
}
