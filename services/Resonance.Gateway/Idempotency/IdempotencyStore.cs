using System.Data.Common;
using System.Globalization;
using System.Text.Json;
using MassTransit;
using Resonance.Engine.Storage;

namespace Resonance.Gateway.Idempotency;

/// <summary>An answer as it left.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Headers">Those that belong to the answer.</param>
/// <param name="Body">Empty when there is none.</param>
sealed record KeptAnswer(int Status, IReadOnlyDictionary<string, string> Headers, byte[] Body);

/// <summary>What became of a claim to a key.</summary>
/// <param name="Fingerprint">Of the request that had the key first.</param>
/// <param name="RequestId">Names that request: whoever takes its place goes on under the same name.</param>
/// <param name="Claim">The claim, when it was granted; it must be kept or given up.</param>
/// <param name="Answer">The answer, when there is one already.</param>
sealed record KeyClaim(string Fingerprint, Guid RequestId, string? Claim, KeptAnswer? Answer);

/// <summary>Keeps answers by key, in the store that all processes share.</summary>
sealed class IdempotencyStore(IDatabase database, IdempotencyOptions options, TimeProvider clock)
{
    const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'";
    const int PurgedAtOnce = 500;

    static readonly TimeSpan PurgeEvery = TimeSpan.FromMinutes(1);

    const string AddSql =
        """
        INSERT INTO idempotency (key, fingerprint, request_id, claim, claimed_until, expires_at)
        VALUES (@key, @fingerprint, @request, @claim, @until, @expires)
        ON CONFLICT (key) DO NOTHING
        """;

    // The first of two who find the same lost request takes its place.
    const string TakeOverSql =
        """
        UPDATE idempotency SET claim = @claim, claimed_until = @until, expires_at = @expires
        WHERE key = @key AND fingerprint = @fingerprint AND status IS NULL AND claimed_until < @now AND expires_at >= @now
        """;

    const string BeginAnewSql =
        """
        UPDATE idempotency SET fingerprint = @fingerprint, request_id = @request, claim = @claim, claimed_until = @until,
            expires_at = @expires, status = NULL, headers = NULL, body = NULL
        WHERE key = @key AND expires_at < @now
        """;

    const string FindSql = "SELECT fingerprint, request_id, status, headers, body FROM idempotency WHERE key = @key";

    const string KeepSql =
        """
        UPDATE idempotency SET status = @status, headers = @headers, body = @body, expires_at = @expires
        WHERE key = @key AND claim = @claim
        """;

    const string GiveUpSql = "DELETE FROM idempotency WHERE key = @key AND claim = @claim AND status IS NULL";

    const string PurgeSql =
        """
        DELETE FROM idempotency WHERE key IN (
            SELECT key FROM idempotency WHERE expires_at < @now ORDER BY expires_at, key LIMIT @most)
        """;

    long _nextPurge = clock.GetTimestamp();

    /// <exception cref="DbException">The database cannot be reached.</exception>
    public Task<KeyClaim> ClaimAsync(string key, string fingerprint, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var claim = NewId.NextGuid().ToString("D");
        (string, object)[] parameters =
        [
            ("@key", key), ("@fingerprint", fingerprint), ("@request", NewId.NextGuid().ToString("D")), ("@claim", claim),
            ("@now", Text(now)), ("@until", Text(now + options.Patience)), ("@expires", Text(now + options.Keep)),
        ];
        return database.TransactAsync(
            async (connection, transaction, token) =>
            {
                var granted = false;
                foreach (var sql in (string[])[AddSql, TakeOverSql, BeginAnewSql])
                    granted = granted || await ExecuteAsync(connection, transaction, sql, parameters, token) == 1;

                await using var command = CommandOf(connection, transaction, FindSql, parameters);
                await using var reader = await command.ExecuteReaderAsync(token);

                // Its owner gave it up between the two statements: it counts as under way, and asking again finds it free.
                if (!await reader.ReadAsync(token))
                    return new KeyClaim(fingerprint, Guid.Empty, null, null);

                return new KeyClaim(
                    reader.GetString(0),
                    Guid.ParseExact(reader.GetString(1), "D"),
                    granted ? claim : null,
                    reader.IsDBNull(2) ? null : ReadAnswer(reader));
            },
            cancellationToken);
    }

    /// <summary>Keeps the answer of a request whose claim was granted.</summary>
    public Task KeepAsync(string key, string claim, KeptAnswer answer, CancellationToken cancellationToken) => WriteAsync(
        KeepSql,
        [
            ("@key", key), ("@claim", claim), ("@status", answer.Status), ("@headers", JsonSerializer.Serialize(answer.Headers)),
            ("@body", answer.Body), ("@expires", Text(clock.GetUtcNow() + options.Keep)),
        ],
        cancellationToken);

    /// <summary>Frees the key of a request that came to nothing.</summary>
    public Task GiveUpAsync(string key, string claim, CancellationToken cancellationToken) =>
        WriteAsync(GiveUpSql, [("@key", key), ("@claim", claim)], cancellationToken);

    /// <summary>Removes answers that have expired, in passing: at most some hundred a minute.</summary>
    public async Task PurgeAsync(CancellationToken cancellationToken)
    {
        var due = Volatile.Read(ref _nextPurge);
        var next = clock.GetTimestamp() + (long)(PurgeEvery.TotalSeconds * clock.TimestampFrequency);
        if (clock.GetTimestamp() < due || Interlocked.CompareExchange(ref _nextPurge, next, due) != due)
            return;

        await WriteAsync(PurgeSql, [("@now", Text(clock.GetUtcNow())), ("@most", PurgedAtOnce)], cancellationToken);
    }

    Task WriteAsync(string sql, (string Name, object Value)[] parameters, CancellationToken cancellationToken) => database.TransactAsync(
        (connection, transaction, token) => ExecuteAsync(connection, transaction, sql, parameters, token), cancellationToken);

    static async Task<int> ExecuteAsync(
        DbConnection connection, DbTransaction transaction, string sql, (string Name, object Value)[] parameters, CancellationToken cancellationToken)
    {
        await using var command = CommandOf(connection, transaction, sql, parameters);
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    static DbCommand CommandOf(DbConnection connection, DbTransaction transaction, string sql, (string Name, object Value)[] parameters)
    {
        var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = sql;
        foreach (var (name, value) in parameters.Where(parameter => sql.Contains(parameter.Name, StringComparison.Ordinal)))
        {
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (name, value);
            command.Parameters.Add(parameter);
        }

        return command;
    }

    static KeptAnswer ReadAnswer(DbDataReader reader) => new(
        reader.GetInt32(2), JsonSerializer.Deserialize<Dictionary<string, string>>(reader.GetString(3))!, reader.GetFieldValue<byte[]>(4));

    static string Text(DateTimeOffset time) => time.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture);
}
