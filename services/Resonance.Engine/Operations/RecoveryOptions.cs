using System.ComponentModel.DataAnnotations;

namespace Resonance.Engine.Operations;

/// <summary>How the engine looks for instances that nothing would move on any more.</summary>
public sealed class RecoveryOptions
{
    /// <summary>Section of the configuration.</summary>
    public const string Section = "Recovery";

    /// <summary>Time between two looks. An instance is driven on when two looks in a row find it so.</summary>
    /// <value>30 s by default; 100 ms to 1 day.</value>
    [Range(typeof(TimeSpan), "00:00:00.1", "1.00:00:00")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long an instance must have been still.</summary>
    /// <value>1 min by default; 0 to 1 day.</value>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan QuietFor { get; set; } = TimeSpan.FromMinutes(1);
}
