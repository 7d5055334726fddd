using System.CommandLine;
using System.Text.Json;
using Resonance.Cli.Api;
using Resonance.Cli.Output;
using Resonance.Cli.Running;

namespace Resonance.Cli.Commands;

/// <summary>Suspended instances: by what they have in common, one by one, and all of a kind asked at once.</summary>
static class IncidentCommands
{
    static readonly string[] Actions = ["retry", "skip", "resolve", "cancel", "suspend", "resume", "compensate"];
    static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(250);

    public static Command Create(Tool tool)
    {
        var group = new Command("incidents", "Lists what waits for a person, by what it has in common; asks many at once.");
        tool.Does(group, ShowGroupsAsync);
        group.Subcommands.Add(tool.Does(new Command("list", "Lists incidents by what they have in common, the largest group first."), ShowGroupsAsync));
        group.Subcommands.Add(CreateShow(tool));
        foreach (var action in Actions)
            group.Subcommands.Add(CreateAction(tool, action));
        group.Subcommands.Add(CreateProgress(tool));
        group.Subcommands.Add(CreateStop(tool));
        return group;
    }

    static async Task<int> ShowGroupsAsync(Session session)
    {
        var groups = await Pages.ReadAsync(session.Api, () => new Query("api/incidents/groups"), most: null);
        return session.Show(groups.ToJson(), screen =>
        {
            var sheet = new Sheet("INCIDENT", "COUNT", "FIRST", "LAST", "CAUSE OF THE LAST") { Numbers = ["COUNT"] };
            foreach (var group in groups.Items)
            {
                sheet.Add(
                    Words.Strong(group.Text("fingerprint")), Words.Count(group.Number("count")), screen.Ago(group.Time("first")),
                    screen.Ago(group.Time("last")), Words.Safe(group.Text("cause")));
            }

            if (sheet.Rows.Count > 0)
                screen.Show(sheet);
            else
                screen.Say("Nothing waits for a person.");
        });
    }

    static Command CreateShow(Tool tool)
    {
        var filter = new Filter(tool);
        var (limit, all) = (ListCommand.Limit(), ListCommand.All());
        var command = filter.AddTo(new Command("show", "Lists the instances of an incident with their causes."));
        command.Options.Add(limit);
        command.Options.Add(all);
        return tool.Does(command, async session =>
        {
            var pages = await Pages.ReadAsync(
                session.Api, () => filter.AddTo(session, new Query("api/incidents")), session.Value(all) ? null : session.Value(limit));
            return session.Show(pages.ToJson(), screen =>
            {
                var sheet = new Sheet("KEY", "STATE", "INCIDENT", "ATTEMPTS", "SINCE", "HELD BY", "CAUSE") { Numbers = ["ATTEMPTS"] };
                foreach (var item in pages.Items)
                {
                    sheet.Add(
                        Words.Strong(item.Text("key")), Words.Safe(item.Text("state")), Words.Safe(item.Text("fingerprint")),
                        Words.Count(item.Number("attempts")), screen.Ago(item.Time("since")), Words.Safe(item.Text("heldBy")),
                        Words.Safe(item.Text("cause")));
                }

                if (sheet.Rows.Count > 0)
                    screen.Show(sheet);
                ListCommand.Footer(screen, pages, "No incident matches.");
            });
        });
    }

    static Command CreateAction(Tool tool, string action)
    {
        var filter = new Filter(tool);
        var reason = ActionCommands.Reason();
        var rate = new Option<int?>("--rate") { Description = "Instances a second, 1 to 1000; 100 when left out.", HelpName = "N" };
        var everything = new Option<bool>("--everything") { Description = "Needed when no filter is given: asks every incident there is." };
        var detach = new Option<bool>("--detach") { Description = "Does not wait until all were asked." };
        var command = filter.AddTo(new Command(action, $"Asks every incident of a filter to {action}, so many a second."));
        var more = action switch
        {
            "retry" => new Option<string?>("--data") { Description = "What to change in each one's data first: JSON, @FILE, or -.", HelpName = "JSON|@FILE|-" },
            "skip" => new Option<string?>("--reply") { Description = "The reply in place of the worker's.", HelpName = "JSON|@FILE|-", Required = true },
            "resolve" => new Option<string?>("--state") { Description = "The end, as on screen.", HelpName = "STATE" },
            _ => null,
        };
        foreach (var option in new Option?[] { reason, rate, everything, detach, more }.OfType<Option>())
            command.Options.Add(option);
        return tool.Does(command, async session =>
        {
            if (!filter.IsGiven(session) && !session.Value(everything))
            {
                throw new ToolFailure(
                    ExitCodes.WrongUsage, $"Say which incidents are to {action}: a fingerprint, --type, --activity or --error-kind; or --everything.");
            }

            object? value = more is null || session.Value(more) is not { } given ? null
                : action == "resolve" ? given
                : await session.JsonAsync(more.Name, given);
            var body = filter.Body(session, [
                ("reason", session.Value(reason)), ("operator", session.Operator), ("perSecond", session.Value(rate)), (more?.Name.TrimStart('-') ?? "data", value),
            ]);
            var accepted = await session.Api.SendAsync(HttpMethod.Post, $"api/incidents/actions/{action}", body);
            return session.Value(detach) ? ShowProgress(session, accepted) : await FollowAsync(session, accepted);
        });
    }

