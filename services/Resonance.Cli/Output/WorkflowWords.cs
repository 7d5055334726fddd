using System.Text.Json;
using Resonance.Cli.Api;

namespace Resonance.Cli.Output;

/// <summary>Shows one instance: its head, its way, and why it stands where it does.</summary>
static class WorkflowWords
{
    // A pause that long is worth telling apart from the steps around it.
    static readonly TimeSpan Idle = TimeSpan.FromSeconds(1);

    public static void Head(Screen screen, JsonElement workflow)
    {
        screen.Say(
            $"{Words.Strong(workflow.Text("key"))}  {Words.Safe(workflow.Text("type"))}  {Words.Strong(workflow.Text("state"))}  " +
            Words.Status(workflow.Text("status")));
        screen.Say($"id        {workflow.Text("id")}");
        screen.Say($"started   {Words.Time(workflow.Time("startedAt"))}, {screen.Ago(workflow.Time("startedAt"))}");
        if (workflow.Time("finishedAt") is { } finished)
            screen.Say($"finished  {Words.Time(finished)}, after {Words.Duration(finished - workflow.Time("startedAt")!.Value)}");
        else
            screen.Say($"updated   {Words.Time(workflow.Time("updatedAt"))}, {screen.Ago(workflow.Time("updatedAt"))}");
        foreach (var wait in workflow.Items("waitingFor"))
        {
            var until = wait.Time("until") is { } due ? $" until {Words.Time(due)}, {screen.Ago(due)}" : "";
            screen.Say($"waits for {Words.Safe(wait.Text("what"))}{until}");
        }

        if ((workflow.Text("traceUrl") ?? workflow.Text("traceId")) is { } trace)
            screen.Say($"trace     {Words.Safe(trace)}");
        if (workflow.Member("data") is { } data)
            screen.Say($"data      {Words.Safe(data.OnOneLine())}");
    }

    public static void Timeline(Screen screen, IEnumerable<JsonElement> steps)
    {
        var outline = new Outline("[bold]Steps[/]");
        DateTimeOffset? before = null;
        foreach (var step in steps)
        {
            var at = step.Time("occurredAt");
            if (at - before is { } pause && pause >= Idle)
                outline.Add(Words.Dim($"{Words.Duration(pause)} later"));
            before = at;
            var line = outline.Add(
                $"{step.Number("sequence")}  {Words.Clock(at)}  {Words.Strong(step.Text("event"))}  {StateChange(step)}");
            foreach (var entry in step.ValueKind == JsonValueKind.Object ? step.Items("entries") : [])
            {
                if (EntryWords.Of(entry) is { } words)
                    line.Add(words);
            }
        }

        if (outline.Below.Count == 0)
            outline.Add(Words.Dim("none: it has not taken its first step yet, or its journal was archived"));
        screen.Show(outline);
    }

    public static void Explain(Screen screen, JsonElement explained)
    {
        screen.Say(
            $"{Words.Strong(explained.Text("key"))} is in {Words.Strong(explained.Text("state"))} ({Words.Status(explained.Text("status"))}) since " +
            $"{Words.Time(explained.Time("since"))}, {screen.Ago(explained.Time("since"))}" +
            (explained.Text("by") is { } by ? $", by {Words.Safe(by)} in step {explained.Number("step")}." : "."));
        if (explained.Text("undoing") is { } undoing)
            screen.Say($"It is undoing {Words.Safe(undoing)}.");
        if (explained.Text("reason") is { } reason)
            screen.Say($"Reason: {Words.Safe(reason)}");
        if (explained.Member("incident") is { } incident)
            Incident(screen, incident);

        Section(screen, "What would move it on", explained.Items("movesOn").Select(sentence => Words.Safe(sentence.ToString())));
        Section(screen, "Activities", explained.Items("activities").Select(activity => Activity(screen, activity)));
        Section(screen, "Timers", explained.Items("timers").Select(timer =>
            $"{Words.Safe(timer.Text("what"))}, due {Words.Time(timer.Time("dueAt"))}, {screen.Ago(timer.Time("dueAt"))}"));
        Section(screen, "Verdicts that led here", explained.Items("verdicts").Select(verdict =>
            $"step {verdict.Number("sequence")}: rule {Words.Safe(verdict.Text("rule"))} v{verdict.Number("version")} " +
            $"{Words.Status(verdict.Text("verdict"))}: {Words.Safe(verdict.Text("expression"))} " +
            Words.Dim($"with {string.Join(", ", verdict.Members("values").Select(value => $"{value.Name} = {value.Value.OnOneLine()}"))}")));
        Section(screen, "Events that it accepts", Listed(explained, "accepts"));
        Section(screen, "Actions", explained.Items("actions").Select(action =>
            $"resonance {Words.Safe(action.ToString())} {Words.Safe(explained.Text("key"))} --reason ..."));
    }

    static void Incident(Screen screen, JsonElement incident)
    {
        screen.Say($"[yellow]It waits for a person[/]: {Words.Safe(incident.Text("cause"))}");
        screen.Say(
            $"Incident {Words.Safe(incident.Text("fingerprint"))}, after {Words.Of(incident.Number("attempts") ?? 0, "attempt", "attempts")}; it goes " +
            $"back to {Words.Safe(incident.Text("state"))}." + (incident.Text("heldBy") is { } holder ? $" {Words.Safe(holder)} holds it." : ""));
    }

    static string Activity(Screen screen, JsonElement activity)
    {
        var most = activity.Number("attemptsMax") is { } max ? $" of {max}" : "";
        var next = activity.Time("nextAttemptAt") is { } retry ? $", the next one {screen.Ago(retry)}"
            : activity.Time("timesOutAt") is { } end ? $", times out {screen.Ago(end)}" : "";
        var error = activity.Text("lastError") is { } last ? $"; the last error: {Words.Safe(last)}" : "";
        var queue = activity.Text("queueProblem") is { } problem ? $"; {Words.Safe(problem)}"
            : $"; queue {Words.Safe(activity.Text("queue"))} has {Words.Of(activity.Number("consumers") ?? 0, "consumer", "consumers")}";
        var child = activity.Member("child") is { } running
            ? $"; done by {Words.Safe(running.Text("key"))}, in {Words.Safe(running.Text("state"))} ({Words.Status(running.Text("status"))})"
            : "";
        return $"{Words.Safe(activity.Text("activity"))}, attempt {activity.Number("attempt")}{most}{next}{error}{queue}{child} " +
            Words.Dim(activity.Text("policy"));
    }

    static IEnumerable<string> Listed(JsonElement explained, string name)
    {
        var names = string.Join(", ", explained.Items(name).Select(item => item.ToString()));
        return names.Length == 0 ? [] : [Words.Safe(names)];
    }

    static void Section(Screen screen, string title, IEnumerable<string> lines)
    {
        var outline = new Outline($"[bold]{title}[/]");
        foreach (var line in lines)
            outline.Add(line);
        if (outline.Below.Count > 0)
            screen.Show(outline);
    }

    static string StateChange(JsonElement step)
    {
        var (from, to) = (Words.Safe(step.Text("from")), Words.Safe(step.Text("to")));
        return from == to ? Words.Dim(to) : $"{from} -> {to}";
    }
}
