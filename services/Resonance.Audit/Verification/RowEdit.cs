using System.Globalization;
using System.Text.Json;
using Resonance.Contracts.Audit;
using Resonance.Engine.Journal;

namespace Resonance.Audit.Verification;

/// <summary>Tells what about a journal row is not what was witnessed, as far as the ledger knows the row.</summary>
static class RowEdit
{
    /// <summary>The fields that differ between a journal row and the ledger's, from what the ledger says to what the journal says.</summary>
    public static IReadOnlyList<string> Differences(JournalRow row, LedgerRow witnessed)
    {
        CommittedStep summary;
        try
        {
            summary = StepSummary.Of(witnessed.Type, witnessed.Key, row);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            return ["entries (no longer a list of journal entries)"];
        }

        var differences = new List<string>();
        Compare("event", witnessed.Event, summary.Event);
        Compare("from", witnessed.From, summary.From);
        Compare("to", witnessed.To, summary.To);
        Compare("kinds of entries", witnessed.Kinds, string.Join(',', summary.Kinds));
        Compare("outcome", witnessed.Outcome, summary.Outcome);
        if (witnessed.DurationMs != summary.DurationMs)
            differences.Add(Change("duration", Text(witnessed.DurationMs), Text(summary.DurationMs)));
        if (witnessed.OccurredAt != summary.OccurredAt)
            differences.Add(Change("time", Text(witnessed.OccurredAt), Text(summary.OccurredAt)));
        Compare("trace", witnessed.TraceId, summary.TraceId);
        return differences;

        void Compare(string name, string? before, string? now)
        {
            if (before != now)
                differences.Add(Change(name, before, now));
        }
    }

    /// <summary>One field, e.g. <c>to (from 'Completed' to 'Cancelled')</c>.</summary>
    public static string Change(string name, string? before, string? now) => $"{name} (from {Quoted(before)} to {Quoted(now)})";

    /// <summary>What was edited in a row whose hash is no longer the witnessed one.</summary>
    /// <param name="row">The row as it stands there.</param>
    /// <param name="witnessed">What the ledger knows of it.</param>
    /// <param name="previous">Hash of the row before, as it was witnessed.</param>
    /// <param name="instanceData">The instance's data when the row is its last; null when it is not.</param>
    public static string Describe(JournalRow row, LedgerRow witnessed, byte[] previous, string? instanceData)
    {
        if (JournalHash.Is(row, witnessed.Hash))
            return $"its hash was changed from {Hex(witnessed.Hash)} to {Hex(row.Hash)}, and nothing else";
        if (JournalHash.Is(row with { PreviousHash = previous }, witnessed.Hash))
            return $"the hash of the row before it was changed from {Hex(previous)} to {Hex(row.PreviousHash)}, and nothing else";

        var differences = Differences(row, witnessed);
        if (differences.Count > 0)
            return $"it was edited in {string.Join(", ", differences)}";
        return instanceData is not null && JournalHash.Is(row with { Data = instanceData }, witnessed.Hash)
            ? "it was edited in its data, which the instance still has as it was"
            : "it was edited in its data, the values of its entries, its message id or the span of its trace, which the ledger knows by the hash alone";
    }

    public static string Hex(byte[] hash) => Convert.ToHexStringLower(hash);

    public static string? Text(long? number) => number?.ToString(CultureInfo.InvariantCulture);

    public static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    static string Quoted(string? value) => value is null ? "nothing" : $"'{value}'";
}
