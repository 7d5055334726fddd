using System.Data.Common;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Resonance.Engine.Definitions;
using Resonance.Engine.Storage.Sqlite;

namespace Resonance.Engine.Storage.Queries;

/// <summary>Puts a question about many instances into SQL. What people wrote reaches the store as parameters only.</summary>
sealed class WorkflowListStatement(bool postgres, DbCommand command)
{
    readonly StringBuilder _where = new();
    int _parameters;

    /// <summary>Column by column as <see cref="WorkflowSummary"/> has them.</summary>
    public const string Columns =
        "id, type, key, state, status, version, priority, started_at, updated_at, finished_at, trace_id";

    public static string Table(bool postgres) => postgres ? "resonance.workflow" : "workflow";

    /// <summary>Makes the command ask for a page and one row more.</summary>
    /// <param name="filter">Which instances.</param>
    /// <param name="states">The states that the filter's state means; null when it names none.</param>
    /// <param name="statuses">The statuses that these states have.</param>
    public void AskForPage(WorkflowFilter filter, IReadOnlyList<string>? states, IReadOnlyList<string> statuses)
    {
        Restrict(filter, states, statuses);
        if (filter.After is { } after)
            GoOnAfter(filter.Sort, after);
        var direction = filter.Sort.Ascending ? "" : " DESC";
        var order = string.Join(", ", OrderColumns(filter.Sort.By).Select(column => column + direction));
        command.CommandText =
            $"SELECT {Columns} FROM {Table(postgres)}{_where} ORDER BY {order} LIMIT {Parameter((long)filter.Limit + 1)}";
    }

    /// <summary>Makes the command count, so many and one more at most.</summary>
    public void AskForCount(WorkflowFilter filter, IReadOnlyList<string>? states, IReadOnlyList<string> statuses, int upTo)
    {
        Restrict(filter, states, statuses);
        command.CommandText =
            $"SELECT count(*) FROM (SELECT 1 FROM {Table(postgres)}{_where} LIMIT {Parameter((long)upTo + 1)}) counted";
    }

    /// <summary>What the list is ordered by, as text for a cursor; empty when that is a time.</summary>
    public static string ValueOf(WorkflowSummary row, WorkflowOrder order) => order switch
    {
        WorkflowOrder.Key => row.Key,
        WorkflowOrder.Type => row.Type,
        WorkflowOrder.State => row.State,
        WorkflowOrder.Status => row.Status,
        WorkflowOrder.Priority => row.Priority.ToString(CultureInfo.InvariantCulture),
        _ => "",
    };

