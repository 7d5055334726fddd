using System.ComponentModel.DataAnnotations;

namespace Resonance.Gateway.Idempotency;

/// <summary>How long answers to requests with an <c>Idempotency-Key</c> are kept; section <c>Idempotency</c> of the configuration.</summary>
public sealed class IdempotencyOptions : IValidatableObject
{
    /// <summary>Section name.</summary>
    public const string Section = "Idempotency";

    static readonly TimeSpan KeepMin = TimeSpan.FromMinutes(1);
    static readonly TimeSpan KeepMax = TimeSpan.FromDays(30);
    static readonly TimeSpan PatienceMin = TimeSpan.FromSeconds(1);
    static readonly TimeSpan PatienceMax = TimeSpan.FromMinutes(10);

    /// <summary>How long the same request again gets the answer of the first.</summary>
    /// <value>Default 24 h; 1 min to 30 days.</value>
    public TimeSpan Keep { get; set; } = TimeSpan.FromDays(1);

    /// <summary>
    /// After which time a request that was never answered counts as lost with its process, so that the same request again takes its place.
    /// </summary>
    /// <value>Default 1 min; 1 s to 10 min, and longer than any request takes.</value>
    public TimeSpan Patience { get; set; } = TimeSpan.FromMinutes(1);

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Keep < KeepMin || Keep > KeepMax)
            yield return new ValidationResult($"must be from {KeepMin} to {KeepMax}; found {Keep}.", [nameof(Keep)]);
        if (Patience < PatienceMin || Patience > PatienceMax)
            yield return new ValidationResult($"must be from {PatienceMin} to {PatienceMax}; found {Patience}.", [nameof(Patience)]);
    }
}
