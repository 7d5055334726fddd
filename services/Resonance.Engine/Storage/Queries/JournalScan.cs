using System.Runtime.CompilerServices;
using System.Text.Json;
using Resonance.Engine.Journal;

namespace Resonance.Engine.Storage.Queries;

/// <summary>A journal row with the type and the key of its instance.</summary>
public sealed record ScannedStep(string Type, string Key, JournalRow Row);

/// <summary>An instance with its whole journal.</summary>
/// <param name="Id">The instance's id.</param>
/// <param name="Row">The instance; null when journal rows stand without one.</param>
/// <param name="Journal">Its journal, by sequence.</param>
public sealed record ScannedInstance(Guid Id, WorkflowRow? Row, IReadOnlyList<JournalRow> Journal);

/// <summary>Reads the journal for those who check it, a row or an instance at a time. It changes nothing.</summary>
/// <remarks>A store that cannot be reached surfaces as the driver's <see cref="System.Data.Common.DbException"/>.</remarks>
public sealed class JournalScan
{
    const string PostgresColumns =
        """
        j.workflow_id, j.sequence, j.message_id, j.event, j.from_state, j.to_state, j.entries::text, j.data::text,
        (extract(epoch FROM j.occurred_at) * 1000000)::bigint, j.trace_parent, j.previous_hash, j.hash
        """;

    const string SqliteColumns =
        """
        j.workflow_id, j.sequence, j.message_id, j.event, j.from_state, j.to_state, j.entries, j.data, j.occurred_at, j.trace_parent,
        j.previous_hash, j.hash
        """;

    const int Columns = 12;

    const int PageSize = 1000;

    static readonly PeriodQuestion Period = new(
        Postgres:
        $"""
        SELECT {PostgresColumns}, w.type, w.key FROM resonance.journal j LEFT JOIN resonance.workflow w ON w.id = j.workflow_id
        WHERE j.occurred_at >= @from AND j.occurred_at < @to
        """,
        Sqlite:
        $"""
        SELECT {SqliteColumns}, w.type, w.key FROM journal j LEFT JOIN workflow w ON w.id = j.workflow_id
        WHERE j.occurred_at >= @from AND j.occurred_at < @to
        """);

    static readonly PeriodQuestion Minutes = new(
        Postgres:
        """
        SELECT (floor(extract(epoch FROM occurred_at) / 60) * 60000000)::bigint, count(*) FROM resonance.journal
        WHERE occurred_at >= @from AND occurred_at < @to GROUP BY 1 ORDER BY 1
        """,
        Sqlite:
        """
        SELECT occurred_at / 60000000 * 60000000, count(*) FROM journal
        WHERE occurred_at >= @from AND occurred_at < @to GROUP BY 1 ORDER BY 1
        """);

    static readonly PeriodQuestion Some = new(
        Postgres:
        $"""
        SELECT {PostgresColumns}, w.type, w.key
        FROM jsonb_to_recordset(@steps::jsonb) AS n(id uuid, sequence bigint)
        JOIN resonance.journal j ON j.workflow_id = n.id AND j.sequence = n.sequence
        LEFT JOIN resonance.workflow w ON w.id = j.workflow_id
        """,
        Sqlite:
        $"""
        SELECT {SqliteColumns}, w.type, w.key
        FROM json_each(@steps) n
        JOIN journal j ON j.workflow_id = n.value ->> 'id' AND j.sequence = n.value ->> 'sequence'
        LEFT JOIN workflow w ON w.id = j.workflow_id
        """);

    // Ids sort alike as text and as uuid: by their digits.
    static readonly PeriodQuestion Page = new(
        Postgres: "SELECT id FROM resonance.workflow WHERE id >= @first::uuid ORDER BY id OFFSET @more LIMIT 1",
        Sqlite: "SELECT id FROM workflow WHERE id >= @first ORDER BY id LIMIT 1 OFFSET @more");

    static readonly PeriodQuestion Range = new(
        Postgres: RangeOf(
            "resonance.", PostgresColumns, "@first::uuid AND @last::uuid", "w.data::text",
            column => $"(extract(epoch FROM {column}) * 1000000)::bigint"),
        Sqlite: RangeOf("", SqliteColumns, "@first AND @last", "w.data", column => column));

    readonly JournalPeriod _period;

    internal JournalScan(JournalPeriod period) => _period = period;

    /// <summary>The rows of a period by <see cref="JournalRow.OccurredAt"/>, in no order.</summary>
    /// <param name="from">First moment.</param>
    /// <param name="to">The moment after the last.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public IAsyncEnumerable<ScannedStep> ReadPeriodAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken) =>
        _period.ReadAsync(Period, from, to, [], StepOf, cancellationToken);

