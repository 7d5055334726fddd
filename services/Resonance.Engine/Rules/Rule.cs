using System.Globalization;
using Resonance.Engine.Rules.Language;

namespace Resonance.Engine.Rules;

/// <summary>A named decision over facts, written in the rule language. Its text may change while the system runs; its facts may not.</summary>
public abstract class Rule
{
    private protected Rule(string name, RuleText text, FactsType facts, LanguageLimits limits)
    {
        Name = name;
        Default = text;
        Facts = facts;
        Limits = limits;
    }

    /// <summary>Lower snake case, unique in its workflow.</summary>
    public string Name { get; }

    /// <summary>What it says as long as nobody says otherwise.</summary>
    public RuleText Default { get; }

    /// <summary>What it may be about.</summary>
    public FactsType Facts { get; }

    /// <summary>What it may take at most, whatever it says.</summary>
    public LanguageLimits Limits { get; }

    /// <summary>The version that decides now.</summary>
    public abstract RuleVersion Version { get; }

    /// <summary>All that is wrong with an expression for this rule; nothing when it could be published.</summary>
    public IReadOnlyList<ExpressionError> Check(string expression)
    {
        RuleExpression.Load(expression, Facts, out var errors, Limits);
        return errors;
    }

    /// <summary>
    /// Decides by this version from the next evaluation on. An evaluation that has begun keeps the one that it began with.
    /// </summary>
    /// <returns>What is wrong with it; the rule then keeps the version that it had.</returns>
    internal abstract IReadOnlyList<ExpressionError> Use(RuleVersion version);
}

/// <inheritdoc />
/// <typeparam name="TFacts">A record whose properties are the facts.</typeparam>
public sealed class Rule<TFacts> : Rule where TFacts : class
{
    volatile Current? _current;

    /// <param name="name">Lower snake case, e.g. <c>check_inventory</c>.</param>
    /// <param name="expression">The rule in the rule language: true is a pass. What is wrong with it is told when the process starts.</param>
    /// <param name="description">What the rule is for, for people.</param>
    /// <param name="failMeans">What a fail means, for people, e.g. <c>out of stock</c>.</param>
    /// <param name="limits">What it may take at most; null for <see cref="LanguageLimits.Default"/>.</param>
    /// <exception cref="ArgumentException">A property of the record is of a type that the language has nothing for.</exception>
    public Rule(string name, string expression, string description, string failMeans, LanguageLimits? limits = null)
        : base(name, new RuleText(expression, description, failMeans), FactsType.Of<TFacts>(), limits ?? LanguageLimits.Default)
    {
        Use(new RuleVersion(1, Default, RuleOrigin.Code, "code", "", DateTimeOffset.UnixEpoch));
    }

    /// <inheritdoc />
    public override RuleVersion Version => Now.Version;

    Current Now => _current
        ?? throw new InvalidOperationException($"The rule '{Name}' cannot be evaluated: {string.Join("; ", Check(Default.Expression))}.");

    /// <summary>Decides, and says what it decided on. A rule that cannot be evaluated on these facts does not pass.</summary>
    public RuleVerdict Evaluate(TFacts facts)
    {
        var (version, expression) = Now;
        var verdict = expression.Evaluate(facts);
        var values = expression.FactsOf(facts);
        var read = values.Where((_, place) => verdict.HasRead(place)).ToArray();
        var reason = verdict.Passed ? null : WhyNot(version.Text, expression, verdict, facts, read);
        return new RuleVerdict(
            Name, version.Number, version.Text.Expression, values.ToDictionary(fact => fact.Name, fact => fact.Value),
            Array.ConvertAll(read, fact => fact.Name), verdict.Passed, reason);
    }

    internal override IReadOnlyList<ExpressionError> Use(RuleVersion version)
    {
        if (RuleExpression<TFacts>.Load(version.Text.Expression, out var errors, Limits) is { } expression)
            _current = new Current(version, expression);
        return errors;
    }

    /// <summary>What a fail means, and the part of the rule that decided, with the values that it saw.</summary>
    static string WhyNot(RuleText text, RuleExpression<TFacts> expression, Verdict verdict, TFacts facts, IReadOnlyList<FactRead> read)
    {
        if (verdict.Error is { } error)
            return $"{text.FailMeans} (the rule could not be evaluated: {error})";

        var decision = expression.Explain(facts)?.ToString() ?? text.Expression;
        var scalars = string.Join(", ", read.Where(fact => IsScalar(fact.Value)).Select(fact => $"{fact.Name} = {Shown(fact.Value)}"));
        return scalars.Length == 0 ? $"{text.FailMeans} ({decision})" : $"{text.FailMeans} ({decision}; {scalars})";
    }

    static bool IsScalar(object? value) => value is null or string or bool or long or ulong or double;

    static string Shown(object? value) => value switch
    {
        null => "null",
        bool flag => flag ? "true" : "false",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    sealed record Current(RuleVersion Version, RuleExpression<TFacts> Expression);
}
