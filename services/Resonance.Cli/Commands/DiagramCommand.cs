using System.CommandLine;
using Resonance.Cli.Api;
using Resonance.Cli.Output;
using Resonance.Cli.Running;

namespace Resonance.Cli.Commands;

/// <summary>The picture of a machine, or of the way that an instance took through it.</summary>
static class DiagramCommand
{
    public static Command Create(Tool tool)
    {
        var what = new Argument<string>("TYPE|ID|KEY") { HelpName = "TYPE|ID|KEY", Description = "A workflow, e.g. order; or an instance, by its id or by its key." };
        what.CompletionSources.Add(context => Suggestions.Types(tool, context));
        var svg = new Option<string?>("--svg") { Description = "Writes the picture as SVG to this file; of an instance with the way that it took.", HelpName = "FILE" };
        var command = new Command("diagram", "Prints the state diagram of a workflow in Mermaid, or writes it as a picture.") { what, svg };
        return tool.Does(command, async session =>
        {
            var types = await Pages.ReadAsync(session.Api, () => new Query("api/workflow-types"), most: null);
            var name = session.Value(what);
            Guid? id = types.Items.Any(type => type.Text("type") == name) ? null : await Instance.FindAsync(session, name);
            if (session.Value(svg) is { } file)
                return await WriteAsync(session, id is null ? TypeAddress(name) : $"api/workflows/{id}/diagram", file);

            // Mermaid cannot light the way of one instance: its machine is printed.
            var type = id is null ? name : (await session.Api.GetAsync($"api/workflows/{id}")).Text("type")!;
            return await PrintAsync(session, TypeAddress(type));
        });
    }

    static string TypeAddress(string type) => $"api/workflow-types/{Query.Part(type)}/diagram";

    static async Task<int> WriteAsync(Session session, string address, string file)
    {
        var picture = await session.Api.TextAsync(new Query(address).With("format", "svg").ToString(), "image/svg+xml");
        try
        {
            await File.WriteAllTextAsync(file, picture, session.Cancel);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new ToolFailure(ExitCodes.WrongUsage, $"The picture cannot be written: {exception.Message}");
        }

        return session.Show(Json.Body(("file", file)), screen => screen.Say($"Wrote {Words.Safe(file)}."));
    }

    static async Task<int> PrintAsync(Session session, string address)
    {
        var mermaid = await session.Api.TextAsync(new Query(address).With("format", "mermaid").ToString(), "text/vnd.mermaid");
        return session.Show(Json.Body(("mermaid", mermaid)), screen => screen.Raw($"{mermaid.TrimEnd('\n')}\n"));
    }
}
