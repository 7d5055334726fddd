using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Resonance.Contracts.Cards;
using Resonance.Contracts.Inventory;
using Resonance.Contracts.Notifications;
using Resonance.Contracts.Reconciliation;
using Resonance.Contracts.Reporting;
using Resonance.Contracts.Shipping;
using Resonance.Contracts.Workflows;
using Resonance.Engine.Storage;
using Resonance.Engine.Storage.Queries;
using Resonance.Engine.Storage.Sqlite;
using Resonance.Tests.Engine.Workers;
using Resonance.Tests.Support;
using Resonance.Workflows;
using Xunit;

namespace Resonance.Tests.Workflows;

public sealed class WorkersRegistrationTests
{
    [Fact]
    public async Task Every_command_of_the_workers_is_answered_on_the_queue_of_its_family()
    {
        await using var bench = await StartAsync();
        var id = NewId.NextGuid();

        IActivityReply?[] replies =
        [
            await bench.DeliverAsync("inventory", new ReserveInventory
            {
                WorkflowId = id,
                IdempotencyKey = "1",
                ReservationId = id,
                Lines = [new InventoryLine { Sku = "SKU-1001", Quantity = 1 }],
            }),
            await bench.DeliverAsync("inventory", new ReleaseInventory { WorkflowId = id, IdempotencyKey = "2", ReservationId = id }),
            await bench.DeliverAsync("card-provider", new AssessCard
            {
                WorkflowId = id,
                IdempotencyKey = "3",
                CardToken = "tok_visa",
                Amount = 1,
                Currency = "EUR",
            }),
            await bench.DeliverAsync("card-provider", new CaptureCard
            {
                WorkflowId = id,
                IdempotencyKey = "4",
                CardToken = "tok_visa",
                Amount = 1,
                Currency = "EUR",
            }),
            await bench.DeliverAsync("card-provider", new RefundCard { WorkflowId = id, IdempotencyKey = "5", CaptureKey = "cap_none" }),
            await bench.DeliverAsync("shipping", new ArrangeShipment
            {
                WorkflowId = id,
                IdempotencyKey = "6",
                ShipmentId = id,
                Reference = "ORDER-1",
                CustomerId = "customer-1",
            }),
            await bench.DeliverAsync("shipping", new CancelShipment { WorkflowId = id, IdempotencyKey = "7", ShipmentId = id }),
            // Nothing is configured that these two could send to, which is an answer as well.
            await bench.DeliverAsync("email", new SendEmail
            {
                WorkflowId = id,
                IdempotencyKey = "8",
                Address = "ann@example.org",
                Template = NotificationTemplates.Message,
                Data = new Dictionary<string, string>(),
            }),
            await bench.DeliverAsync("webhook", new CallWebhook
            {
                WorkflowId = id,
                IdempotencyKey = "9",
                Url = "http://127.0.0.1/",
                Template = NotificationTemplates.Message,
                Data = new Dictionary<string, string>(),
            }),
        ];

        Assert.Equal(
            [
                nameof(InventoryReserved), nameof(InventoryReleased), nameof(CardAssessed), nameof(CardCaptured), nameof(CardRefunded),
                nameof(ShipmentArranged), nameof(ShipmentCancelled), nameof(ActivityFailed), nameof(ActivityFailed),
            ],
            replies.Select(reply => reply?.GetType().Name));
        Assert.Equal(["1", "2", "3", "4", "5", "6", "7", "8", "9"], replies.Select(reply => reply!.IdempotencyKey));
        Assert.All(replies, reply => Assert.Equal(id, reply!.WorkflowId));
    }

    [Fact]
    public async Task So_is_every_command_of_a_report()
    {
        await using var bench = await StartAsync();
        var id = NewId.NextGuid();

        IActivityReply?[] replies =
        [
            // There is no file to count in, which only a command that keeps its contract would find out.
            await bench.DeliverAsync("figures", new CollectFigures
            {
                WorkflowId = id,
                IdempotencyKey = "1",
                Workflow = "order",
                From = Reports.Day,
                To = Reports.Day,
            }),
            await bench.DeliverAsync(
                "report-renderer", Reports.Rendering(Reports.Figures("order")) with { WorkflowId = id, IdempotencyKey = "2" }),
        ];

        Assert.Equal([nameof(ActivityFailed), nameof(ReportRendered)], replies.Select(reply => reply?.GetType().Name));
        Assert.Equal(["1", "2"], replies.Select(reply => reply!.IdempotencyKey));
        Assert.All(replies, reply => Assert.Equal(id, reply!.WorkflowId));
    }

    [Fact]
    public async Task Every_command_of_a_reconciliation_is_answered_on_the_queue_for_statements()
    {
        await using var bench = await WorkerBench.StartAsync(
            bus => bus.AddResonanceWorkers(), (database, token) => database.MigrateWorkersAsync(token));
        var id = NewId.NextGuid();

        IActivityReply?[] replies =
        [
            await bench.DeliverAsync("statement", new MatchStatement
            {
                WorkflowId = id,
                IdempotencyKey = "1",
                ReconciliationId = id,
                Provider = "simulated",
                From = DateTimeOffset.UnixEpoch,
                To = DateTimeOffset.UnixEpoch.AddDays(1),
            }),
            await bench.DeliverAsync("statement", new BookResolution
            {
                WorkflowId = id,
                IdempotencyKey = "2",
                ReconciliationId = id,
                Operator = "ann",
                Reason = "nothing is open",
            }),
        ];

        Assert.Equal([nameof(StatementMatched), nameof(ResolutionBooked)], replies.Select(reply => reply?.GetType().Name));
        Assert.Equal(["1", "2"], replies.Select(reply => reply!.IdempotencyKey));
        Assert.All(replies, reply => Assert.Equal(id, reply!.WorkflowId));
    }

    [Fact]
    public void Every_command_contract_that_is_answered_by_a_worker_has_one()
    {
        var services = new ServiceCollection();
        services.AddMassTransit(bus => bus.AddResonanceWorkers());

        var commands = typeof(IActivityCommand).Assembly.GetTypes()
            .Where(type => type.IsClass && type.IsAssignableTo(typeof(IActivityCommand)))
            .ToArray();

        Assert.NotEmpty(commands);
        foreach (var command in commands)
        {
            var consumer = typeof(IConsumer<>).MakeGenericType(command);
            Assert.Single(services, service => service.ServiceType.IsAssignableTo(consumer));
        }
    }

    static Task<WorkerBench> StartAsync() => WorkerBench.StartAsync(
        bus =>
        {
            bus.AddResonanceWorkers();
            bus.AddSqliteQueries(new SqliteOptions { ConnectionString = "Data Source=nowhere.db" });
        },
        async (database, token) =>
        {
            await database.MigrateAsync(typeof(IDatabase).Assembly, "Resonance.Engine.Storage.Sqlite.Migrations", token);
            await database.MigrateWorkersAsync(token);
        });
}
