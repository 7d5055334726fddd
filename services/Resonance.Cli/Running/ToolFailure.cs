namespace Resonance.Cli.Running;

/// <summary>Why a command cannot go on: what to tell, and what to end with.</summary>
sealed class ToolFailure(int exitCode, string message, params IReadOnlyList<string> details) : Exception(message)
{
    public int ExitCode { get; } = exitCode;

    /// <summary>Lines below the message: errors of fields, what to do.</summary>
    public IReadOnlyList<string> Details { get; } = details;
}
