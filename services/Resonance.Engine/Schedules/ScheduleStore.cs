using System.Data.Common;
using System.Globalization;
using System.Text.Json;
using MassTransit;
using Resonance.Engine.Storage;
using Resonance.Engine.Workers;

namespace Resonance.Engine.Schedules;

/// <summary>Schedules as they are stored, what became of them, and who changed them.</summary>
sealed partial class ScheduleStore(IDatabase database, TimeProvider clock)
{
    const string Columns =
        """
        name, workflow, start, cron, time_zone, jitter_ms, overlap, catch_up_ms, revision, next_due_at, last_due_at, last_workflow_id,
        queued_due_at, paused_by, paused_reason, paused_at
        """;

    const string AddDefaultSql =
        """
        INSERT INTO schedule (name, workflow, start, cron, time_zone, jitter_ms, overlap, catch_up_ms, revision, next_due_at)
        SELECT @name, @workflow, @start, @cron, @zone, @jitter, @overlap, @catch_up, @revision, @next
        WHERE NOT EXISTS (SELECT 1 FROM schedule_change WHERE schedule = @name)
        ON CONFLICT (name) DO NOTHING
        """;

    const string PutSql =
        """
        INSERT INTO schedule (name, workflow, start, cron, time_zone, jitter_ms, overlap, catch_up_ms, revision, next_due_at)
        VALUES (@name, @workflow, @start, @cron, @zone, @jitter, @overlap, @catch_up, @revision, @next)
        ON CONFLICT (name) DO UPDATE SET
            workflow = excluded.workflow, start = excluded.start, jitter_ms = excluded.jitter_ms, overlap = excluded.overlap,
            catch_up_ms = excluded.catch_up_ms, revision = excluded.revision,
            next_due_at = CASE WHEN schedule.cron = excluded.cron AND schedule.time_zone = excluded.time_zone
                               THEN schedule.next_due_at ELSE excluded.next_due_at END,
            cron = excluded.cron, time_zone = excluded.time_zone
        """;

    const string ChangeSql =
        """
        INSERT INTO schedule_change (id, schedule, action, author, reason, definition, changed_at)
        VALUES (@revision, @name, @action, @author, @reason, @definition, @now)
        """;

    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Every schedule, by name.</summary>
    public Task<IReadOnlyList<Schedule>> ListAsync(CancellationToken cancellationToken) =>
        QueryAsync($"SELECT {Columns} FROM schedule ORDER BY name", [], Read, cancellationToken);

    public async Task<Schedule?> FindAsync(string name, CancellationToken cancellationToken)
    {
        var found = await QueryAsync($"SELECT {Columns} FROM schedule WHERE name = @name", [("@name", name)], Read, cancellationToken);
        return found.SingleOrDefault();
    }

    /// <summary>The last changes of a schedule, also of one that is deleted; the last one first.</summary>
    public Task<IReadOnlyList<ScheduleChange>> ChangesAsync(string name, int most, CancellationToken cancellationToken) => QueryAsync(
        """
        SELECT action, author, reason, definition, changed_at FROM schedule_change WHERE schedule = @name
        ORDER BY changed_at DESC, id DESC LIMIT @most
        """,
        [("@name", name), ("@most", most)],
        row => new ScheduleChange(row.GetString(0), row.GetString(1), row.GetString(2), TextOrNull(row, 3), Time(row.GetString(4))),
        cancellationToken);

    /// <summary>Stores a schedule under a name that no schedule ever had.</summary>
    /// <returns>False when one had it.</returns>
    public Task<bool> AddDefaultAsync(
        ScheduleDefinition definition, DateTimeOffset? next, ScheduleAuthor author, CancellationToken cancellationToken) =>
        ChangeAsync(AddDefaultSql, definition, next, author, cancellationToken);

    /// <summary>Creates or replaces a schedule. It keeps its next due time unless the calendar is another one.</summary>
    public Task<bool> PutAsync(
        ScheduleDefinition definition, DateTimeOffset? next, ScheduleAuthor author, CancellationToken cancellationToken) =>
        ChangeAsync(PutSql, definition, next, author, cancellationToken);

    /// <returns>False when there is no such schedule.</returns>
    public Task<bool> DeleteAsync(string name, ScheduleAuthor author, CancellationToken cancellationToken) => ChangeAsync(
        """
        DELETE FROM schedule WHERE name = @name;
        UPDATE schedule_firing SET outcome = 'skipped', reason = 'the schedule was deleted while this waited', recorded_at = @now
        WHERE schedule = @name AND outcome = 'queued'
        """,
        name, ScheduleAction.Deleted, author, [], cancellationToken);

    /// <summary>Puts a schedule on hold; what waits in it is given up.</summary>
    /// <returns>False when there is no such schedule.</returns>
    public Task<bool> PauseAsync(string name, ScheduleAuthor author, CancellationToken cancellationToken) => ChangeAsync(
        """
        UPDATE schedule SET paused_by = @author, paused_reason = @reason, paused_at = @now, queued_due_at = NULL, revision = @revision
        WHERE name = @name;
        UPDATE schedule_firing SET outcome = 'skipped', reason = 'the schedule was paused while this waited', recorded_at = @now
        WHERE schedule = @name AND outcome = 'queued'
        """,
        name, ScheduleAction.Paused, author, [], cancellationToken);

