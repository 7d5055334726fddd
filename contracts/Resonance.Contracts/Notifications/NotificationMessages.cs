using System.ComponentModel.DataAnnotations;
using Resonance.Contracts.Workflows;

namespace Resonance.Contracts.Notifications;

/// <summary>Starts a notification workflow: the channels are tried in their order until one of them delivers.</summary>
public sealed record SendNotification : IValidatableObject
{
    /// <summary>Identity of the notification and of its workflow; the same id never starts a second notification.</summary>
    [NotEmpty]
    public required Guid NotificationId { get; init; }

    /// <summary>What is said: one of the names in <see cref="NotificationTemplates"/>, e.g. <c>order-completed</c>.</summary>
    [Required, StringLength(64, MinimumLength = 1), NotificationTemplate]
    public required string Template { get; init; }

    /// <summary>Who is told. It has an address for every channel of the notification.</summary>
    [Required]
    public required NotificationRecipient Recipient { get; init; }

    /// <summary>The channels in the order of preference, each at most once: <c>email</c>, <c>webhook</c>.</summary>
    [Required, Length(1, NotificationChannels.Count)]
    public required IReadOnlyList<string> Channels { get; init; }

    /// <summary>The template's values by their names, at most 50; names to 64 letters, values to 4,000.</summary>
    [Required, NotificationData]
    public required IReadOnlyDictionary<string, string> Data { get; init; }

    /// <summary>0 (default) to 9; higher goes first where messages wait.</summary>
    [Range(0, 9)]
    public int? Priority { get; init; }

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Channels is null || Recipient is null)
            yield break;

        foreach (var channel in Channels.Distinct(StringComparer.Ordinal))
        {
            var problem = channel switch
            {
                NotificationChannels.Email when Recipient.Email is null => "The channel 'email' needs an address; set recipient.email.",
                NotificationChannels.Webhook when Recipient.Url is null => "The channel 'webhook' needs an address; set recipient.url.",
                NotificationChannels.Email or NotificationChannels.Webhook => null,
                _ => "A channel must be one of email, webhook.",
            };
            if (problem is not null)
                yield return new ValidationResult(problem, [nameof(Channels)]);
        }

        if (Channels.Distinct(StringComparer.Ordinal).Count() < Channels.Count)
            yield return new ValidationResult("A channel may stand in the list once only.", [nameof(Channels)]);
    }
}

/// <summary>Where somebody can be reached.</summary>
public sealed record NotificationRecipient
{
    /// <summary>Address for the channel <c>email</c>, e.g. <c>ann@example.org</c>.</summary>
    [Sensitive, StringLength(254, MinimumLength = 3), MailAddress]
    public string? Email { get; init; }

    /// <summary>Address for the channel <c>webhook</c>: an absolute URL of http or https.</summary>
    [Sensitive, StringLength(2048, MinimumLength = 1), PlainText, HttpUrl]
    public string? Url { get; init; }
}

/// <summary>
/// Sends a template by e-mail. Answered by <see cref="EmailSent"/>, or by <see cref="ActivityFailed"/>: retryable while the mail server is
/// away, not retryable when it refuses the mail, when the template cannot be filled in, or when no mail server is configured.
/// </summary>
public sealed record SendEmail : IActivityCommand
{
    /// <inheritdoc />
    [NotEmpty]
    public required Guid WorkflowId { get; init; }

    /// <inheritdoc />
    [Required, StringLength(128)]
    public required string IdempotencyKey { get; init; }

    /// <summary>The recipient's address.</summary>
    [Sensitive, Required, StringLength(254, MinimumLength = 3), MailAddress]
    public required string Address { get; init; }

    /// <summary>What is said.</summary>
    [Required, StringLength(64, MinimumLength = 1)]
    public required string Template { get; init; }

    /// <summary>The template's values by their names.</summary>
    [Required, NotificationData]
    public required IReadOnlyDictionary<string, string> Data { get; init; }
}

/// <summary>A mail server took the mail.</summary>
public sealed record EmailSent : IActivityReply
{
    /// <inheritdoc />
    [NotEmpty]
    public required Guid WorkflowId { get; init; }

    /// <inheritdoc />
    [Required]
    public required string IdempotencyKey { get; init; }

    /// <summary>The mail's Message-ID, without angle brackets; the same for every attempt.</summary>
    [Required]
    public required string MessageId { get; init; }
}

/// <summary>
/// Posts a template to a URL. Answered by <see cref="WebhookCalled"/>, or by <see cref="ActivityFailed"/>: retryable when the receiver is
/// away or says that it is (408, 429, 5xx), not retryable for any other answer, when the template cannot be filled in, or when no secret
/// is configured.
/// </summary>
public sealed record CallWebhook : IActivityCommand
{
    /// <inheritdoc />
    [NotEmpty]
    public required Guid WorkflowId { get; init; }

    /// <inheritdoc />
    [Required, StringLength(128)]
    public required string IdempotencyKey { get; init; }

    /// <summary>Where to post to.</summary>
    [Sensitive, Required, StringLength(2048, MinimumLength = 1), PlainText, HttpUrl]
    public required string Url { get; init; }

    /// <summary>What is said.</summary>
    [Required, StringLength(64, MinimumLength = 1)]
    public required string Template { get; init; }

    /// <summary>The template's values by their names.</summary>
    [Required, NotificationData]
    public required IReadOnlyDictionary<string, string> Data { get; init; }
}

/// <summary>The receiver took the call.</summary>
public sealed record WebhookCalled : IActivityReply
{
    /// <inheritdoc />
    [NotEmpty]
    public required Guid WorkflowId { get; init; }

    /// <inheritdoc />
    [Required]
    public required string IdempotencyKey { get; init; }

    /// <summary>The receiver's HTTP status, 200 to 299.</summary>
    public required int Status { get; init; }
}

/// <summary>The notification was delivered.</summary>
public sealed record NotificationCompleted
{
    /// <summary>The notification.</summary>
    public required Guid NotificationId { get; init; }

    /// <summary>What was said.</summary>
    public required string Template { get; init; }

    /// <summary>The channel that delivered it.</summary>
    public required string Channel { get; init; }
}

/// <summary>No channel delivered the notification.</summary>
public sealed record NotificationFailed
{
    /// <summary>The notification.</summary>
    public required Guid NotificationId { get; init; }

    /// <summary>What was to be said.</summary>
    public required string Template { get; init; }

    /// <summary>Why, channel by channel, for people.</summary>
    public required string Reason { get; init; }
}
