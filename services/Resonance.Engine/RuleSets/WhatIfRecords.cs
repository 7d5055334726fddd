using MassTransit;
using Resonance.Engine.Storage;
using Resonance.Engine.Workers;

namespace Resonance.Engine.RuleSets;

/// <summary>Remembers which what-ifs were run: publishing may ask for one.</summary>
sealed class WhatIfRecords(IDatabase database, TimeProvider clock)
{
    public Task AddAsync(WorkflowRule rule, WhatIfRequest request, WhatIfResult result, CancellationToken cancellationToken) => database.TransactAsync(
        (connection, transaction, token) => new WorkerTransaction(connection, transaction).ExecuteAsync(
            """
            INSERT INTO rule_what_if (
                id, workflow, name, expression, period_from, period_to, evaluations, pass_to_fail, fail_to_pass, undecided, ran_at)
            VALUES (@id, @workflow, @name, @expression, @from, @to, @evaluations, @passToFail, @failToPass, @undecided, @now)
            """,
            [
                ("@id", NewId.NextGuid().ToString("D")), ("@workflow", rule.Workflow), ("@name", rule.Rule.Name), ("@expression", request.Expression),
                ("@from", RuleVersions.Text(request.From)), ("@to", RuleVersions.Text(request.To)), ("@evaluations", result.Evaluations),
                ("@passToFail", result.PassToFail), ("@failToPass", result.FailToPass), ("@undecided", result.Undecided),
                ("@now", RuleVersions.Text(clock.GetUtcNow())),
            ],
            token),
        cancellationToken);

    /// <summary>Whether one was run for this expression since a time.</summary>
    public Task<bool> ExistsAsync(WorkflowRule rule, string expression, DateTimeOffset since, CancellationToken cancellationToken) => database.TransactAsync(
        async (connection, transaction, token) =>
        {
            var found = await new WorkerTransaction(connection, transaction).QueryAsync(
                """
                SELECT 1 FROM rule_what_if
                WHERE workflow = @workflow AND name = @name AND expression = @expression AND ran_at >= @since LIMIT 1
                """,
                [("@workflow", rule.Workflow), ("@name", rule.Rule.Name), ("@expression", expression), ("@since", RuleVersions.Text(since))],
                row => row.GetInt32(0),
                token);
            return found.Count > 0;
        },
        cancellationToken);
}
