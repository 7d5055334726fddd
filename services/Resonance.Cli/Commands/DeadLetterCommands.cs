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
        var (limit, all) = (ListCommand.Limit(), ListCommand.All());
        var command = new Command("list", "Lists messages that were set aside, the last one first.") { limit, all };
        return tool.Does(command, async session =>
        {
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
        var message = Message();
        return tool.Does(new Command("show", "Shows a message that was set aside.") { message }, async session =>
        {
            var id = session.Value(message);
            var item = (await ReadAsync(session, null)).Items.FirstOrDefault(item => item.Text("messageId") == id.ToString());
            if (item.ValueKind == JsonValueKind.Undefined)
                throw new ToolFailure(ExitCodes.NotFound, $"No message with the id {id} is set aside.");
            return session.Show(item, screen =>
            {
                foreach (var member in item.EnumerateObject().Where(member => member.Value.ValueKind != JsonValueKind.Null))
                    screen.Say($"{member.Name,-13} {Words.Safe(member.Value.ToString())}");
            });
        });
    }

    static Command CreateRedrive(Tool tool)
    {
        var message = new Argument<Guid?>("MESSAGE") { HelpName = "MESSAGE", Description = "The message's id.", Arity = ArgumentArity.ZeroOrOne };
        var all = new Option<bool>("--all") { Description = "Every message that is set aside." };
        var command = new Command("redrive", "Puts messages that were set aside back into delivery.") { message, all };
        return tool.Does(command, async session =>
        {
            if (session.Value(message) is null == !session.Value(all))
                throw new ToolFailure(ExitCodes.WrongUsage, "Name a message by its id, or give --all.");

            IReadOnlyList<string> ids = session.Value(message) is { } one
                ? [one.ToString()]
                : [.. (await ReadAsync(session, null)).Items.Select(item => item.Text("messageId")!)];
            await session.Screen.FollowAsync("Putting back", async progress =>
            {
                for (var done = 0; done < ids.Count; done++)
                {
                    progress(done, ids.Count);
                    await session.Api.SendAsync(HttpMethod.Post, $"api/dead-letters/{ids[done]}/redrive", null);
                }

                progress(ids.Count, ids.Count);
                return ids.Count;
            });
            return session.Show(
                Json.Body(("redriven", ids)), screen => screen.Say($"{Words.Of(ids.Count, "message is", "messages are")} on the way again."));
        });
    }

    static Argument<Guid> Message() => new("MESSAGE") { HelpName = "MESSAGE", Description = "The message's id." };

    static Task<Pages> ReadAsync(Session session, int? most) => Pages.ReadAsync(session.Api, () => new Query("api/dead-letters"), most);
}
