using System.ComponentModel.DataAnnotations;
using Resonance.Engine.Storage;

namespace Resonance.Engine.Queues;

/// <summary>Refuses what no queue takes, before anything is stored, and puts the rest into the form in which it is stored.</summary>
static class WorkItemCheck
{
    const int AttributesMost = 64;

    /// <exception cref="ArgumentException">The name is none; the message says what a name is.</exception>
    public static void Name(string queue)
    {
        if (queue.Length is 0 or > 64 || queue.Any(letter => !char.IsAsciiLetterOrDigit(letter) && letter is not ('-' or '_' or '.' or ':')))
        {
            throw new ArgumentException(
                $"'{queue}' is no name for a queue: use 1 to 64 letters and digits of ASCII, hyphens, underscores, points and colons.",
                nameof(queue));
        }
    }

    public static void Batch(int count, string what)
    {
        if (count is < 1 or > WorkQueueLimits.BatchMax)
            throw new ArgumentException($"One call takes 1 to {WorkQueueLimits.BatchMax} {what}, not {count}.", what);
    }

    /// <exception cref="ArgumentOutOfRangeException">It is neither zero to 12 h nor without end.</exception>
    public static void Visibility(TimeSpan timeout)
    {
        if (timeout != Timeout.InfiniteTimeSpan && (timeout < TimeSpan.Zero || timeout > TimeSpan.FromHours(12)))
            throw new ArgumentOutOfRangeException(nameof(timeout), timeout, "A visibility time-out is zero to 12 hours, or without end.");
    }

    /// <exception cref="ValidationException">An item has a member that is out of its range.</exception>
    /// <exception cref="ArgumentException">There are no items, or too many.</exception>
    public static WorkItemRow[] Rows(string queue, IReadOnlyList<WorkItem> items)
    {
        Name(queue);
        Batch(items.Count, nameof(items));
        return [.. items.Select(item => Row(queue, item))];
    }

    /// <exception cref="ValidationException">The settings are out of their ranges.</exception>
    public static void Settings(WorkQueueSettings settings) =>
        Validator.ValidateObject(settings, new ValidationContext(settings), validateAllProperties: true);

    static WorkItemRow Row(string queue, WorkItem item)
    {
        Validator.ValidateObject(item, new ValidationContext(item), validateAllProperties: true);
        if (item.Body.Length > WorkQueueLimits.BodyBytesMax)
            throw new ValidationException($"The body has {item.Body.Length} bytes; the most is {WorkQueueLimits.BodyBytesMax}. Store it elsewhere and send where it is.");
        if (item.Delay < TimeSpan.Zero || item.Delay > WorkQueueLimits.DelayMax)
            throw new ValidationException($"The delay is {item.Delay}; use zero to {WorkQueueLimits.DelayMax.TotalDays:0} days.");
        if (item.Attributes.Count > AttributesMost)
            throw new ValidationException($"The item has {item.Attributes.Count} attributes; the most is {AttributesMost}.");

        return new WorkItemRow
        {
            Queue = queue,
            Id = item.Id,
            GroupId = item.GroupId,
            LimitKey = item.LimitKey,
            DeduplicationId = item.DeduplicationId,
            Priority = item.Priority,
            Delay = item.Delay,
            Body = item.Body.ToArray(),
            Attributes = WorkItemRow.Write(item.Attributes),
        };
    }
}
