using System.Data.Common;

namespace Resonance.Engine.Workers;

/// <summary>The transaction in which a worker does its work and in which its reply is kept: both happen, or neither does.</summary>
/// <remarks>
/// SQL runs on Postgres (READ COMMITTED) and on SQLite: write parameters as <c>@name</c>, keep ids as text. One text may hold several
/// statements, divided by semicolons; they travel in one round trip.
/// </remarks>
public sealed class WorkerTransaction
{
    /// <summary>Statements that run through this object belong to the transaction.</summary>
    public WorkerTransaction(DbConnection connection, DbTransaction transaction)
    {
        Connection = connection;
        Transaction = transaction;
    }

    /// <summary>The open connection, for a data-access library.</summary>
    public DbConnection Connection { get; }

    /// <summary>The transaction; the worker's base commits it.</summary>
    public DbTransaction Transaction { get; }

    /// <summary>Runs statements.</summary>
    /// <returns>The number of rows that they changed, together.</returns>
    /// <exception cref="DbException">The database refused a statement or cannot be reached.</exception>
    public async Task<int> ExecuteAsync(
        string sql, IReadOnlyList<(string Name, object? Value)> parameters, CancellationToken cancellationToken)
    {
        await using var command = CreateCommand(sql, parameters);
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Runs statements and reads what they return.</summary>
    /// <returns>The rows of every statement, in the order of the statements.</returns>
    /// <exception cref="DbException">The database refused a statement or cannot be reached.</exception>
    public async Task<IReadOnlyList<TRow>> QueryAsync<TRow>(
        string sql,
        IReadOnlyList<(string Name, object? Value)> parameters,
        Func<DbDataReader, TRow> read,
        CancellationToken cancellationToken)
    {
        await using var command = CreateCommand(sql, parameters);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<TRow>();
        do
        {
            while (await reader.ReadAsync(cancellationToken))
                rows.Add(read(reader));
        }
        while (await reader.NextResultAsync(cancellationToken));

        return rows;
    }

    DbCommand CreateCommand(string sql, IReadOnlyList<(string Name, object? Value)> parameters)
    {
        var command = Connection.CreateCommand();
        command.Transaction = Transaction;
        command.CommandText = sql;
        foreach (var (name, value) in parameters)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = name;
            parameter.Value = value ?? DBNull.Value;
            command.Parameters.Add(parameter);
        }

        return command;
    }
}
