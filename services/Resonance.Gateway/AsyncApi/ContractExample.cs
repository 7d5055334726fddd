using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Resonance.Engine.Definitions;

namespace Resonance.Gateway.AsyncApi;

/// <summary>
/// Makes an example of a contract out of its members and their attributes. Where a member asks for a text of some kind, the first of some
/// words is taken that its attributes accept, so that the example is valid because it was looked at, and not because somebody wrote it.
/// </summary>
sealed class ContractExample
{
    static readonly DateTimeOffset First = new(2026, 1, 31, 9, 15, 43, TimeSpan.Zero);

    /// <summary>What people would write for a member of that name.</summary>
    static readonly Dictionary<string, string> Words = new(StringComparer.OrdinalIgnoreCase)
    {
        ["sku"] = "SKU-1001",
        ["cardToken"] = "tok_visa",
        ["orderNumber"] = "ORDER-12401",
        ["key"] = "ORDER-12401",
        ["operator"] = "ann",
        ["reason"] = "the provider is back",
        ["channels"] = "email",
        ["workflow"] = "order",
        ["type"] = "order",
        ["trackingNumber"] = "RS-20260131-1",
        ["hash"] = new string('a', 64),
    };

    static readonly string[] Others = ["EUR", "ann@example.org", "https://example.org/hooks/1", "message", "csv", "email", "1"];

    int _ids;
    int _times;

    public static JsonNode Of(Type contract) =>
        new ContractExample().Value(contract, "", [])
        ?? throw new InvalidOperationException($"{contract.Name} is no contract.");

    JsonNode? Value(Type type, string name, ValidationAttribute[] attributes)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(string))
            return Text(name, attributes);
        if (type == typeof(Guid))
            return NameBasedId.For($"example {_ids++}").ToString("D");

        // A period ends after it begins.
        if (type == typeof(DateTimeOffset))
            return First.AddHours(_times++).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        if (type == typeof(DateOnly))
            return First.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        if (type == typeof(bool))
            return true;
        if (type == typeof(JsonElement))
            return new JsonObject();
        if (type.IsEnum)
            return Enum.GetNames(type)[0];

        var json = ContractJson.Options.GetTypeInfo(type);
        return json.Kind switch
        {
            JsonTypeInfoKind.Object => Members(json),
            JsonTypeInfoKind.Enumerable => new JsonArray(Value(json.ElementType!, name, [])),
            JsonTypeInfoKind.Dictionary => new JsonObject { ["text"] = Value(json.ElementType!, name, []) },
            _ => Number(type, attributes),
        };
    }

    JsonObject Members(JsonTypeInfo json)
    {
        var members = new JsonObject();
        foreach (var member in json.Properties.Where(member => member.Set is not null || member.AssociatedParameter is not null))
        {
            var attributes = (member.AttributeProvider as MemberInfo)?.GetCustomAttributes<ValidationAttribute>(inherit: true).ToArray() ?? [];
            members[member.Name] = Value(member.PropertyType, member.Name, attributes);
        }

        return members;
    }

    static JsonNode Text(string name, ValidationAttribute[] attributes)
    {
        var plain = name.Length == 0 ? "text" : name;
        string[] candidates = Words.TryGetValue(name, out var word) ? [word, plain, .. Others] : [plain, .. Others];
        return candidates.FirstOrDefault(candidate => attributes.All(attribute => attribute.IsValid(candidate))) ?? plain;
    }

    static JsonNode Number(Type type, ValidationAttribute[] attributes)
    {
        object[] candidates = [type == typeof(double) ? 0.25 : 1, .. attributes.OfType<RangeAttribute>().Select(range => range.Minimum)];
        var number = candidates
            .Select(candidate => Convert.ChangeType(candidate, type, CultureInfo.InvariantCulture))
            .FirstOrDefault(candidate => attributes.All(attribute => attribute.IsValid(candidate)), 1);
        return JsonNode.Parse(Convert.ToString(number, CultureInfo.InvariantCulture)!)!;
    }
}
