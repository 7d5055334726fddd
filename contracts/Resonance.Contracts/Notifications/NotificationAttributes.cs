using System.ComponentModel.DataAnnotations;

namespace Resonance.Contracts.Notifications;

/// <summary>The text is a name of <see cref="NotificationTemplates"/>.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class NotificationTemplateAttribute() : ValidationAttribute($"The field {{0}} must be one of {string.Join(", ", Names)}.")
{
    static readonly string[] Names =
    [
        NotificationTemplates.Message, NotificationTemplates.OrderCancelled, NotificationTemplates.OrderCompleted,
        NotificationTemplates.PaymentDeclined, NotificationTemplates.PaymentRefunded,
    ];

    /// <inheritdoc />
    public override bool IsValid(object? value) => value is null || Names.Contains(value);
}

/// <summary>
/// The map holds at most 50 values; names have 1 to 64 letters, values at most 4,000. Neither has control characters, except line breaks
/// and tabs in values.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class NotificationDataAttribute() : ValidationAttribute(
    $"The field {{0}} must hold at most {ValuesMax} values, names of 1 to {NameMax} letters and values of at most {ValueMax}, " +
    "without control characters other than line breaks and tabs in values.")
{
    /// <summary>Most values.</summary>
    public const int ValuesMax = 50;

    /// <summary>Most letters of a name.</summary>
    public const int NameMax = 64;

    /// <summary>Most letters of a value.</summary>
    public const int ValueMax = 4000;

    /// <inheritdoc />
    public override bool IsValid(object? value) => value is not IReadOnlyDictionary<string, string> data
        || (data.Count <= ValuesMax && data.All(pair => IsName(pair.Key) && IsText(pair.Value)));

    static bool IsName(string name) => name.Length is > 0 and <= NameMax && !name.Any(char.IsControl);

    // A serializer that read the message elsewhere lets null pass.
    static bool IsText(string? text) =>
        text is { Length: <= ValueMax } && !text.Any(letter => char.IsControl(letter) && letter is not ('\n' or '\r' or '\t'));
}
