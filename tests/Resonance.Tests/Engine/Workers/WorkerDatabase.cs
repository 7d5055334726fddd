using System.Data.Common;
using System.Reflection;
using Microsoft.Data.Sqlite;
using Resonance.Engine.Storage;
using Resonance.Engine.Workers;

namespace Resonance.Tests.Engine.Workers;

/// <summary>A database of its own for one test: SQLite, in memory unless the test says otherwise, one transaction at a time.</summary>
sealed class WorkerDatabase(string connectionString) : IDatabase, IAsyncDisposable
{
    readonly SqliteConnection _connection = new(connectionString);
    readonly SemaphoreSlim _writer = new(1, 1);

    public WorkerDatabase() : this("Data Source=:memory:")
    {
    }

    public async Task<TResult> TransactAsync<TResult>(
        Func<DbConnection, DbTransaction, CancellationToken, Task<TResult>> work, CancellationToken cancellationToken)
    {
        await _writer.WaitAsync(cancellationToken);
        try
        {
            await _connection.OpenAsync(cancellationToken);
            await using var transaction = await _connection.BeginTransactionAsync(cancellationToken);
            var result = await work(_connection, transaction, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return result;
        }
        finally
        {
            _writer.Release();
        }
    }

    public async Task MigrateAsync(Assembly assembly, string folder, CancellationToken cancellationToken)
    {
        var names = assembly.GetManifestResourceNames().Where(name => name.StartsWith(folder + ".", StringComparison.Ordinal));
        foreach (var name in names.Order(StringComparer.Ordinal))
        {
            using var script = new StreamReader(assembly.GetManifestResourceStream(name)!);
            await ExecuteAsync(await script.ReadToEndAsync(cancellationToken), cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _connection.DisposeAsync();
        _writer.Dispose();
    }

    Task<int> ExecuteAsync(string sql, CancellationToken cancellationToken) => TransactAsync(
        (connection, transaction, token) => new WorkerTransaction(connection, transaction).ExecuteAsync(sql, [], token), cancellationToken);
}
