using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Resonance.Cli;
using Resonance.Cli.Running;
using Resonance.Tests.Gateway;
using Spectre.Console.Testing;

namespace Resonance.Tests.Cli;

/// <param name="Exit">What the process would end with.</param>
/// <param name="Output">What it wrote.</param>
/// <param name="Error">What it complained of.</param>
sealed record CliRun(int Exit, string Output, string Error);

/// <summary>The tool's own commands against the real API, both in this process: they cannot drift apart.</summary>
public abstract class CliFixture : AuditGateway
{
    internal const string Suspension =
        """
        { "amount": 10, "$engine": { "status": "suspended", "suspension": { "cause": "AssessCard failed 5 times: no answer", "state": "ValidateCard",
          "activity": "AssessCard", "errorKind": "timeout", "attempts": 5, "since": "2026-01-31T09:15:44.105+00:00" } } }
        """;

    private protected Dictionary<string, string> Variables { get; } = new(StringComparer.Ordinal);

    /// <summary>Runs a command as a script would: what it prints goes into a file.</summary>
    private protected Task<CliRun> RunAsync(params string[] args) => RunAsync(args, null);

    private protected async Task<CliRun> RunAsync(
        string[] args, HttpMessageHandler? network, string input = "", bool rich = false, CancellationToken? cancel = null)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        using var screen = new TestConsole { EmitAnsiSequences = false };
        screen.Profile.Width = 120;
        var terminal = new Terminal
        {
            Out = rich ? screen : Terminal.Plain(output),
            Error = error,
            In = new StringReader(input),
            Variable = Variables.GetValueOrDefault,
            LoggedIn = "maria",
            Network = network ?? Network(),
            Clock = new HastyClock(Now),
            IsRich = rich,
        };
        var exit = await ResonanceTool.RunAsync(args, terminal, cancel ?? Cancel);
        return new CliRun(exit, Tidy(rich ? screen.Output : output.ToString()), Tidy(error.ToString()));
    }

    private protected HttpMessageHandler Network() => ((TestServer)Services.GetRequiredService<IServer>()).CreateHandler();

    private protected Task AddSuspendedAsync(int number, string? key = null) => Rows.AddWorkflowAsync(
        Id(number), Cancel, status: "suspended", state: "ValidateCard", key: key ?? $"PAYMENT-{number}", data: Suspension, startedAfter: number - 10);

    /// <summary>A test's own process has another name than the tool, and lines of its own ending.</summary>
    static string Tidy(string text) => text.ReplaceLineEndings("\n")
        .Replace(System.CommandLine.RootCommand.ExecutableName, "resonance", StringComparison.Ordinal);

    /// <summary>Tells the time of the test, and lets nobody wait.</summary>
    sealed class HastyClock(TimeProvider time) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => time.GetUtcNow();

        // A patience runs out here only when the test says so.
        public override long GetTimestamp() => time.GetTimestamp();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            System.CreateTimer(callback, state, dueTime > TimeSpan.Zero ? TimeSpan.FromMilliseconds(1) : dueTime, period);
    }
}
