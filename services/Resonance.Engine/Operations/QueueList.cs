using Resonance.Engine.Definitions;
using Resonance.Engine.Delivery;
using Resonance.Engine.Storage.Queries;

namespace Resonance.Engine.Operations;

/// <summary>A queue as it is now.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Ready">Messages that wait for a consumer; null when the broker does not tell.</param>
/// <param name="Consumers">How many consume from it.</param>
/// <param name="KeptOf">The queue whose messages lie here because they could not be handled; null for a queue of work.</param>
public sealed record ListedQueue(string Name, long? Ready, long Consumers, string? KeptOf);

/// <summary>Shows the queues of all workflows, of what they command and of the services beside them, with what was set aside.</summary>
public sealed class QueueList
{
    readonly QueueWatch _watch;
    readonly OutboxCounts _outbox;
    readonly string[] _names;

    internal QueueList(QueueWatch watch, OutboxCounts outbox, WorkflowCatalog catalog, IEnumerable<KnownQueue> others)
    {
        _watch = watch;
        _outbox = outbox;
        _names =
        [
            .. catalog.All.SelectMany(workflow => workflow.Destinations.Append(workflow.Type))
                .Append(OperatorCommandRouter.EndpointName)
                .Concat(others.Select(queue => queue.Name))
                .Distinct(StringComparer.Ordinal)
                .Order(StringComparer.Ordinal),
        ];
    }

    /// <summary>Whether the queue is one of those that messages are set aside in.</summary>
    public bool Keeps(string queue) => KeptMessages.SourceOf(queue) is { } source && _names.Contains(source, StringComparer.Ordinal);

    /// <summary>The queues that there are, by name.</summary>
    /// <exception cref="Exception">The broker cannot be reached; which exception it is depends on its driver.</exception>
    public async Task<IReadOnlyList<ListedQueue>> ListAsync(CancellationToken cancellationToken)
    {
        string[] all = [.. _names.SelectMany(name => KeptMessages.Suffixes.Select(suffix => name + suffix).Prepend(name))];
        var states = await _watch.LookAsync(all, cancellationToken);
        return
        [
            .. all.Where(states.ContainsKey).Select(name => new ListedQueue(
                name, states[name].Messages, states[name].Consumers,
                KeptMessages.SourceOf(name) is { } source && _names.Contains(source, StringComparer.Ordinal) ? source : null)),
        ];
    }

    /// <summary>Counts the outbox of this store.</summary>
    public Task<OutboxCount> CountOutboxAsync(CancellationToken cancellationToken) => _outbox.CountAsync(cancellationToken);
}
