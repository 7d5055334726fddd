using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;

namespace Resonance.Engine.Storage.Queries;

/// <summary>A step in which a rule was evaluated.</summary>
/// <param name="WorkflowId">The instance.</param>
/// <param name="Key">Its key.</param>
/// <param name="Sequence">The step.</param>
/// <param name="OccurredAt">When.</param>
/// <param name="Entries">A JSON array of journal entries, the evaluations among them.</param>
sealed record RecordedEvaluation(Guid WorkflowId, string Key, long Sequence, DateTimeOffset OccurredAt, string Entries);

/// <summary>Finds the evaluations of a rule in the journal.</summary>
sealed class RuleEvaluations(IDbContextFactory<ReadContext> contexts)
{
    const string PostgresSql =
        """
        SELECT j.workflow_id AS "WorkflowId", w.key AS "Key", j.sequence AS "Sequence",
               (extract(epoch FROM j.occurred_at) * 1000000)::bigint AS "Microseconds",
               jsonb_path_query_array(
                   j.entries, '$[*] ? (@.kind == "ruleEvaluated" && @.rule == $rule)', jsonb_build_object('rule', {0}::text))::text AS "Entries"
        FROM resonance.journal j JOIN resonance.workflow w ON w.id = j.workflow_id
        WHERE w.type = {1} AND j.occurred_at >= {2} AND j.occurred_at < {3}
          AND j.entries @> jsonb_build_array(jsonb_build_object('kind', 'ruleEvaluated', 'rule', {0}::text))
        """;

    // The plus keeps the instances' index out of it: the period is what there is little of. Taking the entries apart here would cost as much
    // as reading them.
    const string SqliteSql =
        """
        SELECT j.workflow_id AS WorkflowId, w.key AS Key, j.sequence AS Sequence, j.occurred_at AS Microseconds, j.entries AS Entries
        FROM journal j JOIN workflow w ON w.id = j.workflow_id
        WHERE +w.type = {1} AND j.occurred_at >= {2} AND j.occurred_at < {3}
          AND instr(j.entries, '"ruleEvaluated"') > 0 AND instr(j.entries, {0}) > 0
        """;

    /// <summary>The evaluations of a rule in a period, in no order.</summary>
    public async IAsyncEnumerable<RecordedEvaluation> ReadAsync(
        string workflow, string rule, DateTimeOffset from, DateTimeOffset to, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        if (context.Database.IsNpgsql())
        {
            // A year takes longer than a page of a list; the pool takes the setting back.
            await context.Database.OpenConnectionAsync(cancellationToken);
            await context.Database.ExecuteSqlRawAsync("SET statement_timeout = '5min'", cancellationToken);
            context.Database.SetCommandTimeout(TimeSpan.FromMinutes(5));
            var found = context.Database.SqlQueryRaw<PostgresRow>(PostgresSql, rule, workflow, from.ToUniversalTime(), to.ToUniversalTime());
            await foreach (var row in found.AsAsyncEnumerable().WithCancellation(cancellationToken))
                yield return new RecordedEvaluation(row.WorkflowId, row.Key, row.Sequence, Time(row.Microseconds), row.Entries);
        }
        else
        {
            var found = context.Database.SqlQueryRaw<SqliteRow>(SqliteSql, rule, workflow, Microseconds(from), Microseconds(to));
            await foreach (var row in found.AsAsyncEnumerable().WithCancellation(cancellationToken))
                yield return new RecordedEvaluation(Guid.ParseExact(row.WorkflowId, "D"), row.Key, row.Sequence, Time(row.Microseconds), row.Entries);
        }
    }

    static long Microseconds(DateTimeOffset time) => (time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;

    static DateTimeOffset Time(long microseconds) => DateTimeOffset.UnixEpoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond);

    sealed record PostgresRow(Guid WorkflowId, string Key, long Sequence, long Microseconds, string Entries);

    sealed record SqliteRow(string WorkflowId, string Key, long Sequence, long Microseconds, string Entries);
}
