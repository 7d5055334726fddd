using System.CommandLine;
using System.Text.Json;
using Resonance.Cli.Api;
using Resonance.Cli.Output;
using Resonance.Cli.Running;

namespace Resonance.Cli.Commands;

/// <summary>All queues, and what lies in those of the broker that keep what could not be handled.</summary>
static class QueueCommand
{
    public static Command Create(Tool tool)
    {
        var group = Tool.Group(
            "queues", "Lists the queues with what waits in them, shows work queues and changes them.",
            tool.Does(new Command("list", "Lists the queues of the broker, the work queues, and counts the outbox."), ListAsync),
            WorkQueueCommands.CreateShow(tool), WorkQueueCommands.CreateSet(tool),
            WorkQueueCommands.CreateHold(tool, "pause", "Has a work queue hand out nothing until it is resumed."),
            WorkQueueCommands.CreateHold(tool, "resume", "Lets a work queue hand out items again."),
            WorkItemCommands.CreateList(tool), WorkItemCommands.CreateLocate(tool), WorkItemCommands.CreateRedrive(tool),
            WorkItemCommands.CreatePurge(tool));
        return tool.Does(group, ListAsync);
    }

    static async Task<int> ListAsync(Session session)
    {
        var queues = await session.Api.GetAsync("api/queues");
        return session.Show(queues, screen =>
        {
            var sheet = new Sheet("QUEUE", "READY", "CONSUMERS", "KEEPS WHAT FAILED OF") { Numbers = ["READY", "CONSUMERS"] };
            foreach (var queue in queues.Items("queues"))
            {
                sheet.Add(
                    Words.Strong(queue.Text("name")), Words.Count(queue.Number("ready")), Words.Count(queue.Number("consumers")),
                    Words.Safe(queue.Text("keptOf")));
            }

            if (sheet.Rows.Count > 0)
                screen.Show(sheet);
            WorkQueueCommands.ShowAll(screen, queues.Items("workQueues"));
            if (queues.Member("outbox") is { } outbox)
            {
                screen.Say(
                    $"Outbox: {Words.Count(outbox.Number("waiting"))} waiting, {Words.Count(outbox.Number("timers"))} due later, " +
                    $"{Words.Count(outbox.Number("setAside"))} set aside.");
            }

            if (queues.Text("note") is { } note)
                screen.Say(Words.Dim(note));
        });
    }

    /// <summary>Lists the messages of a queue that keeps what could not be handled.</summary>
    public static async Task<int> ListKeptAsync(Session session, string queue, int most)
    {
        var kept = await ReadAsync(session, queue, most);
        return session.Show(kept, screen =>
        {
            var sheet = new Sheet("MESSAGE", "SENT", "REASON", "BYTES") { Numbers = ["BYTES"] };
            foreach (var item in kept.Items("items"))
            {
                sheet.Add(
                    Words.Strong(item.Text("messageId") ?? "(none)"), screen.Ago(item.Time("sentAt")),
                    Words.Safe(item.Text("reason") ?? item.Text("exception")), Words.Count(item.Number("bodyBytes")));
            }

            if (sheet.Rows.Count > 0)
                screen.Show(sheet);
            else
                screen.Say(Words.Safe(kept.Text("note") ?? $"Nothing lies in {queue}."));
        });
    }

    /// <summary>Shows one of them whole.</summary>
    public static async Task<int> ShowKeptAsync(Session session, string queue, string message)
    {
        var item = (await ReadAsync(session, queue, Pages.PageMax)).Items("items").FirstOrDefault(item => item.Text("messageId") == message);
        if (item.ValueKind == JsonValueKind.Undefined)
            throw new ToolFailure(ExitCodes.NotFound, $"No message with the id {message} is among the first {Pages.PageMax} of {queue}.");
        return session.Show(item, screen => DeadLetterCommands.Members(screen, item));
    }

    /// <summary>Sends them to the queue that they came from.</summary>
    public static async Task<int> RedriveKeptAsync(Session session, string queue, string? message)
    {
        var answer = await session.Api.SendAsync(
            HttpMethod.Post, $"api/queues/{Query.Part(queue)}/redrive", Json.Body(("messageId", message)));
        session.Show(answer, screen =>
        {
            screen.Say(
                $"{Words.Of(answer.Number("redriven") ?? 0, "message is", "messages are")} in {Words.Strong(answer.Text("to"))} again; " +
                $"{Words.Count(answer.Number("left"))} left in {Words.Safe(queue)}.");
            if (answer.Text("problem") is { } problem)
                screen.Say($"[yellow]{Words.Safe(problem)}[/]");
        });
        return answer.Text("problem") is null ? ExitCodes.Done : ExitCodes.Refused;
    }

    static Task<JsonElement> ReadAsync(Session session, string queue, int most) => session.Api.GetAsync(
        new Query($"api/queues/{Query.Part(queue)}/messages").With("limit", Math.Min(most, Pages.PageMax)).ToString());
}
