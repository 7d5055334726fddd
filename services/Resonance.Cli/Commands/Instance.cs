using System.CommandLine;
using Resonance.Cli.Api;
using Resonance.Cli.Output;
using Resonance.Cli.Running;

namespace Resonance.Cli.Commands;

/// <summary>Finds the instance that a person means by its id or by its key.</summary>
static class Instance
{
    public static Argument<string> Argument(Tool tool)
    {
        var argument = new Argument<string>("ID|KEY") { HelpName = "ID|KEY", Description = "The instance, by its id or by its key, e.g. ORDER-12401." };
        argument.CompletionSources.Add(context => Suggestions.Keys(tool, context));
        return argument;
    }

    public static async Task<Guid> FindAsync(Session session, string given)
    {
        if (Guid.TryParse(given, out var id))
            return id;

        var listed = await session.Api.GetAsync(new Query("api/workflows").With("key", given).With("limit", 20).ToString());
        var same = listed.Items("items").Where(item => item.Text("key") == given).ToArray();
        if (same.Length > 1)
        {
            throw new ToolFailure(
                ExitCodes.Refused, $"Several instances have the key '{given}'; name one by its id.",
                [.. same.Select(item => $"{item.Text("id")}  {item.Text("type")}  {item.Text("state")}")]);
        }

        return same is [var only]
            ? only.GetProperty("id").GetGuid()
            : throw new ToolFailure(
                ExitCodes.NotFound, $"There is no instance with the key '{Words.Plain(given)}'.", "'resonance list' shows what there is.");
    }
}
