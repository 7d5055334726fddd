using System.Data.Common;
using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Resonance.Engine.Definitions;
using Resonance.Engine.Storage.Queries;

namespace Resonance.Engine.Operations;

/// <summary>Answers questions about incidents. Reads only.</summary>
/// <remarks>They are read out of the suspended instances themselves, so that they are never behind.</remarks>
public sealed class Incidents
{
    const string Where =
        """
        status = 'suspended' AND (@type IS NULL OR type = @type) AND (@activity IS NULL OR {activity} = @activity)
          AND (@kind IS NULL OR {kind} = @kind) AND (@exact = 0 OR @activity IS NOT NULL OR {activity} IS NULL)
        """;

    const string ListSql =
        $$"""
        SELECT id, type, key, {activity}, {kind}, {cause}, {attempts}, {since}, {state}, {by}, started_at
        FROM {workflow} WHERE {{Where}}
        """;

    const string GroupsSql =
        $$"""
        SELECT type, activity, kind, count(*), min(since), max(since), min(CASE WHEN rank = 1 THEN cause END)
        FROM (
            SELECT type, {activity} AS activity, {kind} AS kind, {since} AS since, {cause} AS cause,
                   row_number() OVER (PARTITION BY type, {activity}, {kind} ORDER BY {since} DESC) AS rank
            FROM {workflow} WHERE {{Where}}) suspended
        GROUP BY type, activity, kind ORDER BY count(*) DESC, type, activity, kind
        """;

    readonly IDbContextFactory<ReadContext> _contexts;

    internal Incidents(
        IDbContextFactory<ReadContext> contexts)
    {
        _contexts = contexts;
    }

    /// <summary>Incidents, those of the instance that started last first.</summary>
    /// <param name="filter">Which.</param>
    /// <param name="limit">1 to <see cref="WorkflowFilter.LimitMax"/>.</param>
    /// <param name="after">Where the page before ended; null for the first page.</param>
    /// <param name="cancellationToken">Stops waiting for the store.</param>
    public Task<Page<Incident>> ListAsync(IncidentFilter filter, int limit, PageCursor? after, CancellationToken cancellationToken) =>
        ListAsync(new IncidentQuery { Filter = filter, Limit = limit, After = after }, cancellationToken);

    /// <summary>Incidents in the order that is asked for.</summary>
    public async Task<Page<Incident>> ListAsync(IncidentQuery query, CancellationToken cancellationToken)
    {
        await using var context = await _contexts.CreateDbContextAsync(cancellationToken);
        await using var command = await CommandAsync(context, ListSql, query.Filter, cancellationToken);
        var postgres = context.Database.IsNpgsql();
        Restrict(command, query, postgres);
        var order = query.BySince ? InDialect("{since}", postgres) : "started_at";
        var (beyond, direction) = query.OldestFirst ? (">", "ASC") : ("<", "DESC");
        if (query.After is { } after)
        {
            command.CommandText += $" AND ({order}, id) {beyond} (@after_time, @after_id)";
            Add(command, "@after_time", postgres ? after.Time.ToUniversalTime() : query.BySince ? Written(after.Time) : Microseconds(after.Time));
            Add(command, "@after_id", postgres ? after.Id : after.Id.ToString("D"));
        }

        command.CommandText += $" ORDER BY {order} {direction}, id {direction} LIMIT @limit";
        Add(command, "@limit", query.Limit + 1);
        var found = await ReadAsync(command, postgres, cancellationToken);
        if (found.Count <= query.Limit)
            return new Page<Incident>(found, null);
        found.RemoveAt(query.Limit);
        var last = found[^1];
        return new Page<Incident>(found, new PageCursor(query.Sort, "", query.BySince ? last.Since : last.StartedAt, last.WorkflowId));
    }

