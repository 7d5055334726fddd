using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Org.BouncyCastle.Math.EC.Rfc8032;

namespace Resonance.Cli.Proofs;

/// <summary>What somebody vouches for by a signature: so many leaves have this root (C2SP tlog-checkpoint in a signed-note).</summary>
sealed record SignedCheckpoint(string Origin, long Size, byte[] Root, string Text, IReadOnlyList<(string Name, byte[] Blob)> Signatures)
{
    const string Mark = "— ";

    /// <returns>Null when the text is no checkpoint.</returns>
    public static SignedCheckpoint? Parse(string note)
    {
        var parting = note.LastIndexOf("\n\n", StringComparison.Ordinal);
        if (parting < 0 || !note.EndsWith('\n'))
            return null;

        var text = note[..(parting + 1)];
        var signatures = new List<(string, byte[])>();
        foreach (var line in note[(parting + 2)..].Split('\n')[..^1])
        {
            if (!line.StartsWith(Mark, StringComparison.Ordinal) || line[Mark.Length..].Split(' ') is not [{ Length: > 0 } name, var encoded]
                || Base64.Decode(encoded) is not { Length: > sizeof(uint) } blob)
            {
                return null;
            }

            signatures.Add((name, blob));
        }

        return text.Split('\n') is [{ Length: > 0 } origin, var size, var root, ..]
            && long.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out var leaves)
            && leaves.ToString(CultureInfo.InvariantCulture) == size && Base64.Decode(root) is { Length: SHA256.HashSizeInBytes } hash
            ? new SignedCheckpoint(origin, leaves, hash, text, signatures)
            : null;
    }

    /// <summary>Whether the key signed it, under its own name.</summary>
    public bool IsSignedBy(VerifierKey key)
    {
        var own = Signatures.Where(signature =>
            signature.Name == key.Name && BinaryPrimitives.ReadUInt32BigEndian(signature.Blob) == key.Id).ToArray();
        var message = Encoding.UTF8.GetBytes(Text);
        return own.Length > 0 && own.All(signature => signature.Blob.Length == sizeof(uint) + Ed25519.SignatureSize
            && Ed25519.Verify(signature.Blob, sizeof(uint), key.PublicKey, 0, message, 0, message.Length));
    }
}

/// <summary>An Ed25519 key as everybody may know it, written <c>name+hash+base64</c> (C2SP signed-note).</summary>
sealed record VerifierKey(string Name, uint Id, byte[] PublicKey)
{
    const byte Ed25519Kind = 1;
    const int KeyBytes = 33;

    /// <returns>Null when the text is no key, or its hash is not that of its key.</returns>
    public static VerifierKey? Parse(string text)
    {
        // Base64 has plus signs of its own, so only the first two part the text.
        if (text.Trim().Split('+', 3) is not [{ Length: > 0 } name, { Length: 8 } hash, var encoded]
            || !uint.TryParse(hash, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var id)
            || Base64.Decode(encoded) is not { Length: KeyBytes } decoded || decoded[0] != Ed25519Kind)
        {
            return null;
        }

        var known = BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData([.. Encoding.UTF8.GetBytes(name), (byte)'\n', .. decoded]));
        return known == id ? new VerifierKey(name, id, decoded[1..]) : null;
    }

    public override string ToString() =>
        $"{Name}+{Id.ToString("x8", CultureInfo.InvariantCulture)}+{Convert.ToBase64String([Ed25519Kind, .. PublicKey])}";
}

/// <summary>Base64 that came from outside.</summary>
static class Base64
{
    public static byte[]? Decode(string text)
    {
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var length) ? bytes[..length] : null;
    }
}
