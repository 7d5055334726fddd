using System.Globalization;
using Resonance.Engine.Rules.Language;
using Resonance.Tests.Rules.Conformance;
using Xunit;

namespace Resonance.Tests.Rules.Fuzz;

/// <summary>
/// No input throws, hangs, overflows the stack or takes more than its budget, and a compiled rule says what the evaluator says.
/// </summary>
/// <remarks>
/// By default some thousand inputs from a fixed seed. <c>RESONANCE_FUZZ=5000000</c> runs so many, and <c>RESONANCE_FUZZ_SEED</c>
/// sets another seed; a failure says from which seed, and with which number, its input came.
/// </remarks>
public sealed class FuzzTests
{
    const long Cost = 3_000;

    static readonly int Inputs = Setting("RESONANCE_FUZZ", 20_000);
    static readonly int Seed = Setting("RESONANCE_FUZZ_SEED", 20_260_131);
    static readonly FactsType Facts = FactsType.Of<SampleFacts>();
    static readonly SampleFacts[] Samples = [SampleFacts.Typical, SampleFacts.Extreme, SampleFacts.Broken];
    static readonly string[] Corpus =
        [.. ConformanceCase.All.Select(item => item.Source), .. CompiledRuleTests.Sources.Select(row => row.Data)];

    static int Setting(string name, int usual) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : usual;

    [Fact]
    public void Expressions_that_follow_the_grammar_are_safe() =>
        Run(Inputs / 2, compiledOneIn: 60, random => new ExpressionGenerator(random).Rule());

    [Fact]
    public void Expressions_that_were_tampered_with_are_safe() => Run(Inputs / 4, compiledOneIn: 25, Tampered);

    [Fact]
    public void Noise_is_safe() => Run(Inputs / 4, compiledOneIn: 25, Noise);

    static void Run(int inputs, int compiledOneIn, Func<Random, string> write)
    {
        var isLong = inputs > 100_000;
        int parsed = 0, passed = 0, compiled = 0;
        Parallel.For(0, inputs, number =>
        {
            var random = new Random(unchecked(Seed + number * 7919));
            var source = write(random);
            try
            {
                var facts = Samples[number % Samples.Length];
                if (!EvaluateUnchecked(source, facts))
                    return;
                Interlocked.Increment(ref parsed);
                // Compiling takes a thousand times as long as everything else.
                if (!EvaluateChecked(source, facts, number % (isLong ? compiledOneIn * 5 : compiledOneIn) == 0, ref compiled))
                    return;
                Interlocked.Increment(ref passed);
            }
            catch (Exception failure)
            {
                throw new InvalidOperationException($"Seed {Seed}, input {number}: {source}\n{failure.Message}", failure);
            }
        });
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{inputs} inputs: {parsed} parsed, {passed} of the right types, {compiled} compiled.");
    }

    static bool EvaluateUnchecked(string source, SampleFacts facts)
    {
        var syntax = Parser.Parse(source, LanguageLimits.Default, out var error);
        Assert.Equal(syntax is null, error is not null);
        if (syntax is null)
        {
            Assert.InRange(error!.Span.Start, 0, source.Length);
            Assert.True(error.Line > 0 && error.Column > 0 && error.Message.Length > 0);
            return false;
        }

        AssertWithinBudget(Checker.Bind(source, syntax, Facts.Declarations).Evaluate(new ObjectFacts<SampleFacts>(facts), Cost));
        return true;
    }

    static void AssertWithinBudget(Evaluation evaluation)
    {
        Assert.Equal(evaluation.Cost > Cost, evaluation.Value.IsError && evaluation.Value.AsError == EvaluationError.Exhausted);
        // What is charged at once is at most what one function would have made or looked at.
        Assert.True(evaluation.Cost < Cost * 50, $"The evaluation went on until it had cost {evaluation.Cost}.");
    }

    static bool EvaluateChecked(string source, SampleFacts facts, bool isCompiled, ref int compiled)
    {
        var limits = LanguageLimits.Default with { Cost = Cost };
        if (RuleExpression<SampleFacts>.Load(source, out var errors, limits) is not { } rule)
        {
            Assert.NotEmpty(errors);
            Assert.All(errors, error => Assert.InRange(error.Span.End, error.Span.Start, source.Length));
            return false;
        }

        var walked = Checker.Check(source, Parser.Parse(source, limits, out _)!, Facts.Declarations, CelType.Bool).Expression
            .Evaluate(new ObjectFacts<SampleFacts>(facts), Cost);
        AssertWithinBudget(walked);
        Assert.Equal(walked.Value.IsFalse, rule.Explain(facts) is not null);
        if (!isCompiled)
            return true;

        Interlocked.Increment(ref compiled);
        var verdict = rule.Evaluate(facts);
        Assert.Equal((walked.Value.IsTrue, walked.Cost, walked.FactsRead), (verdict.Passed, verdict.Cost, verdict.FactsRead));
        Assert.Equal(walked.Value.Kind != Kind.Bool, verdict.Error is not null);
        return true;
    }

    static string Tampered(Random random)
    {
        var text = Corpus[random.Next(Corpus.Length)];
        for (var changes = random.Next(1, 4); changes > 0 && text.Length > 0; changes--)
        {
            var at = random.Next(text.Length);
            var length = random.Next(Math.Min(12, text.Length - at) + 1);
            var other = Corpus[random.Next(Corpus.Length)];
            var from = random.Next(other.Length + 1);
            text = random.Next(5) switch
            {
                0 => text.Remove(at, length),
                1 => text.Insert(at, text.Substring(at, length)),
                2 => text.Insert(at, other.Substring(from, Math.Min(other.Length - from, random.Next(20)))),
                3 => text.Insert(at, Symbol(random)),
                _ => text.Remove(at, 1).Insert(at, ((char)random.Next(1, 0x3000)).ToString()),
            };
        }

        return text.Length > 2_000 ? text[..2_000] : text;
    }

    static string Symbol(Random random)
    {
        string[] symbols =
        [
            "(", ")", "[", "]", "{", "}", ".", ",", "?", ":", "!", "-", "&&", "||", "==", "in", "'", "\"\"\"", "\\", "r'", "b\"", "0x", "u",
            "e9", "`", "//", "\n", "\uD83D",
        ];
        return symbols[random.Next(symbols.Length)];
    }

    static string Noise(Random random)
    {
        var text = new System.Text.StringBuilder();
        for (var parts = random.Next(1, 40); parts > 0; parts--)
        {
            text.Append(random.Next(4) switch
            {
                0 => Symbol(random),
                1 => (char)random.Next(0x20, 0x7F),
                2 => Facts.Names.ElementAt(random.Next(Facts.Names.Count())),
                _ => Catalog.Names[random.Next(Catalog.Names.Count)] + (random.Next(2) == 0 ? "(" : ""),
            });
            text.Append(random.Next(3) == 0 ? " " : "");
        }

        return text.ToString();
    }
}
