using System.Linq.Expressions;
using static System.Linq.Expressions.Expression;

namespace Resonance.Engine.Rules.Language;

/// <summary>The part that compiles operators and functions.</summary>
sealed partial class Compiler
{
    // Up to here comparing with one after the other is as fast as hashing.
    const int Few = 8;

    Expression Call(CallNode call)
    {
        var (left, right) = (call.Arguments[0], call.Arguments.Count > 1 ? call.Arguments[1] : null);
        var native = (call.Function.Name, right) switch
        {
            ("_==_" or "_!=_", not null) => Equals(call.Function.Name == "_!=_", left, right),
            ("_<_" or "_<=_" or "_>_" or "_>=_", not null) => Compare(call.Function.Name, left, right),
            ("_+_" or "_-_" or "_*_" or "_/_" or "_%_", not null) => Arithmetic(call.Function.Name, left, right),
            ("_in_", not null) => In(left, right),
            ("_[_]", not null) => Index(left, right, call.Type),
            ("contains" or "startsWith" or "endsWith", not null) => Text(call.Function.Name, left, right),
            ("!_", null) => Expression.Not(AsNative(left, typeof(bool))),
            ("-_", null) => Negate(left),
            ("size", null) => Size(left),
            ("double", null) => ToDouble(left),
            _ => null,
        };
        return native ?? Invoked(call);
    }

    // By the implementation that the evaluator calls, too.
    InvocationExpression Invoked(CallNode call)
    {
        var implementation = Expression.Constant(call.Function.For(call.Arguments.Count));
        return Invoke(implementation, call.Arguments.Select(AsValue).Prepend(_budget));
    }

    Expression? Equals(bool isNegated, Node left, Node right)
    {
        if (right is ConstantNode { Value.Kind: Kind.Null } || left is ConstantNode { Value.Kind: Kind.Null })
            return EqualsNull(isNegated, right is ConstantNode { Value.Kind: Kind.Null } ? left : right);

        var kind = KindOf(left);
        if (kind != KindOf(right) || NativeOf(kind) is not { } native)
            return null;
        var (first, second) = (AsNative(left, native), AsNative(right, native));
        Expression equal = kind != TypeKind.String ? Equal(first, second)
            : IsShort(left) || IsShort(right) ? SameText(first, second)
            : Expression.Call(typeof(Equality), nameof(Equality.Strings), null, _budget, first, second);
        return isNegated ? Expression.Not(equal) : equal;
    }

    static MethodCallExpression SameText(Expression left, Expression right) =>
        Expression.Call(typeof(string).GetMethod(nameof(string.Equals), [typeof(string), typeof(string)])!, left, right);

    // Comparing with a text that is shorter than a unit of the budget costs nothing beyond the node.
    static bool IsShort(Node node) => node is ConstantNode constant && IsShort(constant.Value);

    static bool IsShort(Value value) => value is { Kind: Kind.String, AsString.Length: < 1 << Budget.SizeShift };

    Expression? EqualsNull(bool isNegated, Node node)
    {
        if (KindOf(node) != TypeKind.Nullable)
            return null;
        var code = Compile(node);
        // The other side is a node, too.
        _region.Cost++;
        if (code.Type == typeof(Value))
        {
            var equal = Expression.Call(typeof(Equality), nameof(Equality.Same), null, _budget, code, Expression.Constant(Value.Null));
            var isNull = Call(nameof(Native.Bool), _budget, equal);
            return isNegated ? Expression.Not(isNull) : isNull;
        }

        var nothing = Expression.Constant(null, code.Type);
        return isNegated ? NotEqual(code, nothing) : Equal(code, nothing);
    }

    Expression? Compare(string sign, Node left, Node right)
    {
        var (first, second) = (KindWithin(left), KindWithin(right));
        if (first == TypeKind.String && second == TypeKind.String)
        {
            var order = Expression.Call(
                typeof(Ordering), nameof(Ordering.Strings), null, _budget, AsNative(left, typeof(string)), AsNative(right, typeof(string)));
            return Compared(sign, order, Expression.Constant(0));
        }

        if (!IsNumber(first) || !IsNumber(second))
            return null;
        var (one, other) = (AsNative(left, NativeOf(first)!), AsNative(right, NativeOf(second)!));
        if (first == second)
            return Compared(sign, one, other);
        if (first == TypeKind.Double || second == TypeKind.Double)
            return Compared(sign, Expression.Convert(one, typeof(double)), Expression.Convert(other, typeof(double)));
        return first == TypeKind.Int
            ? Compared(sign, Expression.Call(typeof(Ordering), nameof(Ordering.IntToUInt), null, one, other), Expression.Constant(0))
            : Compared(sign, Expression.Constant(0), Expression.Call(typeof(Ordering), nameof(Ordering.IntToUInt), null, other, one));
    }

    static bool IsNumber(TypeKind kind) => kind is TypeKind.Int or TypeKind.UInt or TypeKind.Double;

    static BinaryExpression Compared(string sign, Expression left, Expression right) => sign switch
    {
        "_<_" => LessThan(left, right),
        "_<=_" => LessThanOrEqual(left, right),
        "_>_" => GreaterThan(left, right),
        _ => GreaterThanOrEqual(left, right),
    };

