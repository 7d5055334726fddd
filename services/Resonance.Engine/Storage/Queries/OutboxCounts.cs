using Microsoft.EntityFrameworkCore;

namespace Resonance.Engine.Storage.Queries;

/// <param name="Waiting">Messages that should have left by now.</param>
/// <param name="Later">Timers and messages that leave later.</param>
/// <param name="SetAside">Messages that could not be delivered.</param>
public sealed record OutboxCount(long Waiting, long Later, long SetAside);

/// <summary>Counts what is in the outbox. Reads only.</summary>
sealed class OutboxCounts(IDbContextFactory<ReadContext> contexts, TimeProvider clock)
{
    public async Task<OutboxCount> CountAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var aside = await context.Outbox.LongCountAsync(row => row.SetAsideAt != null, cancellationToken);
        var waiting = await context.Outbox.LongCountAsync(row => row.SetAsideAt == null && row.DueAt <= now, cancellationToken);
        var later = await context.Outbox.LongCountAsync(row => row.SetAsideAt == null && row.DueAt > now, cancellationToken);
        return new OutboxCount(waiting, later, aside);
    }
}
