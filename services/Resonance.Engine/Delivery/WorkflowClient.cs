namespace Resonance.Engine.Delivery;

/// <summary>What became of a start.</summary>
public enum StartOutcome
{
    /// <summary>Durable: it will be executed whatever happens to this process.</summary>
    Accepted,

    /// <summary>The instance existed already; nothing was started.</summary>
    Exists,

    /// <summary>Another instance of the type has the key that the start asks for; nothing was started.</summary>
    KeyTaken,
}

/// <param name="Outcome">What became of it.</param>
/// <param name="Id">The instance.</param>
/// <param name="Key">Its key, or with <see cref="StartOutcome.KeyTaken"/> the key that is taken.</param>
public sealed record StartResult(StartOutcome Outcome, Guid Id, string Key);

/// <summary>What became of an operator's action.</summary>
public enum ActionOutcome
{
    /// <summary>Durable: the instance will receive it.</summary>
    Accepted,

    /// <summary>There is no such instance.</summary>
    NotFound,

    /// <summary>The instance does not allow it now.</summary>
    NotAllowed,
}

/// <param name="Outcome">What became of it.</param>
/// <param name="State">The instance's state, PascalCase; null when there is none.</param>
/// <param name="Allowed">The actions that the instance allows now.</param>
public sealed record ActionResult(ActionOutcome Outcome, string? State, IReadOnlyList<string> Allowed);