    /// <summary>Whether a cursor of this order can be what was given out.</summary>
    public static bool IsValue(string value, WorkflowOrder order) => order switch
    {
        WorkflowOrder.StartedAt or WorkflowOrder.UpdatedAt => value.Length == 0,
        WorkflowOrder.Priority => short.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out _),
        _ => true,
    };

    void Restrict(WorkflowFilter filter, IReadOnlyList<string>? states, IReadOnlyList<string> statuses)
    {
        if (filter.Type is { } type)
            Demand($"type = {Parameter(type)}");
        if (filter.Statuses.Count > 0)
            Demand(AnyOf("status", filter.Statuses));
        if (states is not null)
        {
            // The status follows from the state, and has an index: it keeps the search for a rare state away from all that has ended.
            Demand(AnyOf("state", states));
            Demand(AnyOf("status", statuses));
        }

        if (filter.Key is { } key)
            Demand(key.EndsWith('*') ? KeyBegins(key[..^1]) : $"{Key} = {Parameter(key)}");
        if (filter.Search is { } search)
            Demand(Found(search));
        RestrictTimes(filter);
        if (filter.Incident is { } incident)
            Demand($"status {(incident ? "=" : "<>")} '{WorkflowStatus.Suspended}'");
        if (filter.Cause is { } cause)
            RestrictCause(cause);
        foreach (var condition in filter.Data)
            Demand(DataStatement.Of(condition, postgres, value => Parameter(value)));
    }

    void RestrictTimes(WorkflowFilter filter)
    {
        if (filter.StartedFrom is { } startedFrom)
            Demand($"started_at >= {Time(startedFrom)}");
        if (filter.StartedTo is { } startedTo)
            Demand($"started_at < {Time(startedTo)}");
        if (filter.UpdatedFrom is { } updatedFrom)
            Demand($"updated_at >= {Time(updatedFrom)}");
        if (filter.UpdatedTo is { } updatedTo)
        {
            // The start came before the last step, and has an index.
            Demand($"updated_at < {Time(updatedTo)}");
            Demand($"started_at < {Time(updatedTo)}");
        }
    }

    void RestrictCause(SuspensionCause cause)
    {
        Demand($"status = '{WorkflowStatus.Suspended}'");
        Demand($"type = {Parameter(cause.Type)}");
        Demand($"coalesce({Suspension("errorKind")}, '{IncidentKinds.Unknown}') = {Parameter(cause.ErrorKind)}");
        Demand(cause.Activity is { } activity
            ? $"{Suspension("activity")} = {Parameter(activity)}"
            : $"{Suspension("activity")} IS NULL");
    }

    void GoOnAfter(WorkflowSort sort, PageCursor after)
    {
        var time = Time(after.Time);
        var id = Parameter(postgres ? after.Id : after.Id.ToString("D"));
        var last = sort.By switch
        {
            WorkflowOrder.StartedAt or WorkflowOrder.UpdatedAt => $"{time}, {id}",
            WorkflowOrder.Priority => $"{Parameter(long.Parse(after.Value, CultureInfo.InvariantCulture))}, {time}, {id}",
            _ => $"{Parameter(after.Value)}, {time}, {id}",
        };
        Demand($"({string.Join(", ", OrderColumns(sort.By))}) {(sort.Ascending ? ">" : "<")} ({last})");
    }

    IReadOnlyList<string> OrderColumns(WorkflowOrder order) => order switch
    {
        WorkflowOrder.StartedAt => ["started_at", "id"],
        WorkflowOrder.UpdatedAt => ["updated_at", "id"],
        WorkflowOrder.Key => [Key, "started_at", "id"],
        WorkflowOrder.Type => ["type", "started_at", "id"],
        WorkflowOrder.State => ["state", "started_at", "id"],
        WorkflowOrder.Status => ["status", "started_at", "id"],
        _ => ["priority", "started_at", "id"],
    };

    /// <summary>By code points in both stores, whatever the database's own language: a beginning is then a range.</summary>
    string Key => postgres ? "key COLLATE \"C\"" : "key";

    string KeyBegins(string beginning)
    {
        if (beginning.Length == 0)
            return "1 = 1";

        // U+10FFFF is no character, and sorts behind all that are.
        return $"({Key} >= {Parameter(beginning)} AND {Key} < {Parameter(beginning + "\U0010FFFF")})";
    }

    string Found(string search)
    {
        var words = search.TrimEnd('*');
        if (Guid.TryParse(words, out var id))
            return $"id = {Parameter(postgres ? id : id.ToString("D"))}";

        var found = new List<string> { KeyBegins(words) };
        var upper = words.ToUpperInvariant();
        if (upper != words)
            found.Add(KeyBegins(upper));
        var digits = words.Replace("-", "", StringComparison.Ordinal);
        if (digits.Length is >= 8 and < 32 && digits.All(char.IsAsciiHexDigit))
        {
            var (first, last) = (Guid.ParseExact(digits.PadRight(32, '0'), "N"), Guid.ParseExact(digits.PadRight(32, 'f'), "N"));
            found.Add(postgres
                ? $"(id BETWEEN {Parameter(first)} AND {Parameter(last)})"
                : $"(id BETWEEN {Parameter(first.ToString("D"))} AND {Parameter(last.ToString("D"))})");
        }

        return $"({string.Join(" OR ", found)})";
    }

    string Suspension(string member) => postgres
        ? $"(data #>> '{{{Bookkeeping.JsonName},suspension,{member}}}')"
        : $"CAST(json_extract(data, '$.\"{Bookkeeping.JsonName}\".suspension.{member}') AS TEXT)";

    string AnyOf(string column, IReadOnlyList<string> values) => values.Count == 0
        ? "1 = 0"
        : $"{column} IN ({string.Join(", ", values.Select(value => Parameter(value)))})";

    string Time(DateTimeOffset time) =>
        Parameter(postgres ? time.ToUniversalTime() : SqliteTime.Microseconds(time));

    void Demand(string condition) => _where.Append(_where.Length == 0 ? " WHERE " : " AND ").Append(condition);

    string Parameter(object value)
    {
        var parameter = command.CreateParameter();
        parameter.ParameterName = $"@p{(_parameters++).ToString(CultureInfo.InvariantCulture)}";
        parameter.Value = value;
        command.Parameters.Add(parameter);
        return parameter.ParameterName;
    }
}

