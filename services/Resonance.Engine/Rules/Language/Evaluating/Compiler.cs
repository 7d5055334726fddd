using System.Linq.Expressions;
using static System.Linq.Expressions.Expression;

namespace Resonance.Engine.Rules.Language;

/// <summary>A compiled rule. What it gives counts only when the budget is not spent.</summary>
delegate bool RuleProgram<in TFacts>(TFacts facts, ref Budget budget);

/// <param name="Program">Null where there is a predicate.</param>
/// <param name="Predicate">For a rule that cannot fail, and always costs the same.</param>
/// <param name="Cost">What every evaluation costs at least; the program counts only what comes to that.</param>
/// <param name="FactsRead">What every evaluation reads, likewise.</param>
sealed record CompiledRule<TFacts>(RuleProgram<TFacts>? Program, Func<TFacts, bool>? Predicate, long Cost, ulong FactsRead);

/// <summary>
/// Compiles a checked expression into a delegate that reads the properties of its facts directly. Where types are known, it
/// computes with those of .NET, allocating nothing; everything else goes through the functions that the evaluator uses.
/// </summary>
/// <remarks>
/// A part of the code that runs from its beginning to its end is a region. What its nodes cost, and which facts they read, is
/// known when it is compiled, so that each region pays once, when it is entered, exactly what the evaluator would pay. The
/// outermost region is paid for by whoever runs the program.
/// </remarks>
sealed partial class Compiler
{
    static readonly Type BudgetReference = typeof(Budget).MakeByRefType();
    static readonly Type[] NativeTypes = [typeof(bool), typeof(long), typeof(ulong), typeof(double), typeof(string)];

    readonly ParameterExpression _budget = Parameter(BudgetReference, "budget");
    readonly ParameterExpression _facts;
    readonly FactsType _type;
    readonly ParameterExpression?[] _variables;
    Region _region = new();

    Compiler(FactsType type, Type factsType, int slots)
    {
        _type = type;
        _facts = Parameter(factsType, "facts");
        _variables = new ParameterExpression?[slots];
    }

    public static CompiledRule<TFacts> Compile<TFacts>(ResolvedExpression expression, FactsType type)
    {
        var compiler = new Compiler(type, typeof(TFacts), expression.Slots);
        var body = compiler.AsNative(expression.Root, typeof(bool));
        var outermost = compiler._region;
        if (!Uses(body, compiler._budget))
            return new(null, Lambda<Func<TFacts, bool>>(body, compiler._facts).Compile(), outermost.Cost, outermost.FactsRead);
        var program = Lambda<RuleProgram<TFacts>>(body, compiler._facts, compiler._budget).Compile();
        return new(program, null, outermost.Cost, outermost.FactsRead);
    }

    static bool Uses(Expression code, ParameterExpression parameter)
    {
        var search = new ParameterSearch(parameter);
        search.Visit(code);
        return search.IsFound;
    }

    sealed class ParameterSearch(ParameterExpression parameter) : ExpressionVisitor
    {
        public bool IsFound { get; private set; }

        protected override Expression VisitParameter(ParameterExpression node)
        {
            IsFound |= node == parameter;
            return node;
        }
    }

    sealed class Region
    {
        public long Cost { get; set; }

        public ulong FactsRead { get; set; }
    }

    Expression InRegion(Func<Expression> compile, long cost = 0)
    {
        var around = _region;
        _region = new Region { Cost = cost };
        var body = compile();
        var paid = Block(Entry(_region, around.FactsRead).Append(body));
        _region = around;
        return paid;
    }

    IEnumerable<Expression> Entry(Region region, ulong knownRead)
    {
        // Spelled out, since the assigning operators of expression trees work on a copy of the struct.
        var cost = Field(_budget, nameof(Budget.Cost));
        if (region.Cost > 0)
            yield return Assign(cost, Add(cost, Constant(region.Cost)));
        var factsRead = Field(_budget, nameof(Budget.FactsRead));
        if ((region.FactsRead & ~knownRead) is > 0 and var read)
            yield return Assign(factsRead, Or(factsRead, Constant(read)));
    }

