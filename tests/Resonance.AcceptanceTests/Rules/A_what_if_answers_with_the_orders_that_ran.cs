using System.Net;
using Resonance.AcceptanceTests.Faults;
using Resonance.AcceptanceTests.Support;
using Xunit;

namespace Resonance.AcceptanceTests.Rules;

public sealed class A_what_if_answers_with_the_orders_that_ran(Servers servers)
{
    const string OrderLimit = "order/order_limit";

    [Fact]
    public async Task On_servers()
    {
        await using var installation = await Installation.OnServersAsync(servers, TestContext.Current.CancellationToken);
        await RunAsync(installation);
    }

    [Fact]
    public async Task In_one_process()
    {
        await using var installation = Installation.Embedded();
        await RunAsync(installation);
    }

    static async Task RunAsync(Installation installation)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var host = await HostProcess.StartAsync(installation.Settings.With("Rules__RequireWhatIf", "true"), cancellationToken);
        var (api, rules) = (new WorkflowApi(host.Client), new RuleApi(host.Client));
        var small = await RunOrderAsync(api, new OrderForm(), "COMPLETED");
        var middle = await RunOrderAsync(api, new OrderForm { Lines = [new("SKU-1004", 4, 25.05m)] }, "COMPLETED");
        var large = await RunOrderAsync(api, new OrderForm { Currency = "USD", Lines = [new("SKU-1004", 3, 5_000m)] }, "SUSPENDED");
        var missing = await RunOrderAsync(api, new OrderForm { Currency = "USD", Lines = [new("SKU-OUT", 5, 20m)] }, "CANCELLED");

        await TryTheLimitAsync(rules, small, middle, large, cancellationToken);
        await TryPeriodsAsync(rules, middle, large, cancellationToken);

        // Of what was asked for and what there was: the large order never came that far.
        var stock = await rules.WhatIfAsync("order/check_inventory", "lines.all(l, l.quantity != 4)", small.At, cancellationToken);
        Assert.Equal((3, 1, 1, 0), (stock.Evaluations, stock.PassToFail, stock.FailToPass, stock.Undecided));
        Assert.Equal([(middle.Id, "fail"), (missing.Id, "pass")], stock.Changed.Select(change => (change.Id, change.Becomes)));
        Assert.Equal([new SeenAmount("EUR", 100.2m, 0), new SeenAmount("USD", 0, 100)], stock.AtStake);

        await PublishAsync(rules, small, cancellationToken);
    }

    static async Task TryTheLimitAsync(RuleApi rules, RunOrder small, RunOrder middle, RunOrder large, CancellationToken cancellationToken)
    {
        const string Candidate = "total <= 50 || currency == 'USD'";

        var first = await rules.WhatIfAsync(OrderLimit, Candidate, small.At, cancellationToken, limit: 1);
        var second = await rules.WhatIfAsync(OrderLimit, Candidate, small.At, cancellationToken, limit: 1, cursor: first.NextCursor);

        Assert.Equal((4, 1, 1, 0), (first.Evaluations, first.PassToFail, first.FailToPass, first.Undecided));
        Assert.Equal([new SeenAmount("EUR", 100.2m, 0), new SeenAmount("USD", 0, 15_000)], first.AtStake);
        Assert.Equal(new SeenChange(middle.Id, middle.Key, 2, middle.At, "pass", "fail", 100.2m, "EUR"), Assert.Single(first.Changed));
        Assert.Equal(new SeenChange(large.Id, large.Key, 2, large.At, "fail", "pass", 15_000, "USD"), Assert.Single(second.Changed));
        Assert.Null(second.NextCursor);
    }

    static async Task TryPeriodsAsync(RuleApi rules, RunOrder middle, RunOrder large, CancellationToken cancellationToken)
    {
        // Its first moment belongs to a period, its last one does not.
        var between = await rules.WhatIfAsync(OrderLimit, "total < 0", middle.At, cancellationToken, to: large.At);
        Assert.Equal([middle.Id], between.Changed.Select(change => change.Id));

        var ever = await rules.WhatIfAsync(
            OrderLimit, "total < 0", DateTimeOffset.MinValue, cancellationToken, to: DateTimeOffset.MaxValue);
        Assert.Equal((4, 3, 0), (ever.Evaluations, ever.PassToFail, ever.FailToPass));
    }

    static async Task PublishAsync(RuleApi rules, RunOrder small, CancellationToken cancellationToken)
    {
        using (var refused = await rules.AskAsync(OrderLimit, "total <= 500", cancellationToken))
            Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        await rules.WhatIfAsync(OrderLimit, "total <= 500", small.At, cancellationToken);
        Assert.Equal(2, (await rules.PublishAsync(OrderLimit, "total <= 500", cancellationToken)).Version);
    }

    static async Task<RunOrder> RunOrderAsync(WorkflowApi api, OrderForm order, string state)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var started = await api.StartAsync(order, cancellationToken);
        await api.SeeAsync(order.OrderId, state, cancellationToken);
        return new RunOrder(order.OrderId, started.Key, (await api.HistoryAsync(order.OrderId, cancellationToken))[1].OccurredAt);
    }

    /// <param name="Id">The order.</param>
    /// <param name="Key">Its key.</param>
    /// <param name="At">When its limit was looked at, which is its first step.</param>
    sealed record RunOrder(Guid Id, string Key, DateTimeOffset At);
}