    /// <returns>The incident of an instance; null when it is not suspended, or there is none.</returns>
    public async Task<Incident?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var context = await _contexts.CreateDbContextAsync(cancellationToken);
        var postgres = context.Database.IsNpgsql();
        await using var command = await CommandAsync(context, $"{ListSql} AND id = @id", new IncidentFilter(), cancellationToken);
        Add(command, "@id", postgres ? id : id.ToString("D"));
        return (await ReadAsync(command, postgres, cancellationToken)).SingleOrDefault();
    }

    /// <summary>Incidents by fingerprint, the largest group first.</summary>
    public async Task<IReadOnlyList<IncidentGroup>> GroupsAsync(IncidentFilter filter, CancellationToken cancellationToken)
    {
        await using var context = await _contexts.CreateDbContextAsync(cancellationToken);
        await using var command = await CommandAsync(context, GroupsSql, filter, cancellationToken);
        var postgres = context.Database.IsNpgsql();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var groups = new List<IncidentGroup>();
        while (await reader.ReadAsync(cancellationToken))
        {
            groups.Add(new IncidentGroup(
                new Fingerprint(reader.GetString(0), Text(reader, 1), reader.GetString(2)),
                reader.GetInt64(3), Time(reader, 4, postgres), Time(reader, 5, postgres), Text(reader, 6) ?? ""));
        }

        return groups;
    }

    static async Task<List<Incident>> ReadAsync(DbCommand command, bool postgres, CancellationToken cancellationToken)
    {
        var found = new List<Incident>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            found.Add(Read(reader, postgres));
        return found;
    }

    static void Restrict(DbCommand command, IncidentQuery query, bool postgres)
    {
        if (query.Key is { } key)
        {
            // No pattern: a key may have characters that stand for others there.
            var begins = key.EndsWith('*');
            command.CommandText += begins ? " AND substr(key, 1, @key_length) = @key" : " AND key = @key";
            Add(command, "@key", begins ? key[..^1] : key);
            if (begins)
                Add(command, "@key_length", key.EnumerateRunes().Count() - 1);
        }

        var since = InDialect("{since}", postgres);
        if (query.SinceFrom is { } from)
        {
            command.CommandText += $" AND {since} >= @since_from";
            Add(command, "@since_from", postgres ? from.ToUniversalTime() : Written(from));
        }

        if (query.SinceTo is { } to)
        {
            command.CommandText += $" AND {since} < @since_to";
            Add(command, "@since_to", postgres ? to.ToUniversalTime() : Written(to));
        }
    }

    static async Task<DbCommand> CommandAsync(ReadContext context, string sql, IncidentFilter filter, CancellationToken cancellationToken)
    {
        var postgres = context.Database.IsNpgsql();
        await context.Database.OpenConnectionAsync(cancellationToken);
        var command = context.Database.GetDbConnection().CreateCommand();
        command.CommandText = InDialect(sql, postgres);
        Add(command, "@type", filter.Fingerprint?.Type ?? filter.Type);
        Add(command, "@activity", filter.Fingerprint?.Activity ?? filter.Activity);
        Add(command, "@kind", filter.Fingerprint?.ErrorKind ?? filter.ErrorKind);
        Add(command, "@exact", filter.Fingerprint is null ? 0 : 1);
        return command;
    }

    /// <summary>Both stores know row values, windows and limits by the same words; JSON and the types of parameters they do not.</summary>
    static string InDialect(string sql, bool postgres)
    {
        sql = sql.Replace("{workflow}", postgres ? "resonance.workflow" : "workflow", StringComparison.Ordinal);
        foreach (var member in (string[])["activity", "cause", "attempts", "state", "by"])
            sql = sql.Replace($"{{{member}}}", Member(member, postgres), StringComparison.Ordinal);
        // As texts the times would sort by the rules of some language.
        sql = sql.Replace("{since}", Member("since", postgres) + (postgres ? "::timestamptz" : ""), StringComparison.Ordinal);
        sql = sql.Replace("{kind}", $"coalesce({Member("errorKind", postgres)}, '{IncidentKinds.Unknown}')", StringComparison.Ordinal);
        if (!postgres)
            return sql;

        foreach (var text in (string[])["@type", "@activity", "@kind"])
            sql = sql.Replace($"{text} IS", $"{text}::text IS", StringComparison.Ordinal);
        return sql;
    }

    static string Member(string name, bool postgres) => postgres
        ? $"(data #>> '{{{Bookkeeping.JsonName},suspension,{name}}}')"
        : $"CAST(json_extract(data, '$.\"{Bookkeeping.JsonName}\".suspension.{name}') AS TEXT)";

    static Incident Read(DbDataReader reader, bool postgres) => new()
    {
        WorkflowId = postgres ? reader.GetGuid(0) : Guid.ParseExact(reader.GetString(0), "D"),
        Key = reader.GetString(2),
        Fingerprint = new Fingerprint(reader.GetString(1), Text(reader, 3), reader.GetString(4)),
        Cause = Text(reader, 5) ?? "",
        Attempts = int.Parse(Text(reader, 6) ?? "0", CultureInfo.InvariantCulture),
        Since = Time(reader, 7, postgres),
        State = reader.GetString(8),
        HeldBy = Text(reader, 9),
        StartedAt = postgres
            ? reader.GetFieldValue<DateTimeOffset>(10)
            : DateTimeOffset.UnixEpoch.AddTicks(reader.GetInt64(10) * TimeSpan.TicksPerMicrosecond),
    };

    static string? Text(DbDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    static DateTimeOffset Time(DbDataReader reader, int column, bool postgres) => postgres
        ? reader.GetFieldValue<DateTimeOffset>(column)
        : DateTimeOffset.Parse(reader.GetString(column), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    /// <summary>As the engine writes it into the data; such texts sort as the times do.</summary>
    static string Written(DateTimeOffset time) =>
        time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz", CultureInfo.InvariantCulture);

    static long Microseconds(DateTimeOffset time) => (time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;

    static void Add(DbCommand command, string name, object? value)
    {
        var parameter = command.CreateParameter();
        (parameter.ParameterName, parameter.Value) = (name, value ?? DBNull.Value);
        command.Parameters.Add(parameter);
    }
}
