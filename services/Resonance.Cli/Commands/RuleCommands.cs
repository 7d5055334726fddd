using System.CommandLine;
using System.Text.Json;
using Resonance.Cli.Api;
using Resonance.Cli.Output;
using Resonance.Cli.Running;

namespace Resonance.Cli.Commands;

/// <summary>Rules: which decide now, what another text would change, and publishing it.</summary>
static class RuleCommands
{
    public static Command Create(Tool tool) => Tool.Group(
        "rules", "Lists rules, tries new ones on what was recorded, and publishes them.",
        CreateList(tool), CreateShow(tool), CreateTest(tool), CreateWhatIf(tool), CreatePublish(tool));

    static Command CreateList(Tool tool) => tool.Does(new Command("list", "Lists the rules with the versions that decide now."), async session =>
    {
        var rules = await Pages.ReadAsync(session.Api, () => new Query("api/rules"), most: null);
        return session.Show(rules.ToJson(), screen =>
        {
            var sheet = new Sheet("RULE", "VERSION", "EXPRESSION", "A FAIL MEANS", "BY", "PUBLISHED") { Numbers = ["VERSION"] };
            foreach (var rule in rules.Items)
            {
                var current = rule.GetProperty("current");
                sheet.Add(
                    Words.Strong($"{rule.Text("workflow")}/{rule.Text("name")}"), $"{current.Number("version")}", Words.Safe(current.Text("expression")),
                    Words.Safe(current.Text("failMeans")), Words.Safe(current.Text("author")), Words.Time(current.Time("publishedAt")));
            }

            screen.Show(sheet);
        });
    });

    static Command CreateShow(Tool tool)
    {
        var rule = RuleArgument(tool);
        return tool.Does(new Command("show", "Shows a rule: its facts, and its last versions.") { rule }, async session =>
        {
            var history = await session.Api.GetAsync($"api/rules/{Address(session.Value(rule))}");
            return session.Show(history, screen =>
            {
                var current = history.GetProperty("rule");
                screen.Say($"{Words.Strong($"{current.Text("workflow")}/{current.Text("name")}")}  {Words.Safe(current.GetProperty("current").Text("description"))}");
                screen.Say($"facts  {Words.Safe(string.Join(", ", current.Items("facts").Select(fact => $"{fact.Text("name")}: {fact.Text("type")}")))}");
                var sheet = new Sheet("VERSION", "EXPRESSION", "BY", "REASON", "ORIGIN", "PUBLISHED") { Numbers = ["VERSION"] };
                foreach (var version in history.Items("versions"))
                {
                    sheet.Add(
                        $"{version.Number("version")}", Words.Safe(version.Text("expression")), Words.Safe(version.Text("author")),
                        Words.Safe(version.Text("reason")), Words.Safe(version.Text("origin")), Words.Time(version.Time("publishedAt")));
                }

                screen.Show(sheet);
            });
        });
    }

    static Command CreateTest(Tool tool)
    {
        var (rule, expression) = (RuleArgument(tool), Expression());
        var command = new Command("test", "Checks a text for a rule against its facts, and tells errors at their place.") { rule, expression };
        return tool.Does(command, async session =>
        {
            // An empty period: the candidate is read and checked, and nothing is evaluated.
            var text = await session.TextAsync("EXPRESSION", session.Value(expression));
            var now = session.Clock.GetUtcNow();
            var body = Json.Body(("expression", text), ("from", now), ("to", now.AddMilliseconds(1)), ("limit", 1));
            var answer = await TryAsync(session, rule, text, body);
            return session.Show(answer, screen => screen.Say($"[green]The text is a rule[/] for {Words.Safe(session.Value(rule))}."));
        });
    }

    static Command CreateWhatIf(Tool tool)
    {
        var (rule, expression) = (RuleArgument(tool), Expression());
        var from = new Option<string>("--from") { Description = "Since then, e.g. 7d.", HelpName = "TIME", DefaultValueFactory = _ => "7d" };
        var to = new Option<string?>("--to") { Description = "Until then; now when left out.", HelpName = "TIME" };
        var limit = ListCommand.Limit();
        var command = new Command("what-if", "Runs a text over the facts that were recorded, and tells which verdicts it would change.")
        {
            rule, expression, from, to, limit,
        };
        return tool.Does(command, async session =>
        {
            var text = await session.TextAsync("EXPRESSION", session.Value(expression));
            var body = Json.Body(
                ("expression", text), ("from", Moments.Read(session, "--from", session.Value(from))),
                ("to", Moments.Read(session, "--to", session.Value(to))), ("limit", session.Value(limit)));
            var answer = await session.Screen.FollowAsync("Trying it on what was recorded", async progress =>
            {
                progress(0, 1);
                return await TryAsync(session, rule, text, body);
            });
            return session.Show(answer, screen => Show(screen, answer));
        });
    }

