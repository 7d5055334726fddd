using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Org.BouncyCastle.Math.EC.Rfc8032;

namespace Resonance.Audit.Checkpoints;

/// <summary>
/// Who signs notes, as everybody may know it: a name and an Ed25519 public key, written <c>name+hash+base64</c> as in C2SP signed-note.
/// </summary>
sealed class NoteVerifier
{
    /// <summary>The first byte of a key tells its kind; this one is Ed25519.</summary>
    const byte Ed25519Kind = 1;

    readonly byte[] _publicKey;

    public NoteVerifier(string name, byte[] publicKey)
    {
        Name = name;
        _publicKey = publicKey;
        Id = IdOf(name, publicKey);
    }

    public string Name { get; }

    /// <summary>What a signature line names the key by, beside the name.</summary>
    public uint Id { get; }

    /// <summary>Whether a key may have this name: it stands between blanks and plus signs.</summary>
    public static bool IsName(string name) =>
        name.Length > 0 && !name.Any(letter => letter == '+' || char.IsWhiteSpace(letter) || char.IsControl(letter) || char.IsSurrogate(letter));

    /// <summary>Reads a verifier key; false when the text is none, or its hash is not that of its key.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out NoteVerifier? verifier)
    {
        verifier = TryParts(text, out var name, out var hash, out var key) ? new NoteVerifier(name, key) : null;
        if (verifier?.Id != hash)
            verifier = null;
        return verifier is not null;
    }

    /// <summary>Whether this key signed the text.</summary>
    public bool Verifies(string text, ReadOnlySpan<byte> signature)
    {
        var message = Encoding.UTF8.GetBytes(text);
        return signature.Length == Ed25519.SignatureSize
            && Ed25519.Verify(signature.ToArray(), 0, _publicKey, 0, message, 0, message.Length);
    }

    public override string ToString() => Format(Name, Id, _publicKey);

    /// <summary>The form that public and private keys share: name, hash of the public key, kind and key.</summary>
    internal static string Format(string name, uint id, byte[] key) =>
        $"{name}+{id.ToString("x8", CultureInfo.InvariantCulture)}+{Convert.ToBase64String([Ed25519Kind, .. key])}";

    internal static bool TryParts(string text, out string name, out uint hash, out byte[] key)
    {
        (name, hash, key) = ("", 0, []);
        // Base64 has plus signs of its own, so only the first two part the text.
        if (text.Split('+', 3) is not [var readName, { Length: 8 } readHash, var encoded] || !IsName(readName)
            || !uint.TryParse(readHash, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out hash))
        {
            return false;
        }

        if (!Base64Text.TryDecode(encoded, out var decoded) || decoded.Length != 1 + Ed25519.PublicKeySize || decoded[0] != Ed25519Kind)
            return false;

        (name, key) = (readName, decoded[1..]);
        return true;
    }

    static uint IdOf(string name, byte[] publicKey) =>
        BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData([.. Encoding.UTF8.GetBytes(name), (byte)'\n', Ed25519Kind, .. publicKey]));
}
