using System.CommandLine;
using System.CommandLine.Invocation;
using Resonance.Cli.Commands;
using Resonance.Cli.Output;
using Resonance.Cli.Running;

namespace Resonance.Cli;

/// <summary>The tool: reads a command line, runs it, and says what became of it.</summary>
static class ResonanceTool
{
    /// <returns>One of <see cref="ExitCodes"/>.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> args, Terminal terminal, CancellationToken cancel)
    {
        // '@' begins the name of a file in values of ours; it is no file of arguments.
        var parsed = Commands(new Tool(terminal)).Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Action is ParseErrorAction wrong)
        {
            // What is wrong is a line, and the help is a page that would hide it.
            wrong.ShowHelp = false;
        }

        var writer = terminal.Out.Profile.Out.Writer;
        try
        {
            var exit = await parsed.InvokeAsync(
                new InvocationConfiguration
                {
                    EnableDefaultExceptionHandler = false,
                    ProcessTerminationTimeout = null,
                    Output = writer,
                    Error = terminal.Error,
                },
                cancel);
            if (parsed.Action is not ParseErrorAction)
                return exit;
            await terminal.Error.WriteLineAsync("--help tells what there is.");
            return ExitCodes.WrongUsage;
        }
        catch (ToolFailure failure)
        {
            await terminal.Error.WriteLineAsync(Words.Plain(failure.Message));
            foreach (var detail in failure.Details)
                await terminal.Error.WriteLineAsync($"  {Words.Plain(detail)}");
            return failure.ExitCode;
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            return ExitCodes.Interrupted;
        }
        catch (IOException) when (!terminal.IsRich)
        {
            // Whoever read the output has enough of it, as 'head' has.
            return ExitCodes.Done;
        }
    }

    internal static RootCommand Commands(Tool tool)
    {
        var root = new RootCommand($"Starts, shows and steers the workflow instances of a Resonance server.\n\n{ExitCodes.Help}");
        tool.Options.AddTo(root);
        foreach (var command in CommandTree.Create(tool))
            root.Subcommands.Add(command);
        return root;
    }
}
