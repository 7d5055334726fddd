using System.Text;
using MassTransit;
using Resonance.Engine.Definitions;
using Resonance.Engine.Journal;
using Resonance.Engine.Storage;

namespace Resonance.Tests.Engine.Storage;

/// <summary>An instance as an engine would hold it: it writes valid steps, one after the other, with their chain hash.</summary>
sealed class SampleInstance
{
    static readonly DateTimeOffset Start = new(2026, 3, 4, 9, 15, 43, TimeSpan.Zero);

    public SampleInstance(string? key = null, string type = "order", Guid? id = null)
    {
        id ??= NewId.NextGuid();
        Row = new WorkflowRow
        {
            Id = id.Value,
            Type = type,
            Key = key ?? $"ORDER-{id:N}",
            State = "Pending",
            Status = WorkflowStatus.Running,
            Version = 0,
            Data = """{"total":0}""",
            DefinitionHash = new string('a', 64),
            Priority = 3,
            TraceId = new string('b', 32),
            StartedAt = Start,
            UpdatedAt = Start,
            HeadHash = ChainHash.Origin,
        };
    }

    /// <summary>As of the last step that was <see cref="Advance">advanced</see> to.</summary>
    public WorkflowRow Row { get; private set; }

    public Guid Id => Row.Id;

    public AcceptedStart Accepted() => new() { Workflow = Row, Message = Message() };

    /// <summary>The next step on what this instance knows; it stays where it is.</summary>
    public StepCommit Next(
        Guid? messageId = null, string data = """{"total":12.50}""", string entries = """[{"kind":"recovered","how":"test"}]""",
        IReadOnlyList<OutboxMessage>? messages = null, IReadOnlyList<Guid>? cancelled = null)
    {
        var journal = new JournalRow
        {
            WorkflowId = Id,
            Sequence = Row.Version + 1,
            MessageId = messageId ?? NewId.NextGuid(),
            Event = "SubmitOrder",
            From = Row.State,
            To = "Processing",
            Entries = entries,
            Data = data,
            OccurredAt = Start.AddMicroseconds(Row.Version * 1_000_003 + 7),
            TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            PreviousHash = Row.HeadHash,
            Hash = ChainHash.Origin,
        };
        journal = journal with { Hash = Hash(journal) };
        return new StepCommit
        {
            Workflow = Row with
            {
                State = journal.To,
                Version = journal.Sequence,
                Data = data,
                UpdatedAt = journal.OccurredAt,
                HeadHash = journal.Hash,
            },
            Journal = journal,
            Messages = messages ?? [],
            CancelledTimers = cancelled ?? [],
        };
    }

    /// <summary>Takes a step as done.</summary>
    public void Advance(StepCommit step) => Row = step.Workflow;

    public static OutboxMessage Message(TimeSpan delay = default, Guid? token = null) => new()
    {
        MessageId = NewId.NextGuid(),
        Token = token,
        Timer = token is null ? null : "ReserveInventory time-out",
        Delay = delay,
        Destination = "queue:inventory",
        ContentType = "application/vnd.masstransit+json",
        Body = Encoding.UTF8.GetBytes("""{"sku":"SKU-1001"}"""),
        Envelope = """{"headers": { "b":1, "a":2 }}""",
        TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    };

    public static OutboxMessage Timer(TimeSpan delay) => Message(delay, NewId.NextGuid());

    static byte[] Hash(JournalRow row)
    {
        try
        {
            return ChainHash.Compute(row);
        }
        catch (Exception exception) when (exception is System.Text.Json.JsonException or InvalidOperationException)
        {
            // A step that no engine would write; the store must refuse it all the same.
            return row.PreviousHash;
        }
    }
}
