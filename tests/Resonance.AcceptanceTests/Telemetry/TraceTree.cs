using System.Globalization;
using System.Text;

namespace Resonance.AcceptanceTests.Telemetry;

/// <summary>The spans of a trace as a tree that a person can read: one line a span, with its events below it.</summary>
static class TraceTree
{
    // What is the same in every run; ids, times and waits with jitter are not.
    static readonly string[] Shown =
    [
        "http.response.status_code", "resonance.message", "resonance.event", "resonance.state.from", "resonance.state.to",
        "resonance.step.outcome", "resonance.activity", "resonance.attempt", "resonance.worker.outcome", "error.type",
    ];

    /// <summary>
    /// Spans whose parent is not among them stand at the top. Which store it is does not show, nor the statements of workers: Npgsql tells
    /// of them, and SQLite's driver tells of nothing.
    /// </summary>
    public static string Draw(IReadOnlyCollection<SeenSpan> spans)
    {
        var text = new StringBuilder();
        var drawn = spans.Where(span => span.Scope != "Npgsql").ToArray();
        var known = drawn.Select(span => span.SpanId).ToHashSet();
        Draw(drawn.Where(span => !known.Contains(span.ParentId)), drawn, depth: 0, text);
        return text.ToString();
    }

    static void Draw(IEnumerable<SeenSpan> siblings, IReadOnlyList<SeenSpan> all, int depth, StringBuilder text)
    {
        // What a step sends leaves at the same moment, so that only names tell siblings apart in every run.
        foreach (var span in siblings.OrderBy(Name, StringComparer.Ordinal).ThenBy(span => span.Started))
        {
            Line(text, depth, $"{Name(span)} ({span.Kind.ToString().ToLowerInvariant()})", span.Attributes, Shown);
            if (span.Failed)
                text.Insert(text.Length - 1, " FAILED");
            foreach (var told in span.Events)
                Line(text, depth + 1, $"! {told.Name}", told.Attributes, told.Attributes.Keys.Where(name => name != "resonance.delay"));
            Draw(all.Where(candidate => candidate.ParentId == span.SpanId), all, depth + 1, text);
        }
    }

    static void Line(
        StringBuilder text, int depth, string head, IReadOnlyDictionary<string, object?> attributes, IEnumerable<string> shown)
    {
        text.Append(' ', depth * 2).Append(head);
        foreach (var name in shown)
        {
            if (attributes.TryGetValue(name, out var value))
                text.Append(CultureInfo.InvariantCulture, $" {name}={value}");
        }

        text.Append('\n');
    }

    static string Name(SeenSpan span) => span.Attribute("db.system.name") is { } database
        ? span.Name.Replace(database, "(store)", StringComparison.Ordinal)
        : span.Name;
}
