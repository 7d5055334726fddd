using System.Text.Json;
using Resonance.Engine.Journal;

namespace Resonance.Audit.Verification;

/// <summary>Recomputes hashes of journal rows that may have become anything.</summary>
static class JournalHash
{
    /// <summary>The hash of the row as it stands there; null when it cannot be one of an engine, e.g. because its data is no JSON.</summary>
    public static byte[]? Of(JournalRow row)
    {
        try
        {
            return ChainHash.Compute(row);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or ArgumentException)
        {
            return null;
        }
    }

    public static bool Is(JournalRow row, byte[] hash) => Of(row) is { } computed && Same(computed, hash);

    public static bool Same(byte[] one, byte[] other) => one.AsSpan().SequenceEqual(other);
}
