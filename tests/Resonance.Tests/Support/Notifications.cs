using MassTransit;
using Resonance.Contracts.Notifications;

namespace Resonance.Tests.Support;

/// <summary>Sample notifications.</summary>
static class Notifications
{
    public const string Secret = "a secret of the tests";

    public static SendNotification To(string? email = null, string? url = null, params string[] channels) => new()
    {
        NotificationId = NewId.NextGuid(),
        Template = NotificationTemplates.OrderCompleted,
        Recipient = new NotificationRecipient { Email = email, Url = url },
        Channels = channels,
        Data = new Dictionary<string, string> { ["orderNumber"] = "ORDER-1001", ["trackingNumber"] = "TRK-7" },
    };
}
