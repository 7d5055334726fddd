using Xunit;

namespace Resonance.Tests.House;

/// <summary>The rules of the house over this repository; <see cref="HouseRulesTests"/> shows that each of them can fail.</summary>
public sealed class HouseTests
{
    static readonly SourceTree Tree = SourceTree.OfThisRepository;

    [Fact]
    public void Files_fit_on_a_few_screens() => AssertNone(HouseRules.LongFiles(Tree));

    [Fact]
    public void Methods_fit_on_a_screen() => AssertNone(HouseRules.LongMethods(Tree));

    [Fact]
    public void No_file_is_structured_by_regions() => AssertNone(HouseRules.Regions(Tree));

    [Fact]
    public void Nothing_that_is_shipped_is_marked_as_unfinished() => AssertNone(HouseRules.UnfinishedMarks(Tree));

    [Fact]
    public void Names_say_what_a_thing_does() => AssertNone(HouseRules.VagueNames(Tree));

    [Fact]
    public void Projects_know_only_those_below_them() => AssertNone(Arrows.WrongProjectReferences(Tree));

    [Fact]
    public void The_contracts_bring_nothing_along() => AssertNone(Arrows.PackagesOfContracts(Tree));

    [Fact]
    public void Folders_of_the_engine_know_only_those_that_they_are_listed_with() => AssertNone(Arrows.WrongFolderArrows(Tree));

    [Fact]
    public void The_folders_of_the_engine_build_upon_one_another_without_a_cycle()
    {
        var below = new HashSet<string>();
        foreach (var (folder, uponWhich) in Arrows.EngineFolders)
        {
            Assert.Empty(uponWhich.Except(below));
            below.Add(folder);
        }
    }

    // A search that finds nothing to look at would satisfy every rule above.
    [Fact]
    public void The_source_tree_is_this_repository()
    {
        Assert.Contains("contracts/Resonance.Contracts/Resonance.Contracts.csproj", Tree.Files);
        Assert.Contains("tests/Resonance.Tests/House/HouseTests.cs", Tree.Files);
        Assert.DoesNotContain(Tree.Files, file => file.Contains("/obj/", StringComparison.Ordinal));
    }

    // Assert.Empty would cut the list short; all of it is what one wants to read.
    static void AssertNone(IEnumerable<string> violations)
    {
        var all = string.Join('\n', violations);
        Assert.True(all.Length == 0, all);
    }
}
