using System.ComponentModel.DataAnnotations;
using MimeKit;

namespace Resonance.Workflows.Notifications;

/// <summary>The mail server that notifications leave through; section <c>Notifications:Smtp</c>.</summary>
public sealed class SmtpOptions : IValidatableObject
{
    /// <summary>Section name.</summary>
    public const string Section = "Notifications:Smtp";

    /// <summary>Name or address; without one the channel <c>email</c> refuses.</summary>
    public string? Host { get; set; }

    /// <summary>Port.</summary>
    /// <value>587 by default.</value>
    [Range(1, 65535)]
    public int Port { get; set; } = 587;

    /// <summary>The sender, e.g. <c>Resonance &lt;noreply@example.org&gt;</c>; needed with <see cref="Host"/>.</summary>
    public string? From { get; set; }

    /// <summary>When the connection is encrypted: <c>none</c>, <c>starttls</c> (required, not tried) or <c>on-connect</c>.</summary>
    /// <value><c>starttls</c> by default.</value>
    [Required, AllowedValues("none", "starttls", "on-connect", ErrorMessage = "It must be 'none', 'starttls' or 'on-connect'.")]
    public string UseTls { get; set; } = "starttls";

    /// <summary>User, for a server that asks for one.</summary>
    public string? Username { get; set; }

    /// <summary>Its password.</summary>
    public string? Password { get; set; }

    /// <summary>How long handing over one mail may take; keep it below <see cref="WorkflowTimes.Notification"/>.</summary>
    /// <value>20 s by default; 100 ms to 1 h.</value>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!string.IsNullOrEmpty(Host) && !(MailboxAddress.TryParse(From, out var sender) && sender.Domain.Length > 0))
        {
            yield return new ValidationResult(
                $"With {Section}:Host it must be the sender's mailbox, e.g. 'Resonance <noreply@example.org>'.", [nameof(From)]);
        }

        if (string.IsNullOrEmpty(Username) != string.IsNullOrEmpty(Password))
            yield return new ValidationResult("User name and password are set together or not at all.", [nameof(Username)]);
    }
}
