using Npgsql;
using Resonance.AcceptanceTests.Support;
using Xunit;

namespace Resonance.AcceptanceTests.Faults;

/// <summary>A checker that cannot fail proves nothing: each invariant is broken on purpose, on a copy of sound books.</summary>
public sealed class InvariantsTests(InvariantsTests.SoundBooks sound) : IClassFixture<InvariantsTests.SoundBooks>
{
    const string WithoutGuards = "DROP TRIGGER journal_refuses_update; DROP TRIGGER journal_refuses_delete; DROP TRIGGER journal_refuses_replace;";

    [Fact]
    public async Task Sound_books_break_none() => Assert.Empty(await CheckAsync(""));

    [Theory]
    [InlineData("order", "DELETE FROM workflow WHERE state = 'Cancelled'")]
    [InlineData("order", "UPDATE workflow SET status = 'completed' WHERE status = 'cancelled' AND type = 'order'")]
    [InlineData("order", "UPDATE workflow SET finished_at = NULL WHERE type = 'order'")]
    [InlineData("order", "UPDATE workflow SET key = key || '-X' WHERE type = 'order'")]
    [InlineData("finished", """UPDATE journal SET entries = json_insert(entries, '$[#]', json('{"kind":"finished"}')) WHERE event = 'ShipmentArranged'""")]
    [InlineData("finished", "UPDATE journal SET entries = '[]' WHERE event = 'CardCaptured'")]
    [InlineData("sequence", "DELETE FROM journal WHERE sequence = 2")]
    [InlineData("sequence", "UPDATE workflow SET version = version + 1")]
    [InlineData("inbox", """
        CREATE TABLE copied AS SELECT * FROM journal; DROP TABLE journal; ALTER TABLE copied RENAME TO journal;
        UPDATE journal SET message_id = (SELECT message_id FROM journal f WHERE f.workflow_id = journal.workflow_id AND f.sequence = 1) WHERE sequence = 2
        """)]
    [InlineData("chain", "UPDATE journal SET entries = json_set(entries, '$[0].kind', 'stateChange') WHERE sequence = 2")]
    [InlineData("chain", "UPDATE journal SET data = json_set(data, '$.total', 1) WHERE sequence = 2")]
    [InlineData("chain", "UPDATE journal SET occurred_at = occurred_at + 1 WHERE sequence = 2")]
    [InlineData("chain", "UPDATE journal SET hash = randomblob(32) WHERE sequence = 2")]
    [InlineData("chain", "UPDATE journal SET previous_hash = zeroblob(32) WHERE sequence = 2")]
    [InlineData("chain", "UPDATE workflow SET head_hash = zeroblob(32)")]
    [InlineData("state", "UPDATE workflow SET state = 'Shipping' WHERE type = 'order'")]
    [InlineData("state", "UPDATE journal SET from_state = 'Shipping' WHERE sequence = 2")]
    [InlineData("data", "UPDATE workflow SET data = json_set(data, '$.total', 1) WHERE type = 'order'")]
    [InlineData("stranger", "UPDATE workflow SET id = lower(hex(randomblob(4)) || '-0000-8000-8000-000000000000') WHERE type = 'payment'")]
    [InlineData("effect", "DELETE FROM worker_effect WHERE command LIKE '%CaptureCard'")]
    [InlineData("effect", "UPDATE worker_effect SET reply = NULL, reply_type = NULL")]
    [InlineData("effect", "UPDATE worker_effect SET idempotency_key = idempotency_key || '1' WHERE command LIKE '%ReserveInventory'")]
    [InlineData("stock", "UPDATE inventory_stock SET reserved = reserved + 1 WHERE sku = 'SKU-1001'")]
    [InlineData("stock", "DELETE FROM inventory_reservation")]
    [InlineData("payment", "UPDATE card_operation SET refunded_by = NULL")]
    [InlineData("payment", "UPDATE card_operation SET amount = '1' WHERE operation = 'capture'")]
    [InlineData("payment", "UPDATE card_operation SET refunded_by = 'someone' WHERE operation = 'capture'")]
    [InlineData("payment", """
        INSERT INTO card_operation (idempotency_key, operation, capture_id, token, amount, currency, attempts)
        SELECT idempotency_key || '1', operation, capture_id || '1', token, amount, currency, 1 FROM card_operation WHERE operation = 'capture'
        """)]
    [InlineData("payment", "UPDATE workflow SET state = 'Capturing' WHERE type = 'payment'")]
    [InlineData("shipment", "DELETE FROM shipment")]
    [InlineData("shipment", "UPDATE shipment SET status = 'cancelled'")]
    [InlineData("shipment", "INSERT INTO shipment SELECT id, key, 'c', 'TRK', 'arranged' FROM workflow WHERE type = 'order' AND state = 'Cancelled'")]
    [InlineData("outbox", """
        INSERT INTO outbox (message_id, due_at, available_at, destination, content_type, body, envelope, created_at)
        VALUES ('00000000-0000-0000-0000-000000000001', 1, 1, 'exchange:order', 'application/json', x'7b7d', '{}', 1)
        """)]
    public async Task A_broken_one_is_named(string invariant, string tampering)
    {
        var violations = await CheckAsync(tampering);

        Assert.Contains(violations, violation => violation.StartsWith($"{invariant}: ", StringComparison.Ordinal));
    }

