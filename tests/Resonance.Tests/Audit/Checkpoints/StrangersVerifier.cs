using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;

namespace Resonance.Tests.Audit.Checkpoints;

/// <summary>
/// What somebody writes who has a proof, a key and the published texts (RFC 9162 section 2.1.3.2, C2SP tlog-proof, tlog-checkpoint and
/// signed-note) and nothing of Resonance. It shares no code with it.
/// </summary>
static class StrangersVerifier
{
    /// <summary>Says what is wrong with the proof of a row; null when it holds.</summary>
    public static string? Complaint(string proof, byte[] rowHash, string verifierKey)
    {
        var parts = proof.Split("\n\n", 2);
        var head = parts[0].Split('\n');
        if (head[0] != "c2sp.org/tlog-proof@v1" || !head[1].StartsWith("index ", StringComparison.Ordinal))
            return "This is no tlog-proof.";

        var note = parts[1];
        var signed = note[..(note.IndexOf("\n\n", StringComparison.Ordinal) + 1)];
        var signature = note[(signed.Length + 1)..].TrimEnd('\n');
        if (!IsSigned(signed, signature, verifierKey))
            return "The checkpoint's signature is wrong.";

        var lines = signed.Split('\n');
        var size = ulong.Parse(lines[1], CultureInfo.InvariantCulture);
        var index = ulong.Parse(head[1][6..], CultureInfo.InvariantCulture);
        var path = head[2..].Select(Convert.FromBase64String).ToArray();
        return Leads(index, size, Sha([0], rowHash), path, Convert.FromBase64String(lines[2])) ? null : "The path does not lead to the root.";
    }

    static bool Leads(ulong index, ulong size, byte[] leaf, byte[][] path, byte[] root)
    {
        if (index >= size)
            return false;
        ulong fn = index, sn = size - 1;
        var r = leaf;
        foreach (var p in path)
        {
            if (sn == 0)
                return false;
            if (fn % 2 == 1 || fn == sn)
            {
                r = Sha([1], p, r);
                while (fn % 2 == 0 && fn != 0)
                {
                    fn >>= 1;
                    sn >>= 1;
                }
            }
            else
            {
                r = Sha([1], r, p);
            }

            fn >>= 1;
            sn >>= 1;
        }

        return sn == 0 && r.AsSpan().SequenceEqual(root);
    }

    static bool IsSigned(string text, string line, string verifierKey)
    {
        var key = verifierKey.Split('+', 3);
        var words = line.Split(' ');
        var keyBytes = Convert.FromBase64String(key[2]);
        var signature = Convert.FromBase64String(words[2]);
        var id = Sha(Encoding.UTF8.GetBytes(key[0] + "\n"), keyBytes)[..4];
        if (words[0] != "—" || words[1] != key[0] || !signature[..4].AsSpan().SequenceEqual(id)
            || BinaryPrimitives.ReadUInt32BigEndian(id) != uint.Parse(key[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture))
        {
            return false;
        }

        var verifier = new Ed25519Signer();
        verifier.Init(forSigning: false, new Ed25519PublicKeyParameters(keyBytes, 1));
        var message = Encoding.UTF8.GetBytes(text);
        verifier.BlockUpdate(message, 0, message.Length);
        return verifier.VerifySignature(signature[4..]);
    }

    static byte[] Sha(params byte[][] parts) => SHA256.HashData([.. parts.SelectMany(part => part)]);
}
