namespace Resonance.AcceptanceTests.Support;

/// <summary>Finds the host that was built together with the tests.</summary>
static class HostBuild
{
    /// <summary>
    /// The Resonance.Host.dll of its own build output, in the configuration of the tests. The copy beside the tests would run
    /// against the versions of libraries that the tests need, which is not what is shipped.
    /// </summary>
    public static string Assembly { get; } = Find(AppContext.BaseDirectory, "services", "Resonance.Host");

    /// <summary>The same host in an executable that dies at a point of the step; see <see cref="HostSettings.WithFault"/>.</summary>
    public static string FaultyAssembly { get; } = Find(AppContext.BaseDirectory, "tests", "Resonance.FaultyHost");

    /// <summary>The tool.</summary>
    public static string CliAssembly { get; } = Find(AppContext.BaseDirectory, "services", "Resonance.Cli");

    // .../tests/Resonance.AcceptanceTests/bin/Release/net10.0/ -> .../services/Resonance.Host/bin/Release/net10.0/
    static string Find(string testOutput, string folder, string project)
    {
        var framework = new DirectoryInfo(Path.TrimEndingDirectorySeparator(testOutput));
        var configuration = framework.Parent!;
        var root = configuration.Parent!.Parent!.Parent!.Parent!;
        var assembly = Path.Combine(
            root.FullName, folder, project, "bin", configuration.Name, framework.Name, $"{project}.dll");
        return File.Exists(assembly)
            ? assembly
            : throw new FileNotFoundException(
                $"The host is not built: {assembly} is missing. Build tests/Resonance.AcceptanceTests.", assembly);
    }
}