    Expression? Arithmetic(string sign, Node left, Node right)
    {
        var kind = KindWithin(left);
        if (kind != KindWithin(right) || !IsNumber(kind))
            return null;

        var (first, second) = (AsNative(left, NativeOf(kind)!), AsNative(right, NativeOf(kind)!));
        if (kind == TypeKind.Double)
        {
            return sign switch
            {
                "_+_" => Add(first, second),
                "_-_" => Subtract(first, second),
                "_*_" => Multiply(first, second),
                _ => Divide(first, second),
            };
        }

        var method = sign switch
        {
            "_+_" => nameof(Native.Add),
            "_-_" => nameof(Native.Subtract),
            "_*_" => nameof(Native.Multiply),
            "_/_" => nameof(Native.Divide),
            _ => nameof(Native.Remainder),
        };
        return Call(method, _budget, first, second);
    }

    Expression? Negate(Node operand) => KindWithin(operand) switch
    {
        TypeKind.Double => Expression.Negate(AsNative(operand, typeof(double))),
        TypeKind.Int => Call(nameof(Native.Negate), _budget, AsNative(operand, typeof(long))),
        _ => null,
    };

    Expression? In(Node element, Node range)
    {
        if (range is ConstantNode { Value: { Kind: Kind.List, AsList: var list } } && NativeOf(KindOf(element)) is { } native)
            return InConstants(element, native, list);
        if (KindOf(range) != TypeKind.Map || KindOf(element) != TypeKind.String || range is not (FactNode or SelectNode))
            return null;

        var key = AsNative(element, typeof(string));
        var map = Compile(range);
        return FactTypes.DictionaryValue(map.Type) is { } value
            ? WithPresent(map, present => Expression.Call(typeof(Native), nameof(Native.HasEntry), [value], present, key))
            : Expression.Call(typeof(Native), nameof(Native.Bool), null, _budget,
                Expression.Call(typeof(Operators), nameof(Operators.In), null, _budget, ToValue(key), ToValue(map)));
    }

    Expression? InConstants(Node element, Type native, ListValue list)
    {
        var items = Enumerable.Range(0, list.Count).Select(at => list[at]).ToArray();
        var areTexts = native == typeof(string) && items.All(IsShort);
        var areInts = native == typeof(long) && items.All(item => item.Kind == Kind.Int);
        if (items.Length == 0 || !(areTexts || areInts))
            return null;

        var value = Variable(native);
        var assign = Assign(value, AsNative(element, native));
        // The list is a node, and it is paid for as if all of it were looked at.
        _region.Cost += 1 + items.Length;
        var isIn = items.Length > Few
            ? areTexts ? Among(value, items.Select(item => item.AsString)) : Among(value, items.Select(item => item.AsInt))
            : items.Select(item => EqualsConstant(value, item)).Aggregate(OrElse);
        return Block([value], assign, isIn);
    }

    static Expression EqualsConstant(Expression value, Value item) => item.Kind == Kind.String
        ? SameText(value, Constant(item))
        : Equal(value, Constant(item));

    static MethodCallExpression Among<T>(Expression value, IEnumerable<T> items) =>
        Expression.Call(Expression.Constant(items.ToHashSet()), nameof(HashSet<>.Contains), null, value);

    Expression? Index(Node container, Node index, CelType type)
    {
        if (container is not (FactNode or SelectNode or VariableNode))
            return null;
        var kind = KindOf(container);
        if ((kind != TypeKind.List || KindOf(index) != TypeKind.Int) && (kind != TypeKind.Map || KindOf(index) != TypeKind.String))
            return null;

        var code = Compile(container);
        if (code.Type == typeof(Value))
            return Indexed(code, AsValue(index));
        if (kind == TypeKind.Map)
        {
            var key = AsNative(index, typeof(string));
            return WithPresent(code, map => EntryOf(map, FactTypes.DictionaryValue(code.Type)!, key, type));
        }

        var place = AsNative(index, typeof(long));
        var element = FactTypes.ListElement(code.Type)!;
        return WithPresent(code, list => FromDeclared(
            Expression.Call(typeof(Native), nameof(Native.Element), [element], _budget, list, place), type));
    }

    MethodCallExpression Indexed(Expression container, Expression index) =>
        Expression.Call(typeof(Operators), nameof(Operators.Index), null, _budget, container, index);

    Expression? Text(string function, Node text, Node part)
    {
        if (KindWithin(text) != TypeKind.String || KindWithin(part) != TypeKind.String)
            return null;
        var method = function switch
        {
            "contains" => nameof(TextFunctions.Contains),
            "startsWith" => nameof(TextFunctions.StartsWith),
            _ => nameof(TextFunctions.EndsWith),
        };
        return Expression.Call(
            typeof(TextFunctions).GetMethod(method, [BudgetReference, typeof(string), typeof(string)])!,
            _budget, AsNative(text, typeof(string)), AsNative(part, typeof(string)));
    }

    Expression? Size(Node operand)
    {
        if (KindWithin(operand) == TypeKind.String)
            return Expression.Call(typeof(TextFunctions), nameof(TextFunctions.Length), null, _budget, AsNative(operand, typeof(string)));
        if (KindOf(operand) != TypeKind.List || operand is not (FactNode or SelectNode))
            return null;

        var code = Compile(operand);
        if (FactTypes.ListElement(code.Type) is { } element)
            return WithPresent(code, list => Expression.Convert(CountOf(list, element), typeof(long)));
        return Expression.Call(typeof(TextFunctions), nameof(TextFunctions.Size), null, _budget, ToValue(code));
    }

    static MemberExpression CountOf(Expression list, Type element) =>
        Property(Expression.Convert(list, typeof(IReadOnlyCollection<>).MakeGenericType(element)), "Count");

    Expression? ToDouble(Node operand) => KindWithin(operand) is var kind && IsNumber(kind)
        ? Expression.Convert(AsNative(operand, NativeOf(kind)!), typeof(double))
        : null;
}
