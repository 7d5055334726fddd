using System.Numerics;

namespace Resonance.Audit.Merkle;

/// <summary>Checks proofs as RFC 9162 says, sections 2.1.3.2 and 2.1.4.2. Whatever is handed in, the answer is yes or no.</summary>
static class MerkleProof
{
    /// <summary>Whether the tree with this root has this leaf at this place.</summary>
    public static bool Includes(long index, long size, ReadOnlySpan<byte> leafHash, IReadOnlyList<byte[]> hashes, ReadOnlySpan<byte> root)
    {
        if (index < 0 || index >= size || !AreHashes(hashes))
            return false;

        var (node, last) = (index, size - 1);
        var hash = leafHash.ToArray();
        foreach (var sibling in hashes)
        {
            if (last == 0)
                return false;

            if ((node & 1) == 1 || node == last)
            {
                hash = MerkleTree.NodeHash(sibling, hash);
                (node, last) = UpToRightChild(node, last);
            }
            else
            {
                hash = MerkleTree.NodeHash(hash, sibling);
            }

            (node, last) = (node >> 1, last >> 1);
        }

        return last == 0 && root.SequenceEqual(hash);
    }

    /// <summary>Whether the second tree begins with the leaves of the first and only adds to them.</summary>
    public static bool Extends(
        long first, ReadOnlySpan<byte> firstRoot, long second, ReadOnlySpan<byte> secondRoot, IReadOnlyList<byte[]> hashes)
    {
        if (first < 0 || first > second || !AreHashes(hashes))
            return false;
        if (first == second)
            return hashes.Count == 0 && firstRoot.SequenceEqual(secondRoot);
        if (first == 0)
            return hashes.Count == 0 && firstRoot.SequenceEqual(MerkleTree.EmptyRoot());

        // A first tree that is a complete subtree of the second is left out of the proof: its root is known.
        List<byte[]> path = BitOperations.IsPow2(first) ? [firstRoot.ToArray(), .. hashes] : [.. hashes];
        return path.Count > 0 && Extends(first, firstRoot, second, secondRoot, path);
    }

    static bool Extends(long first, ReadOnlySpan<byte> firstRoot, long second, ReadOnlySpan<byte> secondRoot, List<byte[]> path)
    {
        var (node, last) = (first - 1, second - 1);
        while ((node & 1) == 1)
            (node, last) = (node >> 1, last >> 1);

        var (old, grown) = (path[0], path[0]);
        foreach (var hash in path.Skip(1))
        {
            if (last == 0)
                return false;

            if ((node & 1) == 1 || node == last)
            {
                old = MerkleTree.NodeHash(hash, old);
                grown = MerkleTree.NodeHash(hash, grown);
                (node, last) = UpToRightChild(node, last);
            }
            else
            {
                grown = MerkleTree.NodeHash(grown, hash);
            }

            (node, last) = (node >> 1, last >> 1);
        }

        return last == 0 && firstRoot.SequenceEqual(old) && secondRoot.SequenceEqual(grown);
    }

    /// <summary>A node at the right edge may have no sibling on several levels: up to where it is a right child.</summary>
    static (long Node, long Last) UpToRightChild(long node, long last)
    {
        for (; (node & 1) == 0 && node != 0; node >>= 1)
            last >>= 1;
        return (node, last);
    }

    static bool AreHashes(IReadOnlyList<byte[]> hashes) => hashes.All(hash => hash.Length == MerkleTree.HashLength);
}
