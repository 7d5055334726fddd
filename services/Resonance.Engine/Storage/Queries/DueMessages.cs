using Microsoft.EntityFrameworkCore;

namespace Resonance.Engine.Storage.Queries;

/// <summary>Counts messages that the outbox should have got rid of by now. Reads only.</summary>
/// <param name="contexts">The read side.</param>
/// <param name="lease">How long a message may be leased to the process that sends it.</param>
/// <param name="clock">Tells what is due.</param>
sealed class DueMessages(IDbContextFactory<ReadContext> contexts, TimeSpan lease, TimeProvider clock)
{
    // A message that could not be sent is put off by at most so long.
    static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    /// <summary>How many are due, by destination; messages that were set aside are left out.</summary>
    public async Task<IReadOnlyDictionary<string, long>> CountAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();

        // Follows from the time when a message comes due, and has an index: timers that run for long are not looked at.
        var claimable = now + lease + LongestPause;
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await context.Outbox
            .Where(row => row.SetAsideAt == null && row.AvailableAt <= claimable && row.DueAt <= now)
            .GroupBy(row => row.Destination)
            .Select(group => new { Destination = group.Key, Count = group.LongCount() })
            .ToDictionaryAsync(group => group.Destination, group => group.Count, StringComparer.Ordinal, cancellationToken);
    }
}
