using System.Buffers.Binary;
using System.Buffers.Text;
using System.Globalization;
using Resonance.Audit.Trail;
using Resonance.Engine.Definitions;

namespace Resonance.Gateway.Audit;

/// <summary>Reads what a request asks of the trail; every bad value is told.</summary>
static class TrailValues
{
    const int CursorBytes = 8;

    public static TrailFilter Filter(QueryValues query, WorkflowCatalog catalog, string? workflow, string? type, string? kind)
    {
        var filter = new TrailFilter
        {
            Workflow = QueryValues.Given(workflow),
            Type = QueryValues.Given(type),
            Kind = QueryValues.Given(kind),
        };
        if (filter.Type is not null && catalog.Find(filter.Type) is null)
        {
            var types = catalog.All.Select(known => known.Type).Order(StringComparer.Ordinal);
            query.Refuse("type", $"type must be one of {string.Join(", ", types)}.");
        }

        if (filter.Kind is not null && !AuditTrailReader.Kinds.Contains(filter.Kind))
            query.Refuse("kind", $"kind must be one of {string.Join(", ", AuditTrailReader.Kinds)}.");
        return filter;
    }

    /// <returns>The position that the page comes before; null for the newest.</returns>
    public static long? Before(QueryValues query, string? cursor)
    {
        if (QueryValues.Given(cursor) is not { } given)
            return null;

        Span<byte> bytes = stackalloc byte[CursorBytes];
        if (Base64Url.IsValid(given, out var length) && length == CursorBytes && Base64Url.TryDecodeFromChars(given, bytes, out _)
            && BinaryPrimitives.ReadInt64BigEndian(bytes) is >= 0 and var position)
        {
            return position;
        }

        query.Refuse("cursor", "cursor must be the nextCursor of an earlier answer; leave it out to begin anew.");
        return null;
    }

    public static string Cursor(long before)
    {
        Span<byte> bytes = stackalloc byte[CursorBytes];
        BinaryPrimitives.WriteInt64BigEndian(bytes, before);
        return Base64Url.EncodeToString(bytes);
    }

    /// <returns>The position that the stream goes on after; null to begin with what comes.</returns>
    public static long? After(QueryValues query, string? lastEventId, string? after)
    {
        // What the client saw last is nearer than what its address says, which stays the same through every reconnection.
        var (name, value) = QueryValues.Given(lastEventId) is { } last ? ("Last-Event-ID", last) : ("after", QueryValues.Given(after));
        if (value is null)
            return null;
        if (long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var position) && position >= -1)
            return position;

        query.Refuse(name, $"{name} must be the id of an event of this stream, or -1 for all that the ledger has.");
        return null;
    }
}
