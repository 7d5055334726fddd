using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
// A list of texts and a list of texts-or-null are one type at run time and two shapes.
using ShapesByType = System.Collections.Generic.Dictionary<
    (System.Type Type, System.Reflection.NullabilityState? Elements), Resonance.Engine.Definitions.ContractShape>;

namespace Resonance.Engine.Definitions;

/// <summary>What one contract type looks like and which rules it carries, worked out once a type.</summary>
sealed class ContractShape
{
    static readonly JsonSerializerOptions Options = CreateOptions();

    ContractShape(JsonTypeInfo json)
    {
        Json = json;
        Scalar = json.Kind == JsonTypeInfoKind.None ? ScalarShape.Of(json.Type) : null;
    }

    public JsonTypeInfo Json { get; }

    /// <summary>The one value that it is; null for objects, lists and maps, and for types that only their converter knows.</summary>
    public ScalarShape? Scalar { get; }

    /// <summary>Members of an object; null for anything else.</summary>
    public IReadOnlyList<ContractMember>? Members { get; private set; }

    /// <summary>Finds a member of an object; JSON names, case does not matter.</summary>
    public Dictionary<string, int> Positions { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Items of a list, values of a map; null for anything else.</summary>
    public ContractShape? Element { get; private set; }

    public bool ElementMayBeNull { get; private set; }

    public bool IsMap => Json.Kind == JsonTypeInfoKind.Dictionary;

    public ValidationAttribute[] Attributes { get; private set; } = [];

    public bool ValidatesItself { get; private set; }

    /// <summary>Whether this or anything inside it has rules to check.</summary>
    public bool HasRules { get; private set; }

    /// <summary>Completes "must be ..." and "found ..." for what is not a scalar.</summary>
    public string Description => Scalar?.Description ?? Json.Kind switch
    {
        JsonTypeInfoKind.Object or JsonTypeInfoKind.Dictionary => "a JSON object",
        JsonTypeInfoKind.Enumerable => "a list",
        _ => "a value",
    };

    public static ContractShape Of(Type type)
    {
        var built = new ShapesByType();
        var (shape, _) = Build(type, nullability: null, built);
        foreach (var part in built.Values)
            part.HasRules = part.ReachesRules([]);
        return shape;
    }

    static (ContractShape Shape, bool MayBeNull) Build(Type type, NullabilityInfo? nullability, ShapesByType built)
    {
        var underlying = Nullable.GetUnderlyingType(type);
        var mayBeNull = underlying is not null || (!type.IsValueType && nullability?.WriteState != NullabilityState.NotNull);
        type = underlying ?? type;
        var element = nullability?.ElementType ?? nullability?.GenericTypeArguments.LastOrDefault();
        if (built.TryGetValue((type, element?.WriteState), out var known))
            return (known, mayBeNull);

        var shape = new ContractShape(Options.GetTypeInfo(type));
        built.Add((type, element?.WriteState), shape);
        if (shape.Json.Kind == JsonTypeInfoKind.Object)
            shape.AddMembers(built);
        else if (shape.Json is { Kind: JsonTypeInfoKind.Enumerable or JsonTypeInfoKind.Dictionary, ElementType: { } elementType })
            (shape.Element, shape.ElementMayBeNull) = Build(elementType, element, built);
        return (shape, mayBeNull);
    }

    void AddMembers(ShapesByType built)
    {
        var nullability = new NullabilityInfoContext();
        var members = new List<ContractMember>();
        foreach (var json in Json.Properties)
        {
            var property = json.AttributeProvider as PropertyInfo;
            var (shape, mayBeNull) = Build(json.PropertyType, property is null ? null : nullability.Create(property), built);
            Positions[json.Name] = members.Count;
            members.Add(new ContractMember
            {
                Name = json.Name,
                ClrName = property?.Name ?? json.Name,
                Shape = shape,
                MayBeNull = mayBeNull,
                IsRequired = json.IsRequired || json.AssociatedParameter is { HasDefaultValue: false },
                IsRead = json.Set is not null || json.AssociatedParameter is not null,
                Get = json.Get,
                Attributes = RulesOn(property),
            });
        }

        Members = members;
        Attributes = RulesOn(Json.Type);
        ValidatesItself = Json.Type.IsAssignableTo(typeof(IValidatableObject));
    }

    /// <summary>Required comes first: where it fails, the other rules have nothing to judge.</summary>
    static ValidationAttribute[] RulesOn(MemberInfo? member) =>
        [.. (member?.GetCustomAttributes<ValidationAttribute>(inherit: true) ?? []).OrderBy(rule => rule is RequiredAttribute ? 0 : 1)];

    bool ReachesRules(HashSet<ContractShape> seen)
    {
        if (!seen.Add(this))
            return false;
        if (ValidatesItself || Attributes.Length > 0)
            return true;
        if (Element is not null)
            return Element.ReachesRules(seen);
        return Members?.Any(member => member.Attributes.Length > 0 || member.Shape.ReachesRules(seen)) ?? false;
    }

    static JsonSerializerOptions CreateOptions()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web)
        {
            NumberHandling = JsonNumberHandling.Strict,
            RespectRequiredConstructorParameters = true,
            MaxDepth = ContractReader.DepthMax,
            TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
            Converters = { new DecimalConverter(), new JsonStringEnumConverter() },
        };
        options.MakeReadOnly();
        return options;
    }

    /// <summary>Money travels as a number, or as text where a client cannot write it exactly otherwise.</summary>
    sealed class DecimalConverter : JsonConverter<decimal>
    {
        public override decimal Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType != JsonTokenType.String
                ? reader.GetDecimal()
                : ScalarShape.TryParseDecimal(reader.GetString(), out var number) ? number : throw new JsonException("It is not a number.");

        public override void Write(Utf8JsonWriter writer, decimal value, JsonSerializerOptions options) => writer.WriteNumberValue(value);
    }
}

/// <summary>One member of a contract.</summary>
sealed class ContractMember
{
    /// <summary>As in JSON.</summary>
    public required string Name { get; init; }

    /// <summary>As in code; validation results name it.</summary>
    public required string ClrName { get; init; }

    public required ContractShape Shape { get; init; }

    public required bool MayBeNull { get; init; }

    public required bool IsRequired { get; init; }

    /// <summary>False for what the contract computes by itself.</summary>
    public required bool IsRead { get; init; }

    public required Func<object, object?>? Get { get; init; }

    public required ValidationAttribute[] Attributes { get; init; }
}
