using Resonance.Audit.Checkpoints;
using Resonance.Audit.Verification;

namespace Resonance.Gateway.Dashboard.Verification;

/// <summary>
/// The verification that somebody asked for on the dashboard: one at a time in this process, seen by everybody, and not ended by whoever
/// leaves the page.
/// </summary>
sealed class VerificationRun(LedgerVerifier verifier, LedgerProofs proofs, TimeProvider clock) : IDisposable
{
    const int FindingsKept = 200;

    readonly Lock _lock = new();
    readonly List<VerificationFinding> _findings = [];
    CancellationTokenSource? _stop;

    public VerificationState State { get; private set; } = new();

    /// <summary>What is being read, and how far.</summary>
    public VerificationProgress Progress => verifier.Progress;

    /// <summary>Begins, unless one is under way.</summary>
    /// <param name="by">Who asks.</param>
    public void Start(string by)
    {
        lock (_lock)
        {
            if (State.IsRunning)
                return;
            _findings.Clear();
            _stop?.Dispose();
            _stop = new CancellationTokenSource();
            State = new VerificationState { By = by, StartedAt = clock.GetUtcNow(), IsRunning = true };
            _ = Task.Run(() => RunAsync(_stop.Token), CancellationToken.None);
        }
    }

    public void Stop() => _stop?.Cancel();

    public void Dispose()
    {
        _stop?.Cancel();
        _stop?.Dispose();
    }

    async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (!verifier.HasKeys && await proofs.FindNewestAsync(cancellationToken) is not null)
            {
                End(null, "There are checkpoints, and this process has no key to check them with. Set Audit:VerifierKeys here, or run 'verify' where the audit runs.");
                return;
            }

            End(await verifier.VerifyAsync(new VerificationRequest(), Keep, cancellationToken), null);
        }
        catch (OperationCanceledException)
        {
            End(null, "It was stopped before the end; nothing can be said.");
        }
        catch (Exception exception)
        {
            End(null, $"Nothing was verified: {exception.Message}");
        }
    }

    void Keep(VerificationFinding finding)
    {
        lock (_lock)
        {
            if (_findings.Count < FindingsKept)
                _findings.Add(finding);
        }
    }

    void End(VerificationResult? result, string? trouble)
    {
        lock (_lock)
            State = State with { IsRunning = false, EndedAt = clock.GetUtcNow(), Result = result, Trouble = trouble, Findings = [.. _findings] };
    }
}

/// <summary>How a verification stands.</summary>
sealed record VerificationState
{
    public bool IsRunning { get; init; }

    /// <summary>Who asked.</summary>
    public string By { get; init; } = "";

    /// <summary>Null before the first one.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Null while it runs, or when it could not be done.</summary>
    public VerificationResult? Result { get; init; }

    /// <summary>Why it could not be done.</summary>
    public string? Trouble { get; init; }

    /// <summary>The first ones.</summary>
    public IReadOnlyList<VerificationFinding> Findings { get; init; } = [];
}
