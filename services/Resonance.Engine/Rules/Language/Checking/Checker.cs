namespace Resonance.Engine.Rules.Language;

/// <summary>
/// Resolves the names of an expression and finds out its types. Goes on after an error, so that all of them are told at once.
/// </summary>
/// <remarks>
/// An expression may also go unchecked: then types are left to the evaluation, and what is unknown becomes a part that fails when
/// it is evaluated, if ever.
/// </remarks>
sealed partial class Checker
{
    readonly string _source;
    readonly Declarations _declarations;
    readonly bool _isStrict;
    readonly TypeUnifier _types = new();
    readonly List<VariableNode> _variables = [];
    readonly List<ExpressionError> _errors = [];
    int _slots;

    Checker(string source, Declarations declarations, bool isStrict)
    {
        _source = source;
        _declarations = declarations;
        _isStrict = isStrict;
    }

    /// <summary>What is wanted is the type that the expression has to give; null for any.</summary>
    /// <returns>The errors are empty when the expression may be used.</returns>
    public static (ResolvedExpression Expression, IReadOnlyList<ExpressionError> Errors) Check(
        string source, Syntax syntax, Declarations declarations, CelType? wanted)
    {
        var checker = new Checker(source, declarations, isStrict: true);
        var node = checker.Visit(syntax);
        if (wanted is not null && checker._errors.Count == 0 && !checker._types.Assign(node.Type, wanted))
            checker.Refuse(syntax.Span, $"the expression has to give a {wanted}, this gives {Article(node.Type)}");
        checker._errors.Sort((left, right) => left.Span.Start.CompareTo(right.Span.Start));
        return (new ResolvedExpression(source, node, checker._slots), checker._errors);
    }

    /// <summary>Resolves names only.</summary>
    public static ResolvedExpression Bind(string source, Syntax syntax, Declarations declarations)
    {
        var checker = new Checker(source, declarations, isStrict: false);
        return new ResolvedExpression(source, checker.Visit(syntax), checker._slots);
    }

    Node Visit(Syntax syntax) => syntax switch
    {
        LiteralSyntax literal => new ConstantNode(literal.Span, TypeOf(literal.Value), literal.Value),
        NameSyntax name => Name(name),
        SelectSyntax select => Select(select),
        CallSyntax call => Call(call),
        ListSyntax list => List(list),
        MapSyntax map => Map(map),
        LogicSyntax logic => Logic(logic),
        ConditionalSyntax conditional => Conditional(conditional),
        MacroSyntax macro => MacroOf(macro),
        _ => throw new InvalidOperationException($"There is no check for {syntax.GetType().Name}."),
    };

    Node Name(NameSyntax name)
    {
        if (!name.Rooted && FindVariable(name.Name) is { } variable)
            return variable with { Span = name.Span };
        if (Global(name.Name, name.Span) is { } known)
            return known;

        var names = _declarations.Facts.Select(fact => fact.Name);
        if (!name.Rooted)
            names = names.Concat(_variables.Select(local => local.Name));
        var message = Catalog.Find(name.Name) is null
            ? $"there is no fact '{name.Name}'"
            : $"'{name.Name}' is a function: call it with brackets";
        return Refuse(name.Span, message, Spelling.Closest(name.Name, names));
    }

    VariableNode? FindVariable(string name) => _variables.FindLast(variable => variable.Name == name);

    Node? Global(string name, SourceSpan span)
    {
        if (_declarations.TryFind(name, out var place))
            return new FactNode(span, _declarations.Facts[place].Type, place);
        return CelType.Named.TryGetValue(name, out var type) ? new ConstantNode(span, CelType.Type, type) : null;
    }

    // a.b.c may be one name. The longest that is one wins; the variable of a macro is never a part of such a name.
    string? Qualified(Syntax syntax) => syntax switch
    {
        NameSyntax name => !name.Rooted && FindVariable(name.Name) is not null ? null : name.Name,
        SelectSyntax { IsTest: false } select when Qualified(select.Operand) is { } before => $"{before}.{select.Field}",
        _ => null,
    };

    Node Select(SelectSyntax select)
    {
        // The only qualified names of the language itself are types, google.protobuf.Timestamp and its like.
        if (!select.IsTest && (_declarations.HasQualified || char.IsAsciiLetterUpper(select.Field[0]))
            && Qualified(select) is { } name && Global(name, select.Span) is { } known)
        {
            return known;
        }

        var operand = Visit(select.Operand);
        var type = TypeUnifier.Resolve(operand.Type);
        if (type.Kind == TypeKind.Nullable)
            type = TypeUnifier.Resolve(type.Parameters[0]);
        switch (type.Kind)
        {
            case TypeKind.Record:
                var record = (RecordType)type;
                if (record.Find(select.Field) is >= 0 and var place)
                    return Field(record.Fields[place].Type, place);
                return _isStrict
                    ? Refuse(
                        select.FieldSpan, $"{record.Name} has no field '{select.Field}'",
                        Spelling.Closest(select.Field, record.Fields.Select(field => field.Name)))
                    : Field(CelType.Dyn, -1);
            case TypeKind.Map:
                return Field(type.Parameters[1], -1);
            case TypeKind.Dyn or TypeKind.Variable:
                return Field(CelType.Dyn, -1);
            default:
                return _isStrict
                    ? Refuse(select.FieldSpan, $"{Article(type)} has no fields, so there is no '{select.Field}' in it")
                    : Field(CelType.Dyn, -1);
        }

        SelectNode Field(CelType field, int place) =>
            new(select.Span, select.IsTest ? CelType.Bool : field, operand, select.Field, place, select.IsTest);
    }