    /// <summary>How many rows each minute of a period has, in order; minutes without rows are left out.</summary>
    /// <param name="from">First moment.</param>
    /// <param name="to">The moment after the last.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public IAsyncEnumerable<(DateTimeOffset Minute, long Rows)> CountByMinuteAsync(
        DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken) =>
        _period.ReadAsync(Minutes, from, to, [], row => (row.Time(0), row.Number(1)), cancellationToken);

    /// <summary>Those of the rows that exist, in no order.</summary>
    /// <param name="steps">At most 10,000.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public IAsyncEnumerable<ScannedStep> ReadAsync(
        IReadOnlyCollection<(Guid WorkflowId, long Sequence)> steps, CancellationToken cancellationToken)
    {
        var json = JsonSerializer.Serialize(steps.Select(step => new { id = step.WorkflowId, sequence = step.Sequence }));
        return _period.ReadAsync(Some, [("@steps", json)], StepOf, cancellationToken);
    }

    /// <summary>
    /// Every instance with its journal, in the order of ids; journals without an instance too. Each instance is seen as of one moment.
    /// Memory holds a thousand instances.
    /// </summary>
    /// <param name="workflowId">Only this one; null for all.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public async IAsyncEnumerable<ScannedInstance> ReadAllAsync(
        Guid? workflowId, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (workflowId is { } only)
        {
            await foreach (var instance in ReadRangeAsync(only, only, cancellationToken))
                yield return instance;
            yield break;
        }

        for (var first = Guid.Empty; ;)
        {
            var last = await LastOfPageAsync(first, cancellationToken);
            await foreach (var instance in ReadRangeAsync(first, last, cancellationToken))
                yield return instance;
            if (last == Guid.AllBitsSet)
                yield break;
            first = After(last);
        }
    }

    async Task<Guid> LastOfPageAsync(Guid first, CancellationToken cancellationToken)
    {
        var page = _period.ReadAsync(
            Page, [("@first", first.ToString("D")), ("@more", PageSize - 1)], row => row.Id(0), cancellationToken);
        await foreach (var last in page)
            return last;
        return Guid.AllBitsSet;
    }

    async IAsyncEnumerable<ScannedInstance> ReadRangeAsync(
        Guid first, Guid last, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ScannedInstance? current = null;
        List<JournalRow> journal = [];
        var rows = _period.ReadAsync(
            Range, [("@first", first.ToString("D")), ("@last", last.ToString("D"))],
            row => (Id: row.Id(Columns), Instance: row.IsNull(Columns + 1) ? null : InstanceOf(row), Step: row.IsNull(0) ? null : RowOf(row)),
            cancellationToken);
        await foreach (var (id, instance, step) in rows)
        {
            if (current is not null && current.Id != id)
            {
                yield return current;
                current = null;
            }

            if (current is null)
            {
                journal = [];
                current = new ScannedInstance(id, instance, journal);
            }

            if (step is not null)
                journal.Add(step);
        }

        if (current is not null)
            yield return current;
    }

    /// <summary>The next id in the order of their digits.</summary>
    static Guid After(Guid id)
    {
        var bytes = id.ToByteArray(bigEndian: true);
        for (var index = bytes.Length - 1; ++bytes[index] == 0; index--)
        {
        }

        return new Guid(bytes, bigEndian: true);
    }

    /// <summary>Each instance as a row of its own before its steps: both come in the order of an index, and neither carries the other along.</summary>
    static string RangeOf(string schema, string columns, string id, string data, Func<string, string> time) =>
        $"""
        SELECT {columns}, j.workflow_id, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
        FROM {schema}journal j WHERE j.workflow_id BETWEEN {id}
        UNION ALL
        SELECT NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, w.id, w.type, w.key, w.state, w.status, w.version, {data},
            w.definition_hash, w.priority, w.trace_id, {time("w.started_at")}, {time("w.updated_at")}, {time("w.finished_at")}, w.head_hash
        FROM {schema}workflow w WHERE w.id BETWEEN {id}
        ORDER BY 13, 2
        """;

    static ScannedStep StepOf(PeriodRow row) => new(row.TextOrNull(Columns) ?? "", row.TextOrNull(Columns + 1) ?? "", RowOf(row));

    static JournalRow RowOf(PeriodRow row) => new()
    {
        WorkflowId = row.Id(0),
        Sequence = row.Number(1),
        MessageId = row.Id(2),
        Event = row.Text(3),
        From = row.Text(4),
        To = row.Text(5),
        Entries = row.Text(6),
        Data = row.Text(7),
        OccurredAt = row.Time(8),
        TraceParent = row.TextOrNull(9),
        PreviousHash = row.Bytes(10),
        Hash = row.Bytes(11),
    };

    static WorkflowRow InstanceOf(PeriodRow row) => new()
    {
        Id = row.Id(Columns),
        Type = row.Text(Columns + 1),
        Key = row.Text(Columns + 2),
        State = row.Text(Columns + 3),
        Status = row.Text(Columns + 4),
        Version = row.Number(Columns + 5),
        Data = row.Text(Columns + 6),
        DefinitionHash = row.Text(Columns + 7),
        Priority = (int)row.Number(Columns + 8),
        TraceId = row.TextOrNull(Columns + 9),
        StartedAt = row.Time(Columns + 10),
        UpdatedAt = row.Time(Columns + 11),
        FinishedAt = row.IsNull(Columns + 12) ? null : row.Time(Columns + 12),
        HeadHash = row.Bytes(Columns + 13),
    };
}
