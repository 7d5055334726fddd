using System.CommandLine;
using Resonance.Cli.Api;
using Resonance.Cli.Output;
using Resonance.Cli.Running;

namespace Resonance.Cli.Commands;

/// <summary>The items of a work queue.</summary>
static class WorkItemCommands
{
    static readonly string[] States = ["new", "ready", "behind", "limited", "delayed", "in_flight", "dead"];

    public static Command CreateList(Tool tool)
    {
        var (name, limit, all) = (WorkQueueCommands.Name(tool), ListCommand.Limit(), ListCommand.All());
        var state = new Option<string?>("--state") { Description = $"One of {string.Join(", ", States)}.", HelpName = "STATE" };
        state.CompletionSources.Add(States);
        var command = new Command("items", "Lists the items of a work queue in the order in which they were sent.") { name, state, limit, all };
        return tool.Does(command, async session =>
        {
            var address = $"{WorkQueueCommands.Address(session.Value(name))}/items";
            var pages = await Pages.ReadAsync(
                session.Api, () => new Query(address).With("state", session.Value(state)), session.Value(all) ? null : session.Value(limit));
            return session.Show(pages.ToJson(), screen =>
            {
                var sheet = new Sheet("ITEM", "STATE", "GROUP", "KEY", "PRIORITY", "SENT", "RECEIVES", "BYTES", "WHY DEAD")
                {
                    Numbers = ["PRIORITY", "RECEIVES", "BYTES"],
                };
                foreach (var item in pages.Items)
                {
                    sheet.Add(
                        Words.Strong(item.Text("id")), Words.Safe(item.Text("state")), Words.Safe(item.Text("groupId")),
                        Words.Safe(item.Text("limitKey")), Words.Count(item.Number("priority")), screen.Ago(item.Time("enqueuedAt")),
                        Words.Count(item.Number("receiveCount")), Words.Count(item.Number("bodyBytes")), Words.Safe(item.Text("deadReason")));
                }

                if (sheet.Rows.Count > 0)
                    screen.Show(sheet);
                ListCommand.Footer(screen, pages, "There is no such item.");
            });
        });
    }

    public static Command CreateLocate(Tool tool)
    {
        var (name, item) = (WorkQueueCommands.Name(tool), Item());
        var command = new Command("locate", "Tells where an item stands, and how many are received before it.") { name, item };
        return tool.Does(command, async session =>
        {
            var place = await session.Api.GetAsync($"{WorkQueueCommands.Address(session.Value(name))}/items/{Query.Part(session.Value(item)!)}");
            return session.Show(place, screen => DeadLetterCommands.Members(screen, place));
        });
    }

    public static Command CreateRedrive(Tool tool)
    {
        var (name, item, reason) = (WorkQueueCommands.Name(tool), Item(), WorkQueueCommands.Reason());
        item.Arity = ArgumentArity.ZeroOrOne;
        var all = new Option<bool>("--all") { Description = "The oldest 1,000 dead letters." };
        var command = new Command("redrive", "Sends dead letters of a work queue to its end.") { name, item, all, reason };
        return tool.Does(command, async session =>
        {
            if (session.Value(item) is null == !session.Value(all))
                throw new ToolFailure(ExitCodes.WrongUsage, "Name an item by its id, or give --all.");
            var body = Json.Body(
                ("messageId", session.Value(item)), ("author", await session.AuthorAsync()), ("reason", session.Value(reason)));
            var answer = await session.Api.SendAsync(
                HttpMethod.Post, $"{WorkQueueCommands.Address(session.Value(name))}/redrive?kind=work", body);
            return session.Show(answer, screen => screen.Say(
                $"{Words.Of(answer.Number("redriven") ?? 0, "item is", "items are")} in {Words.Strong(answer.Text("to"))} again; " +
                $"{Words.Of(answer.Number("left") ?? 0, "dead letter", "dead letters")} left."));
        });
    }

    public static Command CreatePurge(Tool tool)
    {
        var (name, reason) = (WorkQueueCommands.Name(tool), WorkQueueCommands.Reason());
        var command = new Command("purge", "Deletes every item of a work queue but its dead letters.") { name, reason };
        return tool.Does(command, async session =>
        {
            var body = Json.Body(("author", await session.AuthorAsync()), ("reason", session.Value(reason)));
            var answer = await session.Api.SendAsync(HttpMethod.Post, $"{WorkQueueCommands.Address(session.Value(name))}/purge", body);
            return session.Show(answer, screen => screen.Say(
                $"{Words.Of(answer.Number("purged") ?? 0, "item of", "items of")} {Words.Strong(answer.Text("queue"))} deleted."));
        });
    }

    static Argument<string?> Item() => new("ITEM") { HelpName = "ITEM", Description = "The item's id." };
}
