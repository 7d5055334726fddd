using Xunit;

namespace Resonance.AcceptanceTests.Support;

/// <summary>
/// A host on real servers that several test classes share, since starting one takes longer than most of them. Each test uses ids of
/// its own; a test that kills, that needs other settings or an empty queue starts its own host.
/// </summary>
public abstract class SharedHost(Servers servers) : IAsyncLifetime
{
    TestDatabase? _database;
    TestBroker? _broker;
    HostProcess? _process;

    internal TestDatabase Database => _database!;

    internal TestBroker Broker => _broker!;

    internal HostProcess Process => _process!;

    internal WorkflowApi Api => field ??= new(Process.Client);

    internal Effects Effects => field ??= new(Database);

    public async ValueTask InitializeAsync()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        _database = await TestDatabase.CreateAsync(servers, cancellationToken);
        _broker = await TestBroker.CreateAsync(servers, cancellationToken);
        _process = await HostProcess.StartAsync(Configure(HostSettings.OnServers(_database, _broker)), cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            // No test is there any more whose output it could go to; `-diagnostics` shows it.
            TestContext.Current.SendDiagnosticMessage(string.Join('\n', _process.Lines));
            await _process.DisposeAsync();
        }

        if (_broker is not null)
            await _broker.DisposeAsync();
        if (_database is not null)
            await _database.DisposeAsync();
    }

    private protected virtual HostSettings Configure(HostSettings settings) => settings;
}

/// <summary>A host as it is shipped: all roles, default settings.</summary>
public sealed class RunningHost(Servers servers) : SharedHost(servers);

/// <summary>A host that gives up on the card provider after half a second, and asks again soon.</summary>
public sealed class ImpatientHost(Servers servers) : SharedHost(servers)
{
    private protected override HostSettings Configure(HostSettings settings) => settings
        .With("Workflows__CardProvider", "00:00:00.5")
        .With("Workflows__CardRetry", "00:00:00.2");
}

[CollectionDefinition]
public sealed class OnARunningHost : ICollectionFixture<RunningHost>;

[CollectionDefinition]
public sealed class OnAnImpatientHost : ICollectionFixture<ImpatientHost>;
