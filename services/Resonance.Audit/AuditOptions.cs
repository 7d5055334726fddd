using System.ComponentModel.DataAnnotations;

namespace Resonance.Audit;

/// <summary>How the audit works; section <c>Audit</c> of the configuration.</summary>
public sealed class AuditOptions
{
    /// <summary>Section name.</summary>
    public const string Section = "Audit";

    /// <summary>The role of Postgres that the audit works under: it adds to the ledger, and cannot write what the engine writes.</summary>
    /// <value>
    /// Default <c>resonance_audit</c>; lower-case letters, digits and underscores, at most 63. The migration creates it when it may.
    /// Empty: the audit works as the connecting user.
    /// </value>
    [RegularExpression("^([a-z_][a-z0-9_]{0,62})?$")]
    public string Role { get; set; } = "resonance_audit";

    /// <summary>How often the journal is compared with the ledger, and what did not come by message is filled in.</summary>
    /// <value>10 s by default; 1 s to 1 h.</value>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan CatchUpInterval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How old a step must be before the audit no longer waits for its message.</summary>
    /// <value>10 s by default; 1 s to 1 h.</value>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan Grace { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How often the whole journal is counted against the whole ledger; also once at the start.</summary>
    /// <value>1 h by default; 1 min to 7 days.</value>
    [Range(typeof(TimeSpan), "00:01:00", "7.00:00:00")]
    public TimeSpan ConservationInterval { get; set; } = TimeSpan.FromHours(1);
}
