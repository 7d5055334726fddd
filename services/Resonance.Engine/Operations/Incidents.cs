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
    /// <summary>The order of the list, as an address has it.</summary>
    public const string ListOrder = "-startedAt";

    const string Where =
        """
        status = 'suspended' AND (@type IS NULL OR type = @type) AND (@activity IS NULL OR {activity} = @activity)
          AND (@kind IS NULL OR {kind} = @kind) AND (@exact = 0 OR @activity IS NOT NULL OR {activity} IS NULL)
        """;

    const string ListSql =
        $$"""
        SELECT id, type, key, {activity}, {kind}, {cause}, {attempts}, {since}, {state}, {by}, started_at
        FROM {workflow} WHERE {{Where}} AND (@after_time IS NULL OR (started_at, id) < (@after_time, @after_id))
        ORDER BY started_at DESC, id DESC LIMIT @limit
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
    public async Task<Page<Incident>> ListAsync(IncidentFilter filter, int limit, PageCursor? after, CancellationToken cancellationToken)
    {
        await using var context = await _contexts.CreateDbContextAsync(cancellationToken);
        await using var command = await CommandAsync(context, ListSql, filter, cancellationToken);
        var postgres = context.Database.IsNpgsql();
        Add(command, "@limit", limit + 1);
        Add(command, "@after_time", after is not { } time ? null : postgres ? time.Time.ToUniversalTime() : Microseconds(time.Time));
        Add(command, "@after_id", after is not { } last ? null : postgres ? last.Id : last.Id.ToString("D"));
        var found = new List<Incident>();
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
                found.Add(Read(reader, postgres));
        }

        if (found.Count <= limit)
            return new Page<Incident>(found, null);
        found.RemoveAt(limit);
        return new Page<Incident>(found, new PageCursor(ListOrder, "", found[^1].StartedAt, found[^1].WorkflowId));
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
        return sql.Replace("@after_time", "@after_time::timestamptz", StringComparison.Ordinal)
            .Replace("@after_id", "@after_id::uuid", StringComparison.Ordinal);
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

    static long Microseconds(DateTimeOffset time) => (time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;

    static void Add(DbCommand command, string name, object? value)
    {
        var parameter = command.CreateParameter();
        (parameter.ParameterName, parameter.Value) = (name, value ?? DBNull.Value);
        command.Parameters.Add(parameter);
    }
}
