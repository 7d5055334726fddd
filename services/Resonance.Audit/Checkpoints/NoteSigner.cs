using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Org.BouncyCastle.Math.EC.Rfc8032;

namespace Resonance.Audit.Checkpoints;

/// <summary>Signs notes with an Ed25519 private key, written <c>PRIVATE+KEY+name+hash+base64</c>.</summary>
sealed class NoteSigner
{
    const string Prefix = "PRIVATE+KEY+";

    readonly byte[] _privateKey;

    NoteSigner(string name, byte[] privateKey)
    {
        _privateKey = privateKey;
        var publicKey = new byte[Ed25519.PublicKeySize];
        Ed25519.GeneratePublicKey(privateKey, 0, publicKey, 0);
        Verifier = new NoteVerifier(name, publicKey);
    }

    /// <summary>The public half.</summary>
    public NoteVerifier Verifier { get; }

    public static NoteSigner Generate(string name) => new(name, RandomNumberGenerator.GetBytes(Ed25519.SecretKeySize));

    /// <summary>Reads a signer key; false when the text is none, or its hash is not that of its key.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out NoteSigner? signer)
    {
        signer = text.StartsWith(Prefix, StringComparison.Ordinal)
            && NoteVerifier.TryParts(text[Prefix.Length..], out var name, out var hash, out var key)
            && new NoteSigner(name, key) is var read && read.Verifier.Id == hash
            ? read
            : null;
        return signer is not null;
    }

    /// <summary>The note: the text, a blank line, and the signature's line.</summary>
    /// <param name="text">Ends with a newline.</param>
    public string Sign(string text)
    {
        var message = Encoding.UTF8.GetBytes(text);
        var line = new byte[sizeof(uint) + Ed25519.SignatureSize];
        BinaryPrimitives.WriteUInt32BigEndian(line, Verifier.Id);
        Ed25519.Sign(_privateKey, 0, message, 0, message.Length, line, sizeof(uint));
        return $"{text}\n{SignedNote.SignatureMark}{Verifier.Name} {Convert.ToBase64String(line)}\n";
    }

    /// <summary>The private key as it is kept in its file.</summary>
    public string ToPrivateText() => Prefix + NoteVerifier.Format(Verifier.Name, Verifier.Id, _privateKey);

    /// <summary>The public half: what may be shown where a signer is shown by mistake.</summary>
    public override string ToString() => Verifier.ToString();
}
