namespace Resonance.Engine.Schedules;

/// <summary>When which workflow is started, and with what.</summary>
public sealed record ScheduleDefinition
{
    /// <summary>1 to 64 lower case letters, digits and hyphens.</summary>
    public required string Name { get; init; }

    /// <summary>Type of the workflow, e.g. <c>reporting</c>.</summary>
    public required string Workflow { get; init; }

    /// <summary>
    /// The start message, a JSON object of up to 65,536 characters. In its texts <c>{id}</c>, <c>{dueAt}</c> and <c>{previousDueAt}</c> are
    /// replaced, see <see cref="StartTemplate"/>; the member with the instance's id has to be <c>{id}</c>.
    /// </summary>
    public required string Start { get; init; }

    /// <summary>A cron expression of 5 fields (from the minute) or 6 (from the second).</summary>
    public required string Cron { get; init; }

    /// <summary>IANA name of the time zone that the expression is about.</summary>
    /// <value><c>UTC</c> by default.</value>
    public string TimeZone { get; init; } = "UTC";

    /// <summary>Each firing is put off by a part of this, always the same one for the same firing.</summary>
    /// <value>Zero by default; 0 to 1 h.</value>
    public TimeSpan Jitter { get; init; }

    /// <summary>What happens when the instance before still runs: one of <see cref="OverlapPolicy"/>.</summary>
    /// <value><see cref="OverlapPolicy.Skip"/> by default.</value>
    public string Overlap { get; init; } = OverlapPolicy.Skip;

    /// <summary>After downtime, how late a firing may be to be made up for. What is later is recorded as missed.</summary>
    /// <value>1 day by default; 0 to 30 days. A firing that is up to 10 s late is on time.</value>
    public TimeSpan CatchUp { get; init; } = TimeSpan.FromDays(1);
}

/// <summary>What happens when a schedule comes due while the instance that it started last still runs.</summary>
public static class OverlapPolicy
{
    /// <summary>Nothing is started.</summary>
    public const string Skip = "skip";

    /// <summary>It is started when the running one has ended; at most one waits.</summary>
    public const string QueueOne = "queueOne";

    /// <summary>Both run.</summary>
    public const string Allow = "allow";

    /// <summary>Every policy.</summary>
    public static IReadOnlyList<string> All { get; } = [Skip, QueueOne, Allow];
}
