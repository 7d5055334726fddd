using MassTransit;
using Resonance.Contracts.Inventory;
using Resonance.Contracts.Workflows;
using Resonance.Tests.Engine.Workers;
using Resonance.Workflows;
using Xunit;

namespace Resonance.Tests.Workflows.Inventory;

public sealed class InventoryWorkersTests : IAsyncLifetime
{
    const long Seeded = 1_000_000;

    WorkerBench _bench = null!;

    public async ValueTask InitializeAsync() =>
        _bench = await WorkerBench.StartAsync(bus => bus.AddResonanceWorkers(), (database, token) => database.MigrateWorkersAsync(token));

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task Ten_skus_are_in_stock_and_one_is_not()
    {
        var stock = await _bench.QueryAsync(
            "SELECT sku, on_hand, reserved FROM inventory_stock ORDER BY sku", row => (row.GetString(0), row.GetInt64(1), row.GetInt64(2)));

        Assert.Equal([.. Enumerable.Range(1001, 10).Select(n => ($"SKU-{n}", Seeded, 0L)), ("SKU-OUT", 0, 0)], stock);
    }

    [Fact]
    public async Task Every_line_is_reserved_and_told_with_what_there_was()
    {
        var command = Reserve(("SKU-1002", 7), ("SKU-1001", 3));

        var reply = await _bench.DeliverAsync(WorkersRegistration.InventoryQueue, command);

        var reserved = Assert.IsType<InventoryReserved>(reply);
        Assert.Equal((command.WorkflowId, command.IdempotencyKey, true), (reserved.WorkflowId, reserved.IdempotencyKey, reserved.Reserved));
        Assert.Equal([("SKU-1002", 7, Seeded), ("SKU-1001", 3, Seeded)], Lines(reserved));
        Assert.Equal((3L, 7L), (await ReservedOfAsync("SKU-1001"), await ReservedOfAsync("SKU-1002")));
    }

    [Theory]
    [InlineData("SKU-OUT", 0)]
    [InlineData("SKU-NOBODY-KNOWS", 0)]
    [InlineData("SKU-1009", 1_000_000)]
    public async Task One_line_that_is_short_reserves_nothing(string sku, long available)
    {
        var reply = await _bench.DeliverAsync(WorkersRegistration.InventoryQueue, Reserve(("SKU-1001", 3), (sku, 700_000), (sku, 300_001)));

        var reserved = Assert.IsType<InventoryReserved>(reply);
        Assert.False(reserved.Reserved);
        Assert.Equal([("SKU-1001", 3, Seeded), (sku, 700_000, available), (sku, 300_001, available)], Lines(reserved));
        Assert.Equal(0, await ReservedAsync());
    }

    [Fact]
    public async Task The_last_piece_can_be_reserved_and_no_more()
    {
        var all = await ReserveAsync(("SKU-1001", 600_000), ("SKU-1001", 400_000));
        var oneMore = await ReserveAsync(("SKU-1001", 1));

        Assert.True(all.Reserved);
        Assert.False(oneMore.Reserved);
        Assert.Equal([("SKU-1001", 1, 0L)], Lines(oneMore));
    }

    [Fact]
    public async Task A_repeated_reserve_holds_once_and_gets_the_same_reply()
    {
        var command = Reserve(("SKU-1001", 3));

        var first = Assert.IsType<InventoryReserved>(await _bench.DeliverAsync(WorkersRegistration.InventoryQueue, command));
        var second = Assert.IsType<InventoryReserved>(await _bench.DeliverAsync(WorkersRegistration.InventoryQueue, command));

        Assert.Equal(Lines(first), Lines(second));
        Assert.Equal((true, true), (first.Reserved, second.Reserved));
        Assert.Equal(3, await ReservedAsync());
    }

    [Fact]
    public async Task Another_command_for_a_held_reservation_holds_nothing_more()
    {
        var command = Reserve(("SKU-1001", 3));
        await _bench.DeliverAsync(WorkersRegistration.InventoryQueue, command);

        var again = Assert.IsType<InventoryReserved>(
            await _bench.DeliverAsync(WorkersRegistration.InventoryQueue, command with { IdempotencyKey = "another" }));
        var differs = Assert.IsType<ActivityFailed>(
            await _bench.DeliverAsync(
                WorkersRegistration.InventoryQueue,
                command with { IdempotencyKey = "third", Lines = [new InventoryLine { Sku = "SKU-1001", Quantity = 4 }] }));

        Assert.True(again.Reserved);
        Assert.Equal([("SKU-1001", 3, Seeded)], Lines(again));
        Assert.Equal(("reservation_differs", true), (differs.ErrorKind, differs.NonRetryable));
        Assert.Equal(3, await ReservedAsync());
    }

    [Fact]
    public async Task A_reservation_that_was_short_may_be_tried_again_under_another_key()
    {
        var command = Reserve(("SKU-OUT", 5));
        await _bench.DeliverAsync(WorkersRegistration.InventoryQueue, command);
        await _bench.ExecuteAsync("UPDATE inventory_stock SET on_hand = 5 WHERE sku = 'SKU-OUT'");

        var again = await _bench.DeliverAsync(WorkersRegistration.InventoryQueue, command with { IdempotencyKey = "another" });

        Assert.True(Assert.IsType<InventoryReserved>(again).Reserved);
        Assert.Equal(5, await ReservedOfAsync("SKU-OUT"));
    }

