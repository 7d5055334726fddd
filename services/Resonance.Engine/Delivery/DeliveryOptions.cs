using System.ComponentModel.DataAnnotations;

namespace Resonance.Engine.Delivery;

/// <summary>How steps are committed and messages leave.</summary>
public sealed class DeliveryOptions
{
    /// <summary>True with the in-memory broker: a message is done when its consumer is done, not when the broker has it.</summary>
    public bool DoneWhenConsumed { get; set; }

    /// <summary>How long the process that committed a message has to send it before any other may.</summary>
    /// <value>30 s by default; 1 s to 1 day.</value>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Whether every commit is told of by a <c>StepsCommitted</c> event, which the saga audit listens to.</summary>
    /// <value>False by default: without an audit it would be told to nobody.</value>
    public bool PublishSteps { get; set; }

    /// <summary>Most steps in one transaction.</summary>
    /// <value>200 by default; 1 to 1,000.</value>
    [Range(1, 1000)]
    public int LargestGroup { get; set; } = 200;

    /// <summary>Instances kept in memory between two of their steps; 0 keeps none.</summary>
    /// <value>20,000 by default; 0 to 1,000,000.</value>
    [Range(0, 1_000_000)]
    public int CachedInstances { get; set; } = 20_000;

    /// <summary>Waits before an event whose instance does not exist (yet) is delivered again; after the last it is set aside.</summary>
    public IReadOnlyList<TimeSpan> MissingInstanceDelays { get; set; } =
        [TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(15)];
}
