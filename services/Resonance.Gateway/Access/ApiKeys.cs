using System.Data.Common;
using System.Globalization;
using Resonance.Engine.Storage;
using Resonance.Engine.Workers;

namespace Resonance.Gateway.Access;

/// <summary>The keys that the store has.</summary>
public sealed class ApiKeys(IDatabase database, TimeProvider clock)
{
    const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'";
    const string Columns = "id, name, role, hash, created_at, created_by, expires_at, revoked_at";

    /// <summary>Makes a key.</summary>
    /// <param name="name">Who will act with it; see <see cref="ApiKey.WhyNoName"/>.</param>
    /// <param name="role">What it may do.</param>
    /// <param name="life">How long it lives; null for ever.</param>
    /// <param name="createdBy">Who asked for it.</param>
    /// <param name="cancellationToken">Stops waiting for the database.</param>
    /// <returns>The key and its text, which nobody can tell again; null when a key that is not revoked has that name.</returns>
    /// <exception cref="DbException">The database cannot be reached.</exception>
    public async Task<(ApiKey Key, string Text)?> AddAsync(
        string name, Role role, TimeSpan? life, string createdBy, CancellationToken cancellationToken)
    {
        if (ApiKey.WhyNoName(name) is { } problem)
            throw new ArgumentException(problem, nameof(name));

        var (id, secret) = KeyText.New();
        var now = clock.GetUtcNow();
        var key = new ApiKey(id, name, role, KeyText.Hash(secret), now, createdBy, now + life, null);
        var added = await ExecuteAsync(
            $"""
             INSERT INTO api_key ({Columns}) VALUES (@id, @name, @role, @hash, @created_at, @created_by, @expires_at, NULL)
             ON CONFLICT DO NOTHING
             """,
            [
                ("@id", key.Id), ("@name", key.Name), ("@role", RoleNames.Of(key.Role)), ("@hash", key.Hash),
                ("@created_at", Text(key.CreatedAt)), ("@created_by", key.CreatedBy),
                ("@expires_at", key.ExpiresAt is { } expires ? Text(expires) : null),
            ],
            cancellationToken);
        return added == 1 ? (key, KeyText.Of(id, secret)) : null;
    }

    /// <returns>Every key that there ever was, the last one first.</returns>
    /// <exception cref="DbException">The database cannot be reached.</exception>
    public Task<IReadOnlyList<ApiKey>> ListAsync(CancellationToken cancellationToken) =>
        QueryAsync($"SELECT {Columns} FROM api_key ORDER BY created_at DESC, id", cancellationToken);

    /// <returns>The keys that open something now.</returns>
    /// <exception cref="DbException">The database cannot be reached.</exception>
    public async Task<IReadOnlyList<ApiKey>> LiveAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var kept = await QueryAsync($"SELECT {Columns} FROM api_key WHERE revoked_at IS NULL", cancellationToken);
        return [.. kept.Where(key => key.IsLive(now))];
    }

    /// <summary>Whether a key was ever made, though it may be revoked or expired by now. Keys are never removed.</summary>
    /// <exception cref="DbException">The database cannot be reached.</exception>
    public async Task<bool> AnyWasMadeAsync(CancellationToken cancellationToken) =>
        (await QueryAsync($"SELECT {Columns} FROM api_key LIMIT 1", cancellationToken)).Count > 0;

    /// <summary>Makes a key worth nothing. Doing so again changes nothing.</summary>
    /// <returns>False when there is no key with that id.</returns>
    /// <exception cref="DbException">The database cannot be reached.</exception>
    public async Task<bool> RevokeAsync(string id, CancellationToken cancellationToken) => await ExecuteAsync(
        "UPDATE api_key SET revoked_at = COALESCE(revoked_at, @now) WHERE id = @id",
        [("@id", id), ("@now", Text(clock.GetUtcNow()))],
        cancellationToken) == 1;

    Task<int> ExecuteAsync(string sql, IReadOnlyList<(string Name, object? Value)> values, CancellationToken cancellationToken) =>
        database.TransactAsync(
            (connection, transaction, token) => new WorkerTransaction(connection, transaction).ExecuteAsync(sql, values, token),
            cancellationToken);

    Task<IReadOnlyList<ApiKey>> QueryAsync(string sql, CancellationToken cancellationToken) => database.TransactAsync(
        (connection, transaction, token) => new WorkerTransaction(connection, transaction).QueryAsync(sql, [], Read, token),
        cancellationToken);

    // A role that a later release knows, and this one does not, may do the least.
    static ApiKey Read(DbDataReader row) => new(
        row.GetString(0), row.GetString(1), RoleNames.Find(row.GetString(2)) ?? Role.Viewer, row.GetString(3), Time(row.GetString(4)),
        row.GetString(5), row.IsDBNull(6) ? null : Time(row.GetString(6)), row.IsDBNull(7) ? null : Time(row.GetString(7)));

    static string Text(DateTimeOffset time) => time.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture);

    static DateTimeOffset Time(string text) =>
        DateTimeOffset.ParseExact(text, TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
}
