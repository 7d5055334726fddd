using System.Globalization;

namespace Resonance.Engine.Recovery;

/// <summary>How often and after which waits something is tried again: exponential back-off with jitter, in Temporal's words.</summary>
public sealed record RetryPolicy
{
    /// <summary>Five attempts in all; 1 s, 2 s, 4 s, 8 s between them, each up to a tenth shorter or longer.</summary>
    public static RetryPolicy Default { get; } = new();

    /// <summary>One attempt.</summary>
    public static RetryPolicy None { get; } = new() { MaximumAttempts = 1 };

    /// <summary>Wait before the first retry.</summary>
    /// <value>1 s by default.</value>
    public TimeSpan InitialInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Each further wait is so many times as long as the one before.</summary>
    /// <value>2 by default; at least 1.</value>
    public double BackoffCoefficient { get; init; } = 2;

    /// <summary>No wait is longer, jitter aside.</summary>
    /// <value>1 min by default.</value>
    public TimeSpan MaximumInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Attempts in all, the first one included; 0 for no limit.</summary>
    /// <value>5 by default.</value>
    public int MaximumAttempts { get; init; } = 5;

    /// <summary>Share of a wait by which chance makes it shorter or longer.</summary>
    /// <value>0.1 by default; 0 to 1.</value>
    public double Jitter { get; init; } = 0.1;

    /// <summary>Error kinds that are never tried again.</summary>
    public IReadOnlyCollection<string> NonRetryableErrors { get; init; } = [];

    /// <summary>Whether another attempt follows the given one.</summary>
    public bool Allows(int attemptsMade, string errorKind) =>
        (MaximumAttempts == 0 || attemptsMade < MaximumAttempts) && !NonRetryableErrors.Contains(errorKind);

    /// <summary>The wait before a retry.</summary>
    /// <param name="retry">1 for the first retry.</param>
    /// <param name="chance">From 0 to 2: 0 for the shortest wait, 1 for the middle, 2 for the longest.</param>
    public TimeSpan DelayBefore(int retry, double chance)
    {
        var factor = Math.Pow(BackoffCoefficient, Math.Min(retry - 1, 1000));
        var wait = Math.Min(InitialInterval.TotalMilliseconds * factor, MaximumInterval.TotalMilliseconds);
        return TimeSpan.FromMilliseconds(Math.Round(wait * (1 + Jitter * (chance - 1))));
    }

    /// <summary>The policy as people read it, e.g. <c>5 attempts, 1 s x 2 up to 60 s</c>.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{(MaximumAttempts == 0 ? "unlimited" : MaximumAttempts)} attempts, {InitialInterval.TotalSeconds:0.###} s x " +
        $"{BackoffCoefficient:0.##} up to {MaximumInterval.TotalSeconds:0.###} s");

    /// <exception cref="ArgumentException">A value is out of its range.</exception>
    public RetryPolicy Validated()
    {
        if (InitialInterval <= TimeSpan.Zero || MaximumInterval < InitialInterval)
            throw new ArgumentException($"A retry policy needs 0 < InitialInterval <= MaximumInterval; found {InitialInterval} and {MaximumInterval}.");
        if (BackoffCoefficient < 1 || Jitter is < 0 or > 1 || MaximumAttempts < 0)
        {
            throw new ArgumentException(
                "A retry policy needs BackoffCoefficient >= 1, Jitter from 0 to 1 and MaximumAttempts >= 0; found " +
                $"{BackoffCoefficient}, {Jitter} and {MaximumAttempts}.");
        }

        return this;
    }
}
