using System.Text.RegularExpressions;

namespace Resonance.Workflows.Notifications;

/// <summary>Subject and text of a notification.</summary>
sealed record NotificationText(string Subject, string Text);

/// <summary>What came of filling a template in.</summary>
/// <param name="Text">The text; null when it could not be filled in.</param>
/// <param name="Problem">Why not, for people; null when it could.</param>
readonly record struct TemplateOutcome(NotificationText? Text, string? Problem);

/// <summary>A text file of the folder <c>Templates</c>: the subject in its first line, and <c>{name}</c> where a value belongs.</summary>
sealed partial class MessageTemplate
{
    const string Folder = "Resonance.Workflows.Notifications.Templates.";
    const string Extension = ".txt";
    const string SubjectLine = "Subject: ";

    static readonly IReadOnlyDictionary<string, MessageTemplate> ByName = ReadAll();

    readonly string _name;
    readonly string _subject;
    readonly string _text;

    MessageTemplate(string name, string content)
    {
        _name = name;
        var parts = content.ReplaceLineEndings("\n").Split("\n\n", 2);
        if (parts is not [var first, var text] || !first.StartsWith(SubjectLine, StringComparison.Ordinal))
            throw new InvalidDataException($"The template '{name}' must begin with '{SubjectLine}...' and an empty line.");
        (_subject, _text) = (first[SubjectLine.Length..], text);
    }

    /// <summary>Every name that there is.</summary>
    public static IEnumerable<string> Names => ByName.Keys.Order(StringComparer.Ordinal);

    /// <summary>Fills a template in. A value that the template does not ask for is ignored.</summary>
    public static TemplateOutcome Render(string name, IReadOnlyDictionary<string, string> data) =>
        ByName.TryGetValue(name, out var template)
            ? template.Render(data)
            : new TemplateOutcome(null, $"There is no template '{name}'. Known templates: {string.Join(", ", Names)}.");

    TemplateOutcome Render(IReadOnlyDictionary<string, string> data)
    {
        var missing = Placeholder().Matches(_subject + _text).Select(match => match.Groups[1].Value)
            .Where(value => !data.ContainsKey(value)).Distinct(StringComparer.Ordinal).ToArray();
        return missing.Length > 0
            ? new TemplateOutcome(null, $"The template '{_name}' needs a value for {string.Join(", ", missing)}.")
            : new TemplateOutcome(new NotificationText(OneLine(Fill(_subject, data)), Fill(_text, data)), null);
    }

    static string Fill(string text, IReadOnlyDictionary<string, string> data) =>
        Placeholder().Replace(text, match => data[match.Groups[1].Value]);

    /// <summary>A line break in a subject would begin another header.</summary>
    static string OneLine(string text) => string.Concat(text.Select(letter => char.IsControl(letter) ? ' ' : letter));

    static Dictionary<string, MessageTemplate> ReadAll()
    {
        var assembly = typeof(MessageTemplate).Assembly;
        return assembly.GetManifestResourceNames()
            .Where(resource => resource.StartsWith(Folder, StringComparison.Ordinal))
            .Select(resource =>
            {
                using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
                return new MessageTemplate(resource[Folder.Length..^Extension.Length], reader.ReadToEnd());
            })
            .ToDictionary(template => template._name, StringComparer.Ordinal);
    }

    [GeneratedRegex(@"\{([A-Za-z][A-Za-z0-9]*)\}")]
    private static partial Regex Placeholder();
}
