using Resonance.Engine.Journal;

namespace Resonance.Audit.Archive;

/// <summary>Follows the chain of an archived journal, row by row.</summary>
/// <param name="first">Sequence that the first row must have.</param>
/// <param name="previous">Hash of the row before the first; null when nobody knows it, and the first row's word is taken for it.</param>
sealed class ArchivedChain(long first, byte[]? previous)
{
    long _expected = first;
    byte[]? _previous = previous;

    /// <summary>What is wrong with the next row, as it completes "step 3 ..."; null when it follows.</summary>
    public string? Complaint(JournalRow row)
    {
        var (expected, before) = (_expected, _previous ?? row.PreviousHash);
        (_expected, _previous) = (row.Sequence + 1, row.Hash);
        if (row.Sequence != expected)
            return $"stands where step {expected} should";
        if (!before.AsSpan().SequenceEqual(row.PreviousHash))
            return "does not name the hash of the row before it";
        return ChainHash.Compute(row).AsSpan().SequenceEqual(row.Hash) ? null : "was edited: its hash is not that of what it says";
    }
}
