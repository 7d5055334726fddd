using System.Text;
using Npgsql;
using NpgsqlTypes;

namespace Resonance.Engine.Storage.Postgres;

/// <summary>Prepared statements with parameters by position; a column of a group of rows travels as one array.</summary>
/// <remarks>
/// The driver's automatic preparation would save a first round trip a connection, but a value that the server refuses on that first use
/// leaves it with a half-known statement, which fails the next time. So the store prepares its statements itself, before it sends values.
/// Text is tried before anything is sent. The driver notices half a surrogate pair only while it writes, and when part of a long message
/// has left by then, the connection goes back to the pool out of step: the next statement on it would read the wrong answer.
/// </remarks>
static class PostgresCommands
{
    static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static async Task<NpgsqlDataReader> ReadPreparedAsync(this NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await command.PrepareAsync(cancellationToken).ConfigureAwait(false);
        return await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
    }

    public static async Task<object?> ScalarPreparedAsync(this NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await command.PrepareAsync(cancellationToken).ConfigureAwait(false);
        return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false);
    }

    public static async Task<int> ExecutePreparedAsync(this NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await command.PrepareAsync(cancellationToken).ConfigureAwait(false);
        return await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    public static void AddValue<T>(this NpgsqlParameterCollection parameters, T value) =>
        parameters.Add(new NpgsqlParameter<T> { TypedValue = value });

    /// <exception cref="EncoderFallbackException">The text has no UTF-8 form.</exception>
    public static void AddText(
        this NpgsqlParameterCollection parameters, string? value, NpgsqlDbType type = NpgsqlDbType.Text)
    {
        Try(value);
        parameters.Add(new NpgsqlParameter<string?> { TypedValue = value, NpgsqlDbType = type });
    }

    /// <exception cref="EncoderFallbackException">A text has no UTF-8 form.</exception>
    public static void AddColumn<TRow, T>(
        this NpgsqlParameterCollection parameters, NpgsqlDbType type, IReadOnlyList<TRow> rows, Func<TRow, T> read)
    {
        var values = new T[rows.Count];
        for (var index = 0; index < values.Length; index++)
        {
            values[index] = read(rows[index]);
            if (values[index] is string text)
                Try(text);
        }

        parameters.Add(new NpgsqlParameter<T[]> { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | type });
    }

    static void Try(string? text)
    {
        if (text is not null)
            Strict.GetByteCount(text);
    }

    /// <summary>Durations travel as microseconds: an interval of Postgres would split off days, which are not always 24 hours.</summary>
    public static long Microseconds(TimeSpan duration) => duration.Ticks / TimeSpan.TicksPerMicrosecond;
}
