using System.CommandLine;

namespace Resonance.Cli.Running;

/// <summary>What commands are built with.</summary>
sealed class Tool(Terminal terminal)
{
    public GlobalOptions Options { get; } = new();

    public Terminal Terminal { get; } = terminal;

    /// <summary>Has a command do something, and end with what it returns.</summary>
    public Command Does(Command command, Func<Session, Task<int>> action)
    {
        command.SetAction((parsed, cancel) => action(new Session(parsed, Terminal, Options, cancel)));
        return command;
    }

    /// <summary>A command of several.</summary>
    public static Command Group(string name, string description, params ReadOnlySpan<Command> members)
    {
        var group = new Command(name, description);
        foreach (var member in members)
            group.Subcommands.Add(member);
        return group;
    }
}
