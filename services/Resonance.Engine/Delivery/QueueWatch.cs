using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Resonance.Engine.Delivery;

/// <summary>What is known of a queue.</summary>
/// <param name="Consumers">How many consume from it.</param>
/// <param name="Messages">How many messages wait in it for a consumer; null when the broker does not tell.</param>
public sealed record QueueState(long Consumers, long? Messages);

/// <summary>Looks at the broker's queues.</summary>
public abstract class QueueWatch
{
    /// <returns>Null when there is no such queue.</returns>
    /// <exception cref="Exception">The broker cannot be reached; which exception it is depends on its driver.</exception>
    public abstract Task<QueueState?> LookAsync(string queue, CancellationToken cancellationToken);

    /// <summary>Looks at several queues at once.</summary>
    /// <returns>Those that there are, by name.</returns>
    /// <exception cref="Exception">The broker cannot be reached; which exception it is depends on its driver.</exception>
    public virtual async Task<IReadOnlyDictionary<string, QueueState>> LookAsync(
        IReadOnlyCollection<string> queues, CancellationToken cancellationToken)
    {
        var states = new Dictionary<string, QueueState>(StringComparer.Ordinal);
        foreach (var queue in queues)
        {
            if (await LookAsync(queue, cancellationToken) is { } state)
                states[queue] = state;
        }

        return states;
    }
}

/// <summary>The queues of the broker in memory: those that this process serves.</summary>
sealed class MemoryQueueWatch(ServedQueues served) : QueueWatch
{
    public override Task<QueueState?> LookAsync(string queue, CancellationToken cancellationToken) =>
        Task.FromResult(served.Contains(queue) ? new QueueState(1, null) : null);
}

/// <summary>The queues of a RabbitMQ broker, seen over a connection of its own.</summary>
public sealed class RabbitMqQueueWatch(ConnectionFactory factory) : QueueWatch, IAsyncDisposable
{
    readonly SemaphoreSlim _gate = new(1, 1);
    IConnection? _connection;

    /// <inheritdoc />
    public override async Task<QueueState?> LookAsync(string queue, CancellationToken cancellationToken) =>
        (await LookAsync([queue], cancellationToken)).GetValueOrDefault(queue);

    /// <inheritdoc />
    public override async Task<IReadOnlyDictionary<string, QueueState>> LookAsync(
        IReadOnlyCollection<string> queues, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        var states = new Dictionary<string, QueueState>(StringComparer.Ordinal);
        IChannel? channel = null;
        try
        {
            if (_connection is not { IsOpen: true })
            {
                if (_connection is not null)
                    await _connection.DisposeAsync();
                _connection = await factory.CreateConnectionAsync("resonance-watch", cancellationToken);
            }

            foreach (var queue in queues)
            {
                channel ??= await _connection.CreateChannelAsync(cancellationToken: cancellationToken);
                if (await LookAsync(channel, queue, cancellationToken) is { } state)
                {
                    states[queue] = state;
                    continue;
                }

                // A question about a queue that is not there closes its channel.
                await channel.DisposeAsync();
                channel = null;
            }

            return states;
        }
        finally
        {
            if (channel is not null)
                await channel.DisposeAsync();
            _gate.Release();
        }
    }

    static async Task<QueueState?> LookAsync(IChannel channel, string queue, CancellationToken cancellationToken)
    {
        try
        {
            var state = await channel.QueueDeclarePassiveAsync(queue, cancellationToken);
            return new QueueState(state.ConsumerCount, state.MessageCount);
        }
        catch (OperationInterruptedException refused) when (refused.ShutdownReason?.ReplyCode == Constants.NotFound)
        {
            return null;
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (_connection is not null)
            await _connection.DisposeAsync();
        _gate.Dispose();
    }
}

/// <summary>The queues that this process serves.</summary>
sealed class ServedQueues
{
    readonly HashSet<string> _names = new(StringComparer.Ordinal);

    public void Add(Uri inputAddress)
    {
        lock (_names)
            _names.Add(inputAddress.AbsolutePath.Split('/')[^1]);
    }

    public bool Contains(string queue)
    {
        lock (_names)
            return _names.Contains(queue);
    }
}
