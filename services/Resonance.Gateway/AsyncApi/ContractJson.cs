using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Resonance.Contracts;

namespace Resonance.Gateway.AsyncApi;

/// <summary>What the JSON of a contract looks like, as JSON Schema, with the limits that its attributes set.</summary>
static class ContractJson
{
    const double ExactMax = 1L << 53;

    static readonly JsonSchemaExporterOptions Exporting = new()
    {
        TreatNullObliviousAsNonNullable = true,
        TransformSchemaNode = (context, schema) => AddLimits(
            context.PropertyInfo?.AttributeProvider?.GetCustomAttributes(inherit: true).OfType<ValidationAttribute>() ?? [], schema),
    };

    /// <summary>As contracts travel: camelCase, numbers as numbers, names of enumerations.</summary>
    public static JsonSerializerOptions Options { get; } = Create();

    /// <summary>The schema of a contract.</summary>
    public static JsonNode SchemaOf(Type contract) => Options.GetJsonSchemaAsNode(contract, Exporting);

    /// <summary>The contracts that travel by themselves, and not inside another one, by name.</summary>
    public static IReadOnlyList<Type> Messages { get; } = FindMessages();

    static Type[] FindMessages()
    {
        Type[] contracts =
        [
            .. typeof(PlainTextAttribute).Assembly.GetExportedTypes()
                .Where(type => type is { IsClass: true, IsAbstract: false } && !type.IsAssignableTo(typeof(Attribute)))
                .OrderBy(type => type.FullName, StringComparer.Ordinal),
        ];
        var parts = contracts.SelectMany(type => type.GetProperties()).SelectMany(member => PartsOf(member.PropertyType)).ToHashSet();
        return [.. contracts.Where(type => !parts.Contains(type))];
    }

    static IEnumerable<Type> PartsOf(Type type) =>
        type.IsGenericType ? type.GetGenericArguments().SelectMany(PartsOf) : [type];

    static JsonNode AddLimits(IEnumerable<ValidationAttribute> attributes, JsonNode schema)
    {
        foreach (var attribute in attributes)
        {
            // What only its own converter knows has the schema "true".
            if (attribute is JsonObjectAttribute && schema is not JsonObject)
                schema = new JsonObject { ["type"] = "object" };
            if (schema is not JsonObject limits)
                continue;

            switch (attribute)
            {
                case StringLengthAttribute length:
                    limits["maxLength"] = length.MaximumLength;
                    if (length.MinimumLength > 0)
                        limits["minLength"] = length.MinimumLength;
                    break;
                case LengthAttribute length:
                    (limits["minItems"], limits["maxItems"]) = (length.MinimumLength, length.MaximumLength);
                    break;
                case RangeAttribute range:
                    limits["minimum"] = Number(range.Minimum);

                    // The largest number of its type is no limit, and JSON's readers could not tell it exactly.
                    if (range.Maximum is not (double and > ExactMax))
                        limits["maximum"] = Number(range.Maximum);
                    break;
                case MailAddressAttribute:
                    limits["format"] = "email";
                    break;
                case HttpUrlAttribute:
                    limits["format"] = "uri";
                    break;
                case CurrencyCodeAttribute:
                    limits["pattern"] = "^[A-Z]{3}$";
                    break;
            }
        }

        return schema;
    }

    /// <summary>A range of decimals is written as text.</summary>
    static JsonNode Number(object limit) => JsonNode.Parse(Convert.ToString(limit, System.Globalization.CultureInfo.InvariantCulture)!)!;

    static JsonSerializerOptions Create()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web)
        {
            NumberHandling = JsonNumberHandling.Strict,
            TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
            Converters = { new JsonStringEnumConverter() },
        };
        options.MakeReadOnly();
        return options;
    }
}
