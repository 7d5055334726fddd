using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Resonance.Cli.Api;
using Resonance.Cli.Output;
using Resonance.Cli.Running;

namespace Resonance.Cli.Commands;

/// <summary>Work queues as they are, and as they are to be.</summary>
static class WorkQueueCommands
{
    const string AnyNumber = "none";

    public static void ShowAll(Screen screen, IEnumerable<JsonElement> queues)
    {
        var sheet = new Sheet("WORK QUEUE", "WAITING", "IN FLIGHT", "DELAYED", "DEAD", "OLDEST", "HELD BACK BY")
        {
            Numbers = ["WAITING", "IN FLIGHT", "DELAYED", "DEAD"],
        };
        foreach (var queue in queues)
        {
            sheet.Add(
                Words.Strong(queue.Text("name")), Words.Count(queue.Number("waiting")), Words.Count(queue.Number("inFlight")),
                Words.Count(queue.Number("delayed")), Words.Count(queue.Number("deadLetters")), screen.Ago(queue.Time("oldestAt")),
                HeldBack(queue, queue.Member("paused")));
        }

        if (sheet.Rows.Count > 0)
            screen.Show(sheet);
    }

    public static Command CreateShow(Tool tool)
    {
        var name = Name(tool);
        var keys = new Option<int>("--top-keys") { Description = "How many groups and limit keys, 0 to 100.", HelpName = "COUNT", DefaultValueFactory = _ => 10 };
        var command = new Command("show", "Shows a work queue: what is in it, what holds it back, its settings, who changed it.") { name, keys };
        return tool.Does(command, async session =>
        {
            var address = new Query(Address(session.Value(name))).With("topKeys", session.Value(keys)).ToString();
            var detail = await session.Api.GetAsync(address);
            return session.Show(detail, screen => Show(screen, detail));
        });
    }

    public static Command CreateSet(Tool tool)
    {
        var (name, reason) = (Name(tool), Reason());
        var concurrency = Limit("--concurrency", "Most items in flight.");
        var keyConcurrency = Limit("--key-concurrency", "Most items in flight with the same limit key.");
        var rate = Limit("--rate", "Most items received in a period.");
        var receives = Limit("--max-receives", "How often an item is received before it becomes a dead letter.");
        var period = Seconds("--rate-period", "The period of the rate.");
        var visibility = Seconds("--visibility-timeout", "How long a received item is invisible.");
        var credit = Seconds("--credit", "What a level of priority is worth.");
        var window = Seconds("--deduplication-window", "How long a deduplication id is remembered.");
        var command = new Command("set", "Changes settings of a work queue; those that are not named stay as they are.")
        {
            name, concurrency, keyConcurrency, rate, period, receives, visibility, credit, window, reason,
        };
        return tool.Does(command, async session =>
        {
            var address = Address(session.Value(name));
            var queue = (await session.Api.GetAsync(address)).GetProperty("queue");
            var now = queue.GetProperty("settings");
            var body = Json.Body(
                ("concurrency", Of(session, concurrency, now.Number("concurrency"))),
                ("keyConcurrency", Of(session, keyConcurrency, now.Number("keyConcurrency"))),
                ("rateLimit", Of(session, rate, now.Number("rateLimit"))),
                ("maxReceiveCount", Of(session, receives, now.Number("maxReceiveCount"))),
                ("ratePeriodSeconds", session.Value(period) ?? now.Fraction("ratePeriodSeconds")),
                ("visibilityTimeoutSeconds", session.Value(visibility) ?? now.Fraction("visibilityTimeoutSeconds")),
                ("creditPerLevelSeconds", session.Value(credit) ?? now.Fraction("creditPerLevelSeconds")),
                ("deduplicationWindowSeconds", session.Value(window) ?? now.Fraction("deduplicationWindowSeconds")),
                ("author", await session.AuthorAsync()), ("reason", session.Value(reason)));

            // What somebody else changed meanwhile is not set back.
            var answer = await session.Api.SendAsync(HttpMethod.Put, address, body, ifMatch: $"\"{queue.Text("revision")}\"");
            return session.Show(answer, screen => ShowSettings(screen, answer));
        });
    }

    public static Command CreateHold(Tool tool, string action, string description)
    {
        var (name, reason) = (Name(tool), Reason());
        return tool.Does(new Command(action, description) { name, reason }, async session =>
        {
            var body = Json.Body(("author", await session.AuthorAsync()), ("reason", session.Value(reason)));
            var answer = await session.Api.SendAsync(HttpMethod.Post, $"{Address(session.Value(name))}/{action}", body);
            return session.Show(answer, screen => screen.Say(answer.Member("paused") is { } paused
                ? $"Work queue {Words.Strong(answer.Text("name"))} hands out nothing: paused by {Words.Safe(paused.Text("by"))}, {Words.Safe(paused.Text("reason"))}"
                : $"Work queue {Words.Strong(answer.Text("name"))} hands out items."));
        });
    }

