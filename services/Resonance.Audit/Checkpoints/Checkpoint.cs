using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Resonance.Audit.Merkle;

namespace Resonance.Audit.Checkpoints;

/// <summary>What a log says about itself when it has so many leaves, in the form of C2SP tlog-checkpoint.</summary>
/// <param name="Origin">Which log.</param>
/// <param name="Size">Its leaves.</param>
/// <param name="Root">The root over them, 32 bytes.</param>
sealed record Checkpoint(string Origin, long Size, byte[] Root)
{
    /// <summary>What is signed.</summary>
    public string Text => $"{Origin}\n{Size.ToString(CultureInfo.InvariantCulture)}\n{Convert.ToBase64String(Root)}\n";

    /// <summary>Reads the text of a note; false when it is no checkpoint. Lines after the root are extensions, and are let be.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out Checkpoint? checkpoint)
    {
        checkpoint = null;
        if (text.Split('\n') is not [{ Length: > 0 } origin, var size, var root, ..] || !text.EndsWith('\n')
            || !long.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out var leaves)
            || leaves.ToString(CultureInfo.InvariantCulture) != size)
        {
            return false;
        }

        if (!Base64Text.TryDecode(root, out var hash) || hash.Length != MerkleTree.HashLength)
            return false;

        checkpoint = new Checkpoint(origin, leaves, hash);
        return true;
    }
}
