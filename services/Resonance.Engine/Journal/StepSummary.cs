using System.Diagnostics;
using System.Text.Json;
using Resonance.Contracts.Audit;

namespace Resonance.Engine.Journal;

/// <summary>Tells a journal row in the form in which the saga audit hears of it.</summary>
public static class StepSummary
{
    /// <summary>The summary of a row.</summary>
    /// <param name="type">The workflow's type.</param>
    /// <param name="key">The instance's key.</param>
    /// <param name="row">The row. Kinds that this build does not know are told as they stand there.</param>
    /// <exception cref="JsonException">The row's entries are not a JSON array of objects with a <c>kind</c>.</exception>
    public static CommittedStep Of(string type, string key, JournalRow row)
    {
        var kinds = new List<string>();
        string? outcome = null;
        long? duration = null;
        long? stayed = null;
        var left = false;
        using (var entries = JsonDocument.Parse(row.Entries))
        {
            foreach (var entry in entries.RootElement.EnumerateArray())
            {
                var kind = entry.GetProperty("kind").GetString() ?? throw new JsonException("A journal entry's kind is null.");
                kinds.Add(kind);

                // Of the states that a step goes through, it stayed in the first one.
                if (kind == "stateChanged" && !left)
                {
                    left = true;
                    stayed = entry.TryGetProperty("stayedMs", out var milliseconds) && milliseconds.ValueKind == JsonValueKind.Number
                        ? milliseconds.GetInt64() : null;
                }

                if (kind != "finished")
                    continue;
                outcome = entry.GetProperty("outcome").GetString();
                duration = entry.GetProperty("durationMs").GetInt64();
            }
        }

        return new CommittedStep
        {
            WorkflowId = row.WorkflowId,
            Type = type,
            Key = key,
            Sequence = row.Sequence,
            Event = row.Event,
            From = row.From,
            To = row.To,
            Kinds = kinds,
            Outcome = outcome,
            DurationMs = duration,
            StayedMs = stayed,
            Hash = Convert.ToHexStringLower(row.Hash),
            OccurredAt = row.OccurredAt,
            TraceId = ActivityContext.TryParse(row.TraceParent, null, out var trace) ? trace.TraceId.ToHexString() : null,
        };
    }
}
