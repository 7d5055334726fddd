using System.Data.Common;
using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using Resonance.Engine.Storage.Sqlite;

namespace Resonance.Engine.Storage.Queries;

public sealed partial class WorkflowQueries
{
    /// <summary>Most instances that one question counts.</summary>
    public const int CountMax = 100_000;

    /// <summary>Instances of a filter, in its order.</summary>
    /// <remarks>
    /// By start, key, type and status the store reads no more than the page, unless another condition has it look further. By state,
    /// priority and last step it sorts all that the filter leaves: these columns have no index, since steps must not pay for one.
    /// </remarks>
    /// <exception cref="ArgumentOutOfRangeException">The limit is not from 1 to <see cref="WorkflowFilter.LimitMax"/>.</exception>
    /// <exception cref="ArgumentException">The cursor is of another order.</exception>
    public async Task<Page<WorkflowSummary>> ListAsync(WorkflowFilter filter, CancellationToken cancellationToken)
    {
        CheckLimit(filter.Limit);
        if (filter.After is { } after && !Continues(filter.Sort, after))
            throw new ArgumentException($"The cursor goes on with another list than one by {filter.Sort}.", nameof(filter));

        await using var context = await _contexts.CreateDbContextAsync(cancellationToken);
        await using var command = await CommandAsync(context, cancellationToken);
        var (states, statuses) = StatesOf(filter);
        var postgres = context.Database.IsNpgsql();
        new WorkflowListStatement(postgres, command).AskForPage(filter, states, statuses);
        var found = new List<WorkflowSummary>();
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
                found.Add(ReadSummary(reader, postgres));
        }

