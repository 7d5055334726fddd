using Npgsql;
using NpgsqlTypes;

namespace Resonance.Engine.Storage.Postgres;

// Starts that are stored before an engine executes them.
sealed partial class PostgresStore
{
    // Without a target, ON CONFLICT covers the id and the key: it waits for whoever inserts the same at the moment, then yields.
    internal const string AcceptSql =
        $"""
        WITH accepted AS (
            INSERT INTO workflow (
                id, type, key, state, status, version, data, definition_hash, priority, trace_id, started_at, updated_at, head_hash)
            VALUES ($12, $13, $14, $15, $16, 0, $17, $18, $19, $20, $21, $22, $23)
            ON CONFLICT DO NOTHING
            RETURNING id
        ), queued AS (
            {OutboxStatements.InsertMessages}
            WHERE (m.workflow_id IN (SELECT id FROM accepted)) IS TRUE
        )
        SELECT id FROM accepted
        """;

    public async Task<AcceptResult> AcceptAsync(AcceptedStart start, TimeSpan lease, CancellationToken cancellationToken)
    {
        var row = start.Workflow;
        await using (var connection = await connections.OpenAsync(cancellationToken).ConfigureAwait(false))
        {
            await using var command = new NpgsqlCommand(AcceptSql, connection);
            OutboxStatements.AddMessages(command.Parameters, [(row.Id, start.Message)], lease);
            AddAccepted(command.Parameters, row);
            if (await command.ScalarPreparedAsync(cancellationToken).ConfigureAwait(false) is not null)
                return new(AcceptOutcome.Accepted, row);
        }

        // Instances are never removed, so that the key is what stood in the way when the id did not.
        var found = await LoadAsync([row.Id], cancellationToken).ConfigureAwait(false);
        return found.TryGetValue(row.Id, out var existing) ? new(AcceptOutcome.Exists, existing) : new(AcceptOutcome.KeyTaken, null);
    }

    static void AddAccepted(NpgsqlParameterCollection parameters, WorkflowRow row)
    {
        parameters.AddValue(row.Id);
        parameters.AddText(row.Type);
        parameters.AddText(row.Key);
        parameters.AddText(row.State);
        parameters.AddText(row.Status);
        parameters.AddText(row.Data, NpgsqlDbType.Jsonb);
        parameters.AddText(row.DefinitionHash);
        parameters.AddValue(checked((short)row.Priority));
        parameters.AddText(row.TraceId);
        parameters.AddValue(row.StartedAt.UtcDateTime);
        parameters.AddValue(row.UpdatedAt.UtcDateTime);
        parameters.AddValue(row.HeadHash);
    }
}
