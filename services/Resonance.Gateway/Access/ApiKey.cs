using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Resonance.Gateway.Access;

/// <summary>What is kept of a key: enough to recognise it, and nothing that would open a door.</summary>
/// <param name="Id">Names the key: 16 hexadecimal digits.</param>
/// <param name="Name">Who acts with it; the journal has this name.</param>
/// <param name="Role">What it may do.</param>
/// <param name="Hash">See <see cref="KeyText.Hash"/>.</param>
/// <param name="CreatedAt">When it was made, UTC.</param>
/// <param name="CreatedBy">Who made it.</param>
/// <param name="ExpiresAt">From when on it is worth nothing; null for never.</param>
/// <param name="RevokedAt">Since when it is worth nothing; null while it is.</param>
public sealed record ApiKey(
    string Id, string Name, Role Role, string Hash, DateTimeOffset CreatedAt, string CreatedBy, DateTimeOffset? ExpiresAt,
    DateTimeOffset? RevokedAt)
{
    /// <summary>Longest name.</summary>
    public const int NameMax = 64;

    /// <summary>Longest life, in days.</summary>
    public const int DaysMax = 3650;

    /// <summary>Whether it opens anything at that time.</summary>
    public bool IsLive(DateTimeOffset now) => RevokedAt is null && (ExpiresAt is null || ExpiresAt > now);

    /// <summary>What is wrong with a name for a key; null when nothing is.</summary>
    public static string? WhyNoName(string name) =>
        name.Length is 0 or > NameMax || name.Any(letter => char.IsControl(letter)) || name.Trim() != name
            ? $"The name of a key must have 1 to {NameMax} characters, none of them a control character, and no space at its ends."
            : Actor.IsReserved(name) ? $"The name '{name}' stands for somebody else in the journal; choose another one." : null;
}

/// <summary>A key as its owner has it: <c>rsk_</c>, the id, an underscore, the secret.</summary>
static class KeyText
{
    public const string Prefix = "rsk_";

    const int IdBytes = 8;
    const int SecretBytes = 32;

    public static (string Id, string Secret) New() => (
        Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes)),
        Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes)));

    public static string Of(string id, string secret) => $"{Prefix}{id}_{secret}";

    /// <returns>Null for text that is no key.</returns>
    public static (string Id, string Secret)? Parse(string text)
    {
        const int idLength = 2 * IdBytes;
        return text.StartsWith(Prefix, StringComparison.Ordinal) && text.Length > Prefix.Length + idLength + 1
            && text[Prefix.Length + idLength] == '_'
            ? (text.Substring(Prefix.Length, idLength), text[(Prefix.Length + idLength + 1)..])
            : null;
    }

    /// <summary>SHA-256 as 64 hexadecimal digits.</summary>
    /// <remarks>
    /// A plain hash is enough, unlike for passwords: the secret is 256 random bits, so that nobody finds it by trying, however fast a try
    /// is. A slow hash would only cost us time at every request.
    /// </remarks>
    public static string Hash(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));

    /// <summary>Takes the same time wherever the two differ.</summary>
    public static bool AreEqual(string hash, string other) =>
        CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(hash), Encoding.ASCII.GetBytes(other));
}
