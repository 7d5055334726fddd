using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace Resonance.Audit.Checkpoints;

/// <summary>One line of signature: who, by which key, and the signature itself, not checked yet.</summary>
sealed record NoteSignature(string Name, uint KeyId, byte[] Signature);

/// <summary>A text with signatures below it, in the form of C2SP signed-note.</summary>
/// <param name="Text">What is signed; ends with a newline.</param>
/// <param name="Signatures">At least one.</param>
sealed record SignedNote(string Text, IReadOnlyList<NoteSignature> Signatures)
{
    /// <summary>An em dash and a blank begin a line of signature.</summary>
    public const string SignatureMark = "— ";

    const string Parting = "\n\n";
    const int LengthMax = 1_000_000;
    const int SignaturesMax = 100;

    /// <summary>Reads a note; false when the text is none.</summary>
    public static bool TryParse(string note, [NotNullWhen(true)] out SignedNote? parsed)
    {
        parsed = null;
        // The last blank line parts them: a text may hold blank lines, signatures may not.
        var parting = note.LastIndexOf(Parting, StringComparison.Ordinal);
        if (note.Length > LengthMax || parting < 0 || !note.EndsWith('\n') || note.Any(letter => letter < ' ' && letter != '\n'))
            return false;

        var lines = note[(parting + Parting.Length)..].Split('\n')[..^1];
        if (lines.Length is 0 or > SignaturesMax)
            return false;

        var signatures = new List<NoteSignature>();
        foreach (var line in lines)
        {
            if (!TryParseLine(line, out var signature))
                return false;
            signatures.Add(signature);
        }

        parsed = new SignedNote(note[..(parting + 1)], signatures);
        return true;
    }

    /// <summary>Whether one of its signatures is this key's, and right. Signatures of keys that nobody asked for are left alone.</summary>
    public bool IsSignedBy(NoteVerifier verifier) =>
        Signatures.Where(signature => signature.Name == verifier.Name && signature.KeyId == verifier.Id)
            .Select(signature => verifier.Verifies(Text, signature.Signature))
            .DefaultIfEmpty(false)
            .All(right => right);

    static bool TryParseLine(string line, [NotNullWhen(true)] out NoteSignature? signature)
    {
        signature = null;
        if (!line.StartsWith(SignatureMark, StringComparison.Ordinal)
            || line[SignatureMark.Length..].Split(' ') is not [var name, var encoded] || !NoteVerifier.IsName(name))
        {
            return false;
        }

        if (!Base64Text.TryDecode(encoded, out var decoded) || decoded.Length <= sizeof(uint))
            return false;

        signature = new NoteSignature(name, BinaryPrimitives.ReadUInt32BigEndian(decoded), decoded[sizeof(uint)..]);
        return true;
    }
}
