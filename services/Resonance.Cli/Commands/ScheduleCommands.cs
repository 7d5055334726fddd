using System.CommandLine;
using System.Text.Json;
using Resonance.Cli.Api;
using Resonance.Cli.Output;
using Resonance.Cli.Running;

namespace Resonance.Cli.Commands;

static class ScheduleCommands
{
    public static Command Create(Tool tool)
    {
        var group = Tool.Group(
            "schedules", "Lists schedules, shows what became of them, and changes them.",
            tool.Does(new Command("list", "Lists the schedules."), ListAsync), CreateShow(tool), CreateSet(tool),
            CreateAction(tool, "pause", "Puts a schedule on hold.", "pause"),
            CreateAction(tool, "resume", "Lets a schedule go on with its next due time.", "resume"),
            CreateAction(tool, "run", "Has a schedule fire once, now.", "trigger"),
            CreateDelete(tool));
        return tool.Does(group, ListAsync);
    }

    static async Task<int> ListAsync(Session session)
    {
        var schedules = await Pages.ReadAsync(session.Api, () => new Query("api/schedules"), most: null);
        return session.Show(schedules.ToJson(), screen =>
        {
            var sheet = new Sheet("SCHEDULE", "WORKFLOW", "CRON", "TIME ZONE", "OVERLAP", "NEXT START", "");
            foreach (var schedule in schedules.Items)
            {
                sheet.Add(
                    Words.Strong(schedule.Text("name")), Words.Safe(schedule.Text("workflow")), Words.Safe(schedule.Text("cron")),
                    Words.Safe(schedule.Text("timeZone")), Words.Safe(schedule.Text("overlap")), Words.Time(schedule.Time("nextStartAt")),
                    schedule.Member("paused") is { } paused ? $"[yellow]paused by {Words.Safe(paused.Text("by"))}[/]" : "");
            }

            if (sheet.Rows.Count > 0)
                screen.Show(sheet);
            else
                screen.Say("There is no schedule.");
        });
    }

    static Command CreateShow(Tool tool)
    {
        var name = Name(tool);
        return tool.Does(new Command("show", "Shows a schedule: its next times, what became of the last ones, who changed it.") { name }, async session =>
        {
            var detail = await session.Api.GetAsync($"api/schedules/{Query.Part(session.Value(name))}");
            return session.Show(detail, screen => Show(screen, detail));
        });
    }

    static void Show(Screen screen, JsonElement detail)
    {
        var schedule = detail.GetProperty("schedule");
        screen.Say(
            $"{Words.Strong(schedule.Text("name"))} starts {Words.Safe(schedule.Text("workflow"))} at {Words.Safe(schedule.Text("cron"))} " +
            $"({Words.Safe(schedule.Text("timeZone"))}), overlap {Words.Safe(schedule.Text("overlap"))}.");
        if (schedule.Member("paused") is { } paused)
            screen.Say($"[yellow]Paused by {Words.Safe(paused.Text("by"))}[/] {screen.Ago(paused.Time("at"))}: {Words.Safe(paused.Text("reason"))}");
        screen.Say($"start  {Words.Safe(schedule.Member("start")?.OnOneLine())}");
        screen.Say($"next   {string.Join(", ", detail.Items("nextTimes").Select(time => Words.Time(time.GetDateTimeOffset())))}");
        var firings = new Sheet("DUE", "OUTCOME", "INSTANCE", "REASON");
        foreach (var firing in detail.Items("firings"))
        {
            firings.Add(
                Words.Time(firing.Time("dueAt")), Words.Status(firing.Text("outcome")), Words.Safe(firing.Text("workflowId")),
                Words.Safe(firing.Text("reason")));
        }

        if (firings.Rows.Count > 0)
            screen.Show(firings);
        var changes = new Sheet("CHANGED", "WHAT", "BY", "REASON");
        foreach (var change in detail.Items("changes"))
        {
            changes.Add(
                Words.Time(change.Time("changedAt")), Words.Safe(change.Text("action")), Words.Safe(change.Text("author")),
                Words.Safe(change.Text("reason")));
        }

        if (changes.Rows.Count > 0)
            screen.Show(changes);
    }

