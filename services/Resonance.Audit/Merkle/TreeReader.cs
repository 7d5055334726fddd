using System.Numerics;

namespace Resonance.Audit.Merkle;

/// <summary>Reads stored hashes of a tree: of leaves at level 0, of complete subtrees of 256^level leaves above.</summary>
/// <returns>The hashes first, first + 1, ... in order; fewer than asked for when some are missing.</returns>
delegate Task<IReadOnlyList<byte[]>> ReadHashes(int level, long first, int count, CancellationToken cancellationToken);

/// <summary>
/// Makes proofs about a tree of <paramref name="size"/> leaves from what is stored of it. It reads stretches of at most 256 hashes, two
/// for each stored level: a proof in a tree of ten million leaves takes some hundred rows.
/// </summary>
sealed class TreeReader(long size, ReadHashes read)
{
    const int StretchLength = 1 << Frontier.LevelHeight;

    readonly Dictionary<(int Level, long Stretch), IReadOnlyList<byte[]>> _stretches = [];

    /// <exception cref="InvalidDataException">Hashes that must be stored are missing.</exception>
    public Task<IReadOnlyList<byte[]>> InclusionAsync(long index, CancellationToken cancellationToken) =>
        RootsAsync(LeafRange.OfInclusion(index, size), cancellationToken);

    /// <summary>Proves that this tree extends the one of its first <paramref name="first"/> leaves.</summary>
    /// <exception cref="InvalidDataException">Hashes that must be stored are missing.</exception>
    public Task<IReadOnlyList<byte[]>> ConsistencyAsync(long first, CancellationToken cancellationToken) =>
        RootsAsync(LeafRange.OfConsistency(first, size), cancellationToken);

    /// <summary>The root of the tree.</summary>
    /// <exception cref="InvalidDataException">Hashes that must be stored are missing.</exception>
    public Task<byte[]> RootAsync(CancellationToken cancellationToken) =>
        size == 0 ? Task.FromResult(MerkleTree.EmptyRoot()) : RootAsync(new LeafRange(0, size), cancellationToken);

    async Task<IReadOnlyList<byte[]>> RootsAsync(IReadOnlyList<LeafRange> ranges, CancellationToken cancellationToken)
    {
        var roots = new List<byte[]>(ranges.Count);
        foreach (var range in ranges)
            roots.Add(await RootAsync(range, cancellationToken));
        return roots;
    }

    async Task<byte[]> RootAsync(LeafRange range, CancellationToken cancellationToken)
    {
        if (BitOperations.IsPow2(range.Size))
            return await NodeAsync(BitOperations.Log2((ulong)range.Size), range.From, cancellationToken);

        var (left, right) = range.Parted();
        var (leftRoot, rightRoot) = (await RootAsync(left, cancellationToken), await RootAsync(right, cancellationToken));
        return MerkleTree.NodeHash(leftRoot, rightRoot);
    }

    /// <summary>The root of a complete subtree of 2^height leaves, put together from the stored level below or at it.</summary>
    async Task<byte[]> NodeAsync(int height, long from, CancellationToken cancellationToken)
    {
        var level = height / Frontier.LevelHeight;
        var first = from >> (level * Frontier.LevelHeight);
        var stretch = await StretchAsync(level, first / StretchLength, cancellationToken);
        var hashes = stretch.Skip((int)(first % StretchLength)).Take(1 << height % Frontier.LevelHeight).ToArray();
        for (var count = hashes.Length; count > 1; count /= 2)
        {
            for (var i = 0; i < count; i += 2)
                hashes[i / 2] = MerkleTree.NodeHash(hashes[i], hashes[i + 1]);
        }

        return hashes[0];
    }

    async Task<IReadOnlyList<byte[]>> StretchAsync(int level, long stretch, CancellationToken cancellationToken)
    {
        if (_stretches.TryGetValue((level, stretch), out var known))
            return known;

        var first = stretch * StretchLength;
        var count = (int)Math.Min(StretchLength, (size >> (level * Frontier.LevelHeight)) - first);
        var hashes = await read(level, first, count, cancellationToken);
        if (hashes.Count != count)
        {
            throw new InvalidDataException(
                $"The ledger should hold {count} hashes of level {level} from number {first} on, but {hashes.Count} are there.");
        }

        _stretches.Add((level, stretch), hashes);
        return hashes;
    }
}
