using MassTransit;
using Resonance.Contracts.Workflows;
using Resonance.Engine.Definitions;

namespace Acme.Stock;

public sealed record CountStock(Guid CountId, IReadOnlyList<string> Warehouses);

public sealed record CountWarehouse(Guid WorkflowId, string IdempotencyKey, string Warehouse) : IActivityCommand;

public sealed record WarehouseCounted(Guid WorkflowId, string IdempotencyKey, int Pieces) : IActivityReply;

public sealed class StockCountInstance : WorkflowInstance
{
    public int Pieces { get; set; }
}

public sealed class StockCountWorkflow : WorkflowStateMachine<StockCountInstance>
{
    public StockCountWorkflow() : base("stock-count")
    {
        StartsWith(() => Requested, start => start.CountId);

        CountWarehouse = Activity<CountWarehouse, WarehouseCounted>(nameof(CountWarehouse), activity => activity
            .SendTo("warehouse")
            .Timeout(TimeSpan.FromMinutes(1))
            .NeedsNoCompensation("because counting changes nothing")
            .Command(call => new CountWarehouse(call.WorkflowId, call.IdempotencyKey, call.Item!)));

        Ends(Counted, WorkflowStatus.Completed);

        Initially(
            When(Requested)
                .ExecuteEach(CountWarehouse, context => context.Message.Warehouses)
                .TransitionTo(Counting));
        During(Counting,
            When(CountWarehouse.Completed)
                .Then(context => context.Saga.Pieces += context.Message.Pieces)
                .If(context => context.AllAnswered(CountWarehouse), all => all.TransitionTo(Counted)));
    }

    public State Counting { get; } = null!;
    public State Counted { get; } = null!;

    public Event<CountStock> Requested { get; } = null!;

    public Activity<StockCountInstance, CountWarehouse, WarehouseCounted> CountWarehouse { get; }
}
