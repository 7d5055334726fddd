using System.Data.Common;
using System.Runtime.CompilerServices;

namespace Resonance.Audit.Ledger;

/// <summary>One statement in the words of each store; parameters are written <c>@name</c> in both.</summary>
/// <param name="Postgres">For Postgres.</param>
/// <param name="Sqlite">For SQLite.</param>
public sealed record StoreText(string Postgres, string Sqlite)
{
    /// <summary>Words that both understand.</summary>
    public StoreText(string both) : this(both, both)
    {
    }
}

/// <summary>An open connection to the audit's database, with its transaction. Not for two threads at once.</summary>
public sealed class AuditSession
{
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    readonly DbConnection _connection;
    readonly DbTransaction? _transaction;

    internal AuditSession(DbConnection connection, DbTransaction? transaction, bool postgres)
    {
        _connection = connection;
        _transaction = transaction;
        IsPostgres = postgres;
    }

    internal bool IsPostgres { get; }

    /// <returns>Rows that were changed.</returns>
    /// <exception cref="DbException">The database refused it or cannot be reached.</exception>
    public async Task<int> ExecuteAsync(
        StoreText sql, CancellationToken cancellationToken, params (string Name, object? Value)[] parameters)
    {
        await using var command = CommandOf(sql, parameters);
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Reads a row at a time; memory holds one.</summary>
    /// <exception cref="DbException">The database refused it or cannot be reached.</exception>
    public async IAsyncEnumerable<T> QueryAsync<T>(
        StoreText sql, Func<AuditRow, T> read, [EnumeratorCancellation] CancellationToken cancellationToken,
        params (string Name, object? Value)[] parameters)
    {
        await using var command = CommandOf(sql, parameters);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var row = new AuditRow(reader, IsPostgres);
        while (await reader.ReadAsync(cancellationToken))
            yield return read(row);
    }

    /// <returns>The first row; default when there is none.</returns>
    /// <exception cref="DbException">The database refused it or cannot be reached.</exception>
    public async Task<T?> QueryOneAsync<T>(
        StoreText sql, Func<AuditRow, T> read, CancellationToken cancellationToken, params (string Name, object? Value)[] parameters)
    {
        await using var command = CommandOf(sql, parameters);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? read(new AuditRow(reader, IsPostgres)) : default;
    }

    DbCommand CommandOf(StoreText sql, (string Name, object? Value)[] parameters)
    {
        var command = _connection.CreateCommand();
        command.Transaction = _transaction;
        command.CommandText = IsPostgres ? sql.Postgres : sql.Sqlite;
        command.CommandTimeout = (int)Patience.TotalSeconds;
        foreach (var (name, value) in parameters)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = name;
            parameter.Value = Stored(value);
            command.Parameters.Add(parameter);
        }

        return command;
    }

    object Stored(object? value) => value switch
    {
        null => DBNull.Value,
        Guid id when !IsPostgres => id.ToString("D"),
        DateTimeOffset time => AuditRow.Microseconds(time),
        _ => value,
    };
}

/// <summary>A row of an answer.</summary>
public sealed class AuditRow
{
    readonly DbDataReader _reader;
    readonly bool _postgres;

    internal AuditRow(DbDataReader reader, bool postgres)
    {
        _reader = reader;
        _postgres = postgres;
    }

    /// <summary>An id.</summary>
    public Guid Id(int column) => _postgres ? _reader.GetGuid(column) : Guid.ParseExact(_reader.GetString(column), "D");

    /// <summary>A whole number of any size.</summary>
    public long Number(int column) => Convert.ToInt64(_reader.GetValue(column), System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>A text.</summary>
    public string Text(int column) => _reader.GetString(column);

    /// <summary>A text, or null.</summary>
    public string? TextOrNull(int column) => _reader.IsDBNull(column) ? null : _reader.GetString(column);

    /// <summary>Bytes.</summary>
    public byte[] Bytes(int column) => _reader.GetFieldValue<byte[]>(column);

    /// <summary>A time, stored as microseconds since 1970 UTC.</summary>
    public DateTimeOffset Time(int column) =>
        DateTimeOffset.UnixEpoch.AddTicks(_reader.GetInt64(column) * TimeSpan.TicksPerMicrosecond);

    /// <summary>Whether there is no value.</summary>
    public bool IsNull(int column) => _reader.IsDBNull(column);

    /// <summary>As a time is stored.</summary>
    internal static long Microseconds(DateTimeOffset time) => (time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;
}
