using System.CommandLine;
using Resonance.Cli.Api;
using Resonance.Cli.Output;
using Resonance.Cli.Running;

namespace Resonance.Cli.Commands;

static class StartCommand
{
    public static Command Create(Tool tool)
    {
        var type = new Argument<string>("TYPE") { HelpName = "TYPE", Description = "The workflow, e.g. order." };
        type.CompletionSources.Add(context => Suggestions.Types(tool, context));
        var data = new Option<string>("--data")
        {
            Description = "The start message: JSON, @FILE, or - for standard input; {id} in its texts becomes a new id.",
            HelpName = "JSON|@FILE|-",
            DefaultValueFactory = _ => "{}",
        };
        var idempotency = IdempotencyKey();
        var command = new Command("start", "Starts an instance of a workflow.") { type, data, idempotency };
        return tool.Does(command, async session =>
        {
            var id = Guid.CreateVersion7(session.Clock.GetUtcNow()).ToString();
            var body = await session.JsonAsync("--data", session.Value(data)!, text => text.Replace("{id}", id, StringComparison.Ordinal));
            var answer = await session.Api.SendAsync(
                HttpMethod.Post, $"api/workflows/{Query.Part(session.Value(type))}", body, session.Value(idempotency));
            return session.Show(answer, screen => screen.Say($"Started {Words.Strong(answer.Text("key"))}, id {answer.Text("id")}."));
        });
    }

    /// <summary>Repeats a request safely whose answer was lost.</summary>
    public static Option<string?> IdempotencyKey() => new("--idempotency-key")
    {
        Description = "A name for this request: sent again under the same one, it is carried out once. A new one when left out.",
        HelpName = "NAME",
    };
}
