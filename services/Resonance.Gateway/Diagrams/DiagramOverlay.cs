using Resonance.Engine.Definitions;

namespace Resonance.Gateway.Diagrams;

/// <summary>How long instances stayed in a state.</summary>
/// <param name="MeanMs">The mean in milliseconds.</param>
/// <param name="P50Ms">Half stayed no longer; null when that is not known.</param>
/// <param name="P99Ms">99 of 100 stayed no longer; null when that is not known.</param>
sealed record StateTime(long MeanMs, long? P50Ms, long? P99Ms);

/// <summary>How often a transition was taken.</summary>
/// <param name="Taken">How often.</param>
/// <param name="FailureRate">0 to 1: the share of the attempts before it that failed; null when nothing was attempted.</param>
sealed record TransitionUse(long Taken, double? FailureRate);

/// <summary>What is drawn upon a machine. States go by either of their names; what is null is not drawn.</summary>
sealed record DiagramOverlay
{
    /// <summary>The machine and nothing else.</summary>
    public static DiagramOverlay None { get; } = new();

    /// <summary>The ways that an instance went, with how often; all others are dimmed. <see cref="MachineGraph.Start"/> is where it began.</summary>
    public IReadOnlyDictionary<(string From, string To), long>? Travelled { get; init; }

    /// <summary>Where the instance stands.</summary>
    public string? Current { get; init; }

    /// <summary>How many instances are in each state now.</summary>
    public IReadOnlyDictionary<string, long>? Instances { get; init; }

    /// <summary>How long instances stayed in each state.</summary>
    public IReadOnlyDictionary<string, StateTime>? Times { get; init; }

    /// <summary>How often each transition was taken.</summary>
    public IReadOnlyDictionary<(string From, string To), TransitionUse>? Uses { get; init; }

    /// <summary>Begins the names of the places that states link to, e.g. <c>/workflows?type=order&amp;state=</c>; null for no links.</summary>
    public string? StateLink { get; init; }

    /// <summary>The same with every state under its name on screen.</summary>
    internal DiagramOverlay OnScreen() => this with
    {
        Travelled = Travelled?.ToDictionary(way => Screen(way.Key), way => way.Value),
        Current = Current is null ? null : Screen(Current),
        Instances = Instances?.ToDictionary(state => Screen(state.Key), state => state.Value, StringComparer.Ordinal),
        Times = Times?.ToDictionary(state => Screen(state.Key), state => state.Value, StringComparer.Ordinal),
        Uses = Uses?.ToDictionary(way => Screen(way.Key), way => way.Value),
    };

    static (string From, string To) Screen((string From, string To) way) => (Screen(way.From), Screen(way.To));

    static string Screen(string state) => state == MachineGraph.Start ? state : StateNames.ToScreen(state);
}
