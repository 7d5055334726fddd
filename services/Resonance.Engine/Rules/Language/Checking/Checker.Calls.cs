namespace Resonance.Engine.Rules.Language;

/// <summary>The part that finds the function that a call means.</summary>
sealed partial class Checker
{
    Node Call(CallSyntax call)
    {
        if (call.Target is NameSyntax name && Qualified(name) is { } space && Catalog.IsNamespace(space)
            && Catalog.Find($"{space}.{call.Function}") is { } spaced)
        {
            return Apply(call, spaced, isMember: false, [.. call.Arguments.Select(Visit)]);
        }

        var function = Catalog.Find(call.Function);
        if (function is null || !HasStyle(function, call.Target is not null))
            return Unknown(call, function);
        Node[] target = call.Target is null ? [] : [Visit(call.Target)];
        return Apply(call, function, call.Target is not null, [.. target, .. call.Arguments.Select(Visit)]);
    }

    static bool HasStyle(Function function, bool isMember) => function.Signatures.Any(signature => signature.IsMember == isMember);

    // Of its arguments nothing is said: they may be those of a macro whose name is written wrong.
    Node Unknown(CallSyntax call, Function? function)
    {
        var isMember = call.Target is not null;
        if (function is not null)
        {
            return Refuse(call.NameSpan, isMember
                ? $"'{call.Function}' is not called upon a value: write {call.Function}(...)"
                : $"'{call.Function}' is called upon a value: write value.{call.Function}(...)");
        }

        // In a namespace such as math, only its own functions can have been meant.
        if (isMember && Qualified(call.Target!) is { } space && Catalog.IsNamespace(space))
        {
            return Refuse(
                call.NameSpan, $"there is no function '{space}.{call.Function}'",
                Spelling.Closest($"{space}.{call.Function}", Catalog.Names));
        }

        if (isMember)
            Visit(call.Target!);
        var names = Catalog.Names.Where(name => HasStyle(Catalog.Find(name)!, isMember)).Concat(isMember ? Macros.Members : Macros.Globals);
        return Refuse(call.NameSpan, $"there is no function '{call.Function}'", Spelling.Closest(call.Function, names));
    }

    Node Apply(CallSyntax call, Function function, bool isMember, Node[] arguments)
    {
        if (function.TakesAnyNumber && arguments.Length > 1)
        {
            var span = arguments[0].Span.To(arguments[^1].Span);
            arguments = [new ListNode(span, CelType.List(Common(arguments)), arguments)];
        }

        if (!_isStrict)
        {
            return function.Signatures.Any(signature => signature.IsMember == isMember && signature.Arguments.Count == arguments.Length)
                ? Made(call, function, CelType.Dyn, arguments)
                : new FailureNode(call.Span, $"no '{function.Shown}' takes {arguments.Length} arguments");
        }

        if (Resolve(function, isMember, arguments) is { } result)
            return Made(call, function, result, arguments);

        // Where an argument is refused already, there is nothing more to say.
        return arguments.Any(argument => argument is FailureNode)
            ? new FailureNode(call.Span, "an argument is wrong")
            : Refuse(call.NameSpan, NoOverload(function, isMember, arguments));
    }

    // Several may fit when a type is dyn; then the result is theirs, if they agree on it.
    CelType? Resolve(Function function, bool isMember, Node[] arguments)
    {
        CelType? result = null;
        foreach (var signature in function.Signatures)
        {
            if (signature.IsMember != isMember || signature.Arguments.Count != arguments.Length)
                continue;

            var fresh = signature.IsGeneric ? new Dictionary<TypeVariable, TypeVariable>() : null;
            var mark = _types.Mark;
            var fits = true;
            for (var at = 0; fits && at < arguments.Length; at++)
                fits = _types.Assign(arguments[at].Type, Instantiate(signature.Arguments[at], fresh));

            if (fits && result is null)
            {
                result = Instantiate(signature.Result, fresh);
                continue;
            }

            _types.Undo(mark);
            if (fits && result!.Kind != signature.Result.Kind)
                result = CelType.Dyn;
        }

        return result;
    }

