namespace Resonance.Cli.Running;

/// <summary>Why a command cannot go on: what to tell, and what to end with.</summary>
sealed class ToolFailure(int exitCode, string message, params IReadOnlyList<string> details) : Exception(message)
{
    public int ExitCode { get; } = exitCode;

    /// <summary>What the server answered with; null when it did not.</summary>
    public System.Net.HttpStatusCode? Status { get; init; }

    /// <summary>Lines below the message: errors of fields, what to do.</summary>
    public IReadOnlyList<string> Details { get; } = details;
}
