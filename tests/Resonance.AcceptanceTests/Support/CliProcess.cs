using System.Diagnostics;

namespace Resonance.AcceptanceTests.Support;

/// <param name="Exit">What it ended with.</param>
/// <param name="Output">Its standard output.</param>
/// <param name="Error">Its standard error.</param>
sealed record CliAnswer(int Exit, string Output, string Error);

/// <summary>The built tool as a process of its own, as an operator's script runs it.</summary>
static class CliProcess
{
    public static async Task<CliAnswer> RunAsync(Uri server, CancellationToken cancellationToken, params string[] args)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            ArgumentList = { "exec", HostBuild.CliAssembly },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in args)
            start.ArgumentList.Add(argument);
        start.Environment["RESONANCE_SERVER"] = server.AbsoluteUri;
        start.Environment["RESONANCE_OPERATOR"] = "maria";
        using var process = Process.Start(start)!;
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var error = process.StandardError.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return new CliAnswer(process.ExitCode, await output, await error);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }
}
