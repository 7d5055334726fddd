using Resonance.Audit.Merkle;

namespace Resonance.Audit.Verification;

/// <summary>256 neighbouring leaves of the ledger, or those at its end that are fewer.</summary>
/// <param name="number">Counted from 0.</param>
/// <param name="length">Leaves that it should have.</param>
sealed class TreeBlock(long number, int length)
{
    public const int FullLength = 1 << Frontier.LevelHeight;

    readonly Leaf?[] _leaves = new Leaf?[length];

    public long Number => number;

    /// <summary>Index of its first leaf.</summary>
    public long First => number * FullLength;

    public int Length => length;

    public bool IsFull => length == FullLength;

    public IReadOnlyList<Leaf?> Leaves => _leaves;

    public IEnumerable<long> Missing => Enumerable.Range(0, length).Where(place => _leaves[place] is null).Select(place => First + place);

    public bool IsWhole => Array.TrueForAll(_leaves, leaf => leaf is not null);

    public void Put(Leaf leaf) => _leaves[leaf.Index - First] = leaf;

    /// <summary>The row hashes of its leaves. It has to be whole.</summary>
    public byte[][] RowHashes() => Array.ConvertAll(_leaves, leaf => leaf!.Hash);

    /// <summary>The frontier over these rows alone.</summary>
    public static Frontier FrontierOf(IEnumerable<byte[]> rowHashes)
    {
        var frontier = Frontier.Empty();
        var completed = new List<Subtree>();
        foreach (var hash in rowHashes)
            frontier.Append(hash, completed);
        return frontier;
    }
}
