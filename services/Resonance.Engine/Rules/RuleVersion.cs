using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Resonance.Engine.Rules;

/// <summary>What a rule says.</summary>
/// <param name="Expression">In the rule language: true is a pass.</param>
/// <param name="Description">What the rule is for, for people.</param>
/// <param name="FailMeans">What a fail means, for people, e.g. <c>out of stock</c>.</param>
public sealed record RuleText(string Expression, string Description, string FailMeans)
{
    /// <summary>
    /// Identifies the text: SHA-256 over its three parts in UTF-8, each after its length as 4 bytes, big-endian; 64 lower-case hexadecimal
    /// digits.
    /// </summary>
    public string Hash()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> length = stackalloc byte[4];
        foreach (var part in (string[])[Expression, Description, FailMeans])
        {
            var bytes = Encoding.UTF8.GetBytes(part);
            BinaryPrimitives.WriteInt32BigEndian(length, bytes.Length);
            hash.AppendData(length);
            hash.AppendData(bytes);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}

/// <summary>Where a version of a rule came from.</summary>
public static class RuleOrigin
{
    /// <summary>It ships with the workflow.</summary>
    public const string Code = "code";

    /// <summary>It stood in the rules folder when a process started.</summary>
    public const string File = "file";

    /// <summary>Somebody published it while the system ran.</summary>
    public const string Published = "published";
}

/// <summary>One version of a rule. It never changes; the highest number is the one that decides.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Text">What it says.</param>
/// <param name="Origin">One of <see cref="RuleOrigin"/>.</param>
/// <param name="Author">Who made it.</param>
/// <param name="Reason">Why.</param>
/// <param name="PublishedAt">When it was stored, UTC.</param>
public sealed record RuleVersion(int Number, RuleText Text, string Origin, string Author, string Reason, DateTimeOffset PublishedAt)
{
    /// <summary>See <see cref="RuleText.Hash"/>.</summary>
    public string Hash { get; } = Text.Hash();
}
