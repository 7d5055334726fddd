using System.CommandLine;
using System.Text.Json;
using Resonance.Cli.Api;
using Resonance.Cli.Output;
using Resonance.Cli.Running;

namespace Resonance.Cli.Commands;

/// <summary>Messages that could not be delivered.</summary>
static class DeadLetterCommands
{
    public static Command Create(Tool tool) => Tool.Group(
        "dlq", "Lists messages that were set aside because they could not be delivered, and delivers them again.",
        CreateList(tool), CreateShow(tool), CreateRedrive(tool));

    static Command CreateList(Tool tool)
    {
        var (limit, all, queue) = (ListCommand.Limit(), ListCommand.All(), Queue(tool));
        var command = new Command("list", "Lists messages that were set aside, the last one first.") { limit, all, queue };
        return tool.Does(command, async session =>
        {
            if (session.Value(queue) is { } name)
                return await QueueCommand.ListKeptAsync(session, name, session.Value(all) ? Pages.PageMax : session.Value(limit));
            var pages = await ReadAsync(session, session.Value(all) ? null : session.Value(limit));
            return session.Show(pages.ToJson(), screen =>
            {
                var sheet = new Sheet("MESSAGE", "DESTINATION", "INSTANCE", "ATTEMPTS", "SET ASIDE", "REASON") { Numbers = ["ATTEMPTS"] };
                foreach (var item in pages.Items)
                {
                    sheet.Add(
                        Words.Strong(item.Text("messageId")), Words.Safe(item.Text("destination")), Words.Safe(item.Text("workflowId")),
                        Words.Count(item.Number("attempts")), screen.Ago(item.Time("setAsideAt")), Words.Safe(item.Text("reason")));
                }

                if (sheet.Rows.Count > 0)
                    screen.Show(sheet);
                ListCommand.Footer(screen, pages, "No message is set aside.");
            });
        });
    }

    static Command CreateShow(Tool tool)
    {
        var (message, queue) = (new Argument<string>("MESSAGE") { HelpName = "MESSAGE", Description = "The message's id." }, Queue(tool));
        return tool.Does(new Command("show", "Shows a message that was set aside.") { message, queue }, async session =>
        {
            var id = session.Value(message);
            if (session.Value(queue) is { } name)
                return await QueueCommand.ShowKeptAsync(session, name, id);
            var item = (await ReadAsync(session, null)).Items.FirstOrDefault(item => item.Text("messageId") == id);
            if (item.ValueKind == JsonValueKind.Undefined)
                throw new ToolFailure(ExitCodes.NotFound, $"No message with the id {id} is set aside.");
            return session.Show(item, screen => Members(screen, item));
        });
    }

    /// <summary>Each member of a message on a line.</summary>
    public static void Members(Screen screen, JsonElement item)
    {
        foreach (var member in item.EnumerateObject().Where(member => member.Value.ValueKind != JsonValueKind.Null))
            screen.Say($"{member.Name,-13} {Words.Safe(member.Value.ToString())}");
    }

    static Command CreateRedrive(Tool tool)
    {
        var message = new Argument<string?>("MESSAGE") { HelpName = "MESSAGE", Description = "The message's id.", Arity = ArgumentArity.ZeroOrOne };
        var queue = Queue(tool);
        var all = new Option<bool>("--all") { Description = "Every message that is set aside." };
        var command = new Command("redrive", "Puts messages that were set aside back into delivery.") { message, all, queue };
        return tool.Does(command, async session =>
        {
            if (session.Value(message) is null == !session.Value(all))
                throw new ToolFailure(ExitCodes.WrongUsage, "Name a message by its id, or give --all.");
            if (session.Value(queue) is { } name)
                return await QueueCommand.RedriveKeptAsync(session, name, session.Value(message));

            IReadOnlyList<string> ids = session.Value(message) is { } one
                ? [one]
                : [.. (await ReadAsync(session, null)).Items.Select(item => item.Text("messageId")!)];
            await session.Screen.FollowAsync("Putting back", async progress =>
            {
                for (var done = 0; done < ids.Count; done++)
                {
                    progress(done, ids.Count);
                    await session.Api.SendAsync(HttpMethod.Post, $"api/dead-letters/{Query.Part(ids[done])}/redrive", null);
                }

                progress(ids.Count, ids.Count);
                return ids.Count;
            });
            return session.Show(
                Json.Body(("redriven", ids)), screen => screen.Say($"{Words.Of(ids.Count, "message is", "messages are")} on the way again."));
        });
    }

    static Option<string?> Queue(Tool tool)
    {
        var queue = new Option<string?>("--queue")
        {
            Description = "A queue of the broker that keeps what could not be handled, e.g. order_error; what the store set aside when left out.",
            HelpName = "NAME",
        };
        queue.CompletionSources.Add(context => Suggestions.KeptQueues(tool, context));
        return queue;
    }

    static Task<Pages> ReadAsync(Session session, int? most) => Pages.ReadAsync(session.Api, () => new Query("api/dead-letters"), most);
}
