using System.Globalization;
using System.Text.Json;
using Resonance.Engine.Definitions;
using Resonance.Engine.Storage;
using Resonance.Engine.Storage.Queries;

namespace Resonance.Gateway.Reports;

/// <summary>A report in a list: also one that is being made, or could not be.</summary>
/// <param name="Id">The report, and the instance that makes it.</param>
/// <param name="Key">What people call it, e.g. <c>REPORT-12</c>.</param>
/// <param name="Kind"><c>workflows</c>, or the workflow that it is about.</param>
/// <param name="From">First moment of its period.</param>
/// <param name="To">The moment after the period's last.</param>
/// <param name="Format"><c>csv</c> or <c>html</c>.</param>
/// <param name="State">As on screen.</param>
/// <param name="Status"><c>completed</c> when it can be read.</param>
/// <param name="Size">In bytes; null until it is written down.</param>
/// <param name="Reason">Why there is none, or why it waits for a person.</param>
/// <param name="StartedAt">When it was asked for.</param>
/// <param name="FinishedAt">When it was published, or given up.</param>
/// <param name="Url">Where it can be read; null while it cannot.</param>
sealed record ReportItem(
    Guid Id, string Key, string Kind, DateTimeOffset? From, DateTimeOffset? To, string Format, string State, string Status, long? Size,
    string? Reason, DateTimeOffset StartedAt, DateTimeOffset? FinishedAt, string? Url)
{
    public static ReportItem Of(WorkflowRow row)
    {
        var data = InstanceData.Read(row.Data);
        return new ReportItem(
            row.Id, row.Key, Text(ReportList.Kind), Time(ReportList.From), Time(ReportList.To), Text(ReportList.Format),
            StateNames.ToScreen(row.State), row.Status,
            long.TryParse(Text("size"), NumberStyles.None, CultureInfo.InvariantCulture, out var size) && size > 0 ? size : null,
            data.Reason ?? data.SuspensionCause, row.StartedAt, row.FinishedAt,
            row.Status == WorkflowStatus.Completed ? $"/api/reports/{row.Id}" : null);

        string Text(string member) => data.Shown[member]?.ToString() ?? "";

        DateTimeOffset? Time(string member) =>
            DateTimeOffset.TryParse(Text(member), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;
    }
}

/// <summary>Which reports to list; null means any.</summary>
sealed record ReportFilter
{
    public string? Kind { get; init; }

    public string? Format { get; init; }

    public IReadOnlyList<string> Statuses { get; init; } = [];

    /// <summary>Reports whose period reaches beyond this moment.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Reports whose period begins before this moment.</summary>
    public DateTimeOffset? To { get; init; }

    public bool OldestFirst { get; init; }

    public int Limit { get; init; } = WorkflowFilter.LimitDefault;

    public PageCursor? After { get; init; }

    public WorkflowSort Sort => new(WorkflowOrder.StartedAt, OldestFirst);
}

/// <summary>Lists reports: the instances of the workflow that makes them, by what they were asked for.</summary>
static class ReportList
{
    /// <summary>The workflow that makes reports; a build without it has none to list.</summary>
    public const string Type = "reporting";

    public const string Kind = "kind";
    public const string From = "from";
    public const string To = "to";
    public const string Format = "format";

    public static async Task<Page<ReportItem>> ReadAsync(ReportFilter filter, WorkflowQueries queries, CancellationToken cancellationToken)
    {
        var page = await queries.ListAsync(
            new WorkflowFilter
            {
                Type = Type,
                Statuses = filter.Statuses,
                Data = [.. Conditions(filter)],
                Sort = filter.Sort,
                Limit = filter.Limit,
                After = filter.After,
            },
            cancellationToken);
        var rows = (await queries.GetAsync([.. page.Items.Select(item => item.Id)], cancellationToken)).ToDictionary(row => row.Id);
        return new Page<ReportItem>(
            [.. page.Items.Where(item => rows.ContainsKey(item.Id)).Select(item => ReportItem.Of(rows[item.Id]))], page.Next);
    }

    // Times stand in the data as this writes them, in UTC, and such texts compare as the times do.
    static IEnumerable<DataCondition> Conditions(ReportFilter filter)
    {
        if (filter.Kind is { } kind)
            yield return On(Kind, DataOperator.Eq, kind);
        if (filter.Format is { } format)
            yield return On(Format, DataOperator.Eq, format);
        if (filter.From is { } from)
            yield return On(To, DataOperator.Gt, from.ToUniversalTime());
        if (filter.To is { } to)
            yield return On(From, DataOperator.Lt, to.ToUniversalTime());
    }

    static DataCondition On<T>(string member, DataOperator comparison, T value) =>
        new([new DataPathPart(member, 0)], comparison, JsonSerializer.SerializeToElement(value));
}
