using MassTransit;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Resonance.Engine.Journal;
using Resonance.Engine.Storage;
using Resonance.Engine.Storage.Sqlite;
using Xunit;

namespace Resonance.Tests.Engine.Storage;

/// <summary>SQLite, on a clock that the test moves.</summary>
public abstract class SqliteStoreConformance : WorkflowStoreConformance
{
    readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 4, 9, 0, 0, TimeSpan.Zero));
    readonly List<ServiceProvider> _opened = [];
    readonly string _folder = Path.Combine(Path.GetTempPath(), "resonance-tests", NewId.NextGuid().ToString("N"));

    protected override IWorkflowStore Store => _opened[0].GetRequiredService<IWorkflowStore>();

    protected override IDatabase Database => _opened[0].GetRequiredService<IDatabase>();

    /// <summary>A database that no other test uses.</summary>
    protected abstract string ConnectionString(string folder, string name);

    public override async ValueTask InitializeAsync()
    {
        Open("store");
        await Store.MigrateAsync(Cancelled);
    }

    public override async ValueTask DisposeAsync()
    {
        foreach (var opened in _opened)
            await opened.DisposeAsync();
        if (Directory.Exists(_folder))
            Directory.Delete(_folder, recursive: true);
    }

    protected override Task AdvanceAsync(TimeSpan time)
    {
        _time.Advance(time);
        return Task.CompletedTask;
    }

    protected override Task<IReadOnlyList<JournalRow>> ReadJournalAsync(Guid workflowId) =>
        Database.TransactAsync<IReadOnlyList<JournalRow>>(
            async (connection, _, cancellationToken) =>
            {
                await using var command = ((SqliteConnection)connection).CreateCommand();
                command.CommandText = "SELECT * FROM journal WHERE workflow_id = $id ORDER BY sequence";
                command.Parameters.AddWithValue("$id", workflowId.ToString());
                await using var reader = await command.ExecuteReaderAsync(cancellationToken);
                var rows = new List<JournalRow>();
                while (await reader.ReadAsync(cancellationToken))
                    rows.Add(Read(reader));
                return rows;
            },
            Cancelled);

    protected IWorkflowStore Open(string name)
    {
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(_time);
        services.AddSqliteStore(new SqliteOptions { ConnectionString = ConnectionString(_folder, name) });
        var opened = services.BuildServiceProvider();
        _opened.Add(opened);
        return opened.GetRequiredService<IWorkflowStore>();
    }

    static JournalRow Read(SqliteDataReader reader) => new()
    {
        WorkflowId = reader.GetGuid(0),
        Sequence = reader.GetInt64(1),
        MessageId = reader.GetGuid(2),
        Event = reader.GetString(3),
        From = reader.GetString(4),
        To = reader.GetString(5),
        Entries = reader.GetString(6),
        Data = reader.GetString(7),
        OccurredAt = DateTimeOffset.UnixEpoch.AddMicroseconds(reader.GetInt64(8)),
        TraceParent = reader.IsDBNull(9) ? null : reader.GetString(9),
        PreviousHash = reader.GetFieldValue<byte[]>(10),
        Hash = reader.GetFieldValue<byte[]>(11),
    };
}

public sealed class SqliteFileStoreTests : SqliteStoreConformance
{
    protected override string ConnectionString(string folder, string name) => $"Data Source={Path.Combine(folder, "data", name + ".db")}";

    protected override Task<(IWorkflowStore First, IWorkflowStore Second)> OpenEmptyAsync() =>
        Task.FromResult((Open("empty"), Open("empty")));

    [Fact]
    public async Task What_was_committed_is_there_after_the_process_that_wrote_it()
    {
        var instance = new SampleInstance();
        await StepAsync(instance, SampleInstance.Message());

        var next = Open("store");
        await next.ReleaseLeasesAsync(Cancelled);

        Assert.Equal(1, (await next.LoadAsync([instance.Id], Cancelled))[instance.Id].Version);
        Assert.Single(await next.ClaimDueAsync(10, TimeSpan.FromMinutes(1), Cancelled));
    }

    [Fact]
    public async Task The_journal_survives_an_insert_that_would_replace_a_row()
    {
        var instance = new SampleInstance();
        await StepAsync(instance);

        var refusal = await Assert.ThrowsAsync<SqliteException>(
            () => ExecuteAsync("INSERT OR REPLACE INTO journal SELECT * FROM journal"));

        Assert.Contains("append-only", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(5, true)]
    [InlineData(13, true)]
    [InlineData(19, false)]
    public void A_locked_file_or_a_full_disk_is_a_reason_to_wait_and_a_constraint_is_not(int code, bool transient) =>
        Assert.Equal(transient, Store.IsTransient(new SqliteException("as SQLite says it", code)));
}

public sealed class SqliteMemoryStoreTests : SqliteStoreConformance
{
    protected override string ConnectionString(string folder, string name) => "Data Source=:memory:";

    protected override Task<(IWorkflowStore First, IWorkflowStore Second)> OpenEmptyAsync()
    {
        // What is in memory belongs to one store, so the second one is the first.
        var store = Open("empty");
        return Task.FromResult((store, store));
    }
}
