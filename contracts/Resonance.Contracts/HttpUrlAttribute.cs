using System.ComponentModel.DataAnnotations;

namespace Resonance.Contracts;

/// <summary>The text is an absolute URL of http or https without credentials.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class HttpUrlAttribute() : ValidationAttribute(
    "The field {0} must be an absolute http or https URL without user name or password.")
{
    /// <inheritdoc />
    public override bool IsValid(object? value) => value is not string text
        || (Uri.TryCreate(text, UriKind.Absolute, out var url)
            && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps)
            && url.UserInfo.Length == 0);
}
