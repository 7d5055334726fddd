namespace Resonance.Tests.House;

/// <summary>The files of the repository that people write, by their paths from its root with forward slashes.</summary>
sealed class SourceTree(string root)
{
    static readonly string[] Sources = ["contracts", "services", "tests"];

    static readonly HashSet<string> NotOurs = new(StringComparer.OrdinalIgnoreCase) { "bin", "obj", "node_modules", "TestResults" };

    /// <summary>The repository that these tests were built from.</summary>
    public static SourceTree OfThisRepository { get; } = new(FindRoot(AppContext.BaseDirectory));

    /// <summary>All files below contracts, services and tests, without build outputs.</summary>
    public IEnumerable<string> Files => Sources
        .Select(folder => new DirectoryInfo(Path.Combine(root, folder)))
        .Where(folder => folder.Exists)
        .SelectMany(Walk)
        .Select(file => Path.GetRelativePath(root, file.FullName).Replace('\\', '/'))
        .Order(StringComparer.Ordinal);

    public IEnumerable<string> FilesNamed(string ending) => Files.Where(file => file.EndsWith(ending, StringComparison.Ordinal));

    public string Read(string file) => File.ReadAllText(Path.Combine(root, file));

    internal static string FindRoot(string start)
    {
        for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Resonance.sln")))
                return folder.FullName;
        }

        throw new DirectoryNotFoundException($"No Resonance.sln in {start} or above it.");
    }

    static IEnumerable<FileInfo> Walk(DirectoryInfo folder) => folder.EnumerateFiles()
        .Concat(folder.EnumerateDirectories().Where(child => !NotOurs.Contains(child.Name)).SelectMany(Walk));
}
