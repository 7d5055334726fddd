using Xunit;

namespace Resonance.Tests.House;

/// <summary>Each rule of the house over a small tree that breaks it.</summary>
public sealed class HouseRulesTests : IDisposable
{
    readonly string _root = Directory.CreateTempSubdirectory("resonance-house-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void A_file_may_have_400_lines_and_no_more()
    {
        Write("services/A/Fits.cs", Lines(400));
        Write("services/A/Long.cs", Lines(401));

        Assert.Equal(["services/A/Long.cs has 401 lines"], Heads(HouseRules.LongFiles));
    }

    [Fact]
    public void A_method_may_have_70_lines_and_no_more()
    {
        Write("services/A/Fits.cs", $"class A {{\n    void Fits()\n    {{\n{Lines(66)}    }}\n}}\n");
        Write("services/A/Long.cs", $"class A {{\n    void Brief() {{ }}\n\n    void Long()\n    {{\n{Lines(68)}    }}\n}}\n");
        Write("services/A/LongExpression.cs", $"class A {{\n    object Long() => Make(\n{Lines(70)}    );\n}}\n");

        Assert.Equal(
            ["services/A/Long.cs:4 Long has 71 lines", "services/A/LongExpression.cs:2 Long has 72 lines"],
            Heads(HouseRules.LongMethods));
    }

    [Fact]
    public void A_region_is_found_and_the_word_in_a_text_is_not()
    {
        Write("services/A/Region.cs", "  #region Fields\n  #endregion\n");
        Write("services/A/Text.cs", "// our #region\nvar a = \"#region\";\n");

        Assert.Equal(["services/A/Region.cs has a #region: it hides that the file holds several things."], Heads(HouseRules.Regions));
    }

    [Theory]
    [InlineData("// TODO: later")]
    [InlineData("// FIXME")]
    [InlineData("/* HACK */")]
    [InlineData("throw new NotImplementedException();")]
    public void A_mark_of_unfinished_work_is_found_in_what_is_shipped(string mark)
    {
        Write("services/A/A.cs", mark);
        Write("contracts/B/B.cs", mark);
        Write("tests/C/C.cs", mark);

        Assert.Equal(["contracts/B/B.cs", "services/A/A.cs"], Heads(HouseRules.UnfinishedMarks).Select(line => line.Split(' ')[0]));
    }

    [Fact]
    public void A_vague_name_is_found_in_files_and_folders()
    {
        Write("services/A/OrderHelpers.cs", "");
        Write("services/A/Common/Money.cs", "");
        Write("services/A/Manager.Partial.cs", "");
        Write("services/A/Uncommon.cs", "");
        Write("services/A/ManagerialReport.cs", "");

        Assert.Equal(
            ["services/A/Common", "services/A/Manager", "services/A/OrderHelpers"],
            Heads(HouseRules.VagueNames).Select(line => line.Split(':')[0]).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_project_that_knows_too_much_or_is_not_listed_is_found()
    {
        Write("services/Resonance.Gateway/Resonance.Gateway.csproj", ProjectWith(
            """<ProjectReference Include="..\Resonance.Engine\Resonance.Engine.csproj" />""",
            """<ProjectReference Include="../Resonance.Workflows/Resonance.Workflows.csproj" />"""));
        Write("services/Resonance.Surprise/Resonance.Surprise.csproj", ProjectWith());

        Assert.Equal(
            [
                "Resonance.Gateway refers to Resonance.Workflows, which it may not know.",
                "Resonance.Surprise is not listed in Arrows.Projects.",
            ],
            Arrows.WrongProjectReferences(new(_root)));
    }

    [Fact]
    public void A_package_of_the_contracts_is_found()
    {
        Write("contracts/Resonance.Contracts/Resonance.Contracts.csproj", ProjectWith("""<PackageReference Include="MassTransit" />"""));

        Assert.Equal(["Resonance.Contracts refers to MassTransit; it may refer to nothing."], Arrows.PackagesOfContracts(new(_root)));
    }

    [Fact]
    public void An_arrow_between_folders_that_is_not_listed_is_found_in_usings_and_in_the_code()
    {
        const string folder = "services/Resonance.Engine";
        Write($"{folder}/Door.cs", "using Resonance.Engine.Steps;\nnamespace Resonance.Engine;\n");
        Write($"{folder}/Rules/Fits.cs", "using Resonance.Engine.Journal;\nnamespace Resonance.Engine.Rules;\n// Resonance.Engine.Steps\n");
        Write($"{folder}/Rules/Imports.cs", "using Resonance.Engine.Storage.Postgres;\nnamespace Resonance.Engine.Rules;\n");
        Write($"{folder}/Rules/Names.cs", "namespace Resonance.Engine.Rules;\nclass A(Resonance.Engine.Steps.Step step);\n");
        Write($"{folder}/Surprise/Unlisted.cs", "using Resonance.Engine.Journal;\nnamespace Resonance.Engine.Surprise;\n");

        Assert.Equal(
            [
                $"{folder}/Rules/Imports.cs: Rules may not know Storage.",
                $"{folder}/Rules/Names.cs: Rules may not know Steps.",
                $"{folder}/Surprise/Unlisted.cs: Surprise may not know Journal.",
            ],
            Arrows.WrongFolderArrows(new(_root)));
    }

    [Fact]
    public void Build_outputs_are_not_looked_at()
    {
        Write("services/A/obj/Release/Generated.cs", Lines(500));
        Write("services/A/bin/Copied.cs", Lines(500));

        Assert.Empty(new SourceTree(_root).Files);
    }

    static string Lines(int count) => string.Concat(Enumerable.Repeat("/**/\n", count));

    static string ProjectWith(params string[] items) =>
        $"<Project Sdk=\"Microsoft.NET.Sdk\"><ItemGroup>{string.Concat(items)}</ItemGroup></Project>";

    void Write(string file, string text)
    {
        var path = Path.Combine(_root, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    IEnumerable<string> Heads(Func<SourceTree, IEnumerable<string>> rule) => rule(new(_root)).Select(line => line.Split(", ")[0]);
}
