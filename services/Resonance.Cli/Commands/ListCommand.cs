using System.CommandLine;
using Resonance.Cli.Api;
using Resonance.Cli.Output;
using Resonance.Cli.Running;

namespace Resonance.Cli.Commands;

static class ListCommand
{
    const int LimitDefault = 50;

    static readonly string[] Statuses = ["queued", "running", "suspended", "compensating", "completed", "failed", "cancelled"];

    public static Command Create(Tool tool)
    {
        var type = new Option<string?>("--type") { Description = "Of this workflow, e.g. order.", HelpName = "TYPE" };
        type.CompletionSources.Add(context => Suggestions.Types(tool, context));
        var status = new Option<string?>("--status") { Description = $"{string.Join(", ", Statuses[..^1])} or {Statuses[^1]}; several with commas.", HelpName = "STATUS" };
        status.CompletionSources.Add(Statuses);
        var state = new Option<string?>("--state") { Description = "As on screen, e.g. AWAITING_PAYMENT.", HelpName = "STATE" };
        state.CompletionSources.Add(context => Suggestions.States(tool, context));
        var key = new Option<string?>("--key") { Description = "The key, or its beginning and *, e.g. 'ORDER-12*'.", HelpName = "KEY" };
        var from = new Option<string?>("--from") { Description = "Started then or later, e.g. 2026-01-31T09:15Z, or 2h for two hours ago.", HelpName = "TIME" };
        var to = new Option<string?>("--to") { Description = "Started earlier than that.", HelpName = "TIME" };
        var data = new Option<string[]>("--data")
        {
            Description = "Whose data is like that, e.g. \"$.customerId eq 'C-1'\"; up to five times.",
            HelpName = "CONDITION",
        };
        var sort = new Option<string?>("--sort") { Description = "startedAt, updatedAt, key, type, state, status or priority; - in front is descending.", HelpName = "FIELD" };
        var limit = Limit();
        var all = All();
        var command = new Command("list", "Lists instances, the one that started last first.") { type, status, state, key, from, to, data, sort, limit, all };
        return tool.Does(command, async session =>
        {
            var (after, before) = (Moments.Read(session, "--from", session.Value(from)), Moments.Read(session, "--to", session.Value(to)));
            var pages = await Pages.ReadAsync(
                session.Api,
                () => new Query("api/workflows")
                    .With("type", session.Value(type)).With("status", session.Value(status)).With("state", session.Value(state))
                    .With("key", session.Value(key)).With("startedFrom", after).With("startedTo", before).WithEach("data", session.Value(data))
                    .With("sort", session.Value(sort)),
                session.Value(all) ? null : session.Value(limit));
            return session.Show(pages.ToJson(), screen => Show(screen, pages));
        });
    }

    public static Option<int> Limit()
    {
        var limit = new Option<int>("--limit") { Description = "Most items to list.", HelpName = "N", DefaultValueFactory = _ => LimitDefault };
        limit.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 1)
                result.AddError("--limit must be 1 or more.");
        });
        return limit;
    }

    public static Option<bool> All() => new("--all") { Description = "Lists everything, whatever --limit says." };

    /// <summary>Says that there is more.</summary>
    public static void Footer(Screen screen, Pages pages, string none)
    {
        if (pages.Items.Count == 0)
            screen.Say(none);
        else if (pages.NextCursor is not null)
            screen.Say(Words.Dim($"There are more than these {pages.Items.Count}; see --limit and --all."));
    }

    static void Show(Screen screen, Pages pages)
    {
        var sheet = new Sheet("KEY", "TYPE", "STATE", "STATUS", "STARTED", "UPDATED", "ID");
        foreach (var item in pages.Items)
        {
            sheet.Add(
                Words.Strong(item.Text("key")), Words.Safe(item.Text("type")), Words.Safe(item.Text("state")), Words.Status(item.Text("status")),
                Words.Time(item.Time("startedAt")), screen.Ago(item.Time("updatedAt")), Words.Dim(item.Text("id")));
        }

        if (pages.Items.Count > 0)
            screen.Show(sheet);
        Footer(screen, pages, "No instance matches.");
    }
}
