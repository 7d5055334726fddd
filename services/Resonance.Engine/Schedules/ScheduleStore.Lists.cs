using System.Data.Common;
using Resonance.Engine.Storage.Queries;

namespace Resonance.Engine.Schedules;

// Pages of a schedule's history. Times are texts that sort as the times do.
sealed partial class ScheduleStore
{
    /// <summary>What became of a schedule's due times.</summary>
    public Task<Page<ScheduleFiring>> ListFiringsAsync(ScheduleHistoryFilter filter, CancellationToken cancellationToken) => PageAsync(
        filter,
        "SELECT due_at, outcome, workflow_id, reason, recorded_at FROM schedule_firing WHERE schedule = @name",
        "due_at", "outcome", id: null,
        row => new ScheduleFiring(Time(row.GetString(0)), row.GetString(1), IdOrNull(row, 2), TextOrNull(row, 3), Time(row.GetString(4))),
        last => new PageCursor(filter.Sort, "", last.DueAt, Guid.Empty),
        cancellationToken);

    /// <summary>Who changed a schedule, also one that is deleted.</summary>
    public Task<Page<ScheduleChange>> ListChangesAsync(ScheduleHistoryFilter filter, CancellationToken cancellationToken) => PageAsync(
        filter,
        "SELECT action, author, reason, definition, changed_at, id FROM schedule_change WHERE schedule = @name",
        "changed_at", "action", "id",
        row => new ScheduleChange(row.GetString(0), row.GetString(1), row.GetString(2), TextOrNull(row, 3), Time(row.GetString(4)))
        {
            Id = Guid.ParseExact(row.GetString(5), "D"),
        },
        last => new PageCursor(filter.Sort, "", last.At, last.Id),
        cancellationToken);

    async Task<Page<TRow>> PageAsync<TRow>(
        ScheduleHistoryFilter filter, string sql, string time, string word, string? id, Func<DbDataReader, TRow> read,
        Func<TRow, PageCursor> cursorOf, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(filter.Limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(filter.Limit, WorkflowFilter.LimitMax);
        var (conditions, values) = (new List<string> { sql }, new List<(string, object?)> { ("@name", filter.Schedule) });
        Add(filter.Word, $"{word} = @word", "@word");
        Add(Text(filter.From), $"{time} >= @from", "@from");
        Add(Text(filter.To), $"{time} < @to", "@to");
        var beyond = filter.OldestFirst ? ">" : "<";
        Add(Text(filter.After?.Time), id is null ? $"{time} {beyond} @time" : $"({time}, {id}) {beyond} (@time, @id)", "@time");
        if (id is not null && filter.After is { } after)
            values.Add(("@id", after.Id.ToString("D")));
        values.Add(("@most", filter.Limit + 1));

        var direction = filter.OldestFirst ? "ASC" : "DESC";
        var order = id is null ? $"{time} {direction}" : $"{time} {direction}, {id} {direction}";
        var found = await QueryAsync($"{string.Join(" AND ", conditions)} ORDER BY {order} LIMIT @most", values, read, cancellationToken);
        return found.Count <= filter.Limit
            ? new Page<TRow>(found, null)
            : new Page<TRow>([.. found.Take(filter.Limit)], cursorOf(found[filter.Limit - 1]));

        void Add(string? value, string condition, string name)
        {
            if (value is null)
                return;
            conditions.Add(condition);
            values.Add((name, value));
        }
    }
}
