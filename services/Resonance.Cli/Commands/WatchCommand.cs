using System.CommandLine;
using System.Text.Json;
using Resonance.Cli.Api;
using Resonance.Cli.Output;
using Resonance.Cli.Running;

namespace Resonance.Cli.Commands;

/// <summary>The trail as it happens. A connection that is cut is taken up again where it was.</summary>
static class WatchCommand
{
    static readonly TimeSpan Wait = TimeSpan.FromSeconds(1);

    public static Command Create(Tool tool)
    {
        var instance = new Argument<string?>("ID|KEY") { HelpName = "ID|KEY", Description = "One instance; all when left out.", Arity = ArgumentArity.ZeroOrOne };
        instance.CompletionSources.Add(context => Suggestions.Keys(tool, context));
        var type = new Option<string?>("--type") { Description = "Of this workflow, e.g. order.", HelpName = "TYPE" };
        type.CompletionSources.Add(context => Suggestions.Types(tool, context));
        var kind = new Option<string?>("--kind") { Description = "Steps with an entry of this kind, e.g. retryScheduled.", HelpName = "KIND" };
        var after = new Option<long?>("--after")
        {
            Description = "Goes on after this position of the trail; -1 for all that there is. From now on when left out.",
            HelpName = "POSITION",
        };
        var count = new Option<int?>("--count") { Description = "Ends after so many steps.", HelpName = "N" };
        var command = new Command("watch", "Shows what happens, as it happens, until Ctrl+C.") { instance, type, kind, after, count };
        return tool.Does(command, async session =>
        {
            var address = new Query("api/audit/stream")
                .With("workflow", session.Value(instance)).With("type", session.Value(type)).With("kind", session.Value(kind))
                .With("after", session.Value(after)?.ToString(System.Globalization.CultureInfo.InvariantCulture)).ToString();
            var left = session.Value(count);
            await foreach (var step in StepsAsync(session, address))
            {
                if (session.AsJson)
                    session.Screen.Raw($"{step.OnOneLine()}\n");
                else
                    Show(session.Screen, step);
                if (--left <= 0)
                    break;
            }

            return ExitCodes.Done;
        });
    }

    static async IAsyncEnumerable<JsonElement> StepsAsync(Session session, string address)
    {
        string? lastId = null;
        while (true)
        {
            using var response = await session.Api.OpenAsync(address, lastId);
            if (response is not null)
            {
                using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(session.Cancel));
                await foreach (var told in EventStream.ReadAsync(reader, session.Cancel))
                {
                    lastId = told.Id ?? lastId;
                    if (told.Data is not null)
                        yield return JsonElement.Parse(told.Data);
                }
            }

            session.Cancel.ThrowIfCancellationRequested();
            if (lastId is null)
                throw new ToolFailure(ExitCodes.ServerFailed, "The server ended the stream before it told where it is.");
            await session.Error.WriteLineAsync("The connection was cut; going on where it was.");
            await Task.Delay(Wait, session.Clock, session.Cancel);
        }
    }

    static void Show(Screen screen, JsonElement step)
    {
        var lines = step.Items("lines").Select(line => line.ToString()).ToArray();
        foreach (var line in lines)
            screen.Say(Coloured(line));
        if (lines.Length == 0)
        {
            screen.Say(
                $"[[{Words.Clock(step.Time("occurredAt"))}]] {Words.Safe(step.Text("key"))} {Words.Safe(step.Text("event"))} " +
                $"{Words.Safe(step.Text("from"))} -> {Words.Safe(step.Text("to"))} {Words.Dim(step.Text("journal"))}");
        }
    }

    static string Coloured(string line)
    {
        var safe = Words.Safe(line);
        return line.Contains("[WARN]", StringComparison.Ordinal) ? $"[yellow]{safe}[/]"
            : line.Contains("[ERROR]", StringComparison.Ordinal) ? $"[red]{safe}[/]"
            : safe;
    }
}
