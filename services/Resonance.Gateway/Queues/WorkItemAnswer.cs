using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Resonance.Engine.Delivery;
using Resonance.Engine.Queues;
using Resonance.Gateway.Access;

namespace Resonance.Gateway.Queues;

/// <summary>An item of a work queue.</summary>
sealed record WorkItemAnswer
{
    // What is nested deeper could not be written as a part of the answer.
    static readonly JsonDocumentOptions Plain = new() { MaxDepth = 32, AllowDuplicateProperties = false };

    public required Guid Id { get; init; }

    /// <summary>new, ready, behind, limited, delayed, in_flight or dead.</summary>
    public required string State { get; init; }

    public required string? GroupId { get; init; }

    public required string? LimitKey { get; init; }

    public required int Priority { get; init; }

    public required DateTimeOffset EnqueuedAt { get; init; }

    public required int ReceiveCount { get; init; }

    /// <summary>Why it is a dead letter.</summary>
    public required string? DeadReason { get; init; }

    public required IReadOnlyDictionary<string, string> Attributes { get; init; }

    /// <summary>The body where it is a JSON object or array of 64 KiB at most; null otherwise.</summary>
    public required JsonElement? Body { get; init; }

    /// <summary>The body where it is anything else, as text, its first 64 KiB; null otherwise.</summary>
    public required string? BodyText { get; init; }

    /// <summary>The length of the whole body.</summary>
    public required int BodyBytes { get; init; }

    /// <param name="item">The item.</param>
    /// <param name="hidden">Whether what may be sensitive is not told. Members of a JSON body are hidden with those of the whole answer.</param>
    public static WorkItemAnswer Of(ListedWorkItem item, bool hidden)
    {
        var body = JsonOf(item.Body);
        return new WorkItemAnswer
        {
            Id = item.Id,
            State = item.State,
            GroupId = item.GroupId,
            LimitKey = item.LimitKey,
            Priority = item.Priority,
            EnqueuedAt = item.EnqueuedAt,
            ReceiveCount = item.ReceiveCount,
            DeadReason = item.DeadReason,
            Attributes = item.Attributes,
            Body = body,
            BodyText = body is not null || item.Body.IsEmpty ? null : hidden ? SensitiveData.Mask : TextOf(item.Body),
            BodyBytes = item.Body.Length,
        };
    }

    /// <summary>The beginning of a body as text; what is no UTF-8 has replacement characters.</summary>
    public static string TextOf(ReadOnlyMemory<byte> body) =>
        Encoding.UTF8.GetString(body.Span[..Math.Min(body.Length, KeptMessages.BodyShownMax)]);

    /// <summary>A body that is a JSON document; null for one that is none, or is too large.</summary>
    public static JsonElement? JsonOf(ReadOnlyMemory<byte> body)
    {
        if (body.Length > KeptMessages.BodyShownMax || !Utf8.IsValid(body.Span))
            return null;

        try
        {
            var json = JsonElement.Parse(body.Span, Plain);
            if (json.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array))
                return null;

            // Half a surrogate pair can be read, but not be written.
            _ = JsonSerializer.SerializeToUtf8Bytes(json);
            return json;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}

/// <param name="State">new, ready, behind, limited, delayed, in_flight or dead.</param>
/// <param name="Ahead">Items that are received before it, as things are; counted up to 10,000. Zero for one that does not wait.</param>
/// <param name="GroupId">Its group.</param>
/// <param name="LimitKey">Its limit key.</param>
/// <param name="EnqueuedAt">When it was sent.</param>
/// <param name="VisibleAt">With a delay, or in flight, when that ends; null otherwise, and when it has no end.</param>
sealed record WorkItemPlaceAnswer(
    string State, long Ahead, string? GroupId, string? LimitKey, DateTimeOffset EnqueuedAt, DateTimeOffset? VisibleAt);
