namespace Resonance.Engine.Rules.Language;

/// <summary>An expression that is ready to be evaluated or compiled.</summary>
/// <param name="Source">As it was written.</param>
/// <param name="Root">Its tree.</param>
/// <param name="Slots">Variables of macros that are around one another at most.</param>
sealed record ResolvedExpression(string Source, Node Root, int Slots)
{
    public Evaluation Evaluate(FactsSource facts, long cost)
    {
        var evaluator = new Evaluator(facts, cost, Slots);
        var value = evaluator.Visit(Root);
        return new Evaluation(evaluator.IsSpent ? Value.Exhausted : value, evaluator.Cost, evaluator.FactsRead);
    }
}

/// <param name="Value">What the expression gave, or its error.</param>
/// <param name="Cost">What it cost.</param>
/// <param name="FactsRead">One bit for each fact that it read.</param>
readonly record struct Evaluation(Value Value, long Cost, ulong FactsRead);
