using System.ComponentModel.DataAnnotations;

namespace Resonance.Contracts;

/// <summary>The time is written in UTC, so that nobody has to know where it was written.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class UtcAttribute() : ValidationAttribute("The field {0} must be a time in UTC such as 2026-01-31T09:15:43Z.")
{
    /// <inheritdoc />
    public override bool IsValid(object? value) => value is not DateTimeOffset time || time.Offset == TimeSpan.Zero;
}
