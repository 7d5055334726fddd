namespace Resonance.Engine.Definitions;

/// <summary>How an instance fares, whatever its state is called.</summary>
public static class WorkflowStatus
{
    /// <summary>It waits for its turn.</summary>
    public const string Queued = "queued";

    /// <summary>It goes on by itself.</summary>
    public const string Running = "running";

    /// <summary>It waits for a person.</summary>
    public const string Suspended = "suspended";

    /// <summary>It undoes what it did.</summary>
    public const string Compensating = "compensating";

    /// <summary>It ended as intended.</summary>
    public const string Completed = "completed";

    /// <summary>It ended otherwise than intended.</summary>
    public const string Failed = "failed";

    /// <summary>It was given up, and what it had done was undone.</summary>
    public const string Cancelled = "cancelled";

    /// <summary>Whether the status is an end: <see cref="Completed"/>, <see cref="Failed"/> or <see cref="Cancelled"/>.</summary>
    public static bool IsEnd(string status) => status is Completed or Failed or Cancelled;
}
