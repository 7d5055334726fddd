namespace Resonance.Engine.Rules.Language;

/// <summary>
/// An expression whose names are resolved and whose types are known: what the evaluator walks and the compiler compiles.
/// Visiting one costs one unit of the budget.
/// </summary>
/// <param name="Span">Where it stands in the source.</param>
/// <param name="Type">What it gives.</param>
abstract record Node(SourceSpan Span, CelType Type);

sealed record ConstantNode(SourceSpan Span, CelType Type, Value Value) : Node(Span, Type);

// Fact: its place among the facts.
sealed record FactNode(SourceSpan Span, CelType Type, int Fact) : Node(Span, Type);

// Slot: how many variables of macros are around this one.
sealed record VariableNode(SourceSpan Span, CelType Type, string Name, int Slot) : Node(Span, Type);

/// <summary>A part that cannot be evaluated, in an expression that was not checked.</summary>
sealed record FailureNode(SourceSpan Span, string Message) : Node(Span, CelType.Dyn);

// Place: of the field, where the operand is known to be a record; otherwise -1.
// IsTest: whether the field is there, not what it is.
sealed record SelectNode(SourceSpan Span, CelType Type, Node Operand, string Field, int Place, bool IsTest) : Node(Span, Type);

sealed record CallNode(SourceSpan Span, CelType Type, Function Function, IReadOnlyList<Node> Arguments) : Node(Span, Type);

/// <summary>A match with a pattern that is known before anything is evaluated.</summary>
sealed record MatchNode(SourceSpan Span, Node Text, Pattern Pattern) : Node(Span, CelType.Bool);

sealed record LogicNode(SourceSpan Span, bool IsAnd, IReadOnlyList<Node> Operands) : Node(Span, CelType.Bool);

sealed record ConditionalNode(SourceSpan Span, CelType Type, Node Condition, Node Then, Node Else) : Node(Span, Type);

sealed record ListNode(SourceSpan Span, CelType Type, IReadOnlyList<Node> Elements) : Node(Span, Type);

sealed record MapNode(SourceSpan Span, CelType Type, IReadOnlyList<Node> Keys, IReadOnlyList<Node> Values) : Node(Span, Type);

// Variable: the element of a list, or the key of a map.
sealed record MacroNode(
    SourceSpan Span, CelType Type, Macro Macro, Node Range, VariableNode Variable, Node? Predicate, Node? Transform) : Node(Span, Type);
