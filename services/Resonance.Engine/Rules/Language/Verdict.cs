namespace Resonance.Engine.Rules.Language;

/// <summary>What a rule said of its facts.</summary>
public readonly struct Verdict
{
    internal Verdict(bool passed, EvaluationError? error, long cost, ulong factsRead)
    {
        Passed = passed;
        Error = error;
        Cost = cost;
        FactsRead = factsRead;
    }

    /// <summary>Whether the rule is true of the facts. When it could not be evaluated, it is not.</summary>
    public bool Passed { get; }

    /// <summary>Why the rule could not be evaluated; null when it was.</summary>
    public EvaluationError? Error { get; }

    /// <summary>What the evaluation cost, in units of <see cref="LanguageLimits.Cost"/>.</summary>
    public long Cost { get; }

    // One bit for each fact.
    internal ulong FactsRead { get; }

    /// <summary>Whether this fact was read.</summary>
    /// <param name="fact">Its place among the declared facts, from 0.</param>
    public bool HasRead(int fact) => (FactsRead >> fact & 1) != 0;
}

/// <summary>A fact that a rule read.</summary>
/// <param name="Name">In snake case.</param>
/// <param name="Value">
/// As any serializer of JSON writes it, and as <see cref="RuleExpression.Evaluate(System.Text.Json.JsonElement)"/> reads it again:
/// a scalar, a string for a timestamp, a duration or bytes, an array, or a dictionary.
/// </param>
public readonly record struct FactRead(string Name, object? Value);

/// <summary>The part of a rule that made it fail.</summary>
/// <param name="Text">As it is written in the rule.</param>
/// <param name="Span">Where it stands there.</param>
/// <param name="Elements">The elements of lists that it failed for, the outermost first; empty outside of macros.</param>
public sealed record Decision(string Text, SourceSpan Span, IReadOnlyList<DecidingElement> Elements)
{
    /// <summary>Such as <c>l.available >= l.quantity, for l = {sku: 'A', available: 1, quantity: 2}</c>.</summary>
    public override string ToString() =>
        Text + string.Concat(Elements.Select(element => $", for {element.Variable} = {element.Shown}"));
}

/// <summary>An element of a list, or a key of a map, that a rule failed for.</summary>
/// <param name="Variable">What the rule calls it.</param>
/// <param name="Place">From 0.</param>
/// <param name="Shown">Its value, for people; long ones are cut off.</param>
public sealed record DecidingElement(string Variable, int Place, string Shown);