    static CelType Instantiate(CelType type, Dictionary<TypeVariable, TypeVariable>? fresh) => fresh is null ? type : type switch
    {
        TypeVariable variable => fresh.TryGetValue(variable, out var known) ? known : fresh[variable] = new TypeVariable(),
        { Kind: TypeKind.List } => CelType.List(Instantiate(type.Parameters[0], fresh)),
        { Kind: TypeKind.Map } => CelType.Map(Instantiate(type.Parameters[0], fresh), Instantiate(type.Parameters[1], fresh)),
        _ => type,
    };

    Node Made(CallSyntax call, Function function, CelType type, Node[] arguments)
    {
        if (function == Catalog.Matches && arguments[1] is ConstantNode { Value: { Kind: Kind.String, AsString: var text } })
        {
            return Pattern.Create(text, out var error) is { } pattern
                ? new MatchNode(call.Span, arguments[0], pattern)
                : Refuse(arguments[1].Span, error!);
        }

        if (Catalog.IsFoldable(function) && arguments is [ConstantNode { Value.Kind: Kind.String or Kind.Int } constant])
        {
            var budget = new Budget(long.MaxValue);
            var value = function.One!(ref budget, constant.Value);
            return value.IsError ? Refuse(constant.Span, value.AsError.Message) : new ConstantNode(call.Span, type, value);
        }

        return new CallNode(call.Span, type, function, arguments);
    }

    static string NoOverload(Function function, bool isMember, Node[] arguments)
    {
        var types = Types(arguments);
        if (function.Name == "_[_]")
            return $"cannot take an element of {Article(arguments[0].Type)} by {Article(arguments[1].Type)}";
        if (function.Name.StartsWith('_'))
            return $"'{function.Shown}' cannot be used between {types}" + Hint(function, arguments);
        if (function.Name.EndsWith('_'))
            return $"'{function.Shown}' cannot be used on {types}";

        var known = function.Signatures.Where(signature => signature.IsMember == isMember).Select(signature => Show(function, signature));
        return $"'{function.Name}' is not for {(types.Length == 0 ? "no arguments" : types)}; there is "
            + string.Join(", ", known.Distinct().Take(6));
    }

    static string Show(Function function, Signature signature)
    {
        var arguments = signature.Arguments.Select(Letter).ToArray();
        return signature.IsMember
            ? $"{arguments[0]}.{function.Name}({string.Join(", ", arguments[1..])})"
            : $"{function.Name}({string.Join(", ", arguments)})";

        static string Letter(CelType type) => type.Kind == TypeKind.Variable ? "any" : type.ToString();
    }

    static string Hint(Function function, Node[] arguments)
    {
        var types = arguments.Select(argument => TypeUnifier.Resolve(argument.Type).Kind).ToArray();
        if (Array.IndexOf(types, TypeKind.Double) >= 0
            && Array.Find(arguments, argument => argument is ConstantNode { Value.Kind: Kind.Int }) is ConstantNode whole)
        {
            return $": write {ValueText.Of(whole.Value)}.0";
        }

        if (types.Contains(TypeKind.Null))
            return ": only a fact that may be absent can be compared with null";
        return types.All(kind => kind is TypeKind.Int or TypeKind.UInt or TypeKind.Double)
            ? ": convert one with int(...), uint(...) or double(...)"
            : function.Name == "_+_" && types.Contains(TypeKind.String) ? ": convert one with string(...)" : "";
    }

    void Want(Node node, CelType type, string where)
    {
        var mark = _types.Mark;
        if (!_isStrict || node is FailureNode || _types.Assign(node.Type, type))
            return;
        _types.Undo(mark);
        Refuse(node.Span, $"expected a {type} {where}, this is {Article(node.Type)}");
    }

    FailureNode Refuse(SourceSpan span, string message, string? suggestion = null)
    {
        if (_isStrict)
            _errors.Add(ExpressionError.At(_source, span, message, suggestion));
        return new FailureNode(span, message);
    }

    static string Types(Node[] nodes) => string.Join(" and ", nodes.Select(node => Article(node.Type)));

    static string Article(CelType type) => TypeUnifier.Final(type) switch
    {
        { Kind: TypeKind.Null } => "null",
        { Kind: TypeKind.Int } => "an int",
        var other => $"a {other}",
    };
}