        return ToPage(found, filter.Limit, last => new PageCursor(
            filter.Sort.ToString(),
            WorkflowListStatement.ValueOf(last, filter.Sort.By),
            filter.Sort.By == WorkflowOrder.UpdatedAt ? last.UpdatedAt : last.StartedAt,
            last.Id));
    }

    /// <summary>Counts the instances of a filter, whatever its limit and cursor.</summary>
    /// <param name="filter">Which.</param>
    /// <param name="upTo">Where to stop counting, 1 to <see cref="CountMax"/>.</param>
    /// <param name="cancellationToken">Stops waiting for the store.</param>
    /// <exception cref="ArgumentOutOfRangeException">The bound is out of range.</exception>
    public async Task<BoundedCount> CountAsync(WorkflowFilter filter, int upTo, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(upTo, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(upTo, CountMax);
        await using var context = await _contexts.CreateDbContextAsync(cancellationToken);
        await using var command = await CommandAsync(context, cancellationToken);
        var (states, statuses) = StatesOf(filter);
        new WorkflowListStatement(context.Database.IsNpgsql(), command).AskForCount(filter, states, statuses, upTo);
        var counted = Convert.ToInt64(await command.ExecuteScalarAsync(cancellationToken), System.Globalization.CultureInfo.InvariantCulture);
        return new BoundedCount(Math.Min(counted, upTo), counted <= upTo);
    }

    /// <summary>Whether a cursor was given out by a list of this order.</summary>
    public static bool Continues(WorkflowSort sort, PageCursor cursor) =>
        cursor.Sort == sort.ToString() && WorkflowListStatement.IsValue(cursor.Value, sort.By);

    /// <summary>Messages that were set aside in the store.</summary>
    /// <param name="filter">Which, and in which order.</param>
    /// <param name="cancellationToken">Stops waiting for the store.</param>
    /// <exception cref="ArgumentOutOfRangeException">The limit is out of range.</exception>
    public async Task<Page<DeadLetter>> DeadLettersAsync(DeadLetterFilter filter, CancellationToken cancellationToken)
    {
        CheckLimit(filter.Limit);
        await using var context = await _contexts.CreateDbContextAsync(cancellationToken);
        var rows = context.Outbox.Where(row => row.SetAsideAt != null);
        if (filter.WorkflowId is { } workflow)
            rows = rows.Where(row => row.WorkflowId == workflow);
        if (filter.Destination is { } destination)
            rows = rows.Where(row => row.Destination == destination);
        if (filter.SetAsideFrom is { } from)
            rows = rows.Where(row => row.SetAsideAt >= from);
        if (filter.SetAsideTo is { } to)
            rows = rows.Where(row => row.SetAsideAt < to);

        // The first comparison alone follows from the others; it is there because an index can use it.
        if (filter.After is { Time: var time, Id: var id })
        {
            rows = filter.OldestFirst
                ? rows.Where(row => row.SetAsideAt >= time && (row.SetAsideAt > time || row.MessageId.CompareTo(id) > 0))
                : rows.Where(row => row.SetAsideAt <= time && (row.SetAsideAt < time || row.MessageId.CompareTo(id) < 0));
        }

        var sorted = filter.OldestFirst
            ? rows.OrderBy(row => row.SetAsideAt).ThenBy(row => row.MessageId)
            : rows.OrderByDescending(row => row.SetAsideAt).ThenByDescending(row => row.MessageId);
        var page = await sorted
            .Take(filter.Limit + 1)
            .Select(AsDeadLetter)
            .ToListAsync(cancellationToken);
        return ToPage(page, filter.Limit, last => new PageCursor(filter.Sort, "", last.SetAsideAt, last.MessageId));
    }

    /// <returns>A message that was set aside in the store; null when there is none of that id.</returns>
    public async Task<DeadLetter?> DeadLetterAsync(Guid messageId, CancellationToken cancellationToken)
    {
        await using var context = await _contexts.CreateDbContextAsync(cancellationToken);
        return await context.Outbox.Where(row => row.MessageId == messageId && row.SetAsideAt != null)
            .Select(AsDeadLetter).FirstOrDefaultAsync(cancellationToken);
    }

    static Expression<Func<OutboxRow, DeadLetter>> AsDeadLetter => row => new DeadLetter
    {
        MessageId = row.MessageId,
        WorkflowId = row.WorkflowId,
        Timer = row.Timer,
        Destination = row.Destination,
        ContentType = row.ContentType,
        Attempts = row.Attempts,
        LastError = row.LastError,
        Reason = row.SetAsideReason ?? "",
        SetAsideAt = row.SetAsideAt!.Value,
        CreatedAt = row.CreatedAt,
    };

    (IReadOnlyList<string>? States, IReadOnlyList<string> Statuses) StatesOf(WorkflowFilter filter)
    {
        if (filter.State is not { } state)
            return (null, []);

        var states = StatesNamed(filter.Type, state);
        return (states, StatusesOf(filter.Type, states));
    }

    static async Task<DbCommand> CommandAsync(ReadContext context, CancellationToken cancellationToken)
    {
        await context.Database.OpenConnectionAsync(cancellationToken);
        return context.Database.GetDbConnection().CreateCommand();
    }

    static WorkflowSummary ReadSummary(DbDataReader reader, bool postgres)
    {
        return new WorkflowSummary
        {
            Id = postgres ? reader.GetGuid(0) : Guid.ParseExact(reader.GetString(0), "D"),
            Type = reader.GetString(1),
            Key = reader.GetString(2),
            State = reader.GetString(3),
            Status = reader.GetString(4),
            Version = reader.GetInt64(5),
            Priority = reader.GetInt16(6),
            StartedAt = Time(7),
            UpdatedAt = Time(8),
            FinishedAt = reader.IsDBNull(9) ? null : Time(9),
            TraceId = reader.IsDBNull(10) ? null : reader.GetString(10),
        };

        DateTimeOffset Time(int column) => postgres
            ? reader.GetFieldValue<DateTimeOffset>(column)
            : SqliteTime.FromMicroseconds(reader.GetInt64(column));
    }

    static Page<TItem> ToPage<TItem>(List<TItem> found, int limit, Func<TItem, PageCursor> cursorOf)
    {
        if (found.Count <= limit)
            return new Page<TItem>(found, null);

        found.RemoveRange(limit, found.Count - limit);
        return new Page<TItem>(found, cursorOf(found[^1]));
    }

    static void CheckLimit(int limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, WorkflowFilter.LimitMax);
    }
}
