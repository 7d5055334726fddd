using System.Diagnostics;
using System.Linq.Dynamic.Core;
using System.Text.Json;
using Resonance.Engine.Rules.Language;
using RulesEngine.Models;

namespace Resonance.Benchmarks;

/// <param name="Rule">What was evaluated.</param>
/// <param name="Variant">By what.</param>
/// <param name="Nanoseconds">One evaluation, the median of the rounds.</param>
/// <param name="AllocatedBytes">By one evaluation.</param>
/// <param name="Ratio">Its time over ours: the median of the ratios of rounds that ran one after the other.</param>
sealed record RuleFigure(string Rule, string Variant, double Nanoseconds, double AllocatedBytes, double Ratio);

/// <param name="Figures">Each rule by each variant.</param>
/// <param name="LoadedRules">Different rules that were read and checked.</param>
/// <param name="LoadMs">What that took.</param>
/// <param name="Reevaluated">Recorded facts that a rule was evaluated on again.</param>
/// <param name="ReevaluationMs">What that took, reading the records included.</param>
sealed record RulesResult(IReadOnlyList<RuleFigure> Figures, int LoadedRules, double LoadMs, int Reevaluated, double ReevaluationMs);

/// <summary>The rule language beside two packages that evaluate expressions, on the same facts, in turns.</summary>
static class Rules
{
    const int RoundsMin = 21;
    const int LoadedRules = 10_000;
    const int Reevaluated = 100_000;

    // Long enough for the clock, short enough that the variants of a round meet the same machine.
    static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(40);

    const string FraudRule = "fraud_score < 0.3";

    const string OrderRule =
        """
        total <= 10000 && currency in ['EUR', 'USD', 'GBP'] && size(lines) > 0
            && lines.all(l, l.available >= l.quantity) && (customer.country == 'GB' || !express)
        """;

    const string OrderLambda =
        """
        Total <= 10000 && (Currency == "EUR" || Currency == "USD" || Currency == "GBP") && Lines.Count > 0
            && Lines.All(Available >= Quantity) && (Customer.Country == "GB" || !Express)
        """;

    sealed record FraudFacts(double FraudScore, decimal Amount);

    sealed record OrderFacts(decimal Total, string Currency, bool Express, CustomerFacts Customer, IReadOnlyList<LineFacts> Lines);

    sealed record CustomerFacts(string Name, string Country);

    sealed record LineFacts(string Sku, int Quantity, int Available);

    /// <summary>Evaluates so many times, and says how often the rule passed.</summary>
    delegate ValueTask<int> Evaluation(int times);

    public static async Task<RulesResult> MeasureAsync(BenchmarkOptions options, CancellationToken cancellationToken)
    {
        var fraud = new FraudFacts(0.12, 99.90m);
        var order = new OrderFacts(
            4_200.50m, "GBP", Express: true, new CustomerFacts("Ada", "GB"),
            [.. Enumerable.Range(1, 10).Select(line => new LineFacts($"SKU-{line}", line, line + 1))]);
        var rounds = Math.Max(options.Rounds, RoundsMin);
        RuleFigure[] figures =
        [
            .. await CompareAsync("fraud_score", FraudRule, "FraudScore < 0.3", fraud, rounds, cancellationToken),
            .. await CompareAsync("five clauses, ten lines", OrderRule, OrderLambda, order, rounds, cancellationToken),
        ];
        return new RulesResult(figures, LoadedRules, Load(), Reevaluated, Reevaluate(order));
    }

