namespace Resonance.Engine.Rules.Language;

/// <summary>
/// Walks an expression over values. Compiled rules are faster, but this is what the language means: it has the last word wherever
/// a compiled rule meets an error, it evaluates recorded facts, and it finds out what decided.
/// </summary>
ref struct Evaluator
{
    readonly FactsSource _facts;
    readonly Value[] _variables;
    Budget _budget;

    public Evaluator(FactsSource facts, long cost, int slots)
    {
        _facts = facts;
        _budget = new Budget(cost);
        _variables = slots == 0 ? [] : new Value[slots];
    }

    public readonly long Cost => _budget.Cost;

    public readonly bool IsSpent => _budget.IsSpent;

    public readonly ulong FactsRead => _budget.FactsRead;

    public readonly void Set(VariableNode variable, Value value) => _variables[variable.Slot] = value;

    /// <summary>The value, or the error of the part that it came from.</summary>
    public Value Visit(Node node)
    {
        if (!_budget.Charge(1))
            return Value.Exhausted;

        var value = node switch
        {
            ConstantNode constant => constant.Value,
            FactNode fact => Fact(fact),
            VariableNode variable => _variables[variable.Slot],
            SelectNode select => Select(select),
            CallNode call => Call(call),
            MatchNode match => match.Pattern.Match(ref _budget, Visit(match.Text)),
            LogicNode logic => Logic(logic),
            ConditionalNode conditional => Conditional(conditional),
            MacroNode macro => Visit(macro),
            ListNode list => List(list),
            MapNode map => Map(map),
            FailureNode failure => Value.Fail(failure.Message),
            _ => throw new InvalidOperationException($"There is no evaluation for {node.GetType().Name}."),
        };
        return value.IsError ? Value.Fail(value.AsError.At(node.Span)) : value;
    }

    Value Fact(FactNode fact)
    {
        _budget.FactsRead |= 1UL << fact.Fact;
        return _facts.Read(fact.Fact);
    }

    Value Select(SelectNode select)
    {
        var operand = Visit(select.Operand);
        switch (operand.Kind)
        {
            case Kind.Error:
                return operand;
            case Kind.Map:
                var isThere = operand.AsMap.TryGet(Value.Of(select.Field), out var value);
                return select.IsTest ? Value.Of(isThere)
                    : isThere ? value
                    : Value.Fail($"there is no key '{select.Field}' in the map");
            case Kind.Record:
                var record = operand.AsRecord;
                var place = select.Place >= 0 ? select.Place : record.Type.Find(select.Field);
                if (place < 0)
                    return Value.Fail($"{record.Type.Name} has no field '{select.Field}'");
                var field = record[place];
                return select.IsTest && !field.IsError ? Value.Of(field.Kind != Kind.Null) : field;
            default:
                return Value.Fail($"a value of type {operand.TypeName} has no field '{select.Field}'");
        }
    }

    Value Call(CallNode call)
    {
        var (function, arguments) = (call.Function, call.Arguments);
        switch (arguments.Count)
        {
            case 1:
                return function.One!(ref _budget, Visit(arguments[0]));
            case 2:
                var left = Visit(arguments[0]);
                return function.Two!(ref _budget, left, Visit(arguments[1]));
            case 3:
                var (first, second) = (Visit(arguments[0]), Visit(arguments[1]));
                return function.Three!(ref _budget, first, second, Visit(arguments[2]));
            default:
                var (text, old, fresh) = (Visit(arguments[0]), Visit(arguments[1]), Visit(arguments[2]));
                return function.Four!(ref _budget, text, old, fresh, Visit(arguments[3]));
        }
    }

    // One operand that decides is enough, and then the errors of the others do not matter.
    Value Logic(LogicNode logic)
    {
        Value? error = null;
        foreach (var operand in logic.Operands)
        {
            var value = Visit(operand);
            if (Decides(value, logic.IsAnd, operand, ref error))
                return value;
        }

        return error ?? Value.Of(logic.IsAnd);
    }

    readonly bool Decides(Value value, bool isAnd, Node node, ref Value? error)
    {
        if (_budget.IsSpent)
            error = Value.Exhausted;
        else if (value.Kind == Kind.Bool)
            return value.AsBool != isAnd;
        else
            error ??= value.IsError ? value : NotBool(value, node);
        return false;
    }

    static Value NotBool(Value value, Node node) =>
        Value.Fail(new EvaluationError($"expected a bool, this is a value of type {value.TypeName}", node.Span));

    Value Conditional(ConditionalNode conditional)
    {
        var condition = Visit(conditional.Condition);
        if (condition.Kind == Kind.Bool)
            return Visit(condition.AsBool ? conditional.Then : conditional.Else);
        return condition.IsError ? condition : NotBool(condition, conditional.Condition);
    }

    Value List(ListNode list)
    {
        var items = new Value[list.Elements.Count];
        for (var at = 0; at < items.Length; at++)
        {
            items[at] = Visit(list.Elements[at]);
            if (items[at].IsError)
                return items[at];
        }

        return Value.Of(ListValue.Of(items));
    }

    Value Map(MapNode map)
    {
        var keys = new Value[map.Keys.Count];
        var values = new Value[map.Keys.Count];
        for (var at = 0; at < keys.Length; at++)
        {
            keys[at] = Visit(map.Keys[at]);
            values[at] = Visit(map.Values[at]);
            if (keys[at].IsError || values[at].IsError)
                return keys[at].IsError ? keys[at] : values[at];
        }

        return MapValue.Create(keys, values);
    }

    Value Visit(MacroNode macro)
    {
        var range = Visit(macro.Range);
        if (range.Kind is not (Kind.List or Kind.Map))
            return range.IsError ? range : Value.Fail($"a macro goes over a list or a map, this is a value of type {range.TypeName}");

        return macro.Macro switch
        {
            Macro.All or Macro.Exists => Quantify(macro, range),
            Macro.ExistsOne => ExistsOne(macro, range),
            _ => Collect(macro, range),
        };
    }

    /// <summary>Elements of a list, or keys of a map.</summary>
    public static int CountOf(Value range) => range.Kind == Kind.List ? range.AsList.Count : range.AsMap.Count;

    public static Value ElementOf(Value range, int at) => range.Kind == Kind.List ? range.AsList[at] : range.AsMap.Keys[at];

    Value Quantify(MacroNode macro, Value range)
    {
        var isAnd = macro.Macro == Macro.All;
        Value? error = null;
        for (var at = 0; at < CountOf(range); at++)
        {
            if (!_budget.Charge(1))
                return Value.Exhausted;
            Set(macro.Variable, ElementOf(range, at));
            var value = Visit(macro.Predicate!);
            if (Decides(value, isAnd, macro.Predicate!, ref error))
                return value;
        }

        return error ?? Value.Of(isAnd);
    }

    Value ExistsOne(MacroNode macro, Value range)
    {
        var found = 0;
        for (var at = 0; at < CountOf(range); at++)
        {
            if (!Meets(macro, ElementOf(range, at), out var meets, out var error))
                return error;
            found += meets ? 1 : 0;
        }

        return Value.Of(found == 1);
    }

    // Gives false, and the error, where there is one.
    bool Meets(MacroNode macro, Value element, out bool meets, out Value error)
    {
        meets = true;
        error = Value.Exhausted;
        if (!_budget.Charge(1))
            return false;
        Set(macro.Variable, element);
        if (macro.Predicate is null)
            return true;

        var value = Visit(macro.Predicate);
        meets = value.IsTrue;
        error = value.IsError ? value : NotBool(value, macro.Predicate);
        return value.Kind == Kind.Bool;
    }

    Value Collect(MacroNode macro, Value range)
    {
        var items = new List<Value>();
        for (var at = 0; at < CountOf(range); at++)
        {
            var element = ElementOf(range, at);
            if (!Meets(macro, element, out var meets, out var error))
                return error;
            if (!meets)
                continue;
            var item = macro.Transform is null ? element : Visit(macro.Transform);
            if (item.IsError)
                return item;
            items.Add(item);
        }

        return Value.Of(ListValue.Of([.. items]));
    }
}
