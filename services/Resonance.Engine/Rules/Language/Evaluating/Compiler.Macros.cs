using System.Linq.Expressions;
using static System.Linq.Expressions.Expression;

namespace Resonance.Engine.Rules.Language;

/// <summary>The part that compiles macros: each becomes a loop.</summary>
sealed partial class Compiler
{
    Expression MacroOf(MacroNode macro)
    {
        var range = Compile(macro.Range);
        return FactTypes.ListElement(range.Type) is { } element && KindOf(macro.Range) == TypeKind.List
            ? OverFacts(macro, range, element)
            : OverValues(macro, ToValue(range));
    }

    // Over a list of facts: an array or a list is not asked for each element through its interface.
    BlockExpression OverFacts(MacroNode macro, Expression range, Type element)
    {
        var list = Variable(typeof(IReadOnlyList<>).MakeGenericType(element));
        var array = Variable(element.MakeArrayType());
        var concrete = Variable(typeof(List<>).MakeGenericType(element));
        var at = Variable(typeof(int));
        var failed = Expression.Call(typeof(Native), nameof(Native.FailedList), [element], _budget);
        var isDeclared = macro.Variable.Type.Kind != TypeKind.Nullable && FactReaders.Native(Default(element), element) is not null;
        var item = Condition(
            NotEqual(array, Constant(null!, array.Type)), ArrayIndex(array, at),
            Condition(
                NotEqual(concrete, Constant(null!, concrete.Type)), Property(concrete, "Item", at), Property(list, "Item", at)));

        var loop = Loop(macro, at, CountOf(list, element), isDeclared ? FromDeclared(item, macro.Variable.Type) : item);
        return Block(
            [list, array, concrete, at],
            Assign(list, Coalesce(Expression.Convert(range, list.Type), failed)),
            Assign(array, TypeAs(list, array.Type)),
            Assign(concrete, TypeAs(list, concrete.Type)),
            loop);
    }

    BlockExpression OverValues(MacroNode macro, Expression range)
    {
        var list = Variable(typeof(Value));
        var at = Variable(typeof(int));
        var count = Expression.Call(typeof(Evaluator), nameof(Evaluator.CountOf), null, list);
        var item = Expression.Call(typeof(Evaluator), nameof(Evaluator.ElementOf), null, list, at);
        return Block([list, at], Assign(list, Call(nameof(Native.Range), _budget, range)), Loop(macro, at, count, item));
    }

    static ConstantExpression Constant(object? value, Type type) => Expression.Constant(value, type);

    Expression Loop(MacroNode macro, ParameterExpression at, Expression countOf, Expression item)
    {
        var end = Label();
        var count = Variable(typeof(int));
        var element = Variable(item.Type);
        _variables[macro.Variable.Slot] = element;
        var (result, initial, turn, final) = Turn(macro, element, end);
        _variables[macro.Variable.Slot] = null;

        List<Expression> body =
        [
            IfThen(GreaterThanOrEqual(at, count), Break(end)),
            Assign(element, item),
            PreIncrementAssign(at),
        ];
        if (!item.Type.IsValueType && KindOf(macro.Variable) != TypeKind.Nullable)
            body.Add(IfThen(Equal(element, Constant(null, item.Type)), Block(Failed(typeof(bool)), Break(end))));
        body.Add(turn);
        return Block(
            [count, element, result],
            Assign(result, initial),
            Assign(at, Expression.Constant(0)),
            Assign(count, countOf),
            Expression.Loop(Block(body), end),
            final);
    }

    // What is kept from turn to turn, what it is at first, what a turn does, and what it comes to.
    (ParameterExpression Result, Expression Initial, Expression Turn, Expression Final) Turn(
        MacroNode macro, ParameterExpression element, LabelTarget end)
    {
        switch (macro.Macro)
        {
            case Macro.All or Macro.Exists:
                var isAll = macro.Macro == Macro.All;
                var verdict = Variable(typeof(bool));
                return (verdict, Expression.Constant(isAll), Paid(() =>
                {
                    var meets = AsNative(macro.Predicate!, typeof(bool));
                    return IfThen(
                        isAll ? Expression.Not(meets) : meets, Block(Assign(verdict, Expression.Constant(!isAll)), Break(end)));
                }), verdict);
            case Macro.ExistsOne:
                var found = Variable(typeof(int));
                return (found, Expression.Constant(0),
                    Paid(() => IfThen(AsNative(macro.Predicate!, typeof(bool)), PreIncrementAssign(found))),
                    Equal(found, Expression.Constant(1)));
            default:
                var items = Variable(typeof(List<Value>));
                return (items, New(typeof(List<Value>)), Paid(() => Collect(macro, element, items)), Call(nameof(Native.Collected), items));
        }

        // A turn costs one unit beyond its nodes; a spent budget, or a failure, ends the loop.
        Expression Paid(Func<Expression> turn) => InRegion(
            () =>
            {
                var code = turn();
                var isSpent = GreaterThan(Field(_budget, nameof(Budget.Cost)), Field(_budget, nameof(Budget.Limit)));
                return Block(IfThen(isSpent, Break(end)), code);
            },
            cost: 1);
    }

    Expression Collect(MacroNode macro, Expression element, Expression items)
    {
        var condition = macro.Predicate is null ? null : AsNative(macro.Predicate, typeof(bool));
        // Only what meets the condition is transformed, and paid for.
        var item = macro.Transform is null ? ToValue(element)
            : condition is null ? AsValue(macro.Transform)
            : InRegion(() => AsValue(macro.Transform));
        var collect = Call(nameof(Native.Collect), _budget, items, item);
        return condition is null ? collect : IfThen(condition, collect);
    }
}