    Node List(ListSyntax list)
    {
        var elements = list.Elements.Select(Visit).ToArray();
        var type = CelType.List(Common(elements));
        return Array.TrueForAll(elements, element => element is ConstantNode)
            ? new ConstantNode(list.Span, type, Value.Of(ListValue.Of([.. elements.Select(ConstantOf)])))
            : new ListNode(list.Span, type, elements);
    }

    Node Map(MapSyntax map)
    {
        var keys = map.Keys.Select(Visit).ToArray();
        var values = map.Values.Select(Visit).ToArray();
        foreach (var key in keys)
        {
            var canBeKey = TypeUnifier.Resolve(key.Type).Kind
                is TypeKind.Bool or TypeKind.Int or TypeKind.UInt or TypeKind.String or TypeKind.Dyn or TypeKind.Variable;
            if (_isStrict && !canBeKey)
                Refuse(key.Span, $"a key of a map is a bool, int, uint or string, not {Article(key.Type)}");
        }

        var type = CelType.Map(Common(keys), Common(values));
        if (keys.Concat(values).All(part => part is ConstantNode))
        {
            var value = MapValue.Create([.. keys.Select(ConstantOf)], [.. values.Select(ConstantOf)]);
            return value.IsError ? Refuse(map.Span, value.AsError.Message) : new ConstantNode(map.Span, type, value);
        }

        return new MapNode(map.Span, type, keys, values);
    }

    // The one type that all of them have, or else dyn: a list may hold all kinds of things.
    CelType Common(Node[] parts)
    {
        if (parts.Length == 0)
            return new TypeVariable();

        var common = parts[0].Type;
        foreach (var part in parts)
        {
            var mark = _types.Mark;
            if (TypeUnifier.Resolve(part.Type).Kind != TypeKind.Dyn && _types.Assign(part.Type, common))
                continue;
            _types.Undo(mark);
            if (!_types.Assign(common, part.Type))
            {
                _types.Undo(mark);
                return CelType.Dyn;
            }

            common = part.Type;
        }

        return common;
    }

    Node Logic(LogicSyntax logic)
    {
        var operands = logic.Operands.Select(Visit).ToArray();
        foreach (var operand in operands)
            Want(operand, CelType.Bool, logic.IsAnd ? "on both sides of '&&'" : "on both sides of '||'");
        return new LogicNode(logic.Span, logic.IsAnd, operands);
    }

    Node Conditional(ConditionalSyntax conditional)
    {
        var condition = Visit(conditional.Condition);
        var then = Visit(conditional.Then);
        var otherwise = Visit(conditional.Else);
        Want(condition, CelType.Bool, "before '?'");

        var mark = _types.Mark;
        var type = then.Type;
        if (!_types.Assign(otherwise.Type, type))
        {
            _types.Undo(mark);
            type = otherwise.Type;
            if (!_types.Assign(then.Type, type))
            {
                _types.Undo(mark);
                type = CelType.Dyn;
                if (_isStrict)
                    Refuse(conditional.Span, $"both results of a condition have to be of one type, these are {Types([then, otherwise])}");
            }
        }

        // Of a type and that type or null, it is the one that also has null.
        if (TypeUnifier.Resolve(otherwise.Type).Kind is TypeKind.Nullable or TypeKind.Dyn)
            type = otherwise.Type;
        return new ConditionalNode(conditional.Span, type, condition, then, otherwise);
    }

    Node MacroOf(MacroSyntax macro)
    {
        var range = Visit(macro.Range);
        var type = TypeUnifier.Resolve(range.Type);
        var element = type.Kind is TypeKind.List or TypeKind.Map ? type.Parameters[0] : CelType.Dyn;
        if (_isStrict && type.Kind is not (TypeKind.List or TypeKind.Map or TypeKind.Dyn or TypeKind.Variable))
            Refuse(macro.Range.Span, $"{Spell(macro.Macro)} goes over a list or the keys of a map, this is {Article(type)}");

        var variable = new VariableNode(macro.Span, element, macro.Variable, _variables.Count);
        _variables.Add(variable);
        _slots = Math.Max(_slots, _variables.Count);
        var predicate = macro.Predicate is null ? null : Visit(macro.Predicate);
        var transform = macro.Transform is null ? null : Visit(macro.Transform);
        _variables.RemoveAt(_variables.Count - 1);

        if (predicate is not null)
            Want(predicate, CelType.Bool, $"as the condition of {Spell(macro.Macro)}");
        var result = macro.Macro switch
        {
            Macro.Filter => CelType.List(element),
            Macro.Map => CelType.List(transform!.Type),
            _ => CelType.Bool,
        };
        return new MacroNode(macro.Span, result, macro.Macro, range, variable, predicate, transform);
    }

    static string Spell(Macro macro) => macro == Macro.ExistsOne ? "exists_one" : macro.ToString().ToLowerInvariant();

    static CelType TypeOf(Value value) => value.Kind switch
    {
        Kind.Bool => CelType.Bool,
        Kind.Int => CelType.Int,
        Kind.UInt => CelType.UInt,
        Kind.Double => CelType.Double,
        Kind.String => CelType.String,
        Kind.Bytes => CelType.Bytes,
        Kind.Timestamp => CelType.Timestamp,
        Kind.Duration => CelType.Duration,
        Kind.Null => CelType.Null,
        _ => CelType.Dyn,
    };

    static Value ConstantOf(Node node) => ((ConstantNode)node).Value;
}
