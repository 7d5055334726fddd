namespace Resonance.Audit.Verification;

/// <summary>How far a verification has come; read while it goes on.</summary>
public sealed class VerificationProgress
{
    long _done;
    long _total;
    volatile string _what = "nothing yet";

    /// <summary>What is being read, e.g. <c>leaves of the ledger</c>.</summary>
    public string What => _what;

    /// <summary>Rows read of it.</summary>
    public long Done => Interlocked.Read(ref _done);

    /// <summary>Rows to read of it, as far as it is known.</summary>
    public long Total => Interlocked.Read(ref _total);

    internal void Begin(string what, long total)
    {
        Interlocked.Exchange(ref _done, 0);
        Interlocked.Exchange(ref _total, total);
        _what = what;
    }

    internal void Advance(long rows) => Interlocked.Add(ref _done, rows);
}
