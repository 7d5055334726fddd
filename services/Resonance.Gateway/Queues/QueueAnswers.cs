using System.ComponentModel.DataAnnotations;
using Resonance.Contracts;
using Resonance.Engine.Delivery;
using Resonance.Engine.Operations;

namespace Resonance.Gateway.Queues;

/// <param name="Name">Its name.</param>
/// <param name="Ready">Messages that wait for a consumer; null when the broker does not tell.</param>
/// <param name="Consumers">How many consume from it.</param>
/// <param name="KeptOf">The queue whose messages lie here because they could not be handled; null for a queue of work.</param>
sealed record QueueItem(string Name, long? Ready, long Consumers, string? KeptOf)
{
    public static QueueItem Of(ListedQueue queue) => new(queue.Name, queue.Ready, queue.Consumers, queue.KeptOf);
}

/// <param name="Waiting">Messages that should have left by now.</param>
/// <param name="Timers">Timers, and other messages that leave later.</param>
/// <param name="SetAside">Messages that could not be delivered; see <c>GET /api/dead-letters</c>.</param>
sealed record OutboxAnswer(long Waiting, long Timers, long SetAside);

/// <param name="Queues">The queues of the broker that there are, by name.</param>
/// <param name="WorkQueues">The work queues, by name.</param>
/// <param name="Outbox">What the engines still have to send.</param>
/// <param name="Note">What has to be known of this; null when there is nothing to say.</param>
sealed record QueueListAnswer(
    IReadOnlyList<QueueItem> Queues, IReadOnlyList<WorkQueueItem> WorkQueues, OutboxAnswer Outbox, string? Note);

/// <param name="MessageId">Its own id; null when its sender gave it none.</param>
/// <param name="Reason">Why it could not be handled, as far as it says.</param>
/// <param name="Exception">The type of the exception, as far as it says.</param>
/// <param name="ContentType">E.g. <c>application/json</c>.</param>
/// <param name="Headers">Every header.</param>
/// <param name="Body">As text.</param>
/// <param name="BodyBytes">The length of the whole body.</param>
/// <param name="IsCut">Whether there is more of the body than is shown.</param>
/// <param name="Redelivered">Whether somebody has taken it out before and put it back: looking at it does.</param>
/// <param name="SentAt">When it was sent, as far as its sender says.</param>
sealed record KeptMessageItem(
    string? MessageId, string? Reason, string? Exception, string? ContentType, IReadOnlyDictionary<string, string> Headers, string Body,
    int BodyBytes, bool IsCut, bool Redelivered, DateTimeOffset? SentAt)
{
    public static KeptMessageItem Of(KeptMessage message) => new(
        message.MessageId, message.Headers.GetValueOrDefault("MT-Fault-Message") ?? message.Headers.GetValueOrDefault("MT-Reason"),
        message.Headers.GetValueOrDefault("MT-Fault-ExceptionType"), message.ContentType, message.Headers, message.Body, message.BodyBytes,
        message.IsCut, message.Redelivered, message.SentAt);
}

/// <param name="Items">The oldest first.</param>
/// <param name="Note">Why there are never any; null when there may be.</param>
sealed record KeptMessageListAnswer(IReadOnlyList<KeptMessageItem> Items, string? Note);

/// <summary>Which messages are sent to their queue again.</summary>
sealed record RedriveAsked
{
    /// <summary>The one message, of a work queue the item's id; the first ones when left out.</summary>
    [StringLength(255, MinimumLength = 1), PlainText]
    public string? MessageId { get; init; }

    /// <summary>How many at most, 1 to 1,000; 1,000 when left out.</summary>
    [Range(1, KeptMessages.LookedAtMax)]
    public int? Limit { get; init; }

    /// <summary>Who asks; needed of a work queue while access is open. Otherwise whoever sends the request.</summary>
    [StringLength(128, MinimumLength = 1), PlainText]
    public string? Author { get; init; }

    /// <summary>Why; needed of a work queue, among whose changes it stands.</summary>
    [StringLength(512, MinimumLength = 1), PlainText]
    public string? Reason { get; init; }
}

/// <param name="Queue">Where they lay.</param>
/// <param name="To">Where they are now.</param>
/// <param name="Redriven">How many.</param>
/// <param name="Left">How many are still there.</param>
/// <param name="Problem">Why it came to an end early; null when it did not.</param>
sealed record QueueRedriveAnswer(string Queue, string To, int Redriven, long Left, string? Problem);
