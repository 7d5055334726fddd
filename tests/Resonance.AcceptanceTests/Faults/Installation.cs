using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;
using Resonance.AcceptanceTests.Support;
using Xunit;

namespace Resonance.AcceptanceTests.Faults;

/// <summary>What outlives the processes: a store and a broker, empty at first, and a look into both that asks no process.</summary>
abstract class Installation : IAsyncDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    /// <summary>How the ordinary host is started on it, with time-outs that are short enough to come into play.</summary>
    public abstract HostSettings Settings { get; }

    public static async Task<Installation> OnServersAsync(Servers servers, CancellationToken cancellationToken) =>
        await InstallationOnServers.CreateAsync(servers, cancellationToken);

    public static Installation Embedded() => new EmbeddedInstallation();

    public abstract Task<DbConnection> OpenAsync(CancellationToken cancellationToken);

    /// <summary>What lies in queues, e.g. <c>order_error: 1</c>.</summary>
    public abstract Task<IReadOnlyList<string>> QueuedAsync(CancellationToken cancellationToken);

    /// <summary>What a process has from a queue and has not acknowledged, e.g. <c>order: 1</c>, as it was up to some seconds ago.</summary>
    protected abstract Task<IReadOnlyList<string>> HeldAsync(CancellationToken cancellationToken);

    /// <summary>Waits until every order and everything that it called has ended, and no message is left to be sent or handled.</summary>
    public async Task WaitUntilDoneAsync(IReadOnlyCollection<SampleOrder> orders, CancellationToken cancellationToken)
    {
        await Eventually.SeeAsync(
            async token => (await ProgressAsync(token)),
            progress => progress.EndedOrders == orders.Count && progress.Running.Count == 0 && progress.Unsent.Count == 0,
            cancellationToken,
            Patience);
        // A message that is being tried again is not in its queue, and is there again when its process stops.
        await Eventually.SeeAsync(
            async token => (string[])[.. await QueuedAsync(token), .. await HeldAsync(token)], left => left.Length == 0, cancellationToken);
    }

    public async Task<Progress> ProgressAsync(CancellationToken cancellationToken)
    {
        await using var connection = await OpenAsync(cancellationToken);
        return new Progress(
            await connection.ReadAsync(
                "SELECT key, state, version FROM workflow WHERE finished_at IS NULL",
                row => $"{row.GetString(0)} {row.GetString(1)} v{row.GetInt64(2)}", cancellationToken),
            (int)(await connection.ReadAsync(
                "SELECT count(*) FROM workflow WHERE type = 'order' AND finished_at IS NOT NULL", row => row.GetInt64(0), cancellationToken))[0],
            await connection.ReadAsync(
                "SELECT coalesce(timer, destination), last_error, set_aside_reason FROM outbox",
                row => $"{row.GetString(0)} {(row.IsDBNull(1) ? "" : row.GetString(1))} {(row.IsDBNull(2) ? "" : "set aside: " + row.GetString(2))}",
                cancellationToken));
    }

    /// <summary>Fails unless every invariant holds. To be called when no host runs any more.</summary>
    public async Task AssertInvariantsAsync(
        IReadOnlyList<SampleOrder> orders, IReadOnlyDictionary<Guid, string> keys, CancellationToken cancellationToken)
    {
        await using var connection = await OpenAsync(cancellationToken);
        var books = await Books.ReadAsync(connection, cancellationToken);
        var violations = Invariants.Check(books, orders, keys)
            .Concat((await QueuedAsync(cancellationToken)).Select(queue => $"queue: {queue}"));
        Assert.Empty(violations);
    }

    public abstract ValueTask DisposeAsync();

    protected static HostSettings Hurried(HostSettings settings) => settings
        .With("Workflows__CardProvider", "00:00:01")
        .With("Workflows__CardRetry", "00:00:00.2")
        .With("Workflows__Worker", "00:00:02")
        .With("Workflows__Child", "00:00:10");

    /// <param name="Running">Instances that have not ended.</param>
    /// <param name="EndedOrders">Orders that have.</param>
    /// <param name="Unsent">Messages of the outbox, timers included.</param>
    public sealed record Progress(IReadOnlyList<string> Running, int EndedOrders, IReadOnlyList<string> Unsent);
}

/// <summary>Postgres and RabbitMQ.</summary>
sealed class InstallationOnServers : Installation
{
    InstallationOnServers(TestDatabase database, TestBroker broker)
    {
        Database = database;
        Broker = broker;
        // The default of 30 s is how long a test would wait for what a killed process left behind.
        Settings = Hurried(HostSettings.OnServers(database, broker)).With("Resonance__Lease", "00:00:02");
    }

    public TestDatabase Database { get; }

    public TestBroker Broker { get; }

    public override HostSettings Settings { get; }

    public static async Task<InstallationOnServers> CreateAsync(Servers servers, CancellationToken cancellationToken)
    {
        var database = await TestDatabase.CreateAsync(servers, cancellationToken);
        return new InstallationOnServers(database, await TestBroker.CreateAsync(servers, cancellationToken));
    }

    public override async Task<DbConnection> OpenAsync(CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(Database.ConnectionString) { SearchPath = "resonance", Pooling = false }.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        return connection;
    }

    public override async Task<IReadOnlyList<string>> QueuedAsync(CancellationToken cancellationToken) =>
        [.. (await Broker.QueuesAsync(cancellationToken)).Where(queue => queue.Ready > 0).Select(queue => $"{queue.Name}: {queue.Ready}")];

    protected override async Task<IReadOnlyList<string>> HeldAsync(CancellationToken cancellationToken) =>
        [
            .. (await Broker.QueuesAsync(cancellationToken)).Where(queue => queue.Unacknowledged > 0)
                .Select(queue => $"{queue.Name}: {queue.Unacknowledged}"),
        ];

    public override async ValueTask DisposeAsync()
    {
        await Broker.DisposeAsync();
        await Database.DisposeAsync();
    }
}

/// <summary>SQLite, and a broker that forgets everything with its process.</summary>
sealed class EmbeddedInstallation : Installation
{
    readonly TestDirectory _directory = new();

    public EmbeddedInstallation() => Settings = Hurried(HostSettings.Embedded(_directory));

    public override HostSettings Settings { get; }

    public string File => Path.Combine(_directory.Path, "resonance.db");

    public override Task<DbConnection> OpenAsync(CancellationToken cancellationToken) => OpenAsync(File, cancellationToken);

    public static async Task<DbConnection> OpenAsync(string file, CancellationToken cancellationToken)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Pooling = false }.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        return connection;
    }

    public override Task<IReadOnlyList<string>> QueuedAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<string>>([]);

    protected override Task<IReadOnlyList<string>> HeldAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<string>>([]);

    public override ValueTask DisposeAsync()
    {
        _directory.Dispose();
        return ValueTask.CompletedTask;
    }
}
