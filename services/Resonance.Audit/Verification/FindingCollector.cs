using System.Text.Json;
using Resonance.Audit.Ledger;
using Resonance.Engine.Journal;
using Resonance.Engine.Storage.Queries;

namespace Resonance.Audit.Verification;

/// <summary>Counts findings and passes them on; those that time may settle are looked at again at the end.</summary>
sealed class FindingCollector(Action<VerificationFinding> report)
{
    /// <summary>What memory holds. A ledger that lacks more than this is behind or was cut; what else it lacks is told at once.</summary>
    const int WaitingMax = 10_000;

    const int AskedAtOnce = 1000;

    static readonly StoreText Witnessed = new(
        Postgres:
        """
        SELECT s.workflow_id, s.sequence FROM jsonb_to_recordset(@steps::jsonb) AS n(id uuid, sequence bigint)
        JOIN step s ON s.workflow_id = n.id AND s.sequence = n.sequence
        """,
        Sqlite:
        """
        SELECT s.workflow_id, s.sequence FROM json_each(@steps) n
        JOIN step s ON s.workflow_id = n.value ->> 'id' AND s.sequence = n.value ->> 'sequence'
        """);

    readonly List<VerificationFinding> _waiting = [];

    public long Count { get; private set; }

    public void Add(VerificationFinding finding)
    {
        if (finding.Kind == FindingKind.NotWitnessed && _waiting.Count < WaitingMax)
        {
            _waiting.Add(finding);
            return;
        }

        Count++;
        report(finding);
    }

    /// <summary>Reports what was not witnessed in the meantime, and what is gone from the ledger.</summary>
    public async Task SettleAsync(
        AuditDatabase database, JournalScan journal, IReadOnlyList<LedgerGap> gaps, CancellationToken cancellationToken)
    {
        var unwitnessed = new List<(VerificationFinding Finding, JournalRow Row)>();
        foreach (var chunk in _waiting.Chunk(AskedAtOnce))
        {
            var steps = chunk.ToDictionary(finding => (finding.WorkflowId!.Value, finding.Sequence!.Value));
            var json = JsonSerializer.Serialize(steps.Keys.Select(step => new { id = step.Item1, sequence = step.Item2 }));
            var since = await database.ReadAsync(
                (session, token) => session.QueryAsync(Witnessed, row => (row.Id(0), row.Number(1)), token, ("@steps", json))
                    .ToListAsync(token).AsTask(),
                cancellationToken);
            foreach (var step in since)
                steps.Remove(step);
            await foreach (var step in journal.ReadAsync(steps.Keys, cancellationToken))
                unwitnessed.Add((steps[(step.Row.WorkflowId, step.Row.Sequence)], step.Row));
        }

        _waiting.Clear();
        var explained = new HashSet<(Guid?, long?)>();
        foreach (var finding in gaps.SelectMany(gap => gap.Explain(unwitnessed)))
        {
            if (finding.WorkflowId is not null)
                explained.Add((finding.WorkflowId, finding.Sequence));
            Report(finding);
        }

        foreach (var (finding, _) in unwitnessed.Where(step => !explained.Contains((step.Finding.WorkflowId, step.Finding.Sequence))))
            Report(finding);

        void Report(VerificationFinding finding)
        {
            Count++;
            report(finding);
        }
    }
}
