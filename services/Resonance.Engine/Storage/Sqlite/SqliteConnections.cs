using System.Data;
using Microsoft.Data.Sqlite;

namespace Resonance.Engine.Storage.Sqlite;

/// <summary>The file's connections: one that writes, behind a gate, and pooled ones that read beside it.</summary>
/// <remarks>
/// SQLite has one writer at a time; waiting for it in the process costs nothing, while waiting inside SQLite blocks a thread and may end
/// in <c>SQLITE_BUSY</c>. The driver has no asynchronous I/O underneath, so calls run on the thread pool and never on the caller.
/// A database in memory lives and dies with its one connection, which then reads too.
/// </remarks>
sealed class SqliteConnections : IAsyncDisposable
{
    // FULL: a commit that was answered survives a power cut, in WAL mode too.
    const string WriterSettings = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 10000;";

    readonly SemaphoreSlim _gate = new(1, 1);
    readonly string _connectionString;
    readonly bool _inMemory;
    SqliteSession? _writer;
    bool _disposed;

    public SqliteConnections(SqliteOptions options)
    {
        var builder = new SqliteConnectionStringBuilder(options.ConnectionString) { ForeignKeys = true };
        _inMemory = builder.Mode == SqliteOpenMode.Memory || builder.DataSource is "" or ":memory:";
        var isPath = !_inMemory && !builder.DataSource.StartsWith("file:", StringComparison.OrdinalIgnoreCase);
        if (isPath && Path.GetDirectoryName(Path.GetFullPath(builder.DataSource)) is { } folder)
            Directory.CreateDirectory(folder);
        _connectionString = builder.ConnectionString;
    }

    /// <summary>Runs the work in a transaction that has the database to itself.</summary>
    public Task<T> WriteAsync<T>(Func<SqliteSession, T> work, CancellationToken cancellationToken) =>
        TransactAsync(session => Task.FromResult(work(session)), cancellationToken);

    /// <summary>As <see cref="WriteAsync"/>, for work that awaits: the gate stays shut until it is done.</summary>
    public Task<T> TransactAsync<T>(Func<SqliteSession, Task<T>> work, CancellationToken cancellationToken) =>
        WithWriterAsync(session => InTransactionAsync(session, work), cancellationToken);

    /// <summary>Lends the connection that writes, without a transaction.</summary>
    public Task LendAsync(Action<SqliteConnection> work, CancellationToken cancellationToken) =>
        WithWriterAsync(
            session =>
            {
                work(session.Connection);
                return Task.FromResult(true);
            },
            cancellationToken);

    /// <summary>Runs the work on what is committed, beside the writer when there is a file.</summary>
    public Task<T> ReadAsync<T>(Func<SqliteSession, T> work, CancellationToken cancellationToken)
    {
        if (_inMemory)
            return WithWriterAsync(session => Task.FromResult(work(session)), cancellationToken);

        return Task.Run(
            () =>
            {
                using var session = new SqliteSession(new SqliteConnection(_connectionString));
                session.Connection.Open();
                return work(session);
            },
            cancellationToken);
    }

    /// <summary>As the other <c>ReadAsync</c>, for work that awaits.</summary>
    public Task<T> ReadAsync<T>(Func<SqliteConnection, Task<T>> work, CancellationToken cancellationToken)
    {
        if (_inMemory)
            return WithWriterAsync(session => work(session.Connection), cancellationToken);

        return Task.Run(
            async () =>
            {
                await using var connection = new SqliteConnection(_connectionString);
                await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
                return await work(connection).ConfigureAwait(false);
            },
            cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _gate.WaitAsync().ConfigureAwait(false);
        _disposed = true;
        CloseWriter();
        if (!_inMemory)
        {
            using var pooled = new SqliteConnection(_connectionString);
            SqliteConnection.ClearPool(pooled);
        }

        _gate.Release();
    }

    async Task<T> WithWriterAsync<T>(Func<SqliteSession, Task<T>> work, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return await Task.Run(() => work(_writer ??= OpenWriter()), CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
    }

    async Task<T> InTransactionAsync<T>(SqliteSession session, Func<SqliteSession, Task<T>> work)
    {
        session.Transaction = session.Connection.BeginTransaction(IsolationLevel.Serializable, deferred: false);
        try
        {
            var result = await work(session).ConfigureAwait(false);
            session.Transaction.Commit();
            return result;
        }
        finally
        {
            Finish(session);
        }
    }

    /// <summary>Rolls back what was not committed; a connection that cannot even do that is given up, unless it holds the data.</summary>
    void Finish(SqliteSession session)
    {
        try
        {
            session.Transaction?.Dispose();
            session.Transaction = null;
        }
        catch (SqliteException) when (!_inMemory)
        {
            CloseWriter();
        }
    }

    SqliteSession OpenWriter()
    {
        // Not pooled: a pooled connection would come back with the settings that some reader left.
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder(_connectionString) { Pooling = false }.ConnectionString);
        connection.Open();
        using var settings = connection.CreateCommand();
        settings.CommandText = WriterSettings;
        settings.ExecuteNonQuery();
        return new SqliteSession(connection);
    }

    void CloseWriter()
    {
        _writer?.Dispose();
        _writer = null;
    }
}
