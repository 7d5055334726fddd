using System.Globalization;
using System.Text;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Resonance.Engine.Delivery;

/// <summary>Messages set aside in queues of RabbitMQ, over a connection for each question: they are rare, and nothing then holds one back.</summary>
public sealed class RabbitMqKeptMessages(ConnectionFactory factory) : KeptMessages
{
    static readonly CreateChannelOptions Confirming = new(
        publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true);

    /// <inheritdoc />
    public override string? WhyNone => null;

    /// <inheritdoc />
    public override async Task<IReadOnlyList<KeptMessage>> PeekAsync(string queue, int limit, CancellationToken cancellationToken)
    {
        CheckLimit(limit);
        await using var connection = await factory.CreateConnectionAsync("resonance-queues", cancellationToken);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
        if (await CountAsync(channel, queue, cancellationToken) is null)
            return [];

        var seen = new List<KeptMessage>();
        ulong last = 0;
        while (seen.Count < limit && await channel.BasicGetAsync(queue, autoAck: false, cancellationToken) is { } found)
        {
            last = found.DeliveryTag;
            seen.Add(Read(found));
        }

        // All at once: the broker puts each back to its place. Were this process to die here, it would do so too.
        if (last > 0)
            await channel.BasicNackAsync(last, multiple: true, requeue: true, cancellationToken);
        return seen;
    }

    /// <inheritdoc />
    public override async Task<RedriveResult> RedriveAsync(string queue, string? messageId, int limit, CancellationToken cancellationToken)
    {
        CheckLimit(limit);
        var source = SourceOf(queue) ?? throw new ArgumentException($"'{queue}' holds no messages that were set aside.", nameof(queue));
        await using var connection = await factory.CreateConnectionAsync("resonance-queues", cancellationToken);
        await using var channel = await connection.CreateChannelAsync(Confirming, cancellationToken);
        if (await CountAsync(channel, queue, cancellationToken) is not { } waiting)
            return new RedriveResult(0, 0, messageId is null, null);

        // No more than there were: one that cannot be handled again comes back, and must not go round for ever.
        var most = (int)Math.Min(waiting, messageId is null ? limit : LookedAtMax);
        var (redriven, found, problem) = (0, messageId is null, (string?)null);
        for (var looked = 0; looked < most && problem is null && !cancellationToken.IsCancellationRequested; looked++)
        {
            // From here on until it is confirmed nothing is cancelled: the message is either there or here.
            if (await channel.BasicGetAsync(queue, autoAck: false, CancellationToken.None) is not { } message)
                break;
            if (messageId is not null && message.BasicProperties.MessageId != messageId)
                continue;

            found = true;
            problem = await SendAsync(channel, source, message);
            if (problem is not null)
                break;

            await channel.BasicAckAsync(message.DeliveryTag, multiple: false, CancellationToken.None);
            redriven++;
            if (messageId is not null)
                break;
        }

        // What was passed over goes back to its place when its channel ends.
        await channel.CloseAsync(CancellationToken.None);
        await using var another = await connection.CreateChannelAsync(cancellationToken: CancellationToken.None);
        return new RedriveResult(redriven, await CountAsync(another, queue, CancellationToken.None) ?? 0, found, problem);
    }

    /// <returns>Why no queue has it; null when one has.</returns>
    static async Task<string?> SendAsync(IChannel channel, string source, BasicGetResult message)
    {
        var properties = new BasicProperties(message.BasicProperties) { Persistent = true };
        properties.Headers = message.BasicProperties.Headers?
            .Where(header => !IsOfFault(header.Key))
            .ToDictionary(header => header.Key, header => header.Value);

        // The broker refuses a message of another user than the one who sends it, whoever wrote it first.
        properties.ClearUserId();
        try
        {
            // The default exchange: to this queue and no other, where those that the message did reach would get it twice.
            await channel.BasicPublishAsync("", source, mandatory: true, properties, message.Body.ToArray(), CancellationToken.None);
            return null;
        }
        catch (PublishException refused)
        {
            return refused.IsReturn
                ? $"There is no queue '{source}': no process has ever served it."
                : $"The broker did not take a message into '{source}'.";
        }
    }

    /// <summary>What was added when the message was set aside.</summary>
    static bool IsOfFault(string header) =>
        header.StartsWith("MT-Fault-", StringComparison.Ordinal) || header is "MT-Reason" or "x-death" or "x-delivery-count";

    static async Task<long?> CountAsync(IChannel channel, string queue, CancellationToken cancellationToken)
    {
        try
        {
            return (await channel.QueueDeclarePassiveAsync(queue, cancellationToken)).MessageCount;
        }
        catch (OperationInterruptedException refused) when (refused.ShutdownReason?.ReplyCode == Constants.NotFound)
        {
            return null;
        }
    }

    static KeptMessage Read(BasicGetResult message)
    {
        var properties = message.BasicProperties;
        var shown = message.Body.Length > BodyShownMax ? message.Body[..BodyShownMax] : message.Body;
        return new KeptMessage
        {
            MessageId = properties.MessageId,
            ContentType = properties.ContentType,
            Headers = (properties.Headers ?? new Dictionary<string, object?>())
                .ToDictionary(header => header.Key, header => Text(header.Value), StringComparer.Ordinal),
            Body = Encoding.UTF8.GetString(shown.Span),
            BodyBytes = message.Body.Length,
            IsCut = shown.Length < message.Body.Length,
            Redelivered = message.Redelivered,
            SentAt = properties.IsTimestampPresent() ? DateTimeOffset.FromUnixTimeSeconds(properties.Timestamp.UnixTime) : null,
        };
    }

    /// <summary>AMQP's texts arrive as bytes.</summary>
    static string Text(object? value) => value switch
    {
        byte[] bytes => Encoding.UTF8.GetString(bytes),
        AmqpTimestamp time => DateTimeOffset.FromUnixTimeSeconds(time.UnixTime).ToString("O", CultureInfo.InvariantCulture),
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => value?.ToString() ?? "",
    };

    static void CheckLimit(int limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, LookedAtMax);
    }
}
