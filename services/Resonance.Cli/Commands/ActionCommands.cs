using System.CommandLine;
using Resonance.Cli.Api;
using Resonance.Cli.Output;
using Resonance.Cli.Running;

namespace Resonance.Cli.Commands;

/// <summary>What an operator asks of one instance.</summary>
static class ActionCommands
{
    public static IEnumerable<Command> Create(Tool tool) =>
    [
        Create(tool, "retry", "Has a suspended instance try again what failed, with other data if you like.", "--data",
            "What to change in the instance's data first: a JSON merge patch (RFC 7396), @FILE, or -."),
        Create(tool, "skip", "Has a suspended instance go on as if its activity had replied what you give.", "--reply",
            "The reply in place of the worker's: JSON, @FILE, or -.", required: true),
        Create(tool, "resolve", "Brings a suspended instance to an end that was reached outside.", "--state",
            "The end, as on screen; the one with the status completed when left out."),
        Create(tool, "cancel", "Ends an instance, undoing nothing."),
        Create(tool, "suspend", "Holds an instance until somebody resumes it."),
        Create(tool, "resume", "Lets an instance that is held go on."),
        Create(tool, "compensate", "Undoes what an instance did, in reverse order, and ends it."),
    ];

    public static Option<string> Reason() => new("--reason") { Description = "Why; it is written to the journal.", HelpName = "TEXT", Required = true };

    static Command Create(
        Tool tool, string action, string description, string? extra = null, string? extraDescription = null, bool required = false)
    {
        var instance = Instance.Argument(tool);
        var reason = Reason();
        var idempotency = StartCommand.IdempotencyKey();
        var command = new Command(action, description) { instance, reason, idempotency };
        Option<string?>? more = null;
        if (extra is not null)
        {
            more = new Option<string?>(extra)
            {
                Description = extraDescription,
                HelpName = extra == "--state" ? "STATE" : "JSON|@FILE|-",
                Required = required,
            };
            if (extra == "--state")
                more.CompletionSources.Add(context => Suggestions.States(tool, context));
            command.Options.Add(more);
        }

        return tool.Does(command, async session =>
        {
            object? value = more is null || session.Value(more) is not { } given ? null
                : extra == "--state" ? given
                : await session.JsonAsync(extra!, given);
            var id = await Instance.FindAsync(session, session.Value(instance));
            var answer = await session.Api.SendAsync(
                HttpMethod.Post,
                $"api/workflows/{id}/actions/{action}",
                Json.Body(("reason", session.Value(reason)), ("operator", session.Operator), (extra?.TrimStart('-') ?? "data", value)),
                session.Value(idempotency));
            return session.Show(answer, screen => Tell(screen, session.Value(instance), action));
        });
    }

    static void Tell(Screen screen, string instance, string action)
    {
        screen.Say($"Asked {Words.Strong(instance)} to {action}.");
        screen.Say(Words.Dim($"'resonance show {instance}' tells what it made of it."));
    }
}
