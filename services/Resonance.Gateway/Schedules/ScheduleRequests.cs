using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Resonance.Contracts;
using Resonance.Engine.Schedules;

namespace Resonance.Gateway.Schedules;

/// <summary>When which workflow is started, and with what.</summary>
record ScheduleBody
{
    /// <summary>Type of the workflow.</summary>
    [Required, StringLength(128, MinimumLength = 1), PlainText]
    public required string Workflow { get; init; }

    /// <summary>
    /// The start message. In its texts {id} becomes the firing's id, {dueAt} the time at which it came due and {previousDueAt} the due time
    /// before that, both in UTC. The member with the instance's id has to be "{id}".
    /// </summary>
    public required JsonElement Start { get; init; }

    /// <summary>5 fields: minute, hour, day of month, month, day of week; or 6 with the second first.</summary>
    [Required, StringLength(256, MinimumLength = 1), PlainText]
    public required string Cron { get; init; }

    /// <summary>IANA name; UTC when left out.</summary>
    [StringLength(64, MinimumLength = 1), PlainText]
    public string? TimeZone { get; init; }

    /// <summary>Each firing is put off by a part of this; 0 when left out.</summary>
    [Range(0, 3600)]
    public int? JitterSeconds { get; init; }

    /// <summary>skip, queueOne or allow; skip when left out.</summary>
    [StringLength(16, MinimumLength = 1), PlainText]
    public string? Overlap { get; init; }

    /// <summary>After downtime, how late a firing may be to be made up for; a day when left out.</summary>
    [Range(0, 30 * 24 * 3600)]
    public int? CatchUpSeconds { get; init; }

    public ScheduleDefinition ToDefinition(string name)
    {
        var plain = new ScheduleDefinition { Name = name, Workflow = Workflow, Start = Start.GetRawText(), Cron = Cron };
        return plain with
        {
            TimeZone = TimeZone ?? plain.TimeZone,
            Jitter = TimeSpan.FromSeconds(JitterSeconds ?? 0),
            Overlap = Overlap ?? plain.Overlap,
            CatchUp = CatchUpSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : plain.CatchUp,
        };
    }
}

/// <summary>A schedule, and who answers for it.</summary>
sealed record PutScheduleRequest : ScheduleBody
{
    /// <summary>Who asks; needed while access is open. Otherwise whoever sends the request.</summary>
    [StringLength(128, MinimumLength = 1), PlainText]
    public string? Author { get; init; }

    /// <summary>Why.</summary>
    [Required, StringLength(512, MinimumLength = 1), PlainText]
    public required string Reason { get; init; }
}

/// <summary>Who asks for something, and why.</summary>
sealed record ScheduleActionRequest
{
    /// <summary>Who asks; needed while access is open. Otherwise whoever sends the request.</summary>
    [StringLength(128, MinimumLength = 1), PlainText]
    public string? Author { get; init; }

    /// <summary>Why.</summary>
    [Required, StringLength(512, MinimumLength = 1), PlainText]
    public required string Reason { get; init; }
}
