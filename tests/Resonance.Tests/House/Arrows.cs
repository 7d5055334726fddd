using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Resonance.Tests.House;

/// <summary>
/// Who may know whom. Projects and the folders of Resonance.Engine are listed once, here; a new arrow is a decision, and this is
/// where it is made.
/// </summary>
static partial class Arrows
{
    /// <summary>Each project with those that it may refer to.</summary>
    public static readonly IReadOnlyDictionary<string, string[]> Projects = new Dictionary<string, string[]>
    {
        ["Resonance.Contracts"] = [],
        ["Resonance.Engine"] = ["Resonance.Contracts"],
        ["Resonance.Workflows"] = ["Resonance.Contracts", "Resonance.Engine"],
        ["Resonance.Audit"] = ["Resonance.Contracts", "Resonance.Engine"],
        ["Resonance.Gateway"] = ["Resonance.Contracts", "Resonance.Engine", "Resonance.Audit"],
        ["Resonance.Host"] = ["Resonance.Contracts", "Resonance.Engine", "Resonance.Workflows", "Resonance.Audit", "Resonance.Gateway"],
        // Over HTTP alone: what it can do, anybody can do.
        ["Resonance.Cli"] = [],
        ["Resonance.Tests"] =
        [
            "Resonance.Contracts", "Resonance.Engine", "Resonance.Workflows", "Resonance.Audit", "Resonance.Gateway", "Resonance.Host",
            "Resonance.Cli",
        ],
        ["Resonance.AcceptanceTests"] =
        [
            "Resonance.Contracts", "Resonance.Engine", "Resonance.Workflows", "Resonance.Audit", "Resonance.Gateway", "Resonance.Host",
            "Resonance.FaultyHost", "Resonance.Cli",
        ],
        ["Resonance.FaultyHost"] = ["Resonance.Host"],
        ["Resonance.Benchmarks"] =
            ["Resonance.Contracts", "Resonance.Engine", "Resonance.Workflows", "Resonance.Audit", "Resonance.Host"],
    };

    /// <summary>Each folder of Resonance.Engine with those that it builds upon, lowest first. This part has no cycle.</summary>
    public static readonly IReadOnlyDictionary<string, string[]> EngineFolders = new Dictionary<string, string[]>
    {
        ["Telemetry"] = [],
        ["Recovery"] = [],
        ["Journal"] = [],
        ["Rules"] = ["Journal"],
        ["Storage"] = ["Journal", "Telemetry"],
        ["Queues"] = ["Storage", "Telemetry"],
        ["Delivery"] = ["Journal", "Recovery", "Storage", "Telemetry"],
        ["Steps"] = ["Delivery", "Journal", "Storage", "Telemetry"],
        ["Definitions"] = ["Delivery", "Journal", "Queues", "Recovery", "Rules", "Steps", "Storage", "Telemetry"],
        ["Workers"] = ["Storage", "Telemetry"],
        ["Operations"] = ["Definitions", "Delivery", "Journal", "Queues", "Recovery", "Steps", "Storage", "Telemetry", "Workers"],
        ["Schedules"] = ["Definitions", "Delivery", "Steps", "Storage", "Workers"],
        ["Admission"] = ["Definitions", "Delivery", "Operations", "Queues", "Steps", "Storage"],
        ["Testing"] = ["Admission", "Definitions", "Delivery", "Journal", "Steps", "Storage"],
        ["RuleSets"] = ["Definitions", "Rules", "Steps", "Storage", "Telemetry", "Workers"],
    };

    /// <summary>The arrows that run against <see cref="EngineFolders"/>, with the reason for each. May it get shorter.</summary>
    public static readonly IReadOnlyDictionary<(string From, string To), string> AgainstTheStream =
        new Dictionary<(string From, string To), string>
        {
            [("Journal", "Definitions")] = "status and state names are words of the definition",
            [("Storage", "Definitions")] = "status and description are words of the definition",
            [("Storage", "Queues")] = "a place in a queue is taken and left in the commit of the step",
            [("Delivery", "Definitions")] = "keys and addresses follow from the description of a workflow",
            [("Steps", "Definitions")] = "a step moves an instance",
            [("Delivery", "Steps")] = "what MassTransit schedules or sends inside a step is captured there",
        };

    public static IEnumerable<string> WrongProjectReferences(SourceTree tree) =>
        from file in tree.FilesNamed(".csproj")
        let project = Path.GetFileNameWithoutExtension(file)
        from complaint in Projects.TryGetValue(project, out var allowed)
            ? from reference in References(tree, file, "ProjectReference").Select(NameOfProject)
              where !allowed.Contains(reference)
              select $"{project} refers to {reference}, which it may not know."
            : [$"{project} is not listed in {nameof(Arrows)}.{nameof(Projects)}."]
        select complaint;

    /// <summary>The wire is for everyone, so it brings nothing along.</summary>
    public static IEnumerable<string> PackagesOfContracts(SourceTree tree) =>
        from file in tree.FilesNamed("/Resonance.Contracts.csproj")
        from package in References(tree, file, "PackageReference").Concat(References(tree, file, "FrameworkReference"))
        select $"Resonance.Contracts refers to {package}; it may refer to nothing.";

    public static IEnumerable<string> WrongFolderArrows(SourceTree tree)
    {
        const string engine = "services/Resonance.Engine/";
        return
            from file in tree.FilesNamed(".cs")
            where file.StartsWith(engine, StringComparison.Ordinal)
            let folders = file[engine.Length..].Split('/')
            // The files beside the folders are the engine's door, and see all of it.
            where folders.Length > 1
            let code = CSharpText.WithoutCommentsAndStrings(tree.Read(file))
            from to in EngineNamespace().Matches(code).Select(name => name.Groups[1].Value).Distinct()
            where to != folders[0] && !IsAllowed(folders[0], to)
            select $"{file}: {folders[0]} may not know {to}.";
    }

    static bool IsAllowed(string from, string to) =>
        (EngineFolders.TryGetValue(from, out var allowed) && allowed.Contains(to)) || AgainstTheStream.ContainsKey((from, to));

    static IEnumerable<string> References(SourceTree tree, string file, string element) =>
        XDocument.Parse(tree.Read(file)).Descendants(element).Select(reference => (string?)reference.Attribute("Include") ?? "");

    static string NameOfProject(string path) => Path.GetFileNameWithoutExtension(path.Replace('\\', '/'));

    // In a using or written out; not in the line that says where the file itself is.
    [GeneratedRegex(@"(?<!namespace\s+)Resonance\.Engine\.(\w+)")]
    private static partial Regex EngineNamespace();
}
