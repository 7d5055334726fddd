using System.Text.Json;
using System.Text.RegularExpressions;
using Cronos;
using Resonance.Engine.Definitions;

namespace Resonance.Engine.Schedules;

/// <summary>Says everything that is wrong with a definition, by member.</summary>
static partial class ScheduleCheck
{
    static readonly TimeSpan JitterMax = TimeSpan.FromHours(1);
    static readonly TimeSpan CatchUpMax = TimeSpan.FromDays(30);

    /// <returns>What to change, by member in camelCase, inside the start message as <c>start.…</c>; empty when all is well.</returns>
    public static Dictionary<string, string[]> Check(ScheduleDefinition definition, WorkflowCatalog catalog, DateTimeOffset now)
    {
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        if (!NameForm().IsMatch(definition.Name))
            errors["name"] = ["name must be 1 to 64 lower case letters, digits and hyphens."];
        if (definition.Jitter < TimeSpan.Zero || definition.Jitter > JitterMax)
            errors["jitter"] = ["jitter must be from 0 to 1 hour."];
        if (definition.CatchUp < TimeSpan.Zero || definition.CatchUp > CatchUpMax)
            errors["catchUp"] = ["catchUp must be from 0 to 30 days."];
        if (!OverlapPolicy.All.Contains(definition.Overlap))
            errors["overlap"] = [$"overlap must be one of {string.Join(", ", OverlapPolicy.All)}."];
        var zone = ScheduleCalendar.FindZone(definition.TimeZone);
        if (zone is null)
            errors["timeZone"] = [$"There is no time zone '{definition.TimeZone}'; name one as IANA does, e.g. Europe/Berlin."];
        if (CronProblem(definition, zone ?? TimeZoneInfo.Utc, now) is { } problem)
            errors["cron"] = [problem];

        var workflow = catalog.Find(definition.Workflow);
        if (workflow is null)
        {
            var types = string.Join(", ", catalog.All.Select(one => one.Type).Order(StringComparer.Ordinal));
            errors["workflow"] = [$"There is no workflow '{definition.Workflow}'. Workflows: {types}."];
        }

        CheckStart(definition, workflow, now, errors);
        return errors;
    }

    static string? CronProblem(ScheduleDefinition definition, TimeZoneInfo zone, DateTimeOffset now)
    {
        try
        {
            return ScheduleCalendar.ParseCron(definition.Cron).GetNextOccurrence(now, zone) is null
                ? $"'{definition.Cron}' never comes due."
                : null;
        }
        catch (CronFormatException wrong)
        {
            return wrong.Message;
        }
    }

    static void CheckStart(
        ScheduleDefinition definition, WorkflowDescription? workflow, DateTimeOffset now, Dictionary<string, string[]> errors)
    {
        if (definition.Start.Length > StartTemplate.LengthMax)
        {
            errors["start"] = [$"start may have {StartTemplate.LengthMax:N0} characters at most."];
            return;
        }

        // Sample values: what a firing puts in has the same form.
        var whole = new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero);
        var sample = new FiringValues(NameBasedId.For("a sample of a firing"), whole, whole.AddHours(-1));
        ReadOnlyMemory<byte> filled;
        try
        {
            filled = StartTemplate.Fill(definition.Start, sample);
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException)
        {
            errors["start"] = [$"start must be a JSON object: {malformed.Message}"];
            return;
        }

        if (workflow is null)
            return;

        var read = ContractReader.Read(workflow.StartContract, filled);
        foreach (var (field, problems) in read.Errors)
            errors[field == ContractFindings.Document ? "start" : $"start.{field}"] = problems;
        if (read.Message is { } message && workflow.IdOf(message) != sample.Id)
            errors["start"] = ["The instance's id must be \"{id}\": every firing starts an instance of its own."];
    }

    [GeneratedRegex(@"\A[a-z0-9-]{1,64}\z")]
    private static partial Regex NameForm();
}
