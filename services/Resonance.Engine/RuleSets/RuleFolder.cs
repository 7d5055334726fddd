using System.Text.RegularExpressions;
using Resonance.Engine.Rules;
using YamlDotNet.Core;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace Resonance.Engine.RuleSets;

/// <summary>Reads the rules folder: YAML files, each with a workflow and rules of it.</summary>
static partial class RuleFolder
{
    static readonly IDeserializer Yaml = new DeserializerBuilder()
        .WithNamingConvention(UnderscoredNamingConvention.Instance)
        .WithDuplicateKeyChecking()
        .Build();

    /// <summary>Reads every file of the folder, in the order of their names.</summary>
    /// <param name="directory">Need not exist.</param>
    /// <param name="book">The rules that may be overridden.</param>
    /// <param name="problems">All that is wrong, with file and position.</param>
    public static IReadOnlyDictionary<WorkflowRule, RuleText> Read(string directory, RuleBook book, ICollection<string> problems)
    {
        var texts = new Dictionary<WorkflowRule, RuleText>();
        if (!Directory.Exists(directory))
            return texts;

        var files = Directory.EnumerateFiles(directory).Where(file => Path.GetExtension(file) is ".yaml" or ".yml");
        foreach (var file in files.Order(StringComparer.Ordinal))
        {
            var name = Path.GetFileName(file);
            try
            {
                Read(name, Yaml.Deserialize<RuleFile?>(File.ReadAllText(file)), book, texts, problems);
            }
            catch (YamlException exception)
            {
                problems.Add($"{name}:{exception.Start.Line}:{exception.Start.Column}: {InWords(exception)}");
            }
        }

        return texts;
    }

    /// <summary>The reader speaks of our types where it means the file.</summary>
    static string InWords(YamlException exception)
    {
        var message = exception.InnerException?.Message ?? exception.Message;
        return UnknownMember().Match(message) is { Success: true } unknown
            ? $"'{unknown.Groups[1].Value}' is not known here: a file has 'workflow' and 'rules', a rule 'name', 'expression', 'description' and 'fail_means'."
            : message;
    }

    [GeneratedRegex("^Property '(.+)' not found on type")]
    private static partial Regex UnknownMember();

    static void Read(
        string file, RuleFile? content, RuleBook book, Dictionary<WorkflowRule, RuleText> texts, ICollection<string> problems)
    {
        if (content?.Workflow is not { } workflow || content.Rules is not { } rules)
        {
            problems.Add($"{file}: a file of rules has 'workflow', the type of a workflow, and 'rules', a list of rules.");
            return;
        }

        foreach (var rule in rules)
        {
            if (rule?.Name is not { } name || rule.Expression is not { } expression)
            {
                problems.Add($"{file}: a rule has 'name' and 'expression'; 'description' and 'fail_means' may be left out.");
                continue;
            }

            if (book.Find(workflow, name) is not { } known)
            {
                var names = string.Join(", ", book.All.Select(one => one.ToString()));
                problems.Add($"{file}: there is no rule {workflow}/{name}. Rules: {names}.");
                continue;
            }

            foreach (var error in known.Rule.Check(expression))
                problems.Add($"{file}: rule {known}: {error}");
            var text = new RuleText(expression, rule.Description ?? known.Rule.Default.Description, rule.FailMeans ?? known.Rule.Default.FailMeans);
            if (!texts.TryAdd(known, text))
                problems.Add($"{file}: rule {known} stands in the folder twice.");
        }
    }

#pragma warning disable CA1812 // Made by the YAML reader.
    sealed class RuleFile
    {
        public string? Workflow { get; set; }

        public List<RuleEntry?>? Rules { get; set; }
    }

    sealed class RuleEntry
    {
        public string? Name { get; set; }

        public string? Expression { get; set; }

        public string? Description { get; set; }

        public string? FailMeans { get; set; }
    }
#pragma warning restore CA1812
}
