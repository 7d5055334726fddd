using System.Text.RegularExpressions;

namespace Resonance.Tests.House;

/// <summary>The rules that any reader may count on. Each gives its violations, as lines that say where and what.</summary>
static partial class HouseRules
{
    public const int FileLines = 400;
    public const int MethodLines = 70;

    // Such a name says that a thing helps, not what it does, and so everything fits in.
    static readonly HashSet<string> VagueWords = new(StringComparer.Ordinal)
    {
        "Helper", "Helpers", "Util", "Utils", "Utility", "Utilities", "Common", "Manager", "Managers",
    };

    public static IEnumerable<string> LongFiles(SourceTree tree) =>
        from file in tree.FilesNamed(".cs")
        let lines = tree.Read(file).AsSpan().TrimEnd('\n').Count('\n') + 1
        where lines > FileLines
        select $"{file} has {lines} lines, {FileLines} at most: which concept in it wants a name of its own?";

    public static IEnumerable<string> LongMethods(SourceTree tree) =>
        from file in tree.FilesNamed(".cs")
        from method in CSharpMembers.MethodsOf(tree.Read(file))
        where method.Lines > MethodLines
        select $"{file}:{method.FirstLine} {method.Name} has {method.Lines} lines, {MethodLines} at most.";

    public static IEnumerable<string> Regions(SourceTree tree) =>
        from file in tree.FilesNamed(".cs")
        where RegionDirective().IsMatch(tree.Read(file))
        select $"{file} has a #region: it hides that the file holds several things.";

    /// <summary>In what is shipped; comments count, since that is where such marks stand.</summary>
    public static IEnumerable<string> UnfinishedMarks(SourceTree tree) =>
        from file in tree.FilesNamed(".cs")
        where file.StartsWith("services/", StringComparison.Ordinal) || file.StartsWith("contracts/", StringComparison.Ordinal)
        from mark in Unfinished().Matches(tree.Read(file)).Select(match => match.Value).Distinct()
        select $"{file} has {mark}: finish it, or write an issue and take the mark out.";

    public static IEnumerable<string> VagueNames(SourceTree tree) =>
        from name in tree.Files.SelectMany(file => Prefixes(file)).Distinct(StringComparer.Ordinal)
        where VagueWords.Contains(LastWord().Match(name).Value)
        select $"{name}: name it for what it does.";

    // a/b/C.cs gives a, a/b and a/b/C: every folder, and the file without its ending.
    static IEnumerable<string> Prefixes(string file)
    {
        var parts = file.Split('/');
        parts[^1] = parts[^1].Split('.')[0];
        return Enumerable.Range(1, parts.Length).Select(count => string.Join('/', parts[..count]));
    }

    [GeneratedRegex(@"^\s*#\s*region\b", RegexOptions.Multiline)]
    private static partial Regex RegionDirective();

    [GeneratedRegex(@"\b(TODO|FIXME|HACK|NotImplementedException)\b")]
    private static partial Regex Unfinished();

    // OrderHelpers and Resonance.Common end in a vague word, Uncommon does not.
    [GeneratedRegex(@"[A-Z][a-z]*$")]
    private static partial Regex LastWord();
}