    static async Task<IReadOnlyList<RuleFigure>> CompareAsync<TFacts>(
        string name, string source, string lambda, TFacts facts, int rounds, CancellationToken cancellationToken) where TFacts : class
    {
        (string Name, Evaluation Run)[] variants =
        [
            ("Resonance", Ours(source, facts)), ("System.Linq.Dynamic.Core", DynamicCore(lambda, facts)),
            ("RulesEngine", Engine(lambda, facts)),
        ];

        // Until the code is compiled for speed; and how many evaluations make a turn.
        var times = new int[variants.Length];
        for (var at = 0; at < variants.Length; at++)
            times[at] = await TimesAsync(variants[at].Run);

        var rows = new List<(double Nanoseconds, double Bytes)>[variants.Length];
        for (var round = 0; round < rounds; round++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            for (var at = 0; at < variants.Length; at++)
                (rows[at] ??= []).Add(await TurnAsync(variants[at].Run, times[at]));
        }

        return [.. variants.Select((variant, at) => new RuleFigure(
            name, variant.Name, rows[at].Select(row => row.Nanoseconds).Median(), rows[at].Select(row => row.Bytes).Median(),
            rows[at].Zip(rows[0], (row, ours) => row.Nanoseconds / ours.Nanoseconds).Median()))];
    }

    static async Task<int> TimesAsync(Evaluation run)
    {
        var times = 1_000;
        while (true)
        {
            var (nanoseconds, _) = await TurnAsync(run, times);
            if (nanoseconds * times > Turn.TotalNanoseconds)
                return times;
            times *= 2;
        }
    }

    static async Task<(double Nanoseconds, double Bytes)> TurnAsync(Evaluation run, int times)
    {
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var start = Stopwatch.GetTimestamp();
        var passed = await run(times);
        var elapsed = Stopwatch.GetElapsedTime(start);
        if (passed != times)
            throw new InvalidOperationException("The rule did not pass, so what was measured is something else.");
        return (elapsed.TotalNanoseconds / times, (GC.GetAllocatedBytesForCurrentThread() - allocated) / (double)times);
    }

    static Evaluation Ours<TFacts>(string source, TFacts facts) where TFacts : class
    {
        var rule = RuleExpression<TFacts>.Load(source, out var errors)
            ?? throw new InvalidOperationException(string.Join('\n', errors));
        return times =>
        {
            var passed = 0;
            for (var turn = 0; turn < times; turn++)
                passed += rule.Evaluate(facts).Passed ? 1 : 0;
            return new ValueTask<int>(passed);
        };
    }

    static Evaluation DynamicCore<TFacts>(string lambda, TFacts facts)
    {
        var compiled = DynamicExpressionParser.ParseLambda<TFacts, bool>(new ParsingConfig(), false, lambda).Compile();
        return times =>
        {
            var passed = 0;
            for (var turn = 0; turn < times; turn++)
                passed += compiled(facts) ? 1 : 0;
            return new ValueTask<int>(passed);
        };
    }

    static Evaluation Engine<TFacts>(string lambda, TFacts facts)
    {
        var workflow = new Workflow { WorkflowName = "rules", Rules = [new Rule { RuleName = "rule", Expression = lambda }] };
        var engine = new RulesEngine.RulesEngine([workflow]);
        object[] inputs = [facts!];
        return async times =>
        {
            var passed = 0;
            for (var turn = 0; turn < times; turn++)
                passed += (await engine.ExecuteAllRulesAsync("rules", inputs))[0].IsSuccess ? 1 : 0;
            return passed;
        };
    }

    static double Load()
    {
        var sources = Enumerable.Range(0, LoadedRules).Select(number => $"{OrderRule} && total != {number}.5").ToArray();
        var start = Stopwatch.GetTimestamp();
        foreach (var source in sources)
        {
            if (RuleExpression<OrderFacts>.Load(source, out var errors) is null)
                throw new InvalidOperationException(string.Join('\n', errors));
        }

        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    static double Reevaluate(OrderFacts facts)
    {
        var rule = RuleExpression<OrderFacts>.Load(OrderRule, out _)!;
        var read = rule.FactsRead(rule.Evaluate(facts), facts).ToDictionary(fact => fact.Name, fact => fact.Value);
        var record = JsonSerializer.SerializeToUtf8Bytes(read);
        var start = Stopwatch.GetTimestamp();
        for (var number = 0; number < Reevaluated; number++)
        {
            using var document = JsonDocument.Parse(record);
            if (!rule.Evaluate(document.RootElement).Passed)
                throw new InvalidOperationException("The record gives another verdict than the facts.");
        }

        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }
}