    public static Argument<string> Name(Tool tool)
    {
        var name = new Argument<string>("NAME") { HelpName = "NAME", Description = "The work queue." };
        name.CompletionSources.Add(context => Suggestions.WorkQueues(tool, context));
        return name;
    }

    public static Option<string> Reason()
    {
        var reason = ActionCommands.Reason();
        reason.Description = "Why; it stands among the queue's changes.";
        return reason;
    }

    public static string Address(string name) => $"api/queues/{Query.Part(name)}";

    static void Show(Screen screen, JsonElement detail)
    {
        var (queue, figures) = (detail.GetProperty("queue"), detail.GetProperty("figures"));
        ShowSettings(screen, queue);
        if (queue.Member("paused") is { } paused)
            screen.Say($"[yellow]Paused by {Words.Safe(paused.Text("by"))}[/] {screen.Ago(paused.Time("at"))}: {Words.Safe(paused.Text("reason"))}");
        screen.Say(
            $"waiting      {Words.Count(figures.Number("waiting"))}, {Words.Count(figures.Number("behindGroup"))} of them behind their group, " +
            $"{Words.Count(figures.Number("limitedByKey"))} held back by their key");
        screen.Say(
            $"besides      {Words.Count(figures.Number("inFlight"))} in flight, {Words.Count(figures.Number("delayed"))} delayed, " +
            $"{Words.Of(figures.Number("deadLetters") ?? 0, "dead letter", "dead letters")}");
        screen.Say($"last minute  {Words.Count(figures.Number("enqueuedPerMinute"))} sent, {Words.Count(figures.Number("dequeuedPerMinute"))} received");
        if (figures.Time("oldestAt") is { } oldest)
            screen.Say($"oldest       sent {screen.Ago(oldest)}");
        if (figures.Text("limitedBy") is not null)
            screen.Say($"held back by {HeldBack(figures, null)}");

        var keys = new Sheet("KEY", "KIND", "WAITING", "IN FLIGHT") { Numbers = ["WAITING", "IN FLIGHT"] };
        foreach (var key in figures.Items("topKeys"))
        {
            keys.Add(
                Words.Strong(key.Text("key")), Words.Safe(key.Text("kind")), Words.Count(key.Number("waiting")),
                Words.Count(key.Number("inFlight")));
        }

        var changes = new Sheet("CHANGED", "WHAT", "ITEMS", "BY", "REASON") { Numbers = ["ITEMS"] };
        foreach (var change in detail.Items("changes"))
        {
            changes.Add(
                Words.Time(change.Time("changedAt")), Words.Safe(change.Text("action")), Words.Count(change.Number("items")),
                Words.Safe(change.Text("author")), Words.Safe(change.Text("reason")));
        }

        foreach (var sheet in new[] { keys, changes }.Where(sheet => sheet.Rows.Count > 0))
            screen.Show(sheet);
    }

    static void ShowSettings(Screen screen, JsonElement queue)
    {
        var settings = queue.GetProperty("settings");
        screen.Say(
            $"{Words.Strong(queue.Text("name"))}: concurrency {Any(settings, "concurrency")}, {Any(settings, "keyConcurrency")} of each key; rate " +
            (settings.Number("rateLimit") is { } rate ? $"{Words.Count(rate)} in {Span(settings, "ratePeriodSeconds")}" : "any"));
        screen.Say(
            $"visibility time-out {Span(settings, "visibilityTimeoutSeconds")}, {Any(settings, "maxReceiveCount")} receives, credit " +
            $"{Span(settings, "creditPerLevelSeconds")}, deduplication {Span(settings, "deduplicationWindowSeconds")}");
    }

    static string HeldBack(JsonElement figures, JsonElement? paused) => paused is { } pause
        ? $"[yellow]paused by {Words.Safe(pause.Text("by"))}[/]"
        : figures.Text("limitedBy") is { } limit ? $"[yellow]{Words.Safe(limit)}[/]"
        : figures.Number("limitedByKey") > 0 ? $"{Words.Of(figures.Number("limitedByKey") ?? 0, "item", "items")} by their key"
        : "";

    static string Any(JsonElement settings, string name) => settings.Number(name) is { } number ? Words.Count(number) : "any";

    static string Span(JsonElement settings, string name) => Words.Duration(TimeSpan.FromSeconds(settings.Fraction(name) ?? 0));

    /// <returns>Null for any number.</returns>
    static long? Of(Session session, Option<string?> option, long? now) => session.Value(option) switch
    {
        null => now,
        AnyNumber => null,
        var given when long.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out var number) => number,
        var given => throw new ToolFailure(ExitCodes.WrongUsage, $"'{given}' is no number for {option.Name}; give one, or {AnyNumber}."),
    };

    static Option<string?> Limit(string name, string description)
    {
        var limit = new Option<string?>(name) { Description = $"{description} '{AnyNumber}' for any number.", HelpName = "COUNT" };
        limit.CompletionSources.Add(AnyNumber);
        return limit;
    }

    static Option<double?> Seconds(string name, string description) => new(name) { Description = description, HelpName = "SECONDS" };
}
