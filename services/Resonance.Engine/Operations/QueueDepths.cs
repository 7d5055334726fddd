using Resonance.Engine.Definitions;
using Resonance.Engine.Delivery;
using Resonance.Engine.Storage.Queries;

namespace Resonance.Engine.Operations;

/// <summary>Measures how many messages wait: at the broker, in the queues of the workflows and of what they command, and in the outbox.</summary>
/// <remarks>
/// One measurement serves everybody who asks within a second, and none takes longer than a second. A message that has just left may count
/// twice for a moment: its row is removed once the broker has it.
/// </remarks>
public sealed class QueueDepths
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    static readonly TimeSpan Freshness = TimeSpan.FromSeconds(1);

    readonly QueueWatch _queues;
    readonly DueMessages _outbox;
    readonly TimeProvider _clock;
    readonly string[] _names;
    readonly Lock _lock = new();
    Task<QueueDepth>? _latest;
    long _measuredAt;

    internal QueueDepths(QueueWatch queues, DueMessages outbox, WorkflowCatalog catalog, TimeProvider clock)
    {
        _queues = queues;
        _outbox = outbox;
        _clock = clock;
        _names =
        [
            .. catalog.All.SelectMany(workflow => workflow.Destinations.Append(workflow.Type)).Append(OperatorCommandRouter.EndpointName)
                .Distinct(StringComparer.Ordinal),
        ];
    }

    /// <summary>The depth as it was within the last second.</summary>
    public Task<QueueDepth> MeasureAsync(CancellationToken cancellationToken)
    {
        Task<QueueDepth> latest;
        lock (_lock)
        {
            if (_latest is null || _clock.GetElapsedTime(_measuredAt) > Freshness)
            {
                _measuredAt = _clock.GetTimestamp();

                // Begun on the thread pool: SQLite answers before it gives the thread back.
                _latest = Task.Run(MeasureAsync, CancellationToken.None);
            }

            latest = _latest;
        }

        return latest.WaitAsync(cancellationToken);
    }

    async Task<QueueDepth> MeasureAsync()
    {
        using var patience = new CancellationTokenSource(Patience, _clock);
        var broker = TryAsync(() => _queues.LookAsync(_names, patience.Token), patience.Token);
        var outbox = TryAsync(() => _outbox.CountAsync(patience.Token), patience.Token);
        var (queues, brokerProblem) = await broker;
        var (due, outboxProblem) = await outbox;
        if (due is null)
            return QueueDepth.Unknown($"The messages in the outbox could not be counted: {outboxProblem}");

        var inOutbox = due.Values.Sum();
        if (queues is null)
            return QueueDepth.Unknown($"The broker could not be asked, and {inOutbox} {(inOutbox == 1 ? "message waits" : "messages wait")} in the outbox: {brokerProblem}");

        var told = queues.Values.All(queue => queue.Messages is not null);
        return new QueueDepth
        {
            Messages = inOutbox + queues.Values.Sum(queue => queue.Messages ?? 0),
            Note = told ? null : "The broker in memory does not tell what waits in it. These are the messages in the outbox, where each stays until it is handled.",
            ByQueue = _names.ToDictionary(
                name => name, name => (queues.GetValueOrDefault(name)?.Messages ?? 0) + InOutbox(due, name), StringComparer.Ordinal),
        };
    }

    static long InOutbox(IReadOnlyDictionary<string, long> due, string queue) =>
        due.Where(messages => Addresses.NameOf(messages.Key) == queue).Sum(messages => messages.Value);

    /// <summary>What cannot be measured is told with its reason: figures without it are better than none.</summary>
    async Task<(TResult? Result, string? Problem)> TryAsync<TResult>(Func<Task<TResult>> look, CancellationToken patience)
        where TResult : class
    {
        try
        {
            return (await look().WaitAsync(patience), null);
        }
        catch (Exception exception)
        {
            return (null, patience.IsCancellationRequested ? $"there was no answer within {Patience.TotalSeconds:0} s." : exception.Message);
        }
    }
}

/// <summary>How many messages wait.</summary>
public sealed record QueueDepth
{
    /// <summary>In all; null when it could not be measured.</summary>
    public required long? Messages { get; init; }

    /// <summary>What has to be known of the number, or why there is none; null when there is nothing to say.</summary>
    public required string? Note { get; init; }

    /// <summary>In each queue of a workflow or of what it commands, with those in the outbox that are for it; empty when unknown.</summary>
    public required IReadOnlyDictionary<string, long> ByQueue { get; init; }

    internal static QueueDepth Unknown(string note) => new() { Messages = null, Note = note, ByQueue = new Dictionary<string, long>() };
}
