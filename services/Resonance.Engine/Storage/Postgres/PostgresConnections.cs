using Microsoft.Extensions.Logging;
using Npgsql;

namespace Resonance.Engine.Storage.Postgres;

/// <summary>Opens connections: for the application under its role, for migrations as the connecting user.</summary>
sealed class PostgresConnections : IAsyncDisposable
{
    // pg_has_role learnt 'SET' with version 16, when being a member stopped meaning that one may become the role.
    const string RoleState =
        """
        SELECT to_regclass($2) IS NOT NULL,
               coalesce((
                   SELECT CASE WHEN current_setting('server_version_num')::int >= 160000
                               THEN pg_has_role(oid, 'SET') ELSE pg_has_role(oid, 'MEMBER') END
                          AND coalesce(has_table_privilege(oid, to_regclass($2), $3), false)
                   FROM pg_roles WHERE rolname = $1), false)
        """;

    readonly PostgresOptions _options;
    readonly ILogger<PostgresConnections> _logger;
    readonly NpgsqlDataSource _asUser;
    readonly NpgsqlDataSource? _asRole;
    volatile NpgsqlDataSource? _chosen;

    public PostgresConnections(PostgresOptions options, ILogger<PostgresConnections> logger)
    {
        _options = options;
        _logger = logger;
        _asUser = NpgsqlDataSource.Create(ForApplication(role: ""));
        _asRole = options.ApplicationRole.Length == 0 ? null : NpgsqlDataSource.Create(ForApplication(options.ApplicationRole));
    }

    internal PostgresArea Area => _options.Area;

    internal string ApplicationRole => _options.ApplicationRole;

    /// <summary>For the application's own statements, from the pool.</summary>
    public async ValueTask<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken)
    {
        var source = _chosen ?? await ChooseAsync(cancellationToken).ConfigureAwait(false);
        return await source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>For changes to the schema: no pool, no role, no time limits, because a migration may wait long for another.</summary>
    public string ForMigration()
    {
        var builder = new NpgsqlConnectionStringBuilder(_options.ConnectionString)
        {
            SearchPath = Area.Schema,
            Pooling = false,
            CommandTimeout = 0,
        };
        builder.ApplicationName ??= "resonance migrate";
        return builder.ConnectionString;
    }

    /// <summary>Looks at the role again: a migration may have created it.</summary>
    public void SchemaChanged() => _chosen = null;

    public async ValueTask DisposeAsync()
    {
        await _asUser.DisposeAsync().ConfigureAwait(false);
        if (_asRole is not null)
            await _asRole.DisposeAsync().ConfigureAwait(false);
    }

    string ForApplication(string role)
    {
        var builder = new NpgsqlConnectionStringBuilder(_options.ConnectionString) { SearchPath = Area.Schema };
        builder.ApplicationName ??= "resonance";
        if (!Says("Max Auto Prepare"))
            builder.MaxAutoPrepare = 100;
        if (!Says("Auto Prepare Min Usages"))
            builder.AutoPrepareMinUsages = 1;
        if (!Says("No Reset On Close"))
            builder.NoResetOnClose = true;

        // The last setting of a name wins: the user's stand over the store's, and the role over both.
        var roleSetting = role.Length == 0 ? "" : $" -c role={role}";
        builder.Options = $"{Area.SessionSettings} {builder.Options}{roleSetting}";
        return builder.ConnectionString;

        bool Says(string keyword) => builder.ShouldSerialize(keyword);
    }

    async ValueTask<NpgsqlDataSource> ChooseAsync(CancellationToken cancellationToken)
    {
        if (_asRole is null)
            return _chosen = _asUser;

        await using var connection = await _asUser.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await using var command = new NpgsqlCommand(RoleState, connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = ApplicationRole });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = Area.Proof.Table });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = Area.Proof.Privilege });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        if (reader.GetBoolean(1))
            return _chosen = _asRole;

        // Before the first migration nothing is decided: the role may be on its way.
        if (!reader.GetBoolean(0))
            return _asUser;

        _logger.RoleMissing(ApplicationRole);
        return _chosen = _asUser;
    }
}
