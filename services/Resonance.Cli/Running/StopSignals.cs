using System.Runtime.InteropServices;

namespace Resonance.Cli.Running;

/// <summary>Ctrl+C and the request to end become a cancellation, so that what is under way is left in order.</summary>
sealed class StopSignals : IDisposable
{
    readonly CancellationTokenSource _stop = new();
    readonly PosixSignalRegistration[] _registrations;

    public StopSignals() => _registrations =
        [PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop), PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop)];

    public CancellationToken Token => _stop.Token;

    public void Dispose()
    {
        foreach (var registration in _registrations)
            registration.Dispose();
        _stop.Dispose();
    }

    void Stop(PosixSignalContext signal)
    {
        // Whoever asks a second time does not want to wait for anything.
        signal.Cancel = !_stop.IsCancellationRequested;
        _stop.Cancel();
    }
}
