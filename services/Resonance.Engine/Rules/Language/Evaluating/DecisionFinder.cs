namespace Resonance.Engine.Rules.Language;

/// <summary>Finds the part that made an expression false, as small as one can point at.</summary>
ref struct DecisionFinder(ResolvedExpression expression, Evaluator evaluator)
{
    readonly List<DecidingElement> _elements = [];
    Evaluator _evaluator = evaluator;

    public Decision Find()
    {
        var node = Find(expression.Root);
        return new Decision(node.Span.In(expression.Source), node.Span, _elements);
    }

    // The node is known to be false. Where its parts cannot be told apart, it is what decided.
    Node Find(Node node)
    {
        switch (node)
        {
            case LogicNode { IsAnd: true } and:
                foreach (var operand in and.Operands)
                {
                    if (_evaluator.Visit(operand).IsFalse)
                        return Find(operand);
                }

                return node;
            case ConditionalNode conditional:
                var condition = _evaluator.Visit(conditional.Condition);
                return condition.IsTrue ? Find(conditional.Then) : condition.IsFalse ? Find(conditional.Else) : node;
            case MacroNode { Macro: Macro.All } all:
                return FindElement(all);
            default:
                return node;
        }
    }

    Node FindElement(MacroNode all)
    {
        var range = _evaluator.Visit(all.Range);
        if (range.Kind is not (Kind.List or Kind.Map))
            return all;

        for (var at = 0; at < Evaluator.CountOf(range); at++)
        {
            var element = Evaluator.ElementOf(range, at);
            _evaluator.Set(all.Variable, element);
            if (!_evaluator.Visit(all.Predicate!).IsFalse)
                continue;
            _elements.Add(new DecidingElement(all.Variable.Name, at, ValueText.Of(element)));
            return Find(all.Predicate!);
        }

        return all;
    }
}