    static Command CreateProgress(Tool tool)
    {
        var id = new Argument<Guid>("ID") { HelpName = "ID", Description = "The bulk action." };
        return tool.Does(new Command("progress", "Follows a bulk action until all were asked.") { id }, async session =>
            await FollowAsync(session, await session.Api.GetAsync($"api/incidents/actions/{session.Value(id)}")));
    }

    static Command CreateStop(Tool tool)
    {
        var id = new Argument<Guid>("ID") { HelpName = "ID", Description = "The bulk action." };
        return tool.Does(new Command("stop", "Calls off what a bulk action has not asked yet.") { id }, async session =>
        {
            var address = new Query($"api/incidents/actions/{session.Value(id)}").With("operator", session.Operator).ToString();
            return ShowProgress(session, await session.Api.SendAsync(HttpMethod.Delete, address, null));
        });
    }

    static async Task<int> FollowAsync(Session session, JsonElement accepted)
    {
        var id = accepted.GetProperty("id").GetGuid();
        var last = await session.Screen.FollowAsync($"Asking {accepted.Number("incidents")} to {accepted.Text("action")}", async progress =>
        {
            var now = accepted;
            while (true)
            {
                progress(now.Number("asked") ?? 0, now.Number("incidents") ?? 0);
                if (now.Number("asked") >= now.Number("incidents") || now.Text("stoppedBy") is not null)
                    return now;
                await Task.Delay(Pace, session.Clock, session.Cancel);
                now = await session.Api.GetAsync($"api/incidents/actions/{id}");
            }
        });
        return ShowProgress(session, last);
    }

    static int ShowProgress(Session session, JsonElement bulk)
    {
        session.Show(bulk, screen =>
        {
            var incidents = bulk.Number("incidents") ?? 0;
            screen.Say(
                $"Asked {Words.Count(bulk.Number("asked"))} of {Words.Of(incidents, "incident", "incidents")} to {Words.Safe(bulk.Text("action"))}, " +
                $"{bulk.Number("perSecond")} a second. {Words.Dim($"Bulk action {bulk.Text("id")}")}");
            if (bulk.Text("stoppedBy") is { } stopper)
                screen.Say($"[yellow]{Words.Safe(stopper)} called off the rest.[/]");
            if (bulk.Number("refused") is > 0 and var refused)
                screen.Say($"[yellow]{Words.Of(refused, "incident", "incidents")} could not be asked:[/]");
            foreach (var refusal in bulk.Items("refusals"))
                screen.Say($"  {Words.Safe(refusal.ToString())}");
        });
        return bulk.Number("incidents") is 0 && bulk.Number("refused") is > 0 ? ExitCodes.Refused : ExitCodes.Done;
    }

    /// <summary>Which incidents are meant.</summary>
    sealed class Filter
    {
        readonly Argument<string?> _fingerprint = new("FINGERPRINT")
        {
            HelpName = "FINGERPRINT",
            Description = "What they have in common, e.g. payment/AssessCard/timeout.",
            Arity = ArgumentArity.ZeroOrOne,
        };

        readonly Option<string?> _type = new("--type") { Description = "Of this workflow.", HelpName = "TYPE" };
        readonly Option<string?> _activity = new("--activity") { Description = "Where this activity failed.", HelpName = "NAME" };
        readonly Option<string?> _errorKind = new("--error-kind") { Description = "Which failed like this, e.g. timeout.", HelpName = "KIND" };

        public Filter(Tool tool)
        {
            _fingerprint.CompletionSources.Add(context => Suggestions.Fingerprints(tool, context));
            _type.CompletionSources.Add(context => Suggestions.Types(tool, context));
        }

        public Command AddTo(Command command)
        {
            command.Arguments.Add(_fingerprint);
            command.Options.Add(_type);
            command.Options.Add(_activity);
            command.Options.Add(_errorKind);
            return command;
        }

        public bool IsGiven(Session session) =>
            new[] { session.Value(_fingerprint), session.Value(_type), session.Value(_activity), session.Value(_errorKind) }.Any(value => value is not null);

        public Query AddTo(Session session, Query query) => query
            .With("fingerprint", session.Value(_fingerprint)).With("type", session.Value(_type)).With("activity", session.Value(_activity))
            .With("errorKind", session.Value(_errorKind));

        public JsonElement Body(Session session, (string, object?)[] members) => Json.Body([
            .. members, ("fingerprint", session.Value(_fingerprint)), ("type", session.Value(_type)), ("activity", session.Value(_activity)),
            ("errorKind", session.Value(_errorKind)),
        ]);
    }
}
