using System.ComponentModel.DataAnnotations;

namespace Resonance.Contracts;

/// <summary>The text is one bare e-mail address such as <c>ann@example.org</c>: no display name, no list.</summary>
/// <remarks>
/// Characters that would begin a name, a comment, a route or a second address are refused; what else a mailbox may be called is its
/// server's to say.
/// </remarks>
[AttributeUsage(AttributeTargets.Property)]
public sealed class MailAddressAttribute() : ValidationAttribute("The field {0} must be one e-mail address such as ann@example.org.")
{
    /// <inheritdoc />
    public override bool IsValid(object? value) => value is not string text
        || (text.Split('@') is [{ Length: > 0 }, { Length: > 0 }]
            && !text.Any(letter => char.IsWhiteSpace(letter) || char.IsControl(letter) || "<>()[],;:\\\"".Contains(letter)));
}
