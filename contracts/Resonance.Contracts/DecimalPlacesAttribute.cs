using System.ComponentModel.DataAnnotations;

namespace Resonance.Contracts;

/// <summary>The number has at most so many decimal places.</summary>
/// <param name="places">Most decimal places, 0 to 28.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class DecimalPlacesAttribute(int places) : ValidationAttribute($"The field {{0}} must have at most {places} decimal places.")
{
    /// <summary>Most decimal places.</summary>
    public int Places { get; } = places;

    /// <inheritdoc />
    public override bool IsValid(object? value) => value is not decimal number || decimal.Round(number, Places) == number;
}
