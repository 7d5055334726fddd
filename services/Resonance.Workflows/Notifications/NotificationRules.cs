using Resonance.Engine.Rules;

namespace Resonance.Workflows.Notifications;

/// <summary>What the channel rule decides on.</summary>
/// <param name="Channel"><c>email</c> or <c>webhook</c>.</param>
/// <param name="Template">What is said.</param>
/// <param name="Priority">0 to 9.</param>
public sealed record ChannelFacts(string Channel, string Template, int Priority);

/// <summary>The rules of the notification workflow.</summary>
public sealed class NotificationRules
{
    /// <summary>Asked before each channel; a fail goes on to the next one.</summary>
    public Rule<ChannelFacts> ChannelAllowed { get; } = new(
        "channel_allowed", "channel in ['email', 'webhook']",
        description: "Which channels may be used for a notification.",
        failMeans: "the channel is not allowed");
}
