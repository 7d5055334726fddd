using System.Text.Json;
using Resonance.Cli.Api;

namespace Resonance.Cli.Output;

/// <summary>Says in a line of markup what an entry of the journal tells.</summary>
static class EntryWords
{
    /// <returns>Null for what the step's own line says already.</returns>
    public static string? Of(JsonElement entry)
    {
        var activity = Words.Safe(entry.Text("activity")) + (entry.Text("item") is { } item ? $" ({Words.Safe(item)})" : "");
        return entry.Text("kind") switch
        {
            "stateChanged" => null,
            "enqueued" => $"waits for its turn in {Words.Safe(entry.Text("queue"))}, priority {entry.Number("priority")} {Words.Dim(entry.Text("group"))}",
            "admitted" => $"[green]its turn came[/] after {Words.Milliseconds(entry.Number("waitedMs"))}",
            "ruleEvaluated" => Rule(entry),
            "commandSent" => $"-> {activity}, attempt {entry.Number("attempt")} {Words.Dim(entry.Text("destination"))}",
            "eventPublished" => $"-> {Words.Safe(entry.Text("message"))} {Words.Dim(entry.Text("destination"))}",
            "replyReceived" => $"<- {Words.Safe(entry.Text("reply"))} for {activity}, attempt {entry.Number("attempt")}",
            "timerSet" => $"timer {Words.Safe(entry.Text("timer"))} until {Words.Time(entry.Time("dueAt"))}",
            "timerCancelled" => Words.Dim($"timer {entry.Text("timer")} called off"),
            "timerFired" => $"timer {Words.Safe(entry.Text("timer"))} came due",
            "retryScheduled" =>
                $"[yellow]retry {entry.Number("retry")} of {activity} in {Words.Milliseconds(entry.Number("delayMs"))}[/]: " +
                $"{Words.Safe(entry.Text("cause"))} {Words.Dim(entry.Text("policy"))}",
            "recoveryTriggered" =>
                $"[yellow]recovery {entry.Number("attempt")} of {activity} in {Words.Milliseconds(entry.Number("delayMs"))}[/] " +
                Words.Dim(entry.Text("policy")),
            "attemptFailed" =>
                $"[red]attempt {entry.Number("attempt")} of {activity} failed[/]: {Words.Safe(entry.Text("errorKind"))}, {Words.Safe(entry.Text("error"))}",
            "compensationStarted" => $"[magenta]undoing {activity}[/]: {Words.Safe(entry.Text("reason"))}",
            "compensated" => $"[magenta]{activity} undone[/]",
            "eventRejected" =>
                $"[red]{Words.Safe(entry.Text("event"))} rejected in {Words.Safe(entry.Text("state"))}[/]: {Words.Safe(entry.Text("reason"))}",
            "operatorAction" => Operator(entry),
            "suspended" => $"[yellow]suspended[/]: {Words.Safe(entry.Text("cause"))}",
            "recovered" => $"[green]went on[/]: {Words.Safe(entry.Text("how"))}",
            "finished" => $"[bold]{Words.Status(entry.Text("outcome"))}[/] after {Words.Milliseconds(entry.Number("durationMs"))}",
            "activitySkipped" => $"[yellow]{activity} skipped[/]: an operator gave its reply",
            "redelivered" => $"[yellow]delivery {entry.Number("delivery")}[/]: {Words.Safe(entry.Text("cause"))}",
            "raceLost" => Words.Dim($"decided anew after version {entry.Number("version")} lost a race"),
            // A server that is newer than this tool may tell of more.
            _ => Words.Safe(entry.OnOneLine()),
        };
    }

    static string Rule(JsonElement entry)
    {
        // Only what the rule read decided; journals of old do not say what that was.
        var read = entry.Items("read").Select(name => name.ToString()).ToHashSet(StringComparer.Ordinal);
        var values = entry.Members("values").Where(value => read.Count == 0 || read.Contains(value.Name))
            .Select(value => $"{value.Name} = {value.Value.OnOneLine()}");
        var reason = entry.Text("reason") is { } why ? $", {Words.Safe(why)}" : "";
        return $"rule {Words.Safe(entry.Text("rule"))} v{entry.Number("version")} {Words.Status(entry.Text("verdict"))}{reason}: " +
            $"{Words.Safe(entry.Text("expression"))} {Words.Dim($"with {string.Join(", ", values)}")}";
    }

    static string Operator(JsonElement entry)
    {
        var more = new[] { "data", "reply" }.Where(name => entry.Member(name) is not null).Select(name => $" {name} {entry.Member(name)!.Value.OnOneLine()}");
        var state = entry.Text("state") is { } end ? $" to {end}" : "";
        return $"[cyan]{Words.Safe(entry.Text("operator"))} asked to {Words.Safe(entry.Text("action"))}{Words.Safe(state)}[/]: " +
            $"{Words.Safe(entry.Text("reason"))}{Words.Dim(string.Concat(more))}";
    }
}
