using Resonance.Engine.Definitions;

namespace Resonance.Workflows;

/// <summary>Ids of child workflows: the same parent and purpose always give the same child, so that asking twice starts one.</summary>
static class ChildIds
{
    /// <summary>See <see cref="NameBasedId"/>.</summary>
    public static Guid For(Guid parent, string purpose) => NameBasedId.For($"{parent:N}/{purpose}");
}
