using System.CommandLine;
using Resonance.Cli.Api;
using Resonance.Cli.Output;
using Resonance.Cli.Running;

namespace Resonance.Cli.Commands;

static class ShowCommand
{
    public static Command Create(Tool tool)
    {
        var instance = Instance.Argument(tool);
        var command = new Command("show", "Shows an instance, and how it came to where it is, step by step.") { instance };
        return tool.Does(command, async session =>
        {
            var id = await Instance.FindAsync(session, session.Value(instance));
            var workflow = await session.Api.GetAsync($"api/workflows/{id}");
            var history = await session.Api.GetAsync($"api/workflows/{id}/history");
            return session.Show(Json.Body(("workflow", workflow), ("history", history)), screen =>
            {
                WorkflowWords.Head(screen, workflow);
                WorkflowWords.Timeline(screen, history.EnumerateArray());
            });
        });
    }
}

static class ExplainCommand
{
    public static Command Create(Tool tool)
    {
        var instance = Instance.Argument(tool);
        var command = new Command("explain", "Explains why an instance is where it is, and what would move it on.") { instance };
        return tool.Does(command, async session =>
        {
            var id = await Instance.FindAsync(session, session.Value(instance));
            var explained = await session.Api.GetAsync($"api/workflows/{id}/explain");
            return session.Show(explained, screen => WorkflowWords.Explain(screen, explained));
        });
    }
}
