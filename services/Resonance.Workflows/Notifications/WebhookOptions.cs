using System.ComponentModel.DataAnnotations;

namespace Resonance.Workflows.Notifications;

/// <summary>How webhooks are called; section <c>Notifications:Webhook</c>.</summary>
public sealed class WebhookOptions
{
    /// <summary>Section name.</summary>
    public const string Section = "Notifications:Webhook";

    /// <summary>What calls are signed with, shared with their receivers; without one the channel <c>webhook</c> refuses.</summary>
    /// <value>At least 16 characters.</value>
    [MinLength(16)]
    public string? Secret { get; set; }

    /// <summary>How long one call may take; keep it below <see cref="WorkflowTimes.Notification"/>.</summary>
    /// <value>10 s by default; 100 ms to 1 h.</value>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);
}
