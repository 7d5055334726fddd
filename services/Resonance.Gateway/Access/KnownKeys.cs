namespace Resonance.Gateway.Access;

/// <summary>The live keys as this process last saw them, which is some seconds ago at most.</summary>
/// <remarks>
/// All of them together and not one by one: they are few, and who tries ids that do not exist costs the store nothing. When the store
/// cannot be asked nobody comes in: a key that was revoked must not live on because the store is away.
/// </remarks>
sealed class KnownKeys(ApiKeys keys, AccessOptions options, TimeProvider clock) : IDisposable
{
    readonly SemaphoreSlim _refresh = new(1, 1);
    readonly string? _adminHash = options.AdminKey is { } key ? KeyText.Hash(key) : null;
    volatile Snapshot? _snapshot;

    /// <summary>Who a key's text stands for; null when it is no key, or none that lives.</summary>
    public async ValueTask<Credential?> FindAsync(string text, CancellationToken cancellationToken)
    {
        if (_adminHash is not null && KeyText.AreEqual(_adminHash, KeyText.Hash(text)))
            return Admin;
        if (KeyText.Parse(text) is not var (id, secret))
            return null;

        var key = (await SnapshotAsync(cancellationToken)).Keys.GetValueOrDefault(id);
        return key is not null && key.IsLive(clock.GetUtcNow()) && KeyText.AreEqual(key.Hash, KeyText.Hash(secret)) ? Of(key) : null;
    }

    /// <summary>What a credential that was good earlier is worth now; null when nothing.</summary>
    public async ValueTask<Credential?> RenewAsync(string id, CancellationToken cancellationToken)
    {
        if (id == Admin?.Id)
            return Admin;

        var key = (await SnapshotAsync(cancellationToken)).Keys.GetValueOrDefault(id);
        return key is not null && key.IsLive(clock.GetUtcNow()) ? Of(key) : null;
    }

    /// <summary>Whether a key was ever made in the store: who made one meant the door to be closed, also when that key is revoked.</summary>
    public async ValueTask<bool> AnyWasMadeAsync(CancellationToken cancellationToken) => (await SnapshotAsync(cancellationToken)).AnyWasMade;

    /// <summary>Has the store asked the next time.</summary>
    public void Forget() => _snapshot = null;

    public void Dispose() => _refresh.Dispose();

    // With the key's hash in its id, so that nobody stays signed in with an admin key that was replaced.
    Credential? Admin => _adminHash is null ? null : new Credential($"admin-{_adminHash[..16]}", Actor.AdminName, Role.Admin);

    static Credential Of(ApiKey key) => new(key.Id, key.Name, key.Role);

    async ValueTask<Snapshot> SnapshotAsync(CancellationToken cancellationToken)
    {
        if (_snapshot is { } known && IsFresh(known))
            return known;

        await _refresh.WaitAsync(cancellationToken);
        try
        {
            if (_snapshot is { } refreshed && IsFresh(refreshed))
                return refreshed;

            var asked = clock.GetTimestamp();
            var live = await keys.LiveAsync(cancellationToken);
            var anyWasMade = live.Count > 0 || _snapshot is { AnyWasMade: true } || await keys.AnyWasMadeAsync(cancellationToken);
            return _snapshot = new Snapshot(live.ToDictionary(key => key.Id, StringComparer.Ordinal), anyWasMade, asked);
        }
        finally
        {
            _refresh.Release();
        }
    }

    bool IsFresh(Snapshot snapshot) => clock.GetElapsedTime(snapshot.Asked) < options.KeysAreKnownFor;

    sealed record Snapshot(IReadOnlyDictionary<string, ApiKey> Keys, bool AnyWasMade, long Asked);
}

/// <summary>Who a key stands for.</summary>
sealed record Credential(string Id, string Name, Role Role);
