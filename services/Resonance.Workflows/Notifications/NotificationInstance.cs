using Resonance.Contracts.Notifications;
using Resonance.Engine.Definitions;

namespace Resonance.Workflows.Notifications;

/// <summary>What a notification remembers.</summary>
public sealed class NotificationInstance : WorkflowInstance
{
    /// <summary>What is said.</summary>
    public string Template { get; set; } = "";

    /// <summary>Who is told.</summary>
    public NotificationRecipient Recipient { get; set; } = new();

    /// <summary>The channels in the order of preference.</summary>
    public IReadOnlyList<string> Channels { get; set; } = [];

    /// <summary>The template's values by their names.</summary>
    public IReadOnlyDictionary<string, string> Data { get; set; } = new Dictionary<string, string>();

    /// <summary>The channel that is being tried, or that delivered; null before the first and after the last.</summary>
    public string? Channel { get; set; }

    /// <summary>Why the channels that were tried did not deliver, in their order.</summary>
    public IReadOnlyList<string> Failures { get; set; } = [];

    internal void NextChannel() => Channel = Channels.ElementAtOrDefault(Failures.Count);

    /// <summary>Gives the channel up; the next one is <see cref="NextChannel"/>'s.</summary>
    internal void ChannelFailed(string why) => Failures = [.. Failures, $"{Channel}: {why}"];
}
