namespace Resonance.Gateway;

/// <param name="By">Who paused it.</param>
/// <param name="Reason">Why.</param>
/// <param name="At">When.</param>
sealed record PausedAnswer(string By, string Reason, DateTimeOffset At);
