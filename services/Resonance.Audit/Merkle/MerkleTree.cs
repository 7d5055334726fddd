using System.Numerics;
using System.Security.Cryptography;

namespace Resonance.Audit.Merkle;

/// <summary>
/// The Merkle tree of RFC 6962, section 2.1, with SHA-256. A leaf's data is the 32-byte hash of a journal row. Leaves and nodes are hashed
/// with different first bytes, so that no node can be passed off as a leaf.
/// </summary>
static class MerkleTree
{
    public const int HashLength = 32;

    const byte LeafPrefix = 0;
    const byte NodePrefix = 1;

    /// <summary>The root of the tree without leaves: the hash of nothing.</summary>
    public static byte[] EmptyRoot() => SHA256.HashData([]);

    public static byte[] LeafHash(ReadOnlySpan<byte> data)
    {
        var prefixed = data.Length < 256 ? stackalloc byte[data.Length + 1] : new byte[data.Length + 1];
        prefixed[0] = LeafPrefix;
        data.CopyTo(prefixed[1..]);
        return SHA256.HashData(prefixed);
    }

    public static byte[] NodeHash(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        Span<byte> prefixed = stackalloc byte[1 + 2 * HashLength];
        prefixed[0] = NodePrefix;
        left.CopyTo(prefixed[1..]);
        right.CopyTo(prefixed[(1 + HashLength)..]);
        return SHA256.HashData(prefixed);
    }

    /// <summary>The root over these leaves, each given by its data.</summary>
    public static byte[] Root(IEnumerable<ReadOnlyMemory<byte>> leaves)
    {
        var frontier = Frontier.Empty();
        var completed = new List<Subtree>();
        foreach (var leaf in leaves)
        {
            frontier.AppendLeaf(LeafHash(leaf.Span), completed);
            completed.Clear();
        }

        return frontier.Root();
    }

    /// <summary>Where RFC 6962 parts a tree of <paramref name="size"/> leaves: the largest power of two below it. At least 2 leaves.</summary>
    public static long Split(long size) => 1L << BitOperations.Log2((ulong)size - 1);
}