    // Gives a bool, long, ulong, double or string; or facts as they are declared; or a Value.
    Expression Compile(Node node)
    {
        _region.Cost++;
        return node switch
        {
            ConstantNode constant => Constant(constant.Value),
            FactNode fact => Fact(fact),
            VariableNode variable => _variables[variable.Slot]!,
            SelectNode select => Select(select),
            CallNode call => Call(call),
            MatchNode match => Match(match),
            LogicNode logic => Logic(logic),
            ConditionalNode conditional => Conditional(conditional),
            MacroNode macro => MacroOf(macro),
            ListNode list => Call(nameof(Native.List), Values(list.Elements)),
            MapNode map => Call(nameof(Native.Map), Values(map.Keys), Values(map.Values)),
            _ => throw new InvalidOperationException($"There is no code for {node.GetType().Name}."),
        };
    }

    static MethodCallExpression Call(string native, params Expression[] arguments) =>
        Expression.Call(typeof(Native), native, null, arguments);

    NewArrayExpression Values(IReadOnlyList<Node> nodes) => NewArrayInit(typeof(Value), nodes.Select(AsValue));

    static Expression Constant(Value value) => value.Kind switch
    {
        Kind.Bool => Expression.Constant(value.AsBool),
        Kind.Int => Expression.Constant(value.AsInt),
        Kind.UInt => Expression.Constant(value.AsUInt),
        Kind.Double => Expression.Constant(value.AsDouble),
        Kind.String => Expression.Constant(value.AsString),
        _ => Expression.Constant(value, typeof(Value)),
    };

    static Expression Constant(object value) => Expression.Constant(value);

    Expression Fact(FactNode fact)
    {
        _region.FactsRead |= 1UL << fact.Fact;
        return FromDeclared(Property(_facts, _type.Fields[fact.Fact].Property), fact.Type);
    }

    // A scalar becomes what is computed with. What may be null stays as it is declared, for those who ask whether it is.
    Expression FromDeclared(Expression declared, CelType type)
    {
        if (TypeUnifier.Resolve(type).Kind == TypeKind.Nullable)
            return declared;
        var native = FactReaders.Native(declared, declared.Type);
        return native is null ? declared : native.Type == typeof(string) ? OrFailed(native) : native;
    }

    BinaryExpression OrFailed(Expression text) => Coalesce(text, Call(nameof(Native.FailedText), _budget));

    // No function expects a text that is null.
    MethodCallExpression Failed(Type type) => type == typeof(string)
        ? Call(nameof(Native.FailedText), _budget)
        : Expression.Call(typeof(Native), nameof(Native.Failed), [type], _budget);

    static CelType TypeOf(Node node) => TypeUnifier.Resolve(node.Type);

    static TypeKind KindOf(Node node) => TypeOf(node).Kind;

    // Of what may be null, its own kind: where null is not allowed, it fails.
    static TypeKind KindWithin(Node node) => TypeOf(node) is { Kind: TypeKind.Nullable } type
        ? TypeUnifier.Resolve(type.Parameters[0]).Kind
        : TypeOf(node).Kind;

    static Type? NativeOf(TypeKind kind) => kind switch
    {
        TypeKind.Bool => typeof(bool),
        TypeKind.Int => typeof(long),
        TypeKind.UInt => typeof(ulong),
        TypeKind.Double => typeof(double),
        TypeKind.String => typeof(string),
        _ => null,
    };

    Expression AsNative(Node node, Type native) => ToNative(Compile(node), native, KindOf(node) == TypeKind.Nullable);

    Expression ToNative(Expression code, Type native, bool isNullable)
    {
        if (code.Type == typeof(Value))
            return Call(NativeMethod(native), _budget, code);
        if (code.Type == native && !isNullable)
            return code;
        if (!isNullable)
            return Failed(native);

        // A fact that may be null, and must not be here.
        if (Nullable.GetUnderlyingType(code.Type) is not { } underlying)
            return FactReaders.Native(code, code.Type) is { } text && text.Type == native ? OrFailed(text) : Failed(native);
        var value = Variable(code.Type);
        var present = FactReaders.Native(Property(value, "Value"), underlying);
        return present is null || present.Type != native
            ? Failed(native)
            : Block([value], Assign(value, code), Condition(Property(value, "HasValue"), present, Failed(native)));
    }

    static string NativeMethod(Type native) =>
        native == typeof(bool) ? nameof(Native.Bool)
        : native == typeof(long) ? nameof(Native.Int)
        : native == typeof(ulong) ? nameof(Native.UInt)
        : native == typeof(double) ? nameof(Native.Double)
        : nameof(Native.Text);

