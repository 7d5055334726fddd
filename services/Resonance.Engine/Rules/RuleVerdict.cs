using Resonance.Engine.Journal;

namespace Resonance.Engine.Rules;

/// <summary>What a rule decided, on which values.</summary>
/// <param name="Rule">Name of the rule.</param>
/// <param name="Version">Its version, from 1.</param>
/// <param name="Expression">The rule as people read it.</param>
/// <param name="Values">Each fact with its value, also those that this text of the rule did not read: another one may.</param>
/// <param name="Read">The facts that it read.</param>
/// <param name="Passed">The verdict.</param>
/// <param name="Reason">Why it failed, with the part that decided; null when it passed.</param>
public sealed record RuleVerdict(
    string Rule, int Version, string Expression, IReadOnlyDictionary<string, object?> Values, IReadOnlyList<string> Read, bool Passed,
    string? Reason)
{
    internal RuleEvaluated ToEntry() => new(Rule, Version, Expression, Values, Passed ? "pass" : "fail", Reason) { Read = Read };
}
