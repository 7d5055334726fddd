using System.Text.Json;
using Resonance.Engine.Storage;
using Resonance.Engine.Storage.Queries;
using Xunit;

namespace Resonance.Tests.Engine.Storage.Queries;

// What rules decided, read out of the journal.
public abstract partial class ReadSideConformance
{
    [Theory]
    [InlineData(false, "A2", "A1b", "A1a", "B1")]
    [InlineData(true, "B1", "A1a", "A1b", "A2")]
    public async Task Verdicts_keep_their_order_across_pages_that_part_a_step(bool oldestFirst, params string[] expected)
    {
        await EvaluateAsync();

        var seen = new List<string>();
        PageCursor? after = null;
        do
        {
            var page = await Queries.VerdictsAsync(new VerdictFilter { OldestFirst = oldestFirst, Limit = 1, After = after }, Cancel);
            seen.AddRange(page.Items.Select(ReasonOf));
            after = page.Next is { } next && PageCursor.TryParse(next.ToString(), out var parsed) ? parsed : null;
        }
        while (after is not null);

        Assert.Equal(expected, seen);
    }

    [Fact]
    public async Task Verdicts_are_found_by_rule_version_verdict_workflow_instance_and_time()
    {
        var (first, second) = await EvaluateAsync();

        Assert.Equal(["A1b", "A2"], await ReasonsAsync(new VerdictFilter { Rule = "order_limit" }));
        Assert.Equal(["A2"], await ReasonsAsync(new VerdictFilter { Rule = "order_limit", Verdict = "fail" }));
        Assert.Equal(["A1a", "A1b"], await ReasonsAsync(new VerdictFilter { Verdict = "pass", WorkflowId = first.Id }));
        Assert.Equal(["A2"], await ReasonsAsync(new VerdictFilter { Version = 2 }));
        Assert.Equal(["B1"], await ReasonsAsync(new VerdictFilter { Type = "payment" }));
        Assert.Empty(await ReasonsAsync(new VerdictFilter { Rule = "order_limit", Type = "payment" }));
        Assert.Empty(await ReasonsAsync(new VerdictFilter { Rule = "' OR 1=1 --" }));
        var later = second.Row.UpdatedAt.AddMicroseconds(1);
        Assert.Equal(["A2"], await ReasonsAsync(new VerdictFilter { From = later }));
        Assert.Equal(["A1a", "A1b", "B1"], await ReasonsAsync(new VerdictFilter { To = later }));
        var found = Assert.Single((await Queries.VerdictsAsync(new VerdictFilter { Type = "payment" }, Cancel)).Items);
        Assert.Equal((second.Id, second.Row.Key, "payment", 1L, second.Row.UpdatedAt), (found.WorkflowId, found.Key, found.Type, found.Sequence, found.OccurredAt));
    }

    [Fact]
    public async Task A_cursor_of_another_list_is_refused()
    {
        var foreign = new PageCursor("-occurredAt", "", Noon, Guid.Empty);

        await Assert.ThrowsAsync<ArgumentException>(() => Queries.VerdictsAsync(new VerdictFilter { After = foreign }, Cancel));
    }

    /// <summary>An order whose first step evaluates two rules at the moment of a payment's, and whose second one evaluates one.</summary>
    async Task<(SampleInstance Order, SampleInstance Payment)> EvaluateAsync()
    {
        var payment = new SampleInstance(type: "payment", id: Guid.Parse("0190abcd-0000-7000-8000-000000000001"));
        var order = new SampleInstance(id: Guid.Parse("0190abcd-0000-7000-8000-000000000002"));
        await StepAsync(payment, Evaluated("fraud_score", 1, "pass", "B1"));
        await StepAsync(
            order,
            $$"""[{"kind":"stateChanged","from":"Pending","to":"Processing"},{{Evaluated("check_inventory", 1, "pass", "A1a")[1..^1]}},{{Evaluated("order_limit", 1, "pass", "A1b")[1..^1]}}]""");
        await StepAsync(order, Evaluated("order_limit", 2, "fail", "A2"));
        await StepAsync(order, """[{"kind":"operatorAction","action":"retry","operator":"ann","reason":"ruleEvaluated order_limit"}]""");

        // The last one has no verdict in it, whatever its texts say.
        return (order, payment);
    }

    static string Evaluated(string rule, int version, string verdict, string reason) =>
        $$"""[{"kind":"ruleEvaluated","rule":"{{rule}}","version":{{version}},"expression":"true","values":{},"verdict":"{{verdict}}","reason":"{{reason}}"}]""";

    async Task StepAsync(SampleInstance instance, string entries)
    {
        var step = instance.Next(entries: entries);
        Assert.Equal(StepOutcome.Committed, Assert.Single(await Store.CommitAsync([step], Lease, Cancel)).Outcome);
        instance.Advance(step);
    }

    async Task<IEnumerable<string>> ReasonsAsync(VerdictFilter filter) =>
        (await Queries.VerdictsAsync(filter, Cancel)).Items.Select(ReasonOf).Order(StringComparer.Ordinal);

    static string ReasonOf(RecordedVerdict verdict) => JsonElement.Parse(verdict.Entry).GetProperty("reason").GetString()!;
}
