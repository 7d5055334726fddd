namespace Resonance.Engine.Storage.Sqlite;

// What leaves the journal because it stands in an archive.
sealed partial class SqliteStore
{
    const string RefuseDeleteSql =
        """
        CREATE TRIGGER journal_refuses_delete BEFORE DELETE ON journal
        BEGIN
            SELECT RAISE(ABORT, 'The journal is append-only: DELETE is refused.');
        END
        """;

    // The trigger is away for one transaction, which has the database to itself.
    public Task<int> RemoveJournalAsync(IReadOnlyList<(Guid WorkflowId, long Through)> archived, CancellationToken cancellationToken) =>
        connections.WriteAsync(
            session =>
            {
                session.Execute("DROP TRIGGER journal_refuses_delete");
                var removed = archived.Sum(row =>
                    session.Execute("DELETE FROM journal WHERE workflow_id = $1 AND sequence <= $2", row.WorkflowId, row.Through));
                session.Execute(RefuseDeleteSql);
                return removed;
            },
            cancellationToken);
}
