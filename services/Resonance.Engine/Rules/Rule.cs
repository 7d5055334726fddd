using System.Reflection;
using Resonance.Engine.Journal;

namespace Resonance.Engine.Rules;

/// <summary>A named decision over facts. It reads its facts and nothing else: no clock, no I/O.</summary>
/// <typeparam name="TFacts">A record whose properties are the facts.</typeparam>
public sealed class Rule<TFacts> where TFacts : class
{
    static readonly (string Name, PropertyInfo Property)[] Facts = [.. typeof(TFacts)
        .GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(property => property.GetIndexParameters().Length == 0 && property.Name != "EqualityContract")
        .Select(property => (SnakeCase(property.Name), property))];

    readonly Func<TFacts, bool> _predicate;
    readonly Func<TFacts, string> _whyNot;

    /// <param name="name">Lower snake case, e.g. <c>check_inventory</c>.</param>
    /// <param name="expression">The rule as people read it.</param>
    /// <param name="predicate">The rule as it is computed.</param>
    /// <param name="whyNot">Says what a fail means, for people.</param>
    public Rule(string name, string expression, Func<TFacts, bool> predicate, Func<TFacts, string> whyNot)
    {
        Name = name;
        Expression = expression;
        _predicate = predicate;
        _whyNot = whyNot;
    }

    /// <summary>Lower snake case.</summary>
    public string Name { get; }

    /// <summary>From 1; rules in code have one version.</summary>
    public int Version => 1;

    /// <summary>The rule as people read it.</summary>
    public string Expression { get; }

    /// <summary>What a fail on these facts means, for people.</summary>
    public string WhyNot(TFacts facts) => _whyNot(facts);

    /// <summary>Decides, and says what it decided on.</summary>
    public RuleVerdict Evaluate(TFacts facts)
    {
        var passed = _predicate(facts);
        return new RuleVerdict(
            Name, Version, Expression, Facts.ToDictionary(fact => fact.Name, fact => fact.Property.GetValue(facts)), passed,
            passed ? null : _whyNot(facts));
    }

    static string SnakeCase(string name) => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(name);
}

/// <summary>What a rule decided, on which values.</summary>
/// <param name="Rule">Name of the rule.</param>
/// <param name="Version">Its version, from 1.</param>
/// <param name="Expression">The rule as people read it.</param>
/// <param name="Values">Each fact with its value.</param>
/// <param name="Passed">The verdict.</param>
/// <param name="Reason">Why it failed; null when it passed.</param>
public sealed record RuleVerdict(
    string Rule, int Version, string Expression, IReadOnlyDictionary<string, object?> Values, bool Passed, string? Reason)
{
    internal RuleEvaluated ToEntry() => new(Rule, Version, Expression, Values, Passed ? "pass" : "fail", Reason);
}
