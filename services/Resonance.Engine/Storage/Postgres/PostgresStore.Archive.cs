using Npgsql;
using NpgsqlTypes;

namespace Resonance.Engine.Storage.Postgres;

// What leaves the journal because it stands in an archive.
sealed partial class PostgresStore
{
    const string RemoveSql =
        """
        DELETE FROM journal j USING unnest($1::uuid[], $2::bigint[]) AS archived(workflow_id, through)
        WHERE j.workflow_id = archived.workflow_id AND j.sequence <= archived.through
        """;

    public async Task<int> RemoveJournalAsync(IReadOnlyList<(Guid WorkflowId, long Through)> archived, CancellationToken cancellationToken)
    {
        // Not as the application: its role cannot remove anything from the journal, and must not be able to.
        await using var connection = new NpgsqlConnection(connections.ForMigration());
        await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        await using (var permit = new NpgsqlCommand("SET LOCAL resonance.archiving = 'on'", connection, transaction))
            await permit.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);

        await using var command = new NpgsqlCommand(RemoveSql, connection, transaction);
        command.Parameters.AddColumn(NpgsqlDbType.Uuid, archived, row => row.WorkflowId);
        command.Parameters.AddColumn(NpgsqlDbType.Bigint, archived, row => row.Through);
        var removed = await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
        return removed;
    }
}
