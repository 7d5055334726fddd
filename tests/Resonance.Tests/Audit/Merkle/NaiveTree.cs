using System.Security.Cryptography;

namespace Resonance.Tests.Audit.Merkle;

/// <summary>RFC 6962, section 2.1, written down as it stands there: slow, recursive, and sharing nothing with the code under test.</summary>
static class NaiveTree
{
    public static byte[] Root(ReadOnlySpan<byte[]> leaves) => leaves.Length switch
    {
        0 => SHA256.HashData([]),
        1 => SHA256.HashData([0, .. leaves[0]]),
        _ => SHA256.HashData([1, .. Root(leaves[..Split(leaves.Length)]), .. Root(leaves[Split(leaves.Length)..])]),
    };

    /// <summary>PATH(m, D[n]).</summary>
    public static List<byte[]> Inclusion(int index, ReadOnlySpan<byte[]> leaves)
    {
        if (leaves.Length == 1)
        {
            return [];
        }

        var split = Split(leaves.Length);
        return index < split
            ? [.. Inclusion(index, leaves[..split]), Root(leaves[split..])]
            : [.. Inclusion(index - split, leaves[split..]), Root(leaves[..split])];
    }

    /// <summary>PROOF(m, D[n]).</summary>
    public static List<byte[]> Consistency(int first, ReadOnlySpan<byte[]> leaves) => Subproof(first, leaves, true);

    static List<byte[]> Subproof(int first, ReadOnlySpan<byte[]> leaves, bool whole)
    {
        if (first == leaves.Length)
        {
            return whole ? [] : [Root(leaves)];
        }

        var split = Split(leaves.Length);
        return first <= split
            ? [.. Subproof(first, leaves[..split], whole), Root(leaves[split..])]
            : [.. Subproof(first - split, leaves[split..], false), Root(leaves[..split])];
    }

    static int Split(int size)
    {
        var split = 1;
        while (split * 2 < size)
        {
            split *= 2;
        }

        return split;
    }
}
