using System.Diagnostics;
using Resonance.Host;
using Resonance.Tests.Support;
using Xunit;

namespace Resonance.Tests.Host;

/// <summary>A start that is refused tells why in its own words, ends with 2, and shows no stack trace.</summary>
public sealed class RefusedStartTests : IDisposable
{
    readonly TemporaryFolder _folder = new();

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("--urls=http://0.0.0.0:5080", "The gateway would listen on http://0.0.0.0:5080, where others than this machine reach it")]
    [InlineData("--urls=nonsense", "ASPNETCORE_URLS: 'nonsense' is no address; write e.g. http://127.0.0.1:5080.")]
    [InlineData("--Resonance:Concurrency=many", "Failed to convert configuration value 'many' at 'Resonance:Concurrency'")]
    [InlineData("--Resonance:Store=oracle", "Resonance:Store: Resonance:Store must be 'sqlite' or 'postgres'.")]
    public async Task The_reason_stands_alone(string setting, string reason)
    {
        var (exit, output, error) = await RunAsync(setting);

        Assert.Equal((Refusals.ExitCode, ""), (exit, output));
        var told = Assert.Single(
            error.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
            line => !line.Contains("has run.", StringComparison.Ordinal));
        Assert.StartsWith(reason, told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_to_is_named()
    {
        var file = Path.Combine(_folder.Path, "file");
        await File.WriteAllTextAsync(file, "", Cancel);

        var (exit, _, error) = await RunAsync($"--Resonance:DataDirectory={file}");

        Assert.Equal(Refusals.ExitCode, exit);
        Assert.StartsWith($"Resonance:DataDirectory: '{file}' cannot be written to:", error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_refusal_keeps_its_stack_trace() => Assert.Null(Refusals.Tell(new InvalidOperationException("a fault")));

    /// <summary>Runs the host as a process of its own, as its console is what this is about.</summary>
    async Task<(int Exit, string Output, string Error)> RunAsync(string setting)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList = { typeof(ResonanceHost).Assembly.Location, $"--Resonance:DataDirectory={_folder.Path}", setting },
        };
        foreach (var name in new[] { "ASPNETCORE_URLS", "DOTNET_URLS" })
            start.Environment.Remove(name);
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(Cancel), process.StandardError.ReadToEndAsync(Cancel));
        await process.WaitForExitAsync(Cancel);
        return (process.ExitCode, await output, await error);
    }
}
