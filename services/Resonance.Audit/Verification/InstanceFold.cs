using System.Text.Json;
using Resonance.Audit.Ledger;
using Resonance.Engine.Definitions;
using Resonance.Engine.Journal;
using Resonance.Engine.Storage;
using Resonance.Engine.Storage.Queries;

namespace Resonance.Audit.Verification;

/// <summary>Whether the instance is what its last step left, and is called what it was called when that step was witnessed.</summary>
/// <param name="instance">The instance and its journal as they stand there.</param>
/// <param name="witnessed">What the ledger says of each sequence, and can be believed.</param>
/// <param name="spoilt">Sequences whose journal row is not what the engine wrote there.</param>
sealed class InstanceFold(ScannedInstance instance, IReadOnlyDictionary<long, LedgerRow> witnessed, IReadOnlySet<long> spoilt)
{
    readonly List<string> _changes = [];

    public IEnumerable<VerificationFinding> Check()
    {
        if (instance.Row is not { } row)
        {
            var key = witnessed.Count > 0 ? witnessed.First().Value.Key : null;
            yield return new VerificationFinding(
                FindingKind.InstanceMissing, instance.Id, key, null,
                $"The instance {key ?? instance.Id.ToString()} is gone, and its journal of {instance.Journal.Count:N0} steps is there.");
            yield break;
        }

        Compare(row);
        if (_changes.Count > 0)
        {
            yield return new VerificationFinding(
                FindingKind.InstanceChanged, instance.Id, row.Key, null,
                $"The instance {row.Key} is not what its last step left: it was changed in {string.Join(", ", _changes)}.");
        }
    }

    void Compare(WorkflowRow row)
    {
        CompareName(row);
        var journal = instance.Journal.LastOrDefault(step => !spoilt.Contains(step.Sequence));
        var ledger = witnessed.Count == 0 ? null : witnessed[witnessed.Keys.Max()];
        if (ledger is not null && ledger.Sequence > (journal?.Sequence ?? 0))
            CompareWithLedger(row, ledger, journal);
        else if (journal is not null)
            CompareWithJournal(row, journal);
        else if (row.Version != 0 && spoilt.Count == 0)
            _changes.Add(RowEdit.Change("version", "0", RowEdit.Text(row.Version)));
    }

    void CompareName(WorkflowRow row)
    {
        // Where the ledger's own rows disagree about the name, it is they that were edited.
        if (witnessed.Values.Select(step => (step.Type, step.Key)).Distinct().ToArray() is not [var (type, key)])
            return;
        Compare("type", type, row.Type);
        Compare("key", key, row.Key);
    }

    /// <summary>The last step's row is gone or edited. An instance that was set back together with its journal is told by the missing rows.</summary>
    void CompareWithLedger(WorkflowRow row, LedgerRow last, JournalRow? journal)
    {
        var wasSetBack = journal is not null && row.Version == journal.Sequence && JournalHash.Same(row.HeadHash, journal.Hash);
        if (wasSetBack && instance.Journal.All(step => step.Sequence != last.Sequence))
            return;

        Compare("version", RowEdit.Text(last.Sequence), RowEdit.Text(row.Version));
        Compare("head hash", RowEdit.Hex(last.Hash), RowEdit.Hex(row.HeadHash));
        Compare("state", last.To, row.State);
    }

    void CompareWithJournal(WorkflowRow row, JournalRow last)
    {
        Compare("version", RowEdit.Text(last.Sequence), RowEdit.Text(row.Version));
        Compare("head hash", RowEdit.Hex(last.Hash), RowEdit.Hex(row.HeadHash));
        Compare("state", last.To, row.State);
        Compare("time of its last step", RowEdit.Text(last.OccurredAt), RowEdit.Text(row.UpdatedAt));
        using var data = TryParse(last.Data);
        if (data is null)
            return;

        if (data.RootElement.ValueKind == JsonValueKind.Object && data.RootElement.TryGetProperty("$engine", out var engine)
            && engine.ValueKind == JsonValueKind.Object && engine.TryGetProperty("status", out var status))
        {
            Compare("status", status.GetString(), row.Status);
        }

        var isRight = WorkflowStatus.IsEnd(row.Status)
            ? instance.Journal.Any(step => step.OccurredAt == row.FinishedAt)
            : row.FinishedAt is null;
        if (!isRight)
            _changes.Add("the time of its end, which is that of none of its steps");

        if (row.Data != last.Data)
            CompareData(data.RootElement, row.Data);
    }

    void CompareData(JsonElement expected, string text)
    {
        using var actual = TryParse(text);
        if (actual is null)
            _changes.Add("its data, which is no JSON any more");
        else if (!JsonElement.DeepEquals(expected, actual.RootElement))
            _changes.Add($"its data ({Members(expected, actual.RootElement)})");
    }

    /// <summary>Names the members that differ, and not their values: a report of tampering goes to people who need not see those.</summary>
    static string Members(JsonElement expected, JsonElement actual)
    {
        if (expected.ValueKind != JsonValueKind.Object || actual.ValueKind != JsonValueKind.Object)
            return "as a whole";

        var names = expected.EnumerateObject().Concat(actual.EnumerateObject()).Select(member => member.Name).Distinct()
            .Where(name => expected.TryGetProperty(name, out var one) != actual.TryGetProperty(name, out var other)
                || (one.ValueKind != JsonValueKind.Undefined && !JsonElement.DeepEquals(one, other)));
        return string.Join(", ", names);
    }

    void Compare(string name, string? before, string? now)
    {
        if (before != now)
            _changes.Add(RowEdit.Change(name, before, now));
    }

    static JsonDocument? TryParse(string json)
    {
        try
        {
            return JsonDocument.Parse(json);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
