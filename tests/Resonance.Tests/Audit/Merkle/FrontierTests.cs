using System.Security.Cryptography;
using Resonance.Audit.Merkle;
using Xunit;

namespace Resonance.Tests.Audit.Merkle;

public sealed class FrontierTests
{
    /// <summary>The inputs that the implementations of Certificate Transparency test each other with, and the root over the first n.</summary>
    static readonly string[] KnownLeaves =
        ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];

    static readonly string[] KnownRoots =
    [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];

    [Fact]
    public void The_roots_known_from_certificate_transparency_come_out()
    {
        for (var size = 0; size <= KnownLeaves.Length; size++)
        {
            var leaves = KnownLeaves.Take(size).Select(leaf => (ReadOnlyMemory<byte>)Convert.FromHexString(leaf));

            Assert.Equal(KnownRoots[size], Convert.ToHexStringLower(MerkleTree.Root(leaves)));
        }
    }

    [Fact]
    public void Every_root_up_to_300_leaves_is_the_one_of_the_recursive_definition()
    {
        var rows = Rows(300);
        var frontier = Frontier.Empty();
        for (var size = 0; size <= rows.Length; size++)
        {
            Assert.Equal(size, frontier.Size);
            Assert.Equal(NaiveTree.Root(rows.AsSpan(0, size)), frontier.Root());
            if (size < rows.Length)
            {
                frontier.Append(rows[size], []);
            }
        }
    }

    [Fact]
    public void It_grows_on_from_the_bytes_that_were_stored()
    {
        var rows = Rows(300);
        var frontier = Frontier.Empty();
        foreach (var row in rows)
        {
            frontier.Append(row, []);
            frontier = Frontier.Parse(frontier.Size, frontier.ToBytes());
        }

        Assert.Equal(NaiveTree.Root(rows), frontier.Root());
    }

    [Fact]
    public void Complete_subtrees_of_256_leaves_and_of_256_of_those_are_handed_out_as_they_close()
    {
        var rows = Rows(3 * 65_536 + 300);
        var frontier = Frontier.Empty();
        var completed = new List<Subtree>();
        foreach (var row in rows)
        {
            frontier.Append(row, completed);
        }

        var small = completed.Where(subtree => subtree.Level == 1).ToList();
        var large = completed.Where(subtree => subtree.Level == 2).ToList();
        Assert.Equal(small.Count + large.Count, completed.Count);
        Assert.Equal(Enumerable.Range(0, 3 * 256 + 1).Select(i => (long)i), small.Select(subtree => subtree.Index));
        Assert.Equal([0, 1, 2], large.Select(subtree => subtree.Index));
        Assert.All([0, 1, 255, 256, 768], i => Assert.Equal(NaiveTree.Root(rows.AsSpan(i * 256, 256)), small[i].Hash));
        Assert.All([0, 1, 2], i => Assert.Equal(NaiveTree.Root(rows.AsSpan(i * 65_536, 65_536)), large[i].Hash));
    }

    [Theory]
    [InlineData(0, 32)]
    [InlineData(1, 0)]
    [InlineData(3, 32)]
    [InlineData(4, 33)]
    [InlineData(-1, 64)]
    public void Bytes_that_cannot_be_the_frontier_of_that_size_are_refused(long size, int length)
    {
        var refused = Assert.Throws<InvalidDataException>(() => Frontier.Parse(size, new byte[length]));

        Assert.Contains($"{size} leaves", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_leaf_that_is_no_hash_of_a_row_is_refused() =>
        Assert.Throws<ArgumentException>(() => Frontier.Empty().Append(new byte[31], []));

    internal static byte[][] Rows(int count) => [.. Enumerable.Range(0, count).Select(i => SHA256.HashData(BitConverter.GetBytes(i)))];
}
