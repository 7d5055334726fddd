using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Resonance.Tests.Golden;

/// <summary>The files of golden steps, one for each release.</summary>
static class GoldenReleases
{
    public static IEnumerable<string> All => Directory.EnumerateFiles(Folder(), "*.json").Select(Path.GetFileNameWithoutExtension).Order()!;

    public static string PathOf(string release) => Path.Combine(Folder(), release + ".json");

    public static IReadOnlyList<GoldenStep> Read(string release) =>
        JsonSerializer.Deserialize<GoldenStep[]>(File.ReadAllText(PathOf(release)), GoldenStep.Json)!;

    static string Folder([CallerFilePath] string path = "") =>
        Directory.CreateDirectory(Path.Combine(Path.GetDirectoryName(path)!, "Releases")).FullName;
}
