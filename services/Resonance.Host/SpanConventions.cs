using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.RegularExpressions;
using OpenTelemetry;

namespace Resonance.Host;

/// <summary>
/// Gives the spans of MassTransit and Npgsql the names and attributes of OpenTelemetry's present conventions: MassTransit follows earlier
/// ones, and Npgsql calls every statement <c>postgresql</c>.
/// </summary>
/// <remarks>
/// https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans/ and
/// https://opentelemetry.io/docs/specs/semconv/database/database-spans/
/// </remarks>
sealed partial class SpanConventions(string broker) : BaseProcessor<Activity>
{
    const int MostSummaries = 1000;
    const string Urn = "urn:message:";

    // Said by the attributes below in the words of the conventions, or of no use without MassTransit's sources.
    static readonly string[] Left =
    [
        "messaging.operation", "messaging.masstransit.message_id", "messaging.masstransit.correlation_id",
        "messaging.masstransit.initiator_id", "messaging.masstransit.request_id", "messaging.masstransit.source_address",
        "messaging.masstransit.destination_address", "messaging.masstransit.input_address", "messaging.masstransit.message_types",
        "peer.address",
    ];

    readonly ConcurrentDictionary<string, string?> _summaries = new(StringComparer.Ordinal);

    public override void OnEnd(Activity data)
    {
        if (!data.IsAllDataRequested)
            return;

        if (data.Source.Name == "MassTransit")
            Message(data);
        else if (data.Source.Name == "Npgsql")
            Statement(data);
    }

    void Message(Activity span)
    {
        var operation = span.Kind == ActivityKind.Producer ? "send" : "process";
        var destination = Text(span, "messaging.destination.name") ?? "";
        if (destination.StartsWith(Urn, StringComparison.Ordinal))
            destination = destination[Urn.Length..];
        var id = Text(span, "messaging.message.id") ?? Text(span, "messaging.masstransit.message_id");
        var types = Text(span, "messaging.masstransit.message_types");
        span.DisplayName = $"{operation} {destination}";
        foreach (var name in Left)
            span.SetTag(name, null);
        span.SetTag("messaging.system", broker)
            .SetTag("messaging.operation.name", operation)
            .SetTag("messaging.operation.type", operation)
            .SetTag("messaging.destination.name", destination)
            .SetTag("messaging.message.id", id)
            .SetTag("resonance.message", types is null ? null : Contract(types));
    }

    /// <summary>The first of the types is the message's own; those after it are what else it may be taken for.</summary>
    static string Contract(string types)
    {
        var first = types.Split(',', 2)[0];
        return first[(first.LastIndexOf(':') + 1)..];
    }

    void Statement(Activity span)
    {
        if (Text(span, "db.query.text") is not { } sql)
            return;

        // Statements are written in code, so there are few; should somebody build them at run time, the memory does not grow.
        if (!_summaries.TryGetValue(sql, out var summary))
        {
            summary = Summary(sql);
            if (_summaries.Count < MostSummaries)
                _summaries[sql] = summary;
        }

        if (summary is null)
            return;
        span.DisplayName = summary;
        span.SetTag("db.query.summary", summary);
    }

    /// <summary>
    /// What a statement does to which table, e.g. <c>INSERT worker_effect</c>; its first word when that cannot be seen at a glance, and null
    /// when it begins with none.
    /// </summary>
    internal static string? Summary(string sql)
    {
        var seen = Glance().Match(sql);
        if (!seen.Success)
            return null;

        var verb = seen.Groups["verb"].Value.ToUpperInvariant();
        return seen.Groups["table"] is { Success: true, Value: var table }
            ? $"{verb} {table.Replace("\"", "", StringComparison.Ordinal)}"
            : verb;
    }

    static string? Text(Activity span, string name) => span.GetTagItem(name)?.ToString();

    [GeneratedRegex(
        @"^\s*(?:(?<verb>INSERT)\s+INTO|(?<verb>DELETE)\s+FROM|(?<verb>UPDATE)|(?<verb>SELECT)\b.*?\bFROM)\s+(?<table>[\w.""]+)|^\s*(?<verb>[a-z]+)",
        RegexOptions.IgnoreCase | RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex Glance();
}
