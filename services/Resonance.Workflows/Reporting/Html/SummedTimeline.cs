using Resonance.Contracts.Reporting;

namespace Resonance.Workflows.Reporting.Html;

/// <summary>The timelines of all workflows of a report, added up.</summary>
sealed class SummedTimeline
{
    static readonly int[] HoursBetweenLabels = [1, 2, 3, 6, 12];
    static readonly int[] DaysBetweenLabels = [1, 2, 7, 14];

    readonly DateTime _from;
    readonly TimeSpan _slot;

    public SummedTimeline(IReadOnlyList<ReportFigures> all)
    {
        var first = all[0].Timeline;
        _from = first.From.UtcDateTime;
        _slot = TimeSpan.FromSeconds(first.SlotSeconds);
        Started = Sum(all.Select(figures => figures.Timeline.Started), first.Started.Count);
        Finished = Sum(all.Select(figures => figures.Timeline.Finished), first.Started.Count);
    }

    public long[] Started { get; }

    public long[] Finished { get; }

    public int Count => Started.Length;

    public bool ByDay => _slot >= TimeSpan.FromDays(1);

    /// <summary>E.g. <c>22 November 2026</c>, or <c>22 November 2026, 09:00</c>.</summary>
    public string NameOf(int slot) => ByDay ? ReportText.Day(At(slot)) : $"{ReportText.Day(At(slot))}, {ReportText.Clock(At(slot))}";

    /// <returns>What stands under a slot; null when nothing does, so that there are at most so many labels.</returns>
    public string? LabelOf(int slot, int labelsMax)
    {
        var at = At(slot);
        if (!ByDay)
        {
            var hours = Array.Find(HoursBetweenLabels, hours => Count <= hours * labelsMax);
            if (at.Hour % (hours == 0 ? 24 : hours) != 0)
                return null;
            return at.Hour == 0 || slot == 0 ? ReportText.ShortDay(at) : ReportText.Clock(at);
        }

        var days = Array.Find(DaysBetweenLabels, days => Count <= days * labelsMax);
        if (days > 0)
            return slot % days == 0 ? ReportText.ShortDay(at) : null;

        // Two months are 62 days at most, so that every other month of a year has its name.
        return at.Day == 1 && (Count <= 31 * labelsMax || at.Month % 2 == 1) ? ReportText.Month(at) : null;
    }

    DateTime At(int slot) => _from + slot * _slot;

    static long[] Sum(IEnumerable<IReadOnlyList<long>> timelines, int count)
    {
        var sums = new long[count];
        foreach (var timeline in timelines)
        {
            for (var slot = 0; slot < count; slot++)
                sums[slot] += timeline[slot];
        }

        return sums;
    }
}