    static Command CreateSet(Tool tool)
    {
        var (name, reason) = (Name(tool), ActionCommands.Reason());
        reason.Description = "Why; it stands among the schedule's changes.";
        var workflow = new Option<string>("--workflow") { Description = "What it starts.", HelpName = "TYPE", Required = true };
        workflow.CompletionSources.Add(context => Suggestions.Types(tool, context));
        var start = new Option<string>("--start")
        {
            Description = "The start message: JSON, @FILE, or -; the instance's id in it is \"{id}\".",
            HelpName = "JSON|@FILE|-",
            Required = true,
        };
        var cron = new Option<string>("--cron") { Description = "5 fields, or 6 with the second first, e.g. '0 6 * * *'.", HelpName = "CRON", Required = true };
        var zone = new Option<string?>("--time-zone") { Description = "IANA name; UTC when left out.", HelpName = "ZONE" };
        var jitter = new Option<int?>("--jitter") { Description = "Puts each firing off by a part of so many seconds.", HelpName = "SECONDS" };
        var overlap = new Option<string?>("--overlap") { Description = "skip, queueOne or allow; skip when left out.", HelpName = "POLICY" };
        overlap.CompletionSources.Add("skip", "queueOne", "allow");
        var catchUp = new Option<int?>("--catch-up") { Description = "How late a firing may be to be made up for.", HelpName = "SECONDS" };
        var command = new Command("set", "Creates or replaces a schedule.") { name, workflow, start, cron, zone, jitter, overlap, catchUp, reason };
        return tool.Does(command, async session =>
        {
            var body = Json.Body(
                ("workflow", session.Value(workflow)), ("start", await session.JsonAsync("--start", session.Value(start)!)), ("cron", session.Value(cron)),
                ("timeZone", session.Value(zone)), ("jitterSeconds", session.Value(jitter)), ("overlap", session.Value(overlap)),
                ("catchUpSeconds", session.Value(catchUp)), ("author", await session.AuthorAsync()), ("reason", session.Value(reason)));
            var schedule = await session.Api.SendAsync(HttpMethod.Put, $"api/schedules/{Query.Part(session.Value(name))}", body);
            return session.Show(schedule, screen =>
                screen.Say($"Schedule {Words.Strong(schedule.Text("name"))} starts {Words.Safe(schedule.Text("workflow"))} next at {Words.Time(schedule.Time("nextStartAt"))}."));
        });
    }

    static Command CreateAction(Tool tool, string name, string description, string action)
    {
        var (schedule, reason) = (Name(tool), ActionCommands.Reason());
        reason.Description = "Why; it stands among the schedule's changes.";
        return tool.Does(new Command(name, description) { schedule, reason }, async session =>
        {
            var body = Json.Body(("author", await session.AuthorAsync()), ("reason", session.Value(reason)));
            var answer = await session.Api.SendAsync(HttpMethod.Post, $"api/schedules/{Query.Part(session.Value(schedule))}/{action}", body);
            session.Show(answer, screen => screen.Say(action switch
            {
                "pause" => $"Schedule {Words.Strong(session.Value(schedule))} is on hold.",
                "resume" => $"Schedule {Words.Strong(session.Value(schedule))} goes on at {Words.Time(answer.Time("nextStartAt"))}.",
                _ => $"Schedule {Words.Strong(session.Value(schedule))}: {Words.Status(answer.Text("outcome"))} {Words.Safe(answer.Text("workflowId") ?? answer.Text("reason"))}",
            }));
            return answer.Text("outcome") is "refused" ? ExitCodes.Refused : ExitCodes.Done;
        });
    }

    static Command CreateDelete(Tool tool)
    {
        var (name, reason) = (Name(tool), ActionCommands.Reason());
        reason.Description = "Why; it stands among the schedule's changes.";
        return tool.Does(new Command("delete", "Removes a schedule; instances that it started go on.") { name, reason }, async session =>
        {
            var address = new Query($"api/schedules/{Query.Part(session.Value(name))}").With("author", await session.AuthorAsync()).With("reason", session.Value(reason));
            await session.Api.SendAsync(HttpMethod.Delete, address.ToString(), null);
            return session.Show(Json.Body(("deleted", session.Value(name))), screen => screen.Say($"Schedule {Words.Strong(session.Value(name))} is gone."));
        });
    }

    static Argument<string> Name(Tool tool)
    {
        var name = new Argument<string>("NAME") { HelpName = "NAME", Description = "The schedule." };
        name.CompletionSources.Add(context => Suggestions.Schedules(tool, context));
        return name;
    }
}
