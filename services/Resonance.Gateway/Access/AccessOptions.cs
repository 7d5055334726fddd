using System.ComponentModel.DataAnnotations;

namespace Resonance.Gateway.Access;

/// <summary>Who may do what; section <c>Access</c> of the configuration.</summary>
public sealed class AccessOptions : IValidatableObject
{
    /// <summary>Section name.</summary>
    public const string Section = "Access";

    const int AdminKeyMin = 32;

    /// <summary>A key of role admin that needs no database: for the first start, and for installations that come out of a file.</summary>
    /// <value>Null by default; at least 32 characters, printable and without spaces.</value>
    public string? AdminKey { get; set; }

    /// <summary>The address of an OpenID Connect provider, whose tokens are taken.</summary>
    /// <value>Null by default.</value>
    public string? Authority { get; set; }

    /// <summary>Whom the provider's tokens must be made out to.</summary>
    /// <value>Null by default; needed with <see cref="Authority"/>.</value>
    public string? Audience { get; set; }

    /// <summary>The claim that names the role: viewer, operator or admin. Of several values the highest counts.</summary>
    /// <value><c>role</c> by default.</value>
    [Required, StringLength(128, MinimumLength = 1)]
    public string RoleClaim { get; set; } = "role";

    /// <summary>With it people can sign in to the dashboard at the provider: the client that the dashboard is there.</summary>
    /// <value>Null by default.</value>
    public string? ClientId { get; set; }

    /// <summary>The client's secret, when the provider gave it one.</summary>
    /// <value>Null by default.</value>
    public string? ClientSecret { get; set; }

    /// <summary>How long a sign-in to the dashboard lasts after its last use.</summary>
    /// <value>8 hours by default; 1 minute to 30 days.</value>
    [Range(typeof(TimeSpan), "00:01:00", "30.00:00:00")]
    public TimeSpan SignInLasts { get; set; } = TimeSpan.FromHours(8);

    /// <summary>How old what this process knows of keys may be: within it a new key works, and a revoked one works no more.</summary>
    /// <value>5 s by default; 0 to 1 minute.</value>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan KeysAreKnownFor { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How much may be asked.</summary>
    [Required]
    public LimitOptions Limits { get; set; } = new();

    /// <summary>Whether the settings alone say who may come in.</summary>
    internal bool IsConfigured => AdminKey is not null || Authority is not null;

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        // Variables of compose files are empty where nobody set them.
        AdminKey = NullIfEmpty(AdminKey);
        Authority = NullIfEmpty(Authority);
        Audience = NullIfEmpty(Audience);
        ClientId = NullIfEmpty(ClientId);
        ClientSecret = NullIfEmpty(ClientSecret);
        if (AdminKey is not null && (AdminKey.Length < AdminKeyMin || AdminKey.Any(letter => letter is <= ' ' or > '~')))
        {
            yield return new ValidationResult(
                $"must have at least {AdminKeyMin} characters, printable ASCII without spaces. Make one with: openssl rand -hex 32",
                [nameof(AdminKey)]);
        }

        if (Authority is not null && !IsSafeAddress(Authority))
        {
            yield return new ValidationResult(
                "must be an https address, e.g. https://login.example.org/realms/main; http is taken for this machine alone.", [nameof(Authority)]);
        }

        if (Authority is not null && Audience is null)
            yield return new ValidationResult("is needed with Access:Authority: whom the tokens must be made out to.", [nameof(Audience)]);
        if (Authority is null && (Audience ?? ClientId ?? ClientSecret) is not null)
            yield return new ValidationResult("is needed with Access:Audience and Access:ClientId: the provider's address.", [nameof(Authority)]);
        var limits = new List<ValidationResult>();
        if (!Validator.TryValidateObject(Limits, new ValidationContext(Limits), limits, validateAllProperties: true))
        {
            foreach (var limit in limits)
                yield return new ValidationResult(limit.ErrorMessage, [.. limit.MemberNames.Select(name => $"{nameof(Limits)}:{name}")]);
        }
    }

    static bool IsSafeAddress(string text) => Uri.TryCreate(text, UriKind.Absolute, out var address)
        && (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback));

    static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}

/// <summary>How much may be asked; section <c>Access:Limits</c>.</summary>
public sealed class LimitOptions
{
    /// <summary>What <see cref="PerSecond"/> is where somebody has to sign in.</summary>
    internal const int PerSecondDefault = 500;

    /// <summary>Requests a second that each caller may send for long: a key, a person, or an address that did not say who it is.</summary>
    /// <value>500 by default, and no limit while access is open on loopback; 1 to 1,000,000.</value>
    [Range(1, 1_000_000)]
    public int? PerSecond { get; set; }

    /// <summary>Requests that each caller may send at once after a pause.</summary>
    /// <value>Four times <see cref="PerSecond"/> by default; 1 to 1,000,000.</value>
    [Range(1, 1_000_000)]
    public int? Burst { get; set; }

    /// <summary>Most bytes of a request's body.</summary>
    /// <value>1,048,576 by default; 1,024 to 67,108,864.</value>
    [Range(1024, 64 * 1024 * 1024)]
    public int BodyBytes { get; set; } = 1024 * 1024;
}