    /// <summary>Lets a schedule that is on hold go on with its next due time.</summary>
    /// <returns>False when there is no such schedule, or it is not on hold.</returns>
    public Task<bool> ResumeAsync(string name, DateTimeOffset? next, ScheduleAuthor author, CancellationToken cancellationToken) =>
        ChangeAsync(
            """
            UPDATE schedule SET paused_by = NULL, paused_reason = NULL, paused_at = NULL, next_due_at = @next, revision = @revision
            WHERE name = @name AND paused_at IS NOT NULL
            """,
            name, ScheduleAction.Resumed, author, [("@next", Text(next))], cancellationToken);

    /// <summary>Notes that a person has a schedule fire out of turn.</summary>
    public Task NoteTriggerAsync(string name, ScheduleAuthor author, CancellationToken cancellationToken) => database.TransactAsync(
        async (connection, transaction, token) =>
        {
            var rows = new WorkerTransaction(connection, transaction);
            await rows.ExecuteAsync(ChangeSql, Change(name, NewId.NextSequentialGuid(), ScheduleAction.Triggered, author, null), token);
            return true;
        },
        cancellationToken);

    Task<bool> ChangeAsync(
        string sql, ScheduleDefinition definition, DateTimeOffset? next, ScheduleAuthor author, CancellationToken cancellationToken) =>
        ChangeAsync(
            sql, definition.Name, ScheduleAction.Put, author,
            [
                ("@workflow", definition.Workflow), ("@start", definition.Start), ("@cron", definition.Cron),
                ("@zone", definition.TimeZone), ("@jitter", (long)definition.Jitter.TotalMilliseconds), ("@overlap", definition.Overlap),
                ("@catch_up", (long)definition.CatchUp.TotalMilliseconds), ("@next", Text(next)),
            ],
            cancellationToken,
            JsonSerializer.Serialize(definition, Json));

    /// <summary>Changes the row and notes who did it, unless there is nothing to change.</summary>
    Task<bool> ChangeAsync(
        string sql, string name, string action, ScheduleAuthor author, IReadOnlyList<(string Name, object? Value)> parameters,
        CancellationToken cancellationToken, string? definition = null) => database.TransactAsync(
        async (connection, transaction, token) =>
        {
            var rows = new WorkerTransaction(connection, transaction);
            var change = Change(name, NewId.NextSequentialGuid(), action, author, definition);
            if (await rows.ExecuteAsync(sql, [.. change, .. parameters], token) == 0)
                return false;
            await rows.ExecuteAsync(ChangeSql, change, token);
            return true;
        },
        cancellationToken);

    IReadOnlyList<(string Name, object? Value)> Change(
        string name, Guid revision, string action, ScheduleAuthor author, string? definition) =>
    [
        ("@name", name), ("@revision", revision.ToString("D")), ("@action", action), ("@author", author.Author), ("@reason", author.Reason),
        ("@definition", definition), ("@now", Text(clock.GetUtcNow())),
    ];

    Task<IReadOnlyList<TRow>> QueryAsync<TRow>(
        string sql, IReadOnlyList<(string Name, object? Value)> parameters, Func<DbDataReader, TRow> read,
        CancellationToken cancellationToken) =>
        database.TransactAsync(
            (connection, transaction, token) => new WorkerTransaction(connection, transaction).QueryAsync(sql, parameters, read, token),
            cancellationToken);

    static Schedule Read(DbDataReader row) => new()
    {
        Definition = new ScheduleDefinition
        {
            Name = row.GetString(0),
            Workflow = row.GetString(1),
            Start = row.GetString(2),
            Cron = row.GetString(3),
            TimeZone = row.GetString(4),
            Jitter = TimeSpan.FromMilliseconds(row.GetInt64(5)),
            Overlap = row.GetString(6),
            CatchUp = TimeSpan.FromMilliseconds(row.GetInt64(7)),
        },
        Revision = Guid.ParseExact(row.GetString(8), "D"),
        NextDueAt = TimeOrNull(row, 9),
        LastDueAt = TimeOrNull(row, 10),
        LastWorkflowId = IdOrNull(row, 11),
        QueuedDueAt = TimeOrNull(row, 12),
        Paused = row.IsDBNull(15) ? null : new SchedulePause(row.GetString(13), row.GetString(14), Time(row.GetString(15))),
    };

    static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    static string? Text(DateTimeOffset? time) => time is { } value ? Text(value) : null;

    static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    static DateTimeOffset? TimeOrNull(DbDataReader row, int column) => row.IsDBNull(column) ? null : Time(row.GetString(column));

    static string? TextOrNull(DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    static Guid? IdOrNull(DbDataReader row, int column) => row.IsDBNull(column) ? null : Guid.ParseExact(row.GetString(column), "D");
}
