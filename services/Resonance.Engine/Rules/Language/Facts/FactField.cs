using System.Reflection;
using System.Text.Json;

namespace Resonance.Engine.Rules.Language;

/// <summary>A property of a declared record, as a rule sees it.</summary>
/// <param name="Name">In snake case.</param>
/// <param name="Type">In the language.</param>
/// <param name="Property">Where it is read.</param>
sealed record FactField(string Name, CelType Type, PropertyInfo Property)
{
    /// <summary>The name in a document.</summary>
    public JsonEncodedText DocumentName { get; } = JsonEncodedText.Encode(Name);

    /// <summary>The name that JSON gives to the property where nobody says otherwise.</summary>
    public JsonEncodedText PropertyName { get; } = JsonEncodedText.Encode(JsonNamingPolicy.CamelCase.ConvertName(Property.Name));
}