    [Fact]
    public async Task A_release_gives_everything_back_and_doing_it_again_changes_nothing()
    {
        var keeps = Reserve(("SKU-1001", 10));
        var goes = Reserve(("SKU-1001", 3), ("SKU-1002", 7));
        await _bench.DeliverAsync(WorkersRegistration.InventoryQueue, keeps);
        await _bench.DeliverAsync(WorkersRegistration.InventoryQueue, goes);
        var release = Release(goes);

        Assert.IsType<InventoryReleased>(await _bench.DeliverAsync(WorkersRegistration.InventoryQueue, release));
        Assert.IsType<InventoryReleased>(await _bench.DeliverAsync(WorkersRegistration.InventoryQueue, release));
        var underAnotherKey = await _bench.DeliverAsync(WorkersRegistration.InventoryQueue, release with { IdempotencyKey = "another" });

        Assert.Equal(new InventoryReleased { WorkflowId = release.WorkflowId, IdempotencyKey = "another" }, underAnotherKey);
        Assert.Equal((10L, 0L), (await ReservedOfAsync("SKU-1001"), await ReservedOfAsync("SKU-1002")));
        Assert.Equal(1, await _bench.CountAsync("SELECT count(*) FROM inventory_reservation"));
    }

    [Fact]
    public async Task A_reserve_that_arrives_after_its_release_holds_nothing()
    {
        var late = Reserve(("SKU-1001", 3));

        var released = await _bench.DeliverAsync(WorkersRegistration.InventoryQueue, Release(late));
        var reserved = await _bench.DeliverAsync(WorkersRegistration.InventoryQueue, late);

        Assert.IsType<InventoryReleased>(released);
        Assert.False(Assert.IsType<InventoryReserved>(reserved).Reserved);
        Assert.Equal(0, await ReservedAsync());
        Assert.Equal(0, await _bench.CountAsync("SELECT count(*) FROM inventory_reservation"));
    }

    [Fact]
    public async Task Reserves_and_releases_at_the_same_time_leave_nothing_held()
    {
        var reserves = Enumerable.Range(0, 40)
            .Select(n => n % 2 == 0 ? Reserve(("SKU-1001", 2), ("SKU-1002", 3)) : Reserve(("SKU-1002", 5), ("SKU-1001", 4)))
            .ToArray();

        await Task.WhenAll(reserves.SelectMany(reserve => new Task[]
        {
            _bench.DeliverAsync(WorkersRegistration.InventoryQueue, reserve),
            _bench.DeliverAsync(WorkersRegistration.InventoryQueue, Release(reserve)),
            _bench.DeliverAsync(WorkersRegistration.InventoryQueue, reserve),
        }));

        Assert.Equal(0, await ReservedAsync());
        Assert.Equal(0, await _bench.CountAsync("SELECT count(*) FROM inventory_reservation"));
        Assert.Equal(80, (await _bench.ReadEffectsAsync()).Count);
    }

    [Fact]
    public async Task Reserves_at_the_same_time_never_promise_more_than_there_is()
    {
        await _bench.ExecuteAsync("UPDATE inventory_stock SET on_hand = 10 WHERE sku = 'SKU-OUT'");

        var replies = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(_ => _bench.DeliverAsync(WorkersRegistration.InventoryQueue, Reserve(("SKU-OUT", 3)))));

        var reserved = replies.Cast<InventoryReserved>().ToArray();
        Assert.Equal(3, reserved.Count(reply => reply.Reserved));
        Assert.All(reserved, reply => Assert.Equal(reply.Reserved, reply.Lines.Single().Available >= 3));
        Assert.Equal(9, await ReservedOfAsync("SKU-OUT"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-5)]
    public async Task A_quantity_below_one_is_refused(int quantity)
    {
        var reply = await _bench.DeliverAsync(WorkersRegistration.InventoryQueue, Reserve(("SKU-1001", quantity)));

        var failed = Assert.IsType<ActivityFailed>(reply);
        Assert.Equal(("invalid_command", true), (failed.ErrorKind, failed.NonRetryable));
        Assert.Equal(0, await ReservedAsync());
    }

    static ReserveInventory Reserve(params (string Sku, int Quantity)[] lines)
    {
        var workflow = NewId.NextGuid();
        return new ReserveInventory
        {
            WorkflowId = workflow,
            IdempotencyKey = $"{workflow:N}/reserve",
            ReservationId = workflow,
            Lines = [.. lines.Select(line => new InventoryLine { Sku = line.Sku, Quantity = line.Quantity })],
        };
    }

    static ReleaseInventory Release(ReserveInventory reserve) => new()
    {
        WorkflowId = reserve.WorkflowId,
        IdempotencyKey = $"{reserve.WorkflowId:N}/release",
        ReservationId = reserve.ReservationId,
    };

    static IEnumerable<(string Sku, int Quantity, long Available)> Lines(InventoryReserved reply) =>
        reply.Lines.Select(line => (line.Sku, line.Quantity, line.Available));

    async Task<InventoryReserved> ReserveAsync(params (string Sku, int Quantity)[] lines) =>
        Assert.IsType<InventoryReserved>(await _bench.DeliverAsync(WorkersRegistration.InventoryQueue, Reserve(lines)));

    Task<long> ReservedAsync() => _bench.CountAsync("SELECT CAST(sum(reserved) AS bigint) FROM inventory_stock");

    Task<long> ReservedOfAsync(string sku) => _bench.CountAsync($"SELECT reserved FROM inventory_stock WHERE sku = '{sku}'");
}
