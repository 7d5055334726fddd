using System.Data.Common;
using System.Globalization;

namespace Resonance.Engine.Storage;

/// <summary>A file that a workflow made.</summary>
public sealed record Document
{
    /// <summary>Its identity; whoever makes it chooses it.</summary>
    public required Guid Id { get; init; }

    /// <summary>The instance that had it made.</summary>
    public required Guid WorkflowId { get; init; }

    /// <summary>Name as a file, without a folder.</summary>
    public required string Name { get; init; }

    /// <summary>E.g. <c>text/csv; charset=utf-8</c>.</summary>
    public required string MediaType { get; init; }

    /// <summary>The content.</summary>
    public required byte[] Body { get; init; }

    /// <summary>When it was made, UTC in whole microseconds.</summary>
    public required DateTimeOffset CreatedAt { get; init; }
}

/// <summary>Keeps the files that workflows make. A document is written once and never changed.</summary>
public sealed class Documents(IDatabase database)
{
    const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'";

    /// <summary>Keeps a document, together with whatever else the transaction does.</summary>
    /// <returns>False when there is a document with this id already; it stays as it is.</returns>
    /// <exception cref="DbException">The database refused it or cannot be reached.</exception>
    public static async Task<bool> AddAsync(
        DbConnection connection, DbTransaction transaction, Document document, CancellationToken cancellationToken)
    {
        await using var command = CommandOf(
            connection,
            transaction,
            """
            INSERT INTO document (id, workflow_id, name, media_type, body, created_at)
            VALUES (@id, @workflow, @name, @type, @body, @created)
            ON CONFLICT (id) DO NOTHING
            """,
            ("@id", document.Id.ToString("D")),
            ("@workflow", document.WorkflowId.ToString("D")),
            ("@name", document.Name),
            ("@type", document.MediaType),
            ("@body", document.Body),
            ("@created", document.CreatedAt.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture)));
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }

    /// <returns>The document; null when there is none.</returns>
    /// <exception cref="DbException">The database cannot be reached.</exception>
    public Task<Document?> FindAsync(Guid id, CancellationToken cancellationToken) => database.TransactAsync(
        async (connection, transaction, token) =>
        {
            await using var command = CommandOf(
                connection, transaction, "SELECT workflow_id, name, media_type, body, created_at FROM document WHERE id = @id", ("@id", id.ToString("D")));
            await using var reader = await command.ExecuteReaderAsync(token);
            return await reader.ReadAsync(token)
                ? new Document
                {
                    Id = id,
                    WorkflowId = Guid.ParseExact(reader.GetString(0), "D"),
                    Name = reader.GetString(1),
                    MediaType = reader.GetString(2),
                    Body = reader.GetFieldValue<byte[]>(3),
                    CreatedAt = DateTimeOffset.ParseExact(
                        reader.GetString(4), TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal),
                }
                : null;
        },
        cancellationToken);

    static DbCommand CommandOf(
        DbConnection connection, DbTransaction transaction, string sql, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = sql;
        foreach (var (name, value) in parameters)
        {
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (name, value);
            command.Parameters.Add(parameter);
        }

        return command;
    }
}
