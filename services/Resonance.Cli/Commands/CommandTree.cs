using System.CommandLine;
using Resonance.Cli.Running;

namespace Resonance.Cli.Commands;

/// <summary>Every command, in the order of the help.</summary>
static class CommandTree
{
    public static IEnumerable<Command> Create(Tool tool) =>
    [
        StatusCommand.Create(tool),
        StartCommand.Create(tool),
        ListCommand.Create(tool),
        ShowCommand.Create(tool),
        ExplainCommand.Create(tool),
        WatchCommand.Create(tool),
        .. ActionCommands.Create(tool),
        IncidentCommands.Create(tool),
        RuleCommands.Create(tool),
        ScheduleCommands.Create(tool),
        DeadLetterCommands.Create(tool),
        QueueCommand.Create(tool),
        VerifyCommand.Create(tool),
        DiagramCommand.Create(tool),
        KeyCommands.Create(tool),
        CompletionCommand.Create(tool),
    ];
}
