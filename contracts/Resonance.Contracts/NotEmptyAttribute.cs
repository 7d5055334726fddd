using System.ComponentModel.DataAnnotations;

namespace Resonance.Contracts;

/// <summary>The id is not the empty UUID.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class NotEmptyAttribute() : ValidationAttribute("The field {0} must be a UUID other than 00000000-0000-0000-0000-000000000000.")
{
    /// <inheritdoc />
    public override bool IsValid(object? value) => value is Guid id && id != Guid.Empty;
}
