using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Resonance.Engine.Journal;
using Resonance.Engine.RuleSets;
using Resonance.Tests.Support;
using Resonance.Workflows.Orders;
using Xunit;

namespace Resonance.Tests.Engine.RuleSets;

/// <summary>What a rule decided stands in the journal, with all that it takes to understand the verdict, or to decide anew.</summary>
public sealed class RuleJournalTests
{
    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_pass_is_journaled_with_every_fact_and_told_by_the_audit_trail()
    {
        await using var harness = await WorkflowHarness.StartAsync();
        var order = Support.Orders.Good();

        await harness.Client.StartAsync(OrderWorkflow.Type, order, Cancel);
        await harness.UntilStateAsync(order.OrderId, nameof(OrderWorkflow.Completed));

        var limit = Assert.Single(harness.EntriesOf<RuleEvaluated>(order.OrderId), entry => entry.Rule == "order_limit");
        Assert.Equal((1, "total <= 10000", "pass", null), (limit.Version, limit.Expression, limit.Verdict, limit.Reason));
        Assert.Equal("""{"total":20,"currency":"EUR","customer_id":"customer-1","priority":0}""", JsonSerializer.Serialize(limit.Values));
        Assert.Equal(["total"], limit.Read!);
        Assert.Contains(
            harness.Trail(),
            line => line.EndsWith(
                "Workflow ORDER-1001 executing state: PENDING. Rules check: total <= 10000. Result: PASS.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_fail_names_the_published_version_and_the_part_that_decided()
    {
        await using var harness = await WorkflowHarness.StartAsync();
        const string Expression = "total <= 10000 && currency == 'USD' && priority > 5";
        await PublishAsync(harness, "order_limit", Expression);
        var order = Support.Orders.Good();

        await harness.Client.StartAsync(OrderWorkflow.Type, order, Cancel);
        await harness.UntilStateAsync(order.OrderId, nameof(OrderWorkflow.Suspended));

        var limit = Assert.Single(harness.EntriesOf<RuleEvaluated>(order.OrderId));
        Assert.Equal((2, Expression, "fail"), (limit.Version, limit.Expression, limit.Verdict));
        Assert.Equal(
            "the total is above the limit (currency == 'USD'; total = 20, currency = EUR)", limit.Reason);
        Assert.Equal("""{"total":20,"currency":"EUR","customer_id":"customer-1","priority":0}""", JsonSerializer.Serialize(limit.Values));
        Assert.Equal(["total", "currency"], limit.Read!);
    }

    [Fact]
    public async Task A_rule_over_lines_journals_them_all()
    {
        await using var harness = await WorkflowHarness.StartAsync();
        var order = Support.Orders.Good(sku: "SKU-OUT");

        await harness.Client.StartAsync(OrderWorkflow.Type, order, Cancel);
        await harness.UntilStateAsync(order.OrderId, nameof(OrderWorkflow.Cancelled));

        var stock = Assert.Single(harness.EntriesOf<RuleEvaluated>(order.OrderId), entry => entry.Rule == "check_inventory");
        Assert.Equal(
            """{"lines":[{"sku":"SKU-OUT","quantity":2,"available":0}],"reserved":false,"total":20,"currency":"EUR"}""",
            JsonSerializer.Serialize(stock.Values));
        Assert.Equal(["lines"], stock.Read!);
    }

    [Fact]
    public async Task A_rule_that_cannot_be_evaluated_does_not_let_the_order_through()
    {
        await using var harness = await WorkflowHarness.StartAsync();
        await PublishAsync(harness, "order_limit", "10 / priority > 1");
        var order = Support.Orders.Good();

        await harness.Client.StartAsync(OrderWorkflow.Type, order, Cancel);
        await harness.UntilStateAsync(order.OrderId, nameof(OrderWorkflow.Suspended));

        var limit = Assert.Single(harness.EntriesOf<RuleEvaluated>(order.OrderId));
        Assert.Equal(
            ("fail", "the total is above the limit (the rule could not be evaluated: division by zero)"), (limit.Verdict, limit.Reason));
    }

    static async Task PublishAsync(WorkflowHarness harness, string name, string expression)
    {
        var rule = harness.Services.GetRequiredService<RuleBook>().Find(OrderWorkflow.Type, name)!;
        var result = await harness.Services.GetRequiredService<RulePublisher>().PublishAsync(
            rule, new RulePublication(expression, null, null, "Ada", "to see", null), Cancel);
        Assert.Equal(PublishOutcome.Published, result.Outcome);
    }
}
