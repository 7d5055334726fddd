using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Cronos;

namespace Resonance.Engine.Schedules;

/// <summary>The due times of a schedule. Every process that computes them gets the same.</summary>
/// <remarks>
/// Where clocks are put forward, a time that does not exist comes due when they are; where they are put back, a time of day that exists
/// twice comes due the first time, and an interval such as <c>*/30 * * * *</c> goes on through both hours.
/// </remarks>
sealed class ScheduleCalendar
{
    /// <summary>More than clocks are ever put forward or back.</summary>
    static readonly TimeSpan LargestShift = TimeSpan.FromHours(3);

    readonly string _name;
    readonly CronExpression _cron;
    readonly TimeZoneInfo _zone;
    readonly TimeSpan _jitter;

    ScheduleCalendar(string name, CronExpression cron, TimeZoneInfo zone, TimeSpan jitter)
    {
        _name = name;
        _cron = cron;
        _zone = zone;
        _jitter = jitter;
    }

    /// <exception cref="CronFormatException">The expression is wrong.</exception>
    /// <exception cref="TimeZoneNotFoundException">This machine does not know the time zone.</exception>
    public static ScheduleCalendar Of(ScheduleDefinition definition) => new(
        definition.Name, ParseCron(definition.Cron), FindZone(definition.TimeZone) ?? throw new TimeZoneNotFoundException(
            $"This machine does not know the time zone '{definition.TimeZone}'."), definition.Jitter);

    /// <exception cref="CronFormatException">The expression is wrong.</exception>
    public static CronExpression ParseCron(string text)
    {
        var fields = text.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries).Length;
        if (fields is not (5 or 6))
        {
            throw new CronFormatException(
                "A cron expression has 5 fields (minute, hour, day of month, month, day of week), or 6 with the second first; " +
                $"found {fields}.");
        }

        try
        {
            return CronExpression.Parse(text, fields == 6 ? CronFormat.IncludeSeconds : CronFormat.Standard);
        }
        catch (MissingSeedException)
        {
            throw new CronFormatException("'H' is not known here: write a number, and set a jitter to spread firings.");
        }
    }

    /// <returns>Null when this machine does not know it.</returns>
    public static TimeZoneInfo? FindZone(string name)
    {
        // Such names are paths of files to some systems; nothing but a name gets that far.
        var isName = name.Length is > 0 and <= 64 && char.IsAsciiLetter(name[0])
            && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '/' or '_' or '-' or '+');
        return !isName ? null : name == "UTC" ? TimeZoneInfo.Utc : TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? zone : null;
    }

    /// <returns>The first due time after a time; null when there is none in the calendar that Cronos knows.</returns>
    public DateTimeOffset? After(DateTimeOffset time) => _cron.GetNextOccurrence(time, _zone)?.ToUniversalTime();

    /// <returns>The first due time at or after a time.</returns>
    public DateTimeOffset? From(DateTimeOffset time) => _cron.GetNextOccurrence(time, _zone, inclusive: true)?.ToUniversalTime();

    /// <returns>The last due time before a time; the time itself when there is none.</returns>
    public DateTimeOffset Before(DateTimeOffset time)
    {
        // Looking back, Cronos finds other times than looking forward where clocks change; so it only says where to look forward from.
        var near = _cron.GetPreviousOccurrence(time, _zone);
        while (near is { } found)
        {
            if (From(found - LargestShift) is { } first && first < time)
                return LastBefore(first, time);
            near = _cron.GetPreviousOccurrence(found - LargestShift, _zone);
        }

        return time;
    }

    /// <summary>The due times after a time, in their order.</summary>
    public IEnumerable<DateTimeOffset> AllAfter(DateTimeOffset time)
    {
        for (var due = After(time); due is not null; due = After(due.Value))
            yield return due.Value;
    }

    /// <summary>When what comes due is to be started: later by a part of the jitter that follows from the name and the due time.</summary>
    public DateTimeOffset StartOf(DateTimeOffset due)
    {
        if (_jitter == TimeSpan.Zero)
            return due;

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{_name}/{StartTemplate.Text(due)}"), hash);
        var part = BinaryPrimitives.ReadUInt32BigEndian(hash) / (uint.MaxValue + 1.0);
        return due + TimeSpan.FromMilliseconds(Math.Floor(_jitter.TotalMilliseconds * part));
    }

    /// <summary>The last due time before a time, where a first one is known: by halves, as there may be one each second.</summary>
    DateTimeOffset LastBefore(DateTimeOffset last, DateTimeOffset time)
    {
        var end = time;
        while (After(last) is { } next && next < time)
        {
            var middle = last + (end - last) / 2;
            if (From(middle) is { } later && later < time)
                last = later > last ? later : next;
            else
                end = middle;
        }

        return last;
    }
}
