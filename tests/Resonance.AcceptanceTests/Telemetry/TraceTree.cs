using System.Globalization;
using System.Text;

namespace Resonance.AcceptanceTests.Telemetry;

/// <summary>The spans of a trace as a tree that a person can read, one line a span.</summary>
static class TraceTree
{
    /// <summary>Spans whose parent did not arrive stand at the top; below a span stand those that it caused, in the order of their start.</summary>
    public static string Draw(IReadOnlyList<SeenSpan> spans, params ReadOnlySpan<string> attributes)
    {
        var text = new StringBuilder();
        var known = spans.Select(span => span.SpanId).ToHashSet();
        foreach (var root in spans.Where(span => !known.Contains(span.ParentId)).OrderBy(span => span.Started))
            Draw(root, spans, depth: 0, attributes, text);
        return text.ToString();
    }

    static void Draw(SeenSpan span, IReadOnlyList<SeenSpan> spans, int depth, ReadOnlySpan<string> attributes, StringBuilder text)
    {
        text.Append(' ', depth * 2).Append(CultureInfo.InvariantCulture, $"{span.Name} ({span.Kind.ToString().ToLowerInvariant()})");
        foreach (var name in attributes)
        {
            if (span.Attribute(name) is { } value)
                text.Append(CultureInfo.InvariantCulture, $" {name}={value}");
        }

        text.Append(span.Failed ? " FAILED" : "").Append('\n');
        foreach (var told in span.Events)
            text.Append(' ', depth * 2 + 2).Append(CultureInfo.InvariantCulture, $"! {told.Name} {string.Join(' ', told.Attributes.Select(pair => $"{pair.Key}={pair.Value}"))}\n");
        foreach (var child in spans.Where(candidate => candidate.ParentId == span.SpanId).OrderBy(candidate => candidate.Started))
            Draw(child, spans, depth + 1, attributes, text);
    }
}
