using System.Text.Json.Serialization;

namespace Resonance.Engine.Definitions;

/// <summary>What the engine remembers of an instance, stored beside the workflow's own data.</summary>
sealed class Bookkeeping
{
    /// <summary>The member of the instance's JSON that holds it.</summary>
    public const string JsonName = "$engine";

    /// <summary>The member in place of all data while a start is accepted and not executed: the start itself.</summary>
    public const string StartName = "$start";

    /// <summary>One of <see cref="WorkflowStatus"/>.</summary>
    public string Status { get; set; } = WorkflowStatus.Running;

    /// <summary>Activities whose command is out, or will go out again.</summary>
    public List<OpenActivity> Activities { get; set; } = [];

    /// <summary>How often each activity was executed anew; part of its idempotency key.</summary>
    public Dictionary<string, int> Executions { get; set; } = [];

    /// <summary>Activities to undo, the last one first to go.</summary>
    public List<string> ToUndo { get; set; } = [];

    /// <summary>Set while the instance waits for a person.</summary>
    public Suspension? Suspension { get; set; }

    /// <summary>The workflow to tell when this one ends.</summary>
    public Caller? Caller { get; set; }

    /// <summary>The one before the message at hand, which takes its place again when the message is rejected.</summary>
    [JsonIgnore]
    public Caller? CallerBefore { get; set; }

    /// <summary>When the instance came into its current state; null when that was before it was kept.</summary>
    public DateTimeOffset? EnteredAt { get; set; }

    /// <summary>Token of the deadline of the current state.</summary>
    public Guid? Deadline { get; set; }

    /// <summary>Set while the instance undoes what it did.</summary>
    public Undoing? Undoing { get; set; }

    /// <summary>Why the instance failed or was cancelled.</summary>
    public string? Reason { get; set; }
}

/// <summary>An activity whose reply is awaited.</summary>
sealed class OpenActivity
{
    public required string Name { get; set; }

    /// <summary>What it was executed for; null unless it was fanned out.</summary>
    public string? Item { get; set; }

    /// <summary>Names the effect, the same for every attempt.</summary>
    public required string IdempotencyKey { get; set; }

    /// <summary>Attempts made, 1 for the first.</summary>
    public int Attempt { get; set; }

    /// <summary>The state to be in while an attempt is out.</summary>
    public required string State { get; set; }

    /// <summary>Token of the time-out of the attempt that is out, or of the wait before the next.</summary>
    public Guid? Timer { get; set; }

    /// <summary>True between two attempts.</summary>
    public bool Waiting { get; set; }

    public string? LastError { get; set; }

    /// <summary>What people call it.</summary>
    [JsonIgnore]
    public string Title => Item is null ? Name : $"{Name}({Item})";
}

/// <summary>Why an instance waits for a person, and where it goes on.</summary>
sealed class Suspension
{
    public required string Cause { get; set; }

    /// <summary>The state to go back to.</summary>
    public required string State { get; set; }

    /// <summary>The activity that failed; null when a person must decide, or an operator held the instance.</summary>
    public string? Activity { get; set; }

    /// <summary>What went wrong, in a short stable word; null when the instance was suspended before that was kept.</summary>
    public string? ErrorKind { get; set; }

    /// <summary>The item of the activity that failed; null unless it was fanned out.</summary>
    public string? Item { get; set; }

    /// <summary>The key of the command that failed; null with <see cref="Activity"/>, or when it was not kept yet.</summary>
    public string? IdempotencyKey { get; set; }

    public int Attempts { get; set; }

    /// <summary>True when the worker refused for good, so that trying again is a new execution and not the same one.</summary>
    public bool Refused { get; set; }

    /// <summary>The operator who held the instance; null when the workflow suspended itself.</summary>
    public string? By { get; set; }

    public required DateTimeOffset Since { get; set; }
}

/// <summary>Who called this workflow.</summary>
sealed record Caller(string Address, Guid WorkflowId, string IdempotencyKey);

/// <summary>How an instance undoes what it did.</summary>
sealed class Undoing
{
    /// <summary>The activity that is being undone.</summary>
    public string? Activity { get; set; }

    public required string Reason { get; set; }

    /// <summary>True once anything had been undone.</summary>
    public bool Any { get; set; }
}
