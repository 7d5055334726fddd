using System.Diagnostics;
using System.Globalization;
using System.Text;
using Resonance.Engine.Steps;

namespace Resonance.FaultyHost;

/// <summary>Kills this process with SIGKILL when a point of the step is passed for the nth time: nothing is flushed, closed or told.</summary>
sealed class DeadlyPoint(StepPoint point, int nth, TimeSpan linger) : StepPoints
{
    // The pipe keeps what is written when the writer is dead. Made before it is needed: dying may not wait for a first call's set-up.
    readonly byte[] _lastWords = Encoding.ASCII.GetBytes($"The fault strikes: {point} #{nth}.\n");
    readonly Stream _error = Console.OpenStandardError();
    int _passed;

    /// <summary>
    /// <c>RESONANCE_FAULT_POINT</c> names the point, <c>RESONANCE_FAULT_NTH</c> (1 when not given) says how often it is passed, and
    /// <c>RESONANCE_FAULT_LINGER</c> (none when not given) how long after that the process lives on, other threads included.
    /// </summary>
    public static DeadlyPoint FromEnvironment() => new(
        Enum.Parse<StepPoint>(Environment.GetEnvironmentVariable("RESONANCE_FAULT_POINT")
            ?? throw new InvalidOperationException("RESONANCE_FAULT_POINT is missing: it names the point of the step to die at.")),
        int.Parse(Environment.GetEnvironmentVariable("RESONANCE_FAULT_NTH") ?? "1", CultureInfo.InvariantCulture),
        TimeSpan.Parse(Environment.GetEnvironmentVariable("RESONANCE_FAULT_LINGER") ?? "0", CultureInfo.InvariantCulture));

    public override void Passed(StepPoint at)
    {
        if (at != point || Interlocked.Increment(ref _passed) != nth)
            return;

        _error.Write(_lastWords);
        var since = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(since) < linger)
            Thread.SpinWait(10);
        using var self = Process.GetCurrentProcess();
        self.Kill();
    }
}
