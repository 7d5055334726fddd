using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Resonance.Engine.Storage.Sqlite;

namespace Resonance.Engine.Storage.Queries;

// What rules decided, out of the journal itself, so that it is never behind.
public sealed partial class WorkflowQueries
{
    // The first condition on the entries leaves most steps untouched; the second one, below, says which of the entries are meant.
    const string VerdictsOnPostgres =
        """
        SELECT j.workflow_id, w.key, w.type, j.sequence, e.position, j.occurred_at, e.entry::text
        FROM resonance.journal j
        JOIN resonance.workflow w ON w.id = j.workflow_id
        CROSS JOIN LATERAL jsonb_array_elements(j.entries) WITH ORDINALITY AS e (entry, position)
        WHERE j.entries @> jsonb_build_array(@pattern::jsonb) AND e.entry @> @pattern::jsonb
        """;

    // The order of the joins is said, since what there is little of is what was asked for: a period, or an instance.
    const string VerdictsOnSqlite =
        """
        SELECT j.workflow_id, w.key, w.type, j.sequence, e.key, j.occurred_at, e.value
        FROM journal j
        CROSS JOIN workflow w ON w.id = j.workflow_id
        CROSS JOIN json_each(j.entries) e
        WHERE instr(j.entries, '"ruleEvaluated"') > 0 AND json_extract(e.value, '$.kind') = 'ruleEvaluated'
        """;

    /// <summary>Evaluations of rules, by time. Those of archived instances are in their archives.</summary>
    /// <param name="filter">Which, and in which order.</param>
    /// <param name="cancellationToken">Stops waiting for the store.</param>
    /// <remarks>The store reads steps in the order of time until the page is full; a period or an instance bounds how many.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">The limit is out of range.</exception>
    /// <exception cref="ArgumentException">The cursor is of another list.</exception>
    public async Task<Page<RecordedVerdict>> VerdictsAsync(VerdictFilter filter, CancellationToken cancellationToken)
    {
        CheckLimit(filter.Limit);
        if (filter.After is { } after && (after.Sort != filter.Sort || !VerdictFilter.IsPlace(after)))
            throw new ArgumentException($"The cursor goes on with another list than verdicts by {filter.Sort}.", nameof(filter));

        await using var context = await _contexts.CreateDbContextAsync(cancellationToken);
        await using var command = await CommandAsync(context, cancellationToken);
        var postgres = context.Database.IsNpgsql();
        AskForVerdicts(command, filter, postgres);
        var found = new List<RecordedVerdict>();
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
                found.Add(ReadVerdict(reader, postgres));
        }

        return ToPage(found, filter.Limit, last => new PageCursor(filter.Sort, VerdictFilter.PlaceOf(last), last.OccurredAt, last.WorkflowId));
    }

    static void AskForVerdicts(DbCommand command, VerdictFilter filter, bool postgres)
    {
        var conditions = new List<string> { postgres ? VerdictsOnPostgres : VerdictsOnSqlite };
        if (postgres)
            Add("@pattern", PatternOf(filter));
        else
            AddMembers();
        When(filter.Type, "w.type = @type", "@type");
        When(filter.WorkflowId is { } id ? IdOf(id) : null, "j.workflow_id = @workflow", "@workflow");
        When(filter.From is { } from ? TimeOf(from) : null, "j.occurred_at >= @from", "@from");
        When(filter.To is { } to ? TimeOf(to) : null, "j.occurred_at < @to", "@to");
        var position = postgres ? "e.position" : "e.key";
        if (filter.After is { } after && VerdictFilter.PlaceOf(after) is var (sequence, entry))
        {
            // The first comparison follows from the second; it is there because an index can use it.
            var beyond = filter.OldestFirst ? ">" : "<";
            conditions.Add(
                $"j.occurred_at {beyond}= @time AND (j.occurred_at, j.workflow_id, j.sequence, {position}) {beyond} (@time, @id, @sequence, @position)");
            Add("@time", TimeOf(after.Time));
            Add("@id", IdOf(after.Id));
            Add("@sequence", sequence);
            Add("@position", entry);
        }

        var direction = filter.OldestFirst ? "ASC" : "DESC";
        Add("@limit", (long)filter.Limit + 1);
        command.CommandText =
            $"{string.Join(" AND ", conditions)} ORDER BY j.occurred_at {direction}, j.workflow_id {direction}, j.sequence {direction}, " +
            $"{position} {direction} LIMIT @limit";

        void AddMembers()
        {
            When(filter.Rule, "json_extract(e.value, '$.rule') = @rule", "@rule");
            When(filter.Version, "json_extract(e.value, '$.version') = @version", "@version");
            When(filter.Verdict, "json_extract(e.value, '$.verdict') = @verdict", "@verdict");
        }

        void When(object? value, string condition, string name)
        {
            if (value is null)
                return;
            conditions.Add(condition);
            Add(name, value);
        }

        void Add(string name, object value)
        {
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (name, value);
            command.Parameters.Add(parameter);
        }

        object IdOf(Guid value) => postgres ? value : value.ToString("D");

        object TimeOf(DateTimeOffset time) => postgres ? time.ToUniversalTime() : SqliteTime.Microseconds(time);
    }

    static string PatternOf(VerdictFilter filter)
    {
        var pattern = new System.Text.Json.Nodes.JsonObject { ["kind"] = "ruleEvaluated" };
        if (filter.Rule is { } rule)
            pattern["rule"] = rule;
        if (filter.Version is { } version)
            pattern["version"] = version;
        if (filter.Verdict is { } verdict)
            pattern["verdict"] = verdict;
        return pattern.ToJsonString();
    }

    static RecordedVerdict ReadVerdict(DbDataReader reader, bool postgres) => new()
    {
        WorkflowId = postgres ? reader.GetGuid(0) : Guid.ParseExact(reader.GetString(0), "D"),
        Key = reader.GetString(1),
        Type = reader.GetString(2),
        Sequence = reader.GetInt64(3),
        Position = reader.GetInt64(4),
        OccurredAt = postgres ? reader.GetFieldValue<DateTimeOffset>(5) : SqliteTime.FromMicroseconds(reader.GetInt64(5)),
        Entry = reader.GetString(6),
    };
}
