namespace Resonance.Audit.Merkle;

/// <summary>The leaves from From up to and without To. A proof is a list of such ranges, each told by the root over it.</summary>
readonly record struct LeafRange(long From, long To)
{
    public long Size => To - From;

    /// <summary>PATH(m, D[n]) of RFC 6962, section 2.1.1.</summary>
    public static IReadOnlyList<LeafRange> OfInclusion(long index, long size)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, size);
        var ranges = new List<LeafRange>();
        var tree = new LeafRange(0, size);
        while (tree.Size > 1)
        {
            var (left, right) = tree.Parted();
            var isLeft = index < left.To;
            ranges.Add(isLeft ? right : left);
            tree = isLeft ? left : right;
        }

        // A proof stands from the leaf up.
        ranges.Reverse();
        return ranges;
    }

    /// <summary>PROOF(m, D[n]) of RFC 6962, section 2.1.2. Nothing when the trees are the same or the first is empty.</summary>
    public static IReadOnlyList<LeafRange> OfConsistency(long first, long second)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(first, second);
        if (first == 0)
            return [];

        var ranges = new List<LeafRange>();
        var tree = new LeafRange(0, second);
        while (tree.To != first)
        {
            var (left, right) = tree.Parted();
            var isLeft = first <= left.To;
            ranges.Add(isLeft ? right : left);
            tree = isLeft ? left : right;
        }

        // Where the first tree is a subtree as it stands, whoever holds its root knows this hash.
        if (tree.From > 0)
            ranges.Add(tree);
        ranges.Reverse();
        return ranges;
    }

    /// <summary>The two subtrees of which a tree over at least 2 leaves consists.</summary>
    public (LeafRange Left, LeafRange Right) Parted()
    {
        var split = From + MerkleTree.Split(Size);
        return (new LeafRange(From, split), new LeafRange(split, To));
    }
}
