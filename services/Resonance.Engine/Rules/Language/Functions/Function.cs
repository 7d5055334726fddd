namespace Resonance.Engine.Rules.Language;

delegate Value Unary(ref Budget budget, Value first);

delegate Value Binary(ref Budget budget, Value first, Value second);

delegate Value Ternary(ref Budget budget, Value first, Value second, Value third);

delegate Value Quaternary(ref Budget budget, Value first, Value second, Value third, Value fourth);

/// <summary>
/// A function of the language: what the checker knows of it, and one implementation for each number of arguments. What it is
/// called upon, as in <c>name.startsWith('A')</c>, counts as its first argument. An implementation that gets an error gives it on.
/// </summary>
sealed class Function(string name, string signatures)
{
    public string Name { get; } = name;

    public IReadOnlyList<Signature> Signatures { get; } = Signature.ReadAll(name, signatures);

    public Unary? One { get; init; }

    public Binary? Two { get; init; }

    public Ternary? Three { get; init; }

    public Quaternary? Four { get; init; }

    /// <summary>Whether several arguments are handed over as one list.</summary>
    public bool TakesAnyNumber { get; init; }

    /// <summary>The implementation for so many arguments; null when there is none.</summary>
    public Delegate? For(int arguments) => arguments switch
    {
        1 => One,
        2 => Two,
        3 => Three,
        4 => Four,
        _ => null,
    };

    /// <summary>Its name as people write it: an operator by its sign.</summary>
    public string Shown => Name switch
    {
        "_[_]" => "[]",
        "-_" => "-",
        "!_" => "!",
        _ => Name.Trim('_'),
    };
}

/// <summary>The types that a function takes and gives.</summary>
/// <param name="IsMember">Called upon its first argument, with a dot.</param>
/// <param name="Arguments">What it takes; type variables are those of this signature and have to be made afresh for every use.</param>
/// <param name="Result">What it gives.</param>
sealed record Signature(bool IsMember, IReadOnlyList<CelType> Arguments, CelType Result)
{
    /// <summary>Whether it has type variables.</summary>
    public bool IsGeneric { get; } = Arguments.Append(Result).Any(HasVariable);

    static bool HasVariable(CelType type) => type.Kind == TypeKind.Variable || type.Parameters.Any(HasVariable);

    /// <summary>Reads lines such as <c>string.indexOf(string, int) -> int</c>; a single capital letter is a type variable.</summary>
    public static IReadOnlyList<Signature> ReadAll(string name, string lines) =>
        [.. lines.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(line => Read(name, line))];

    static Signature Read(string name, string line)
    {
        var parts = line.Split(" -> ");
        var open = parts[0].IndexOf('(', StringComparison.Ordinal);
        // The brackets of list(A).join() belong to the receiver, so the call is looked for by its name.
        var call = parts[0].IndexOf($".{name}(", StringComparison.Ordinal);
        var variables = new Dictionary<string, CelType>();
        List<CelType> arguments = [];
        if (call >= 0)
        {
            arguments.Add(ReadType(parts[0][..call], variables));
            open = call + name.Length + 1;
        }

        arguments.AddRange(SplitTypes(parts[0][(open + 1)..^1]).Select(text => ReadType(text, variables)));
        return new Signature(call >= 0, arguments, ReadType(parts[1], variables));
    }

    static CelType ReadType(string text, Dictionary<string, CelType> variables)
    {
        if (text.StartsWith("list(", StringComparison.Ordinal))
            return CelType.List(ReadType(text[5..^1], variables));
        if (text.StartsWith("map(", StringComparison.Ordinal) && SplitTypes(text[4..^1]).ToArray() is [var key, var value])
            return CelType.Map(ReadType(key, variables), ReadType(value, variables));
        if (text is [>= 'A' and <= 'Z'])
            return variables.TryGetValue(text, out var known) ? known : variables[text] = new TypeVariable();

        return text switch
        {
            "bool" => CelType.Bool,
            "int" => CelType.Int,
            "uint" => CelType.UInt,
            "double" => CelType.Double,
            "string" => CelType.String,
            "bytes" => CelType.Bytes,
            "timestamp" => CelType.Timestamp,
            "duration" => CelType.Duration,
            "type" => CelType.Type,
            "dyn" => CelType.Dyn,
            _ => throw new ArgumentException($"There is no type {text}.", nameof(text)),
        };
    }

    // At the commas that are in no brackets.
    static IEnumerable<string> SplitTypes(string text)
    {
        int depth = 0, start = 0;
        for (var at = 0; at < text.Length; at++)
        {
            depth += text[at] switch { '(' => 1, ')' => -1, _ => 0 };
            if (text[at] == ',' && depth == 0)
            {
                yield return text[start..at].Trim();
                start = at + 1;
            }
        }

        if (text[start..].Trim() is { Length: > 0 } last)
            yield return last;
    }
}
