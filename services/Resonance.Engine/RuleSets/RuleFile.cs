using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Resonance.Engine.RuleSets;

/// <summary>A rule as it stands in a file.</summary>
/// <param name="Place">File, line and column, for people.</param>
/// <param name="Workflow">Type of the workflow.</param>
/// <param name="Name">Name of the rule.</param>
/// <param name="Expression">What it is to say.</param>
/// <param name="Description">As in the code when null.</param>
/// <param name="FailMeans">As in the code when null.</param>
sealed record RuleEntry(string Place, string Workflow, string Name, string Expression, string? Description, string? FailMeans);

/// <summary>A YAML file with a workflow and rules of it. It is read as nodes, and not as objects, as only nodes know their place.</summary>
sealed class RuleFile(string name, ICollection<string> problems)
{
    const string FileForm = "a file of rules has 'workflow', the type of a workflow, and 'rules', a list of rules";
    const string RuleForm = "a rule has 'name' and 'expression'; 'description' and 'fail_means' may be left out";

    static readonly Mark Beginning = new(index: 0, line: 1, column: 1);

    /// <summary>The rules that can be read, in their order; what is wrong with the others goes to the problems.</summary>
    public IEnumerable<RuleEntry> Read(string yaml)
    {
        try
        {
            var stream = new YamlStream();
            stream.Load(new StringReader(yaml));
            if (stream.Documents is [{ RootNode: var root }])
                return ReadRoot(root);
            Refuse(Beginning, $"{FileForm}.");
        }
        catch (YamlException exception)
        {
            Refuse(exception.Start, exception.InnerException?.Message ?? exception.Message);
        }

        return [];
    }

    IEnumerable<RuleEntry> ReadRoot(YamlNode root)
    {
        if (Members(root, FileForm, ["workflow"], lists: ["rules"]) is not { } members)
            return [];
        if (Text(members, "workflow") is { } workflow && members.GetValueOrDefault("rules") is YamlSequenceNode rules)
            return rules.Select(rule => ReadRule(workflow, rule)).OfType<RuleEntry>();
        Refuse(root.Start, $"{FileForm}.");
        return [];
    }

    RuleEntry? ReadRule(string workflow, YamlNode node)
    {
        if (Members(node, RuleForm, ["name", "expression", "description", "fail_means"], lists: []) is not { } members)
            return null;
        if (Text(members, "name") is { } rule && Text(members, "expression") is { } expression)
            return new RuleEntry(Place(node.Start), workflow, rule, expression, Text(members, "description"), Text(members, "fail_means"));
        Refuse(node.Start, $"{RuleForm}.");
        return null;
    }

    /// <summary>The members by their names; null when the node is no map of these texts and lists.</summary>
    Dictionary<string, YamlNode>? Members(YamlNode node, string form, string[] texts, string[] lists)
    {
        if (node is not YamlMappingNode map)
        {
            Refuse(node.Start, $"{form}.");
            return null;
        }

        var members = new Dictionary<string, YamlNode>(StringComparer.Ordinal);
        foreach (var (key, value) in map.Children)
        {
            var member = (key as YamlScalarNode)?.Value ?? "";
            var fits = texts.Contains(member) ? value is YamlScalarNode : lists.Contains(member) && value is YamlSequenceNode;
            if (fits)
                members.Add(member, value);
            else
                Refuse(key.Start, texts.Contains(member) ? $"'{member}' is a text." : lists.Contains(member) ? $"'{member}' is a list."
                    : $"there is no '{member}' here: {form}.");
        }

        return members.Count == map.Children.Count ? members : null;
    }

    /// <summary>Null when the member is not there, or has nothing behind its colon.</summary>
    static string? Text(Dictionary<string, YamlNode> members, string member) =>
        members.GetValueOrDefault(member) is YamlScalarNode { Value: { Length: > 0 } text } ? text : null;

    void Refuse(Mark at, string problem) => problems.Add($"{Place(at)}: {problem}");

    string Place(Mark at) => $"{name}:{at.Line}:{at.Column}";
}
