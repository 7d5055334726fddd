using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Resonance.Engine.Storage.Sqlite;

/// <summary>One open connection with its prepared statements. Not for two threads at once.</summary>
sealed class SqliteSession(SqliteConnection connection) : IDisposable
{
    readonly Dictionary<string, SqliteCommand> _prepared = new(StringComparer.Ordinal);

    public SqliteConnection Connection => connection;

    /// <summary>The transaction that statements run in; null outside of one.</summary>
    public SqliteTransaction? Transaction { get; set; }

    public int Execute(string sql, params ReadOnlySpan<object?> values) => Prepare(sql, values).ExecuteNonQuery();

    public SqliteDataReader Query(string sql, params ReadOnlySpan<object?> values) => Prepare(sql, values).ExecuteReader();

    public object? Scalar(string sql, params ReadOnlySpan<object?> values)
    {
        var value = Prepare(sql, values).ExecuteScalar();
        return value is DBNull ? null : value;
    }

    public void Dispose()
    {
        foreach (var command in _prepared.Values)
            command.Dispose();
        connection.Dispose();
    }

    SqliteCommand Prepare(string sql, ReadOnlySpan<object?> values)
    {
        if (!_prepared.TryGetValue(sql, out var command))
        {
            command = connection.CreateCommand();
            command.CommandText = sql;
            for (var index = 1; index <= values.Length; index++)
                command.Parameters.Add(new SqliteParameter { ParameterName = "$" + index.ToString(CultureInfo.InvariantCulture) });
            _prepared.Add(sql, command);
        }

        command.Transaction = Transaction;
        for (var index = 0; index < values.Length; index++)
            command.Parameters[index].Value = Stored(values[index]);
        return command;
    }

    /// <summary>Ids are lower-case text, times and durations microseconds: the driver's own forms differ.</summary>
    static object Stored(object? value) => value switch
    {
        null => DBNull.Value,
        Guid id => id.ToString("D"),
        DateTimeOffset time => SqliteTime.Microseconds(time),
        TimeSpan duration => duration.Ticks / TimeSpan.TicksPerMicrosecond,
        _ => value,
    };
}
