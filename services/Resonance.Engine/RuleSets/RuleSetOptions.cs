namespace Resonance.Engine.RuleSets;

/// <summary>Where rules come from besides the code, and what publishing one takes; section <c>Rules</c> of the configuration.</summary>
public sealed class RuleSetOptions
{
    /// <summary>Section name.</summary>
    public const string Section = "Rules";

    /// <summary>Folder whose YAML files override the rules of the code when the process starts; one that does not exist has none.</summary>
    /// <value>A full path, or one beneath the process's working directory; <c>rules</c> by default.</value>
    public string Directory { get; set; } = "rules";

    /// <summary>Whether a rule can only be published after a what-if of the same expression that is not older than the version that decides.</summary>
    public bool RequireWhatIf { get; set; }
}
