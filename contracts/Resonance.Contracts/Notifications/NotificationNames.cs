namespace Resonance.Contracts.Notifications;

/// <summary>The ways by which a notification may reach somebody.</summary>
public static class NotificationChannels
{
    /// <summary>An e-mail to the recipient's address.</summary>
    public const string Email = "email";

    /// <summary>A signed HTTP request to the recipient's URL.</summary>
    public const string Webhook = "webhook";

    /// <summary>How many there are.</summary>
    public const int Count = 2;
}

/// <summary>The texts that a notification may have. Each takes its values from the notification's data.</summary>
public static class NotificationTemplates
{
    /// <summary>Whatever the sender wants to say: <c>subject</c>, <c>text</c>.</summary>
    public const string Message = "message";

    /// <summary>An order was paid and shipped: <c>orderNumber</c>, <c>trackingNumber</c>.</summary>
    public const string OrderCompleted = "order-completed";

    /// <summary>An order was given up: <c>orderNumber</c>, <c>reason</c>.</summary>
    public const string OrderCancelled = "order-cancelled";

    /// <summary>A payment was refused: <c>reference</c>, <c>reason</c>.</summary>
    public const string PaymentDeclined = "payment-declined";

    /// <summary>A payment was given back: <c>reference</c>, <c>amount</c>, <c>currency</c>.</summary>
    public const string PaymentRefunded = "payment-refunded";
}
