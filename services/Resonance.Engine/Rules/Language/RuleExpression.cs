using System.Numerics;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Resonance.Engine.Rules.Language;

/// <summary>A rule that was read and checked: an expression over declared facts that is true or false.</summary>
/// <remarks>Evaluating one never throws, and may be done by any number of threads at once.</remarks>
public class RuleExpression
{
    private protected RuleExpression(ResolvedExpression expression, FactsType facts, LanguageLimits limits)
    {
        Resolved = expression;
        Facts = facts;
        Limits = limits;
    }

    /// <summary>As it was written.</summary>
    public string Source => Resolved.Source;

    /// <summary>The facts that it is about.</summary>
    public FactsType Facts { get; }

    /// <summary>What it may take.</summary>
    public LanguageLimits Limits { get; }

    private protected ResolvedExpression Resolved { get; }

    /// <summary>Reads a rule that is evaluated on recorded facts only.</summary>
    /// <param name="source">The expression.</param>
    /// <param name="facts">What it may be about.</param>
    /// <param name="errors">All that is wrong with it, in the order of the source; empty when there is a rule.</param>
    /// <param name="limits">What it may take; null for <see cref="LanguageLimits.Default"/>.</param>
    /// <returns>Null when there are errors.</returns>
    public static RuleExpression? Load(
        string source, FactsType facts, out IReadOnlyList<ExpressionError> errors, LanguageLimits? limits = null)
    {
        limits ??= LanguageLimits.Default;
        return Check(source, facts, out errors, limits) is { } resolved ? new RuleExpression(resolved, facts, limits) : null;
    }

    private protected static ResolvedExpression? Check(
        string source, FactsType facts, out IReadOnlyList<ExpressionError> errors, LanguageLimits limits)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(facts);
        if (limits.Nesting is < 1 or > 250)
            throw new ArgumentOutOfRangeException(nameof(limits), limits.Nesting, "Nesting is from 1 to 250.");

        if (Parser.Parse(source, limits, out var error) is not { } syntax)
        {
            errors = [error!];
            return null;
        }

        (var resolved, errors) = Checker.Check(source, syntax, facts.Declarations, CelType.Bool);
        return errors.Count == 0 ? resolved : null;
    }

    /// <summary>Evaluates the rule on facts as <see cref="FactsRead(in Verdict, JsonElement)"/> gave them.</summary>
    /// <param name="document">An object with the names of the facts. One that is not there is an error only if it is read.</param>
    public Verdict Evaluate(JsonElement document) => Evaluate(new DocumentFacts(Facts, document));

    /// <summary>The facts that an evaluation read, in the order of their declaration.</summary>
    public IReadOnlyList<FactRead> FactsRead(in Verdict verdict, JsonElement document) =>
        FactsRead(verdict, new DocumentFacts(Facts, document));

    /// <summary>The part that made the rule fail; null when it does not fail on these facts, or gives an error.</summary>
    public Decision? Explain(JsonElement document) => Explain(new DocumentFacts(Facts, document));

    private protected Verdict Evaluate(FactsSource facts)
    {
        var (value, cost, read) = Resolved.Evaluate(facts, Limits.Cost);
        // Of a type that is only known when it is evaluated.
        var error = value.IsError ? value.AsError
            : value.Kind != Kind.Bool ? new EvaluationError($"the rule gave a value of type {value.TypeName}, expected a bool")
            : null;
        return new Verdict(value.IsTrue, error, cost, read);
    }

    private protected IReadOnlyList<FactRead> FactsRead(Verdict verdict, FactsSource facts)
    {
        var read = new FactRead[BitOperations.PopCount(verdict.FactsRead)];
        var at = 0;
        for (var fact = 0; at < read.Length; fact++)
        {
            if (verdict.HasRead(fact))
                read[at++] = new FactRead(Facts.Fields[fact].Name, FactDocuments.Plain(facts.Read(fact)));
        }

        return read;
    }

    private protected Decision? Explain(FactsSource facts)
    {
        if (Resolved.Evaluate(facts, Limits.Cost) is not { Value.IsFalse: true })
            return null;
        // Some parts are evaluated again for each level that they are beneath.
        var evaluator = new Evaluator(facts, Limits.Cost * 10, Resolved.Slots);
        return new DecisionFinder(Resolved, evaluator).Find();
    }
}