    async Task<IReadOnlyList<string>> CheckAsync(string tampering)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        using var directory = new TestDirectory();
        var copy = Path.Combine(directory.Path, "copy.db");
        File.Copy(sound.File, copy);
        await using var connection = await EmbeddedInstallation.OpenAsync(copy, cancellationToken);
        if (tampering.Length > 0)
            await connection.ExecuteAsync(WithoutGuards + tampering, cancellationToken);
        return Invariants.Check(await Books.ReadAsync(connection, cancellationToken), sound.Orders, sound.Keys);
    }

    /// <summary>The books of an undisturbed run.</summary>
    public sealed class SoundBooks : IAsyncLifetime
    {
        readonly EmbeddedInstallation _installation = new();
        readonly OrderClient _client = new(SampleOrders.Take(6));

        internal string File => _installation.File;

        internal IReadOnlyList<SampleOrder> Orders => _client.Orders;

        internal IReadOnlyDictionary<Guid, string> Keys => _client.Keys;

        public async ValueTask InitializeAsync()
        {
            var cancellationToken = TestContext.Current.CancellationToken;
            await using var host = await HostProcess.StartAsync(_installation.Settings, cancellationToken);
            await _client.PostAsync(host, cancellationToken);
            await _installation.WaitUntilDoneAsync(Orders, cancellationToken);
            Assert.Equal(0, await host.StopAsync(cancellationToken));

            // A process that ends while a connection is open leaves its last commits in the log beside the file, which is not copied.
            await using var connection = await _installation.OpenAsync(cancellationToken);
            await connection.ExecuteAsync("PRAGMA wal_checkpoint(TRUNCATE)", cancellationToken);
        }

        public ValueTask DisposeAsync() => _installation.DisposeAsync();
    }
}

/// <summary>The same of Postgres, where JSON is kept as a value and times are time stamps.</summary>
public sealed class InvariantsOnPostgresTests(Servers servers)
{
    [Fact]
    public async Task A_step_that_was_tampered_with_is_found()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var installation = await InstallationOnServers.CreateAsync(servers, cancellationToken);
        var client = new OrderClient(SampleOrders.Take(6));
        await using (var host = await HostProcess.StartAsync(installation.Settings, cancellationToken))
        {
            await client.PostAsync(host, cancellationToken);
            await installation.WaitUntilDoneAsync(client.Orders, cancellationToken);
            Assert.Equal(0, await host.StopAsync(cancellationToken));
        }

        await using var connection = await installation.OpenAsync(cancellationToken);
        Assert.Empty(await CheckAsync());

        var refusal = await Assert.ThrowsAsync<PostgresException>(
            () => connection.ExecuteAsync("UPDATE journal SET to_state = 'Completed'", cancellationToken));
        Assert.Contains("append-only", refusal.Message, StringComparison.Ordinal);

        await connection.ExecuteAsync(
            """
            ALTER TABLE journal DISABLE TRIGGER journal_append_only;
            UPDATE journal SET data = jsonb_set(data, '{total}', '1') WHERE event = 'SubmitOrder';
            """,
            cancellationToken);
        var violations = await CheckAsync();
        Assert.Equal(client.Orders.Count, violations.Count);
        Assert.All(violations, violation => Assert.StartsWith("chain: ORDER-", violation, StringComparison.Ordinal));

        async Task<IReadOnlyList<string>> CheckAsync() =>
            Invariants.Check(await Books.ReadAsync(connection, cancellationToken), client.Orders, client.Keys);
    }
}
