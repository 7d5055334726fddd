using System.ComponentModel.DataAnnotations;
using System.Diagnostics;

namespace Resonance.Gateway;

/// <summary>Where the traces can be seen; section <c>Observability</c> of the configuration.</summary>
public sealed class ObservabilityOptions : IValidatableObject
{
    /// <summary>Section name.</summary>
    public const string Section = "Observability";

    const string Placeholder = "{traceId}";

    /// <summary>
    /// The address of a trace, with <c>{traceId}</c> where its id belongs, e.g. <c>http://localhost:16686/trace/{traceId}</c>. Answers
    /// link there.
    /// </summary>
    /// <value>Null by default: answers have no links.</value>
    public string? TraceUrl { get; set; }

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (TraceUrl is null || (TraceUrl.Contains(Placeholder, StringComparison.Ordinal) && IsWebAddress(TraceUrl)))
            yield break;

        yield return new ValidationResult(
            $"must be an http or https address with {Placeholder} in it, e.g. http://localhost:16686/trace/{Placeholder}; found '{TraceUrl}'.",
            [nameof(TraceUrl)]);
    }

    /// <summary>The address of one trace; null when there is none, or nobody said where traces are.</summary>
    internal string? LinkTo(string? traceId) =>
        traceId is null ? null : TraceUrl?.Replace(Placeholder, traceId, StringComparison.Ordinal);

    /// <summary>The trace of a W3C <c>traceparent</c>; null when it is none.</summary>
    internal static string? TraceIdOf(string? traceParent) =>
        ActivityContext.TryParse(traceParent, null, out var context) ? context.TraceId.ToHexString() : null;

    static bool IsWebAddress(string template) =>
        Uri.TryCreate(template.Replace(Placeholder, "0", StringComparison.Ordinal), UriKind.Absolute, out var address)
        && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps);
}