/// <summary>A rule over facts in memory, compiled when it is first evaluated.</summary>
/// <typeparam name="TFacts">A record whose properties are the facts.</typeparam>
public sealed class RuleExpression<TFacts> : RuleExpression where TFacts : class
{
    readonly long _limit;
    Func<TFacts, bool>? _predicate;
    RuleProgram<TFacts> _program;

    // What every evaluation costs and reads at least, which the program therefore does not count.
    long _cost;
    ulong _factsRead;

    RuleExpression(ResolvedExpression expression, FactsType facts, LanguageLimits limits)
        : base(expression, facts, limits)
    {
        _limit = limits.Cost;
        _program = Compile;
    }

    /// <summary>Reads a rule.</summary>
    /// <param name="source">The expression.</param>
    /// <param name="errors">All that is wrong with it, in the order of the source; empty when there is a rule.</param>
    /// <param name="limits">What it may take; null for <see cref="LanguageLimits.Default"/>.</param>
    /// <returns>Null when there are errors.</returns>
    /// <exception cref="ArgumentException">A property of the record is of a type that the language has nothing for.</exception>
    public static RuleExpression<TFacts>? Load(
        string source, out IReadOnlyList<ExpressionError> errors, LanguageLimits? limits = null)
    {
        var facts = FactsType.Of<TFacts>();
        limits ??= LanguageLimits.Default;
        return Check(source, facts, out errors, limits) is { } resolved ? new RuleExpression<TFacts>(resolved, facts, limits) : null;
    }

    /// <summary>Evaluates the rule.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Verdict Evaluate(TFacts facts)
    {
        // What to run is read before what belongs to it, and written after that.
        return Volatile.Read(ref _predicate) is { } predicate
            ? new Verdict(predicate(facts), null, _cost, _factsRead)
            : Run(facts);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    Verdict Run(TFacts facts)
    {
        var program = Volatile.Read(ref _program);
        var budget = new Budget(_limit) { Cost = _cost, FactsRead = _factsRead };
        var passed = program(facts, ref budget);
        return budget.IsSpent ? Walk(facts) : new Verdict(passed, null, budget.Cost, budget.FactsRead);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    Verdict Walk(TFacts facts) => Evaluate(new ObjectFacts<TFacts>(facts));

    /// <summary>The facts that an evaluation read, in the order of their declaration.</summary>
    public IReadOnlyList<FactRead> FactsRead(in Verdict verdict, TFacts facts) => FactsRead(verdict, new ObjectFacts<TFacts>(facts));

    /// <summary>Every fact, read or not, as it is recorded.</summary>
    public IReadOnlyList<FactRead> FactsOf(TFacts facts) =>
        [.. Facts.Fields.Select((fact, place) => new FactRead(fact.Name, FactDocuments.Plain(FactRecord<TFacts>.ReaderOf(place)(facts))))];

    /// <summary>The part that made the rule fail; null when it does not fail on these facts, or gives an error.</summary>
    public Decision? Explain(TFacts facts) => Explain(new ObjectFacts<TFacts>(facts));

    // Stands for the program until the rule is first evaluated: most of many thousand rules never are.
    [MethodImpl(MethodImplOptions.NoInlining)]
    bool Compile(TFacts facts, ref Budget budget)
    {
        var compiled = Compiler.Compile<TFacts>(Resolved, Facts);
        (_cost, _factsRead) = (compiled.Cost, compiled.FactsRead);
        (budget.Cost, budget.FactsRead) = (_cost, _factsRead);
        if (compiled.Program is { } program)
        {
            Volatile.Write(ref _program, program);
            return program(facts, ref budget);
        }

        // One that always costs more than it may is never run: the evaluator says so.
        if (budget.IsSpent)
            Volatile.Write(ref _program, static (_, ref _) => false);
        else
            Volatile.Write(ref _predicate, compiled.Predicate);
        return !budget.IsSpent && compiled.Predicate!(facts);
    }
}
