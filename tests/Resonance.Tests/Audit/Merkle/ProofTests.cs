using Resonance.Audit.Merkle;
using Xunit;

namespace Resonance.Tests.Audit.Merkle;

public sealed class ProofTests
{
    static readonly byte[][] Rows = FrontierTests.Rows(300);

    static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_leaf_of_every_tree_up_to_64_leaves_is_proven_as_the_recursive_definition_proves_it()
    {
        for (var size = 1; size <= 64; size++)
        {
            for (var index = 0; index < size; index++)
                Assert.Equal(NaiveTree.Inclusion(index, Rows.AsSpan(0, size)), await InclusionAsync(index, size));
        }
    }

    [Fact]
    public async Task Leaves_of_every_tree_up_to_300_leaves_are_proven_and_accepted()
    {
        for (var size = 1; size <= Rows.Length; size++)
        {
            var root = NaiveTree.Root(Rows.AsSpan(0, size));
            foreach (var index in new[] { 0, size / 3, size / 2, size - 1, Math.Min(size - 1, 255) })
            {
                var proof = await InclusionAsync(index, size);

                Assert.True(MerkleProof.Includes(index, size, MerkleTree.LeafHash(Rows[index]), proof, root), $"{index} of {size}");
            }
        }
    }

    [Fact]
    public async Task Every_pair_of_trees_up_to_64_leaves_is_proven_consistent_as_the_recursive_definition_proves_it()
    {
        for (var second = 1; second <= 64; second++)
        {
            var secondRoot = NaiveTree.Root(Rows.AsSpan(0, second));
            for (var first = 1; first <= second; first++)
            {
                var proof = await ReaderOf(second).ConsistencyAsync(first, Token);

                Assert.Equal(NaiveTree.Consistency(first, Rows.AsSpan(0, second)), proof);
                var firstRoot = NaiveTree.Root(Rows.AsSpan(0, first));
                Assert.True(MerkleProof.Extends(first, firstRoot, second, secondRoot, proof), $"{first} to {second}");
            }
        }
    }

    [Fact]
    public async Task Pairs_of_trees_up_to_300_leaves_are_proven_consistent()
    {
        for (var second = 65; second <= Rows.Length; second++)
        {
            var secondRoot = NaiveTree.Root(Rows.AsSpan(0, second));
            foreach (var first in new[] { 1, 64, second / 2, second - 1, second })
            {
                var proof = await ReaderOf(second).ConsistencyAsync(first, Token);

                var firstRoot = NaiveTree.Root(Rows.AsSpan(0, first));
                Assert.True(MerkleProof.Extends(first, firstRoot, second, secondRoot, proof), $"{first} to {second}");
            }
        }
    }

    [Fact]
    public async Task The_empty_tree_is_extended_by_every_tree_without_a_proof()
    {
        Assert.Empty(await ReaderOf(7).ConsistencyAsync(0, Token));
        Assert.True(MerkleProof.Extends(0, MerkleTree.EmptyRoot(), 7, Rows[0], []));
        Assert.False(MerkleProof.Extends(0, Rows[1], 7, Rows[0], []));
        Assert.False(MerkleProof.Extends(0, MerkleTree.EmptyRoot(), 7, Rows[0], [Rows[2]]));
    }

    [Fact]
    public async Task A_proof_in_a_large_tree_reads_a_few_stretches_of_hashes()
    {
        var rows = FrontierTests.Rows(200_000);
        var stored = new StoredTree(rows);
        var root = stored.Root;
        foreach (var index in new long[] { 0, 65_535, 65_536, 131_072, 196_607, 199_999 })
        {
            stored.HashesRead = 0;
            var proof = await new TreeReader(rows.Length, stored.ReadAsync).InclusionAsync(index, Token);

            Assert.True(MerkleProof.Includes(index, rows.Length, MerkleTree.LeafHash(rows[index]), proof, root), $"{index}");
            Assert.InRange(stored.HashesRead, 1, 2 * 3 * 256);
        }
    }

    [Fact]
    public async Task Missing_hashes_are_named()
    {
        ReadHashes lossy = async (level, first, count, token) =>
            [.. (await new StoredTree(Rows).ReadAsync(level, first, count, token)).Skip(1)];

        var missing = await Assert.ThrowsAsync<InvalidDataException>(() => new TreeReader(300, lossy).InclusionAsync(3, Token));

        Assert.Contains("should hold 256 hashes of level 0 from number 0 on, but 255", missing.Message, StringComparison.Ordinal);
    }

    static Task<IReadOnlyList<byte[]>> InclusionAsync(int index, int size) => ReaderOf(size).InclusionAsync(index, Token);

    static TreeReader ReaderOf(int size) => new(size, new StoredTree(Rows[..size]).ReadAsync);

    /// <summary>What the ledger stores of a tree.</summary>
    sealed class StoredTree
    {
        readonly Dictionary<int, List<byte[]>> _levels = new() { [0] = [], [1] = [], [2] = [] };

        public StoredTree(byte[][] rows)
        {
            var frontier = Frontier.Empty();
            var completed = new List<Subtree>();
            foreach (var row in rows)
            {
                _levels[0].Add(MerkleTree.LeafHash(row));
                frontier.Append(row, completed);
            }

            foreach (var subtree in completed)
                _levels[subtree.Level].Add(subtree.Hash);
            Root = frontier.Root();
        }

        public byte[] Root { get; }

        public int HashesRead { get; set; }

        public Task<IReadOnlyList<byte[]>> ReadAsync(int level, long first, int count, CancellationToken cancellationToken)
        {
            HashesRead += count;
            return Task.FromResult<IReadOnlyList<byte[]>>(_levels[level].Slice((int)first, count));
        }
    }
}
