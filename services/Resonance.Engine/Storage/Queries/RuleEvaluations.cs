namespace Resonance.Engine.Storage.Queries;

/// <summary>A step in which a rule was evaluated.</summary>
/// <param name="WorkflowId">The instance.</param>
/// <param name="Key">Its key.</param>
/// <param name="Sequence">The step.</param>
/// <param name="OccurredAt">When.</param>
/// <param name="Entries">A JSON array of journal entries, the evaluations among them.</param>
sealed record RecordedEvaluation(Guid WorkflowId, string Key, long Sequence, DateTimeOffset OccurredAt, string Entries);

/// <summary>Finds the evaluations of a rule in the journal.</summary>
sealed class RuleEvaluations(JournalPeriod period)
{
    // On SQLite the plus keeps the instances' index out of it: the period is what there is little of. Taking the entries apart there would
    // cost as much as reading them.
    static readonly PeriodQuestion Question = new(
        Postgres:
        """
        SELECT j.workflow_id, w.key, j.sequence,
               (extract(epoch FROM j.occurred_at) * 1000000)::bigint,
               jsonb_path_query_array(
                   j.entries, '$[*] ? (@.kind == "ruleEvaluated" && @.rule == $rule)', jsonb_build_object('rule', @rule::text))::text
        FROM resonance.journal j JOIN resonance.workflow w ON w.id = j.workflow_id
        WHERE w.type = @workflow AND j.occurred_at >= @from AND j.occurred_at < @to
          AND j.entries @> jsonb_build_array(jsonb_build_object('kind', 'ruleEvaluated', 'rule', @rule::text))
        """,
        Sqlite:
        """
        SELECT j.workflow_id, w.key, j.sequence, j.occurred_at, j.entries
        FROM journal j JOIN workflow w ON w.id = j.workflow_id
        WHERE +w.type = @workflow AND j.occurred_at >= @from AND j.occurred_at < @to
          AND instr(j.entries, '"ruleEvaluated"') > 0 AND instr(j.entries, @rule) > 0
        """);

    /// <summary>The evaluations of a rule in a period, in no order.</summary>
    public IAsyncEnumerable<RecordedEvaluation> ReadAsync(
        string workflow, string rule, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken) =>
        period.ReadAsync(
            Question, from, to, [("@rule", rule), ("@workflow", workflow)],
            row => new RecordedEvaluation(row.Id(0), row.Text(1), row.Number(2), row.Time(3), row.Text(4)), cancellationToken);
}
