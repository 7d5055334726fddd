using Resonance.Engine.Definitions;

namespace Resonance.Engine.Operations;

/// <summary>One request to many instances.</summary>
public sealed record BulkAction
{
    /// <summary>Most instances a second that a bulk action may be spread over.</summary>
    public const int PerSecondMax = 1000;

    /// <summary>Instances a second unless told otherwise.</summary>
    public const int PerSecondDefault = 100;

    /// <summary>Names it; generated.</summary>
    public required Guid Id { get; init; }

    /// <summary>Which incidents were meant; null when instances of a list were.</summary>
    public required IncidentFilter? Filter { get; init; }

    /// <summary>Which instances were meant, as the query string of their list; null when incidents were.</summary>
    public string? List { get; init; }

    /// <summary>What was asked, by whom and why.</summary>
    public required OperatorRequest Request { get; init; }

    /// <summary>1 to <see cref="PerSecondMax"/>.</summary>
    public required int PerSecond { get; init; }

    /// <summary>When it was accepted.</summary>
    public required DateTimeOffset AcceptedAt { get; init; }

    /// <summary>Instances that the request goes to.</summary>
    public int Incidents { get; init; }

    /// <summary>Instances of the filter whose state does not allow it, or that cannot take what it brings along.</summary>
    public int Refused { get; init; }

    /// <summary>Why some were refused, each reason once; the first few.</summary>
    public IReadOnlyList<string> Refusals { get; init; } = [];

    /// <summary>Who called off what had not been sent yet, and when; null when nobody did.</summary>
    public string? StoppedBy { get; init; }
}

/// <summary>How far a bulk action is.</summary>
/// <param name="Action">What was asked.</param>
/// <param name="Waiting">Instances that have not been asked yet.</param>
public sealed record BulkProgress(BulkAction Action, int Waiting);
