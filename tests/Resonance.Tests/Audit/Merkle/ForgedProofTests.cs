using Resonance.Audit.Merkle;
using Xunit;

namespace Resonance.Tests.Audit.Merkle;

/// <summary>A proof that is not whole proves nothing: whatever is changed about it, it is refused.</summary>
public sealed class ForgedProofTests
{
    static readonly byte[][] Rows = FrontierTests.Rows(130);

    static readonly int[] Sizes = [1, 2, 3, 4, 5, 6, 7, 8, 9, 13, 16, 17, 31, 32, 33, 64, 65, 100, 128, 129];

    [Fact]
    public void Forged_proofs_of_inclusion_are_refused()
    {
        var tried = 0;
        foreach (var size in Sizes)
        {
            var root = NaiveTree.Root(Rows.AsSpan(0, size));
            for (var index = 0; index < size; index += 1 + size / 20)
            {
                var leaf = MerkleTree.LeafHash(Rows[index]);
                var proof = NaiveTree.Inclusion(index, Rows.AsSpan(0, size));
                Assert.True(MerkleProof.Includes(index, size, leaf, proof, root));

                foreach (var forged in Forgeries(proof))
                    Refused(index, size, leaf, forged, root);
                foreach (var bit in Bits())
                {
                    Refused(index, size, Flipped(leaf, bit), proof, root);
                    Refused(index, size, leaf, proof, Flipped(root, bit));
                }

                foreach (var (wrongIndex, wrongSize) in WrongPlaces(index, size))
                    Refused(wrongIndex, wrongSize, leaf, proof, root);
                // A row's hash, or a node, is no leaf.
                Refused(index, size, Rows[index], proof, root);
            }
        }

        Assert.InRange(tried, 20_000, int.MaxValue);

        void Refused(long index, long size, byte[] leaf, IReadOnlyList<byte[]> proof, byte[] root)
        {
            tried++;
            Assert.False(MerkleProof.Includes(index, size, leaf, proof, root), $"leaf {index} of {size}, {proof.Count} hashes");
        }
    }

    [Fact]
    public void Forged_proofs_of_consistency_are_refused()
    {
        var tried = 0;
        foreach (var second in Sizes)
        {
            var secondRoot = NaiveTree.Root(Rows.AsSpan(0, second));
            for (var first = 1; first < second; first += 1 + second / 20)
            {
                var firstRoot = NaiveTree.Root(Rows.AsSpan(0, first));
                var proof = NaiveTree.Consistency(first, Rows.AsSpan(0, second));
                Assert.True(MerkleProof.Extends(first, firstRoot, second, secondRoot, proof));

                foreach (var forged in Forgeries(proof))
                    Refused(first, firstRoot, second, secondRoot, forged);
                foreach (var bit in Bits())
                {
                    Refused(first, Flipped(firstRoot, bit), second, secondRoot, proof);
                    Refused(first, firstRoot, second, Flipped(secondRoot, bit), proof);
                }

                Refused(second, firstRoot, first, secondRoot, proof);
                Refused(first, secondRoot, second, firstRoot, proof);
                Refused(-first, firstRoot, second, secondRoot, proof);
                Refused(first, firstRoot, first, secondRoot, proof);
                Refused(0, firstRoot, second, secondRoot, proof);
            }
        }

        Assert.InRange(tried, 15_000, int.MaxValue);

        void Refused(long first, byte[] firstRoot, long second, byte[] secondRoot, IReadOnlyList<byte[]> proof)
        {
            tried++;
            Assert.False(MerkleProof.Extends(first, firstRoot, second, secondRoot, proof), $"{first} to {second}, {proof.Count} hashes");
        }
    }

    [Fact]
    public void A_tree_is_consistent_with_itself_alone()
    {
        var (root, other) = (NaiveTree.Root(Rows), NaiveTree.Root(Rows.AsSpan(1)));

        Assert.True(MerkleProof.Extends(130, root, 130, root, []));
        Assert.False(MerkleProof.Extends(130, root, 130, other, []));
        Assert.False(MerkleProof.Extends(130, root, 130, root, [other]));
    }

    /// <summary>Every way to hand over another list of hashes than the right one.</summary>
    static IEnumerable<List<byte[]>> Forgeries(List<byte[]> proof)
    {
        var stranger = NaiveTree.Root(Rows.AsSpan(3, 2));
        for (var i = 0; i <= proof.Count; i++)
            yield return [.. proof[..i], stranger, .. proof[i..]];

        for (var i = 0; i < proof.Count; i++)
        {
            yield return [.. proof[..i], .. proof[(i + 1)..]];
            yield return [.. proof[..i], proof[i], .. proof[i..]];
            yield return [.. proof[..i], [], .. proof[(i + 1)..]];
            yield return [.. proof[..i], proof[i][..31], .. proof[(i + 1)..]];
            yield return [.. proof[..i], [.. proof[i], 0], .. proof[(i + 1)..]];
            foreach (var bit in Bits())
                yield return [.. proof[..i], Flipped(proof[i], bit), .. proof[(i + 1)..]];
        }

        for (var i = 1; i < proof.Count; i++)
            yield return [.. proof[..(i - 1)], proof[i], proof[i - 1], .. proof[(i + 1)..]];
    }

    /// <summary>
    /// Places that another path leads to. Trees of other sizes can have the same path to a leaf: then the size is vouched for by the
    /// checkpoint's signature and not by the path, so those are left out here.
    /// </summary>
    static IEnumerable<(long Index, long Size)> WrongPlaces(long index, long size)
    {
        yield return (-1, size);
        yield return (size, size);
        yield return (index + size, size);
        yield return (long.MaxValue, size);
        yield return (index, 0);
        yield return (index, -size);
        foreach (var wrong in new[] { index ^ 1, index ^ 2, index / 2, index + 1, index - 1 }.Where(wrong => wrong != index && wrong < size))
            yield return (wrong, size);
        yield return (index, size * 4);
        if (size > 1)
            yield return (index, index == 0 ? 1 : index);
    }

    static int[] Bits() => [0, 7, 100, 131, 200, 255];

    static byte[] Flipped(byte[] hash, int bit)
    {
        byte[] flipped = [.. hash];
        flipped[bit / 8] ^= (byte)(1 << bit % 8);
        return flipped;
    }
}
