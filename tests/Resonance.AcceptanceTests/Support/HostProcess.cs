using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Xunit;

namespace Resonance.AcceptanceTests.Support;

/// <summary>
/// The built Resonance.Host as a process of its own, so that a test can do to it what happens to processes: stop it, kill it in the
/// middle of a step, start it again beside another one. Disposing kills it; what it printed goes to the test's output.
/// </summary>
sealed class HostProcess : IAsyncDisposable
{
    const int Terminate = 15;

    // Each host of a run gets the next port. Starting from the process id keeps two runs at the same time apart; staying below 32768
    // keeps clear of the ports that the kernel gives to outgoing connections.
    static int _lastPort = Environment.ProcessId % 10_000 + 10_000;

    readonly Process _process;
    readonly ProcessOutput _output = new();

    HostProcess(Process process, Uri address)
    {
        _process = process;
        Address = address;
        Client = new HttpClient { BaseAddress = address };
    }

    /// <summary>Where it listens: a free port of the loopback interface.</summary>
    public Uri Address { get; }

    /// <summary>A client with <see cref="Address"/> as its base.</summary>
    public HttpClient Client { get; }

    public int ProcessId => _process.Id;

    /// <summary>The exit code, when it has ended: 0 for itself, 137 when it was killed.</summary>
    public int? ExitCode => _process.HasExited ? _process.ExitCode : null;

    /// <summary>What it has printed so far, on both streams.</summary>
    public IReadOnlyList<string> Lines => _output.Lines;

    /// <summary>Starts the host and waits until <c>/health/ready</c> answers 200.</summary>
    /// <exception cref="InvalidOperationException">It ended before it was ready; the message has what it printed.</exception>
    /// <exception cref="TimeoutException">It was not ready in time; the message has what it printed.</exception>
    public static async Task<HostProcess> StartAsync(HostSettings settings, CancellationToken cancellationToken, TimeSpan? within = null)
    {
        var host = Launch(settings);
        try
        {
            await host.WaitUntilReadyAsync(cancellationToken, within);
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts the host and returns at once: for verbs that end by themselves, and hosts that shall not come up.</summary>
    public static HostProcess Launch(HostSettings settings)
    {
        var address = new Uri($"http://127.0.0.1:{FreePort()}");
        var start = new ProcessStartInfo("dotnet")
        {
            ArgumentList = { "exec", settings.Assembly },
            WorkingDirectory = Path.GetDirectoryName(settings.Assembly),
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in settings.Arguments)
            start.ArgumentList.Add(argument);
        start.Environment["ASPNETCORE_URLS"] = address.AbsoluteUri.TrimEnd('/');
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Production";
        foreach (var (variable, value) in settings.Environment)
            start.Environment[variable] = value;

        var host = new HostProcess(new Process { StartInfo = start }, address);
        host._output.Follow(host._process);
        return host;
    }

    public async Task WaitUntilReadyAsync(CancellationToken cancellationToken, TimeSpan? within = null)
    {
        try
        {
            await Eventually.SeeAsync(
                async token => _process.HasExited ? null : await StatusOfHealth(token),
                status => status is null or HttpStatusCode.OK,
                cancellationToken,
                within ?? TimeSpan.FromSeconds(60));
        }
        catch (TimeoutException late)
        {
            throw new TimeoutException($"The host was not ready. {late.Message}\n{_output.Tail()}", late);
        }

        if (!_process.HasExited)
            return;
        // Its last words, which say why, may come after its end.
        var exitCode = await WaitForExitAsync(cancellationToken);
        throw new InvalidOperationException($"The host ended with exit code {exitCode} before it was ready.\n{_output.Tail()}");
    }

    /// <summary>Waits for a line, counting those that are there already, and gives the first that fits.</summary>
    /// <exception cref="InvalidOperationException">The host ended without having printed it.</exception>
    /// <exception cref="TimeoutException">The time passed; the message has what it printed.</exception>
    public Task<string> WaitForLineAsync(Func<string, bool> predicate, TimeSpan timeout, CancellationToken cancellationToken) =>
        _output.WaitForLineAsync(predicate, timeout, cancellationToken);

    /// <summary>SIGKILL: it cannot notice, and nothing is flushed, closed or handed over.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
    }

    /// <summary>SIGTERM, as Ctrl+C and container platforms do, and waits for the end; gives the exit code.</summary>
    /// <exception cref="TimeoutException">It did not end within <paramref name="within"/>, by default 30 s.</exception>
    public async Task<int> StopAsync(CancellationToken cancellationToken, TimeSpan? within = null)
    {
        if (!_process.HasExited && Kill(_process.Id, Terminate) != 0)
            throw new InvalidOperationException($"SIGTERM could not be sent: error {Marshal.GetLastPInvokeError()}.");
        return await WaitForExitAsync(cancellationToken, within);
    }

    /// <summary>Waits for it to end by itself and gives the exit code.</summary>
    /// <exception cref="TimeoutException">It did not end within <paramref name="within"/>, by default 30 s.</exception>
    public async Task<int> WaitForExitAsync(CancellationToken cancellationToken, TimeSpan? within = null)
    {
        var patience = within ?? Eventually.Patience;
        try
        {
            await _process.WaitForExitAsync(cancellationToken).WaitAsync(patience, TimeProvider.System, cancellationToken);
        }
        catch (TimeoutException late)
        {
            throw new TimeoutException($"The host did not end within {patience.TotalSeconds:0.#} s.\n{_output.Tail()}", late);
        }

        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (!_process.HasExited)
            await KillAsync();
        var header = string.Create(CultureInfo.InvariantCulture, $"--- host {_process.Id}, ended with {_process.ExitCode} ---");
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join('\n', [header, .. _output.Lines]));
        _process.Dispose();
    }

    static int FreePort()
    {
        while (true)
        {
            var port = Interlocked.Increment(ref _lastPort);
            using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                probe.Bind(new IPEndPoint(IPAddress.Loopback, port));
                return port;
            }
            catch (SocketException taken) when (taken.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                // The next one, then.
            }
        }
    }

    // .NET can only kill; asking a process to end is the operating system's.
    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    static extern int Kill(int processId, int signal);

    async Task<HttpStatusCode?> StatusOfHealth(CancellationToken cancellationToken)
    {
        using var response = await Client.GetAsync("health/ready", cancellationToken);
        return response.StatusCode;
    }
}
