using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Resonance.Contracts.Notifications;
using Resonance.Engine.Workers;

namespace Resonance.Workflows.Notifications;

/// <summary>Posts a notification to its recipient's URL, signed.</summary>
sealed class CallWebhookWorker(WorkerEffects effects, WebhookOptions options, IHttpClientFactory clients, TimeProvider time)
    : RemoteActivityWorker<CallWebhook, WebhookCalled>(effects)
{
    /// <summary>Name of the HTTP client, which follows no redirects.</summary>
    public const string Client = "Resonance.Notifications.Webhook";

    protected override async Task<WorkerResult<WebhookCalled>> CallAsync(CallWebhook command, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(options.Secret))
        {
            return WorkerResult.Refused(
                "webhook_not_configured", $"No secret is configured that calls are signed with. Set {WebhookOptions.Section}:Secret.");
        }

        var outcome = MessageTemplate.Render(command.Template, command.Data);
        if (outcome.Text is not { } text)
            return WorkerResult.Refused("invalid_template", outcome.Problem!);

        using var request = Write(command, text, options.Secret);
        // The network's time is the real one, whatever clock the process goes by.
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(options.Timeout);
        try
        {
            using var client = clients.CreateClient(Client);
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token);
            return Judge(command, response.StatusCode);
        }
        catch (HttpRequestException away)
        {
            return WorkerResult.TryLater("webhook_unreachable", $"{Place(command)} cannot be called: {away.Message}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return WorkerResult.TryLater(
                "webhook_timeout", $"{Place(command)} did not answer within {options.Timeout.TotalSeconds:0.###} s.");
        }
    }

    HttpRequestMessage Write(CallWebhook command, NotificationText text, string secret)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(
            new { NotificationId = command.WorkflowId, command.Template, text.Subject, text.Text, command.Data },
            JsonSerializerOptions.Web);
        return new HttpRequestMessage(HttpMethod.Post, command.Url)
        {
            Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
            Headers =
            {
                { "User-Agent", "Resonance" },
                { "Idempotency-Key", command.IdempotencyKey },
                { WebhookSignature.Header, WebhookSignature.Sign(secret, time.GetUtcNow(), body) },
            },
        };
    }

    /// <summary>The URL as it may be told: a query often holds a secret.</summary>
    static string Place(CallWebhook command) => new Uri(command.Url).GetLeftPart(UriPartial.Path);

    static WorkerResult<WebhookCalled> Judge(CallWebhook command, HttpStatusCode status)
    {
        var number = (int)status;
        var message = string.Create(CultureInfo.InvariantCulture, $"{Place(command)} answered {number}.");
        return status switch
        {
            _ when number is >= 200 and < 300 =>
                new WebhookCalled { WorkflowId = command.WorkflowId, IdempotencyKey = command.IdempotencyKey, Status = number },
            HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests => WorkerResult.TryLater("webhook_busy", message),
            _ when number >= 500 => WorkerResult.TryLater("webhook_failed", message),
            _ => WorkerResult.Refused("webhook_refused", message),
        };
    }
}
