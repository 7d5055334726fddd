using Resonance.Engine.Rules;

namespace Resonance.Engine.RuleSets;

/// <summary>Reads the rules folder: YAML files, each with a workflow and rules of it.</summary>
static class RuleFolder
{
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
            foreach (var entry in new RuleFile(Path.GetFileName(file), problems).Read(File.ReadAllText(file)))
                Add(entry, book, texts, problems);
        }

        return texts;
    }

    static void Add(RuleEntry entry, RuleBook book, Dictionary<WorkflowRule, RuleText> texts, ICollection<string> problems)
    {
        if (book.Find(entry.Workflow, entry.Name) is not { } known)
        {
            var names = string.Join(", ", book.All.Select(one => one.ToString()));
            problems.Add($"{entry.Place}: there is no rule {entry.Workflow}/{entry.Name}. Rules: {names}.");
            return;
        }

        foreach (var error in known.Rule.Check(entry.Expression))
            problems.Add($"{entry.Place}: rule {known}: {error}");
        var before = known.Rule.Default;
        var text = new RuleText(entry.Expression, entry.Description ?? before.Description, entry.FailMeans ?? before.FailMeans);
        if (!texts.TryAdd(known, text))
            problems.Add($"{entry.Place}: rule {known} stands in the folder twice.");
    }
}
