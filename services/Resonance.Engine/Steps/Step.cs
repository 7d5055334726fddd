using MassTransit;
using Resonance.Engine.Delivery;
using Resonance.Engine.Journal;
using Resonance.Engine.Storage;

namespace Resonance.Engine.Steps;

/// <summary>What one message makes of one instance, while it is decided: nothing of it leaves the process before it is committed.</summary>
sealed class Step
{
    readonly List<JournalEntry> _entries = [];
    readonly List<OutgoingMessage> _messages = [];
    readonly List<Guid> _cancelled = [];
    readonly Lock _lock = new();

    public Step(Guid workflowId, Guid messageId, string eventName, Uri inputAddress, DateTimeOffset now, Func<double> chance)
    {
        WorkflowId = workflowId;
        MessageId = messageId;
        Event = eventName;
        InputAddress = inputAddress;
        Now = new DateTimeOffset(now.UtcTicks - now.UtcTicks % TimeSpan.TicksPerMicrosecond, TimeSpan.Zero);
        Chance = chance;
    }

    public Guid WorkflowId { get; }

    public Guid MessageId { get; }

    /// <summary>Name of the message's contract.</summary>
    public string Event { get; }

    /// <summary>Where replies to this workflow go, without host.</summary>
    public Uri InputAddress { get; }

    /// <summary>When the step is taken: UTC in whole microseconds, the same for everything in it.</summary>
    public DateTimeOffset Now { get; }

    /// <summary>A number from 0 to 2, for jitter.</summary>
    public Func<double> Chance { get; }

    public IReadOnlyList<JournalEntry> Entries => _entries;

    public IReadOnlyList<OutgoingMessage> Messages => _messages;

    public IReadOnlyList<Guid> CancelledTimers => _cancelled;

    /// <summary>The place in a work queue that the instance takes with this step; null when it takes none.</summary>
    public WorkItemRow? Arrival { get; private set; }

    /// <summary>Whether the instance's turn has come with this step.</summary>
    public bool IsAdmission { get; set; }

    public static Step Of(PipeContext context) => context.TryGetPayload<Step>(out var step)
        ? step
        : throw new InvalidOperationException("A workflow runs only inside a step: register it with AddWorkflow, which gives it Resonance's repository.");

    public void Record(JournalEntry entry)
    {
        lock (_lock)
            _entries.Add(entry);
    }

    public void Send(OutgoingMessage message, JournalEntry entry)
    {
        lock (_lock)
        {
            _messages.Add(message);
            _entries.Add(entry);
        }
    }

    /// <summary>Has the instance wait for its turn in a work queue.</summary>
    public void Arrive(WorkItemRow row, JournalEntry entry)
    {
        lock (_lock)
        {
            Arrival = row;
            _entries.Add(entry);
        }
    }

    /// <summary>Sets a timer: a message that leaves later.</summary>
    public void SetTimer(OutgoingMessage message, Guid token, string name, TimeSpan delay)
    {
        if (delay < TimeSpan.Zero)
            delay = TimeSpan.Zero;
        var timer = message with { Row = message.Row with { Token = token, Timer = name, Delay = delay } };
        lock (_lock)
        {
            _messages.Add(timer);
            _entries.Add(new TimerSet(name, token, Now + delay));
        }
    }

    /// <summary>Calls a timer off, also one that this very step set.</summary>
    public void CancelTimer(Guid token, string name)
    {
        lock (_lock)
        {
            if (_messages.RemoveAll(message => message.Row.Token == token) == 0)
                _cancelled.Add(token);
            _entries.Add(new TimerCancelled(name, token));
        }
    }
}