    static Command CreatePublish(Tool tool)
    {
        var (rule, expression, reason) = (RuleArgument(tool), Expression(), ActionCommands.Reason());
        reason.Description = "Why; it stands beside the version.";
        var description = new Option<string?>("--description") { Description = "What the rule is for; as before when left out.", HelpName = "TEXT" };
        var failMeans = new Option<string?>("--fail-means") { Description = "What a fail means; as before when left out.", HelpName = "TEXT" };
        var basedOn = new Option<int?>("--based-on") { Description = "Publishes nothing when another version than this decides by now.", HelpName = "VERSION" };
        var command = new Command("publish", "Publishes a new version of a rule to all engines.")
        {
            rule, expression, reason, description, failMeans, basedOn,
        };
        return tool.Does(command, async session =>
        {
            var text = await session.TextAsync("EXPRESSION", session.Value(expression));
            var body = Json.Body(
                ("expression", text), ("author", await session.AuthorAsync()), ("reason", session.Value(reason)), ("description", session.Value(description)),
                ("failMeans", session.Value(failMeans)), ("basedOn", session.Value(basedOn)));
            var version = await session.Api.SendAsync(HttpMethod.Put, $"api/rules/{Address(session.Value(rule))}", body);
            return session.Show(version, screen =>
                screen.Say($"Published {Words.Strong(session.Value(rule))} version {version.Number("version")}. All engines decide by it within a second."));
        });
    }

    static Argument<string> RuleArgument(Tool tool)
    {
        var rule = new Argument<string>("RULE") { HelpName = "RULE", Description = "Workflow and name, e.g. payment/fraud_score." };
        rule.CompletionSources.Add(context => Suggestions.Rules(tool, context));
        return rule;
    }

    static Argument<string> Expression() =>
        new("EXPRESSION") { HelpName = "EXPRESSION", Description = "In the rule language, e.g. 'fraud_score < 0.3'; @FILE, or - for standard input." };

    static string Address(string rule) => rule.Split('/') is [{ Length: > 0 } workflow, { Length: > 0 } name]
        ? $"{Query.Part(workflow)}/{Query.Part(name)}"
        : throw new ToolFailure(ExitCodes.WrongUsage, $"'{rule}' names no rule; write workflow and name, e.g. payment/fraud_score.");

    static Task<JsonElement> TryAsync(Session session, Argument<string> rule, string text, JsonElement body) =>
        session.Api.SendAsync(HttpMethod.Post, $"api/rules/{Address(session.Value(rule))}/what-if", body);

    static void Show(Screen screen, JsonElement answer)
    {
        screen.Say(
            $"Of {Words.Of(answer.Number("evaluations") ?? 0, "evaluation", "evaluations")}: {Words.Count(answer.Number("passToFail"))} would fail that " +
            $"passed, {Words.Count(answer.Number("failToPass"))} would pass that failed, {Words.Count(answer.Number("undecided"))} could not be decided.");
        foreach (var sum in answer.Items("atStake"))
            screen.Say($"At stake: {Words.Safe(string.Join(", ", sum.EnumerateObject().Select(part => $"{part.Name} {part.Value}")))}");
        var sheet = new Sheet("KEY", "STEP", "WHEN", "WAS", "BECOMES", "AMOUNT", "ERROR") { Numbers = ["STEP", "AMOUNT"] };
        foreach (var change in answer.Items("changed"))
        {
            sheet.Add(
                Words.Strong(change.Text("key")), $"{change.Number("sequence")}", Words.Time(change.Time("occurredAt")), Words.Status(change.Text("was")),
                Words.Status(change.Text("becomes")), Words.Safe($"{change.Text("amount")} {change.Text("currency")}".Trim()), Words.Safe(change.Text("error")));
        }

        if (sheet.Rows.Count > 0)
            screen.Show(sheet);
        if (answer.Text("nextCursor") is not null)
            screen.Say(Words.Dim("There are more changes than these; see --limit."));
    }
}
