using System.ComponentModel.DataAnnotations;

namespace Resonance.Contracts;

/// <summary>The text holds no control characters; among them is U+0000, which Postgres cannot store.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class PlainTextAttribute() : ValidationAttribute("The field {0} must not contain control characters.")
{
    /// <inheritdoc />
    public override bool IsValid(object? value) => value is not string text || !text.Any(char.IsControl);
}