/// <summary>Puts a condition on data into the SQL of a store.</summary>
static class DataStatement
{
    static readonly string[] Signs = ["=", "<>", ">", ">=", "<", "<="];

    /// <param name="condition">The condition.</param>
    /// <param name="postgres">Or SQLite.</param>
    /// <param name="parameter">Adds a parameter and gives its name.</param>
    public static string Of(DataCondition condition, bool postgres, Func<object, string> parameter) =>
        postgres ? OnPostgres(condition, parameter) : OnSqlite(condition, parameter);

    static string OnPostgres(DataCondition condition, Func<object, string> parameter)
    {
        var path = parameter(condition.Path.Select(part => part.Name ?? part.Index.ToString(CultureInfo.InvariantCulture)).ToArray());
        var value = $"(data #> {path})";
        switch (condition.Operator)
        {
            case DataOperator.Exists:
                return $"{value} IS NOT NULL";
            case DataOperator.Eq or DataOperator.Ne:
                return $"{value} {Signs[(int)condition.Operator]} {parameter(condition.Value.GetRawText())}::jsonb";
        }

        // A condition is not evaluated from left to right, and a text that is cast to a number ends the whole question: CASE keeps order.
        var (type, found, than) = condition.Value.ValueKind == JsonValueKind.Number
            ? ("number", $"(data #>> {path})::numeric", parameter(condition.Value.GetDecimal()))
            : ("string", $"(data #>> {path}) COLLATE \"C\"", parameter(condition.Value.GetString()!));
        return $"(CASE WHEN jsonb_typeof({value}) = '{type}' THEN {found} {Signs[(int)condition.Operator]} {than} ELSE false END)";
    }

    static string OnSqlite(DataCondition condition, Func<object, string> parameter)
    {
        var path = parameter("$" + string.Concat(condition.Path.Select(part =>
            part.Name is { } name ? $".\"{name}\"" : string.Create(CultureInfo.InvariantCulture, $"[{part.Index}]"))));
        var type = $"json_type(data, {path})";
        if (condition.Operator == DataOperator.Exists)
            return $"{type} IS NOT NULL";

        var (types, value) = condition.Value.ValueKind switch
        {
            JsonValueKind.Number => ("'integer', 'real'", NumberOf(condition.Value)),
            JsonValueKind.String => ("'text'", condition.Value.GetString()!),
            JsonValueKind.True => ("'true'", null),
            JsonValueKind.False => ("'false'", null),
            _ => ("'null'", (object?)null),
        };
        var meets = $"{type} IN ({types})";
        if (value is not null)
        {
            var sign = condition.Operator == DataOperator.Ne ? "=" : Signs[(int)condition.Operator];
            meets += $" AND json_extract(data, {path}) {sign} {parameter(value)}";
        }

        return condition.Operator == DataOperator.Ne ? $"({type} IS NOT NULL AND NOT ({meets}))" : $"({meets})";
    }

    static object NumberOf(JsonElement value) => value.TryGetInt64(out var whole) ? whole : value.GetDouble();
}