    Expression AsValue(Node node) => ToValue(Compile(node));

    static Expression ToValue(Expression code)
    {
        if (code.Type == typeof(Value))
            return code;
        var read = Property(null, typeof(FactReader<>).MakeGenericType(code.Type), nameof(FactReader<>.Read));
        return NativeTypes.Contains(code.Type) && code.Type != typeof(string)
            ? Expression.Call(typeof(Value), nameof(Value.Of), null, code)
            : Invoke(read, code);
    }

    Expression Select(SelectNode select)
    {
        var operand = Compile(select.Operand);
        if (operand.Type == typeof(Value))
        {
            var method = select.IsTest ? nameof(Native.HasField) : nameof(Native.Field);
            return Call(method, operand, Expression.Constant(select.Field), Expression.Constant(select.Place));
        }

        if (select.Place < 0)
            return Entry(select, operand);

        // The variable of a macro was looked at already when it got its value.
        if (operand is ParameterExpression || operand.Type.IsValueType && Nullable.GetUnderlyingType(operand.Type) is null)
            return FieldOf(select, operand);

        var record = Variable(operand.Type);
        var field = FieldOf(select, Nullable.GetUnderlyingType(operand.Type) is null ? record : Property(record, "Value"));
        var isNull = Equal(record, Expression.Constant(null, record.Type));
        return Block([record], Assign(record, operand), Condition(isNull, Failed(field.Type), field));
    }

    Expression FieldOf(SelectNode select, Expression record)
    {
        var declared = FactTypes.Record(record.Type).Fields[select.Place];
        var property = Property(record, declared.Property);
        if (!select.IsTest)
            return FromDeclared(property, declared.Type);
        return property.Type.IsValueType && Nullable.GetUnderlyingType(property.Type) is null
            ? Expression.Constant(true)
            : NotEqual(property, Expression.Constant(null, property.Type));
    }

    Expression Entry(SelectNode select, Expression map)
    {
        if (FactTypes.DictionaryValue(map.Type) is not { } value)
            return Call(select.IsTest ? nameof(Native.HasField) : nameof(Native.Field), ToValue(map), Constant(select.Field), Constant(-1));
        return WithPresent(map, present => select.IsTest
            ? Expression.Call(typeof(Native), nameof(Native.HasEntry), [value], present, Constant(select.Field))
            : EntryOf(present, value, Constant(select.Field), select.Type));
    }

    Expression EntryOf(Expression map, Type value, Expression key, CelType type) =>
        FromDeclared(Expression.Call(typeof(Native), nameof(Native.Entry), [value], _budget, map, key), type);

    // Nothing is null that is not declared so; where it is all the same, the evaluator says what that means.
    Expression WithPresent(Expression code, Func<Expression, Expression> use)
    {
        var present = Variable(code.Type);
        var used = use(present);
        return Block(
            [present], Assign(present, code),
            Condition(Equal(present, Expression.Constant(null, present.Type)), Failed(used.Type), used));
    }

    Expression Match(MatchNode match)
    {
        var text = AsNative(match.Text, typeof(string));
        var method = typeof(Pattern).GetMethod(nameof(Pattern.Match), [BudgetReference, typeof(string)])!;
        return Expression.Call(Expression.Constant(match.Pattern), method, _budget, text);
    }

    Expression Logic(LogicNode logic)
    {
        var result = AsNative(logic.Operands[0], typeof(bool));
        // Whether a later operand is reached depends on those before it, so each has a region of its own.
        foreach (var operand in logic.Operands.Skip(1))
        {
            var next = InRegion(() => AsNative(operand, typeof(bool)));
            result = logic.IsAnd ? AndAlso(result, next) : OrElse(result, next);
        }

        return result;
    }

    Expression Conditional(ConditionalNode conditional)
    {
        var condition = AsNative(conditional.Condition, typeof(bool));
        if (NativeOf(KindOf(conditional)) is { } native)
        {
            return Condition(
                condition, InRegion(() => AsNative(conditional.Then, native)), InRegion(() => AsNative(conditional.Else, native)));
        }

        return Condition(condition, InRegion(() => AsValue(conditional.Then)), InRegion(() => AsValue(conditional.Else)));
    }
}
