using System.Security.Cryptography;

namespace Resonance.Cli.Proofs;

/// <summary>The hash tree of RFC 6962 and RFC 9162.</summary>
static class Merkle
{
    public static byte[] LeafHash(byte[] data) => SHA256.HashData([0, .. data]);

    /// <summary>Whether the tree with this root has this leaf at this place: RFC 9162, section 2.1.3.2.</summary>
    public static bool Includes(long index, long size, byte[] leafHash, IReadOnlyList<byte[]> path, byte[] root)
    {
        if (index < 0 || index >= size || path.Any(hash => hash.Length != SHA256.HashSizeInBytes))
            return false;

        var (node, last) = (index, size - 1);
        var hash = leafHash;
        foreach (var sibling in path)
        {
            if (last == 0)
                return false;
            if (node % 2 == 1 || node == last)
            {
                hash = NodeHash(sibling, hash);
                while (node % 2 == 0 && node != 0)
                    (node, last) = (node / 2, last / 2);
            }
            else
            {
                hash = NodeHash(hash, sibling);
            }

            (node, last) = (node / 2, last / 2);
        }

        return last == 0 && hash.AsSpan().SequenceEqual(root);
    }

    static byte[] NodeHash(byte[] left, byte[] right) => SHA256.HashData([1, .. left, .. right]);

    /// <summary>Computes the root over leaves that come one by one, and keeps no more than one hash a level.</summary>
    public sealed class Growing
    {
        // Roots of whole subtrees, the largest first, each with its number of leaves.
        readonly List<(byte[] Hash, long Leaves)> _subtrees = [];

        public long Size { get; private set; }

        public void Add(byte[] leafHash)
        {
            var (hash, leaves) = (leafHash, 1L);
            while (_subtrees.Count > 0 && _subtrees[^1].Leaves == leaves)
            {
                hash = NodeHash(_subtrees[^1].Hash, hash);
                leaves *= 2;
                _subtrees.RemoveAt(_subtrees.Count - 1);
            }

            _subtrees.Add((hash, leaves));
            Size++;
        }

        public byte[] Root()
        {
            if (_subtrees.Count == 0)
                return SHA256.HashData([]);
            var root = _subtrees[^1].Hash;
            for (var level = _subtrees.Count - 2; level >= 0; level--)
                root = NodeHash(_subtrees[level].Hash, root);
            return root;
        }
    }
}
