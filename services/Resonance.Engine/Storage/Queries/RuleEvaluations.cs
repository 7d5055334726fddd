using System.Data.Common;
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
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    const string PostgresSql =
        """
        SELECT j.workflow_id, w.key, j.sequence,
               (extract(epoch FROM j.occurred_at) * 1000000)::bigint,
               jsonb_path_query_array(
                   j.entries, '$[*] ? (@.kind == "ruleEvaluated" && @.rule == $rule)', jsonb_build_object('rule', @rule::text))::text
        FROM resonance.journal j JOIN resonance.workflow w ON w.id = j.workflow_id
        WHERE w.type = @workflow AND j.occurred_at >= @from AND j.occurred_at < @to
          AND j.entries @> jsonb_build_array(jsonb_build_object('kind', 'ruleEvaluated', 'rule', @rule::text))
        """;

    // The plus keeps the instances' index out of it: the period is what there is little of. Taking the entries apart here would cost as much
    // as reading them.
    const string SqliteSql =
        """
        SELECT j.workflow_id, w.key, j.sequence, j.occurred_at, j.entries
        FROM journal j JOIN workflow w ON w.id = j.workflow_id
        WHERE +w.type = @workflow AND j.occurred_at >= @from AND j.occurred_at < @to
          AND instr(j.entries, '"ruleEvaluated"') > 0 AND instr(j.entries, @rule) > 0
        """;

    /// <summary>The evaluations of a rule in a period, in no order.</summary>
    public async IAsyncEnumerable<RecordedEvaluation> ReadAsync(
        string workflow, string rule, DateTimeOffset from, DateTimeOffset to, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var postgres = context.Database.IsNpgsql();
        await context.Database.OpenConnectionAsync(cancellationToken);

        // A year takes longer than a page of a list; the pool takes the setting back.
        if (postgres)
            await context.Database.ExecuteSqlRawAsync("SET statement_timeout = '5min'", cancellationToken);

        // By the driver alone: hundreds of thousands of rows, of which most are looked at once.
        await using var command = context.Database.GetDbConnection().CreateCommand();
        command.CommandText = postgres ? PostgresSql : SqliteSql;
        command.CommandTimeout = (int)Patience.TotalSeconds;
        Add(command, "@rule", rule);
        Add(command, "@workflow", workflow);
        Add(command, "@from", postgres ? from.ToUniversalTime() : Microseconds(from));
        Add(command, "@to", postgres ? to.ToUniversalTime() : Microseconds(to));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var id = postgres ? reader.GetGuid(0) : Guid.ParseExact(reader.GetString(0), "D");
            yield return new RecordedEvaluation(id, reader.GetString(1), reader.GetInt64(2), Time(reader.GetInt64(3)), reader.GetString(4));
        }
    }

    static void Add(DbCommand command, string name, object value)
    {
        var parameter = command.CreateParameter();
        (parameter.ParameterName, parameter.Value) = (name, value);
        command.Parameters.Add(parameter);
    }

    static long Microseconds(DateTimeOffset time) => (time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;

    static DateTimeOffset Time(long microseconds) => DateTimeOffset.UnixEpoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond);
}
