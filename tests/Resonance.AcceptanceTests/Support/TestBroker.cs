using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Serialization;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using NewId = MassTransit.NewId;

namespace Resonance.AcceptanceTests.Support;

/// <summary>
/// A virtual host for one test, and a foreign client on it: one that knows AMQP and nothing of MassTransit or of Resonance.
/// </summary>
sealed class TestBroker : IAsyncDisposable
{
    readonly HttpClient _management;
    readonly IConnection _connection;

    TestBroker(RabbitMqAddress address, string virtualHost, HttpClient management, IConnection connection)
    {
        Address = address;
        VirtualHost = virtualHost;
        _management = management;
        _connection = connection;
    }

    public RabbitMqAddress Address { get; }

    public string VirtualHost { get; }

    public static async Task<TestBroker> CreateAsync(Servers servers, CancellationToken cancellationToken)
    {
        var address = await servers.RabbitMq.WaitAsync(cancellationToken);
        var virtualHost = $"test-{NewId.NextGuid():n}";
        var credentials = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{address.UserName}:{address.Password}"));
        var management = new HttpClient
        {
            BaseAddress = address.Management,
            DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Basic", credentials) },
        };
        // Whoever creates a virtual host has all rights on it.
        (await management.PutAsync($"api/vhosts/{virtualHost}", content: null, cancellationToken)).EnsureSuccessStatusCode();

        var factory = new ConnectionFactory
        {
            HostName = address.Host,
            Port = address.Port,
            UserName = address.UserName,
            Password = address.Password,
            VirtualHost = virtualHost,
            ClientProvidedName = "foreign client",
        };
        return new(address, virtualHost, management, await factory.CreateConnectionAsync(cancellationToken));
    }

    /// <summary>Publishes one message and returns when the broker has it safe in a queue.</summary>
    /// <param name="exchange">For a contract its full name, as in <c>Resonance.Contracts.Orders:SubmitOrder</c>.</param>
    /// <param name="body">For a contract the bare JSON.</param>
    /// <param name="properties">Changes the properties; without it the message is persistent <c>application/json</c>.</param>
    /// <param name="routingKey">Ignored by the fan-out exchanges of contracts.</param>
    /// <param name="cancellationToken">Ends the wait for the broker's confirmation.</param>
    /// <exception cref="PublishException">No queue takes it, or the broker refuses it.</exception>
    public Task PublishAsync(
        string exchange,
        string body,
        Action<BasicProperties>? properties = null,
        string routingKey = "",
        CancellationToken cancellationToken = default) =>
        PublishAsync(exchange, Encoding.UTF8.GetBytes(body), properties, routingKey, cancellationToken);

    /// <inheritdoc cref="PublishAsync(string, string, Action{BasicProperties}?, string, CancellationToken)"/>
    public async Task PublishAsync(
        string exchange,
        ReadOnlyMemory<byte> body,
        Action<BasicProperties>? properties = null,
        string routingKey = "",
        CancellationToken cancellationToken = default)
    {
        var message = new BasicProperties { ContentType = "application/json", Persistent = true };
        properties?.Invoke(message);
        var options = new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true);
        await using var channel = await _connection.CreateChannelAsync(options, cancellationToken);
        await channel.BasicPublishAsync(exchange, routingKey, mandatory: true, message, body, cancellationToken);
    }

    /// <summary>Declares a durable queue and binds it, so that a test can see what is published to an exchange that is there.</summary>
    public async Task DeclareQueueAsync(string queue, string? boundTo = null, CancellationToken cancellationToken = default)
    {
        await using var channel = await _connection.CreateChannelAsync(cancellationToken: cancellationToken);
        await channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false, cancellationToken: cancellationToken);
        if (boundTo is not null)
            await channel.QueueBindAsync(queue, boundTo, routingKey: "", cancellationToken: cancellationToken);
    }

    /// <summary>All queues of the virtual host, by name.</summary>
    public async Task<IReadOnlyList<QueueDepth>> QueuesAsync(CancellationToken cancellationToken)
    {
        var listed = await _management.GetFromJsonAsync<List<ListedQueue>>(
            $"api/queues/{VirtualHost}?disable_stats=true&enable_queue_totals=true", cancellationToken);
        var queues = new List<QueueDepth>();
        foreach (var queue in listed!.OrderBy(queue => queue.Name, StringComparer.Ordinal))
        {
            if (await Declared(queue.Name, cancellationToken) is { } declared)
                queues.Add(new(queue.Name, (int)declared.MessageCount, queue.Unacknowledged, (int)declared.ConsumerCount));
        }

        return queues;
    }

    /// <summary>The names of all virtual hosts on this broker, those of other tests included.</summary>
    public async Task<IReadOnlyList<string>> VirtualHostsAsync(CancellationToken cancellationToken)
    {
        var listed = await _management.GetFromJsonAsync<List<ListedVirtualHost>>("api/vhosts", cancellationToken);
        return [.. listed!.Select(virtualHost => virtualHost.Name)];
    }

    /// <summary>What lies ready in a queue, oldest first; it stays there, marked as redelivered.</summary>
    public Task<IReadOnlyList<BrokerMessage>> PeekAsync(string queue, CancellationToken cancellationToken) =>
        Get(queue, remove: false, cancellationToken);

    /// <summary>What lies ready in a queue, oldest first; it is gone afterwards.</summary>
    public Task<IReadOnlyList<BrokerMessage>> TakeAsync(string queue, CancellationToken cancellationToken) =>
        Get(queue, remove: true, cancellationToken);

    /// <summary>Removes what lies ready in a queue, as if the broker had forgotten it; gives how many messages that were.</summary>
    public async Task<uint> PurgeAsync(string queue, CancellationToken cancellationToken)
    {
        await using var channel = await _connection.CreateChannelAsync(cancellationToken: cancellationToken);
        return await channel.QueuePurgeAsync(queue, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _connection.DisposeAsync();
        using (_management)
        using (var response = await _management.DeleteAsync($"api/vhosts/{VirtualHost}"))
        {
            if (response.StatusCode != HttpStatusCode.NotFound)
                response.EnsureSuccessStatusCode();
        }
    }

    async Task<IReadOnlyList<BrokerMessage>> Get(string queue, bool remove, CancellationToken cancellationToken)
    {
        var messages = new List<BrokerMessage>();
        // Closing the channel puts back what is not acknowledged, in its old order.
        await using var channel = await _connection.CreateChannelAsync(cancellationToken: cancellationToken);
        while (await channel.BasicGetAsync(queue, autoAck: remove, cancellationToken) is { } result)
            messages.Add(BrokerMessage.From(result));
        return messages;
    }

    // A queue may go between the listing and the question (a bus takes its temporary queues with it), and the broker answers
    // that by closing the channel; hence a channel each.
    async Task<QueueDeclareOk?> Declared(string queue, CancellationToken cancellationToken)
    {
        await using var channel = await _connection.CreateChannelAsync(cancellationToken: cancellationToken);
        try
        {
            return await channel.QueueDeclarePassiveAsync(queue, cancellationToken);
        }
        catch (OperationInterruptedException gone) when (gone.ShutdownReason?.ReplyCode is 404 or 405)
        {
            return null;
        }
    }

    sealed record ListedVirtualHost([property: JsonPropertyName("name")] string Name);

    sealed record ListedQueue(
        [property: JsonPropertyName("name")] string Name,
        [property: JsonPropertyName("messages_unacknowledged")] int Unacknowledged = 0);
}
