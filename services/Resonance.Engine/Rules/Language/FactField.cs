using System.Reflection;

namespace Resonance.Engine.Rules.Language;

/// <summary>A property of a declared record, as a rule sees it.</summary>
/// <param name="Name">In snake case.</param>
/// <param name="Type">In the language.</param>
/// <param name="Property">Where it is read.</param>
sealed record FactField(string Name, CelType Type, PropertyInfo Property);
