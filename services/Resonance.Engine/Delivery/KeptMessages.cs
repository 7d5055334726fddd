namespace Resonance.Engine.Delivery;

/// <summary>A queue beside those of the catalog: one of a service that is no workflow.</summary>
/// <param name="Name">Its name.</param>
public sealed record KnownQueue(string Name);

/// <summary>A message as it lies in a queue of messages that could not be handled.</summary>
public sealed record KeptMessage
{
    /// <summary>Its own id; null when its sender gave it none.</summary>
    public required string? MessageId { get; init; }

    /// <summary>E.g. <c>application/json</c>.</summary>
    public required string? ContentType { get; init; }

    /// <summary>Every header, texts as texts.</summary>
    public required IReadOnlyDictionary<string, string> Headers { get; init; }

    /// <summary>As text; what is no UTF-8 has replacement characters. Cut off where <see cref="IsCut"/> says so.</summary>
    public required string Body { get; init; }

    /// <summary>The length of the whole body.</summary>
    public required int BodyBytes { get; init; }

    /// <summary>Whether there is more of the body than is shown.</summary>
    public required bool IsCut { get; init; }

    /// <summary>Whether somebody has taken it out before and put it back: looking at it does.</summary>
    public required bool Redelivered { get; init; }

    /// <summary>When it was sent, as far as its sender says.</summary>
    public DateTimeOffset? SentAt { get; init; }
}

/// <param name="Redriven">Messages that are in their queue again.</param>
/// <param name="Left">Messages that are still there.</param>
/// <param name="Found">Whether the one message that was asked for was there; true when all were asked for.</param>
/// <param name="Problem">Why it came to an end early; null when it did not. The message that it happened to is still where it was.</param>
public sealed record RedriveResult(int Redriven, long Left, bool Found, string? Problem);

/// <summary>
/// Looks at messages that could not be handled, and sends them to their queue again. A message is in one of the two queues at every moment:
/// it leaves the one only when the broker has confirmed that the other has it.
/// </summary>
public abstract class KeptMessages
{
    /// <summary>What follows the name of a queue in those of its messages that could not be handled.</summary>
    public static IReadOnlyList<string> Suffixes { get; } = ["_error", "_skipped"];

    /// <summary>Most messages that are looked at, or looked through for one, at once.</summary>
    public const int LookedAtMax = 1000;

    /// <summary>Most bytes of a body that are shown.</summary>
    public const int BodyShownMax = 64 * 1024;

    /// <summary>Why there are never any to be seen; null when there may be.</summary>
    public abstract string? WhyNone { get; }

    /// <summary>The first messages of a queue, the oldest first; they stay where they are.</summary>
    /// <param name="queue">With its suffix, e.g. <c>order_error</c>.</param>
    /// <param name="limit">1 to <see cref="LookedAtMax"/>.</param>
    /// <param name="cancellationToken">Stops waiting for the broker.</param>
    /// <returns>None when there is no such queue: nothing was ever set aside there.</returns>
    /// <exception cref="Exception">The broker cannot be reached; which exception it is depends on its driver.</exception>
    public abstract Task<IReadOnlyList<KeptMessage>> PeekAsync(string queue, int limit, CancellationToken cancellationToken);

    /// <summary>Sends messages to the queue that they could not be handled in.</summary>
    /// <param name="queue">With its suffix, e.g. <c>order_error</c>.</param>
    /// <param name="messageId">The one message; null for the first ones.</param>
    /// <param name="limit">1 to <see cref="LookedAtMax"/>: how many at most.</param>
    /// <param name="cancellationToken">Ends it after the message that is on its way.</param>
    /// <exception cref="Exception">The broker cannot be reached; which exception it is depends on its driver.</exception>
    public abstract Task<RedriveResult> RedriveAsync(string queue, string? messageId, int limit, CancellationToken cancellationToken);

    /// <summary>The queue that messages came from; null for a name that is none of a queue of messages set aside.</summary>
    public static string? SourceOf(string queue) =>
        Suffixes.Where(suffix => queue.Length > suffix.Length && queue.EndsWith(suffix, StringComparison.Ordinal))
            .Select(suffix => queue[..^suffix.Length])
            .FirstOrDefault();
}

/// <summary>The broker in memory keeps nothing that could not be handled: <see cref="MemoryBrokerSpecification"/> puts it into the store.</summary>
sealed class MemoryKeptMessages : KeptMessages
{
    public override string WhyNone =>
        "The broker in memory keeps no message that could not be handled: it is set aside in the store. See GET /api/dead-letters.";

    public override Task<IReadOnlyList<KeptMessage>> PeekAsync(string queue, int limit, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<KeptMessage>>([]);

    public override Task<RedriveResult> RedriveAsync(string queue, string? messageId, int limit, CancellationToken cancellationToken) =>
        Task.FromResult(new RedriveResult(0, 0, messageId is null, null));
}
