using System.Numerics;

namespace Resonance.Audit.Merkle;

/// <summary>A complete subtree of 256^Level leaves; Index counts those of its level from 0.</summary>
sealed record Subtree(int Level, long Index, byte[] Hash);

/// <summary>
/// All that a Merkle tree needs in order to grow: the roots of the complete subtrees that it consists of, one for each bit of its size, the
/// largest first. A tree of ten million leaves grows from ten hashes, so no append reads what was appended before.
/// </summary>
sealed class Frontier
{
    /// <summary>Every eighth level of the tree is kept: a subtree has 256 children among the kept ones.</summary>
    public const int LevelHeight = 8;

    readonly List<byte[]> _nodes;

    Frontier(long size, List<byte[]> nodes)
    {
        Size = size;
        _nodes = nodes;
    }

    /// <summary>Leaves in the tree.</summary>
    public long Size { get; private set; }

    public static Frontier Empty() => new(0, []);

    /// <summary>Whether <paramref name="length"/> bytes can be the frontier of so many leaves.</summary>
    public static bool Fits(long size, int length) =>
        size >= 0 && length == BitOperations.PopCount((ulong)size) * MerkleTree.HashLength;

    /// <summary>Reads what <see cref="ToBytes"/> wrote.</summary>
    /// <exception cref="InvalidDataException">The bytes are not the frontier of a tree of that size.</exception>
    public static Frontier Parse(long size, ReadOnlySpan<byte> nodes)
    {
        if (!Fits(size, nodes.Length))
        {
            throw new InvalidDataException($"A tree of {size} leaves has no frontier of {nodes.Length} bytes: the ledger's row was changed.");
        }

        var read = new List<byte[]>();
        for (; !nodes.IsEmpty; nodes = nodes[MerkleTree.HashLength..])
            read.Add(nodes[..MerkleTree.HashLength].ToArray());
        return new Frontier(size, read);
    }

    public byte[] ToBytes() => [.. _nodes.SelectMany(node => node)];

    public byte[] Root()
    {
        if (_nodes.Count == 0)
            return MerkleTree.EmptyRoot();

        var root = _nodes[^1];
        for (var i = _nodes.Count - 2; i >= 0; i--)
            root = MerkleTree.NodeHash(_nodes[i], root);
        return [.. root];
    }

    /// <summary>
    /// Appends one leaf, given by the hash of its journal row, and adds the subtrees of 256, 65,536, ... leaves that it completed to
    /// <paramref name="completed"/>, the smallest first.
    /// </summary>
    public void Append(ReadOnlySpan<byte> rowHash, ICollection<Subtree> completed)
    {
        if (rowHash.Length != MerkleTree.HashLength)
        {
            throw new ArgumentException($"A journal row's hash has 32 bytes, not {rowHash.Length}.", nameof(rowHash));
        }

        AppendLeaf(MerkleTree.LeafHash(rowHash), completed);
    }

    /// <summary>The same for a leaf that was hashed already.</summary>
    public void AppendLeaf(byte[] hash, ICollection<Subtree> completed)
    {
        // As with a binary counter, a subtree is joined with the one of its own size before it, for as long as there is one.
        var height = 0;
        for (; (Size >> height & 1) == 1; height++)
        {
            CountIfKept(height, hash, completed);
            hash = MerkleTree.NodeHash(_nodes[^1], hash);
            _nodes.RemoveAt(_nodes.Count - 1);
        }

        CountIfKept(height, hash, completed);
        _nodes.Add(hash);
        Size++;
    }

    void CountIfKept(int height, byte[] hash, ICollection<Subtree> completed)
    {
        if (height > 0 && height % LevelHeight == 0)
            completed.Add(new Subtree(height / LevelHeight, Size >> height, hash));
    }
}
