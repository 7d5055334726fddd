using Npgsql;
using NpgsqlTypes;

namespace Resonance.Engine.Storage.Postgres;

/// <summary>Parameters by position: a column of a group of rows travels as one array.</summary>
static class PostgresParameters
{
    public static void Add<T>(this NpgsqlParameterCollection parameters, T value) =>
        parameters.Add(new NpgsqlParameter<T> { TypedValue = value });

    public static void AddText(this NpgsqlParameterCollection parameters, string? value) =>
        parameters.Add(new NpgsqlParameter<string?> { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Text });

    public static void AddColumn<TRow, T>(
        this NpgsqlParameterCollection parameters, NpgsqlDbType type, IReadOnlyList<TRow> rows, Func<TRow, T> read)
    {
        var values = new T[rows.Count];
        for (var index = 0; index < values.Length; index++)
            values[index] = read(rows[index]);
        parameters.Add(new NpgsqlParameter<T[]> { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | type });
    }

    /// <summary>Durations travel as microseconds: an interval of Postgres would split off days, which are not always 24 hours.</summary>
    public static long Microseconds(TimeSpan duration) => duration.Ticks / TimeSpan.TicksPerMicrosecond;
}
