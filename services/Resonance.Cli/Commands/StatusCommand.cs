using System.CommandLine;
using System.Net;
using System.Text.Json;
using Resonance.Cli.Api;
using Resonance.Cli.Output;
using Resonance.Cli.Running;

namespace Resonance.Cli.Commands;

/// <summary>How the server fares, and its workflows.</summary>
static class StatusCommand
{
    public static Command Create(Tool tool)
    {
        var window = new Option<string>("--window") { Description = "How far back, e.g. 30m or 1h.", HelpName = "TIME", DefaultValueFactory = _ => "1h" };
        var command = new Command("status", "Shows health, and how the workflows fared; ends with 1 when the server is unhealthy.") { window };
        return tool.Does(command, async session =>
        {
            var (_, health) = await session.Api.LookAsync("health/ready", HttpStatusCode.ServiceUnavailable);
            JsonElement? summary = health.Text("status") == "unhealthy"
                ? null
                : await session.Api.GetAsync(new Query("api/metrics/summary").With("window", session.Value(window)).ToString());
            session.Show(Json.Body(("health", health), ("summary", summary)), screen =>
            {
                ShowHealth(screen, session.Api.Address, health);
                if (summary is { } figures)
                    ShowSummary(screen, figures);
            });
            return health.Text("status") == "unhealthy" ? ExitCodes.Refused : ExitCodes.Done;
        });
    }

    static void ShowHealth(Screen screen, Uri address, JsonElement health)
    {
        screen.Say($"{Words.Safe(address.ToString())} is {Words.Status(health.Text("status"))}.");
        foreach (var check in health.Members("checks").Where(check => check.Value.Text("status") != "healthy"))
            screen.Say($"  {Words.Safe(check.Name)} is {Words.Status(check.Value.Text("status"))}: {Words.Safe(check.Value.Text("reason"))}");
    }

    static void ShowSummary(Screen screen, JsonElement summary)
    {
        screen.Say(
            $"In the last {Words.Safe(summary.Text("window"))}: {Words.Of(summary.Number("workflowsProcessed") ?? 0, "workflow", "workflows")} processed" +
            (summary.Fraction("successRate") is { } rate ? $", {Words.Percent(rate)} as intended" : "") +
            (summary.Number("averageLatencyMs") is { } average
                ? $", {Words.Milliseconds(average)} on average, p99 {Words.Milliseconds(summary.Number("p99LatencyMs"))}"
                : "") + ".");
        screen.Say(
            $"{Words.Of(summary.Number("retries") ?? 0, "retry", "retries")}, {Words.Of(summary.Number("compensations") ?? 0, "compensation", "compensations")}, " +
            $"{Words.Of(summary.Number("incidents") ?? 0, "incident", "incidents")}; queue depth {Words.Count(summary.Number("queueDepth"))}" +
            (summary.Text("queueDepthNote") is { } note ? $" ({Words.Safe(note)})" : "") + ".");
        var sheet = new Sheet("WORKFLOW", "RUNNING", "SUSPENDED", "QUEUED", "PROCESSED", "SUCCESS", "AVERAGE", "P99")
        {
            Numbers = ["RUNNING", "SUSPENDED", "QUEUED", "PROCESSED", "SUCCESS", "AVERAGE", "P99"],
        };
        foreach (var workflow in summary.Items("byWorkflow"))
        {
            var suspended = Words.Count(workflow.Number("suspended"));
            sheet.Add(
                Words.Strong(workflow.Text("type")), Words.Count(workflow.Number("running")),
                workflow.Number("suspended") is > 0 ? $"[yellow]{suspended}[/]" : suspended, Words.Count(workflow.Number("queued")),
                Words.Count(workflow.Number("processed")), Words.Percent(workflow.Fraction("successRate")),
                Words.Milliseconds(workflow.Number("averageLatencyMs")), Words.Milliseconds(workflow.Number("p99LatencyMs")));
        }

        screen.Show(sheet);
    }
}
