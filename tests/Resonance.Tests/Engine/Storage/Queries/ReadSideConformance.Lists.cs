using Resonance.Engine.Definitions;
using Resonance.Engine.Storage;
using Resonance.Engine.Storage.Queries;
using Xunit;

namespace Resonance.Tests.Engine.Storage.Queries;

// Lists of instances: their filters and orders.
public abstract partial class ReadSideConformance
{
    [Theory]
    [InlineData("startedAt", "A", "B", "C", "D", "E")]
    [InlineData("-startedAt", "E", "D", "C", "B", "A")]
    [InlineData("updatedAt", "E", "D", "C", "B", "A")]
    [InlineData("-updatedAt", "A", "B", "C", "D", "E")]
    [InlineData("key", "A", "B", "C", "D", "E")]
    [InlineData("-key", "E", "D", "C", "B", "A")]
    [InlineData("type", "A", "B", "C", "D", "E")]
    [InlineData("state", "A", "C", "E", "B", "D")]
    [InlineData("-state", "D", "B", "E", "C", "A")]
    [InlineData("status", "B", "D", "A", "C", "E")]
    [InlineData("-status", "E", "C", "A", "D", "B")]
    [InlineData("priority", "D", "E", "A", "B", "C")]
    [InlineData("-priority", "C", "B", "A", "E", "D")]
    public async Task A_list_keeps_its_order_across_pages(string order, params string[] expected)
    {
        await AddFiveAsync();
        Assert.True(WorkflowSort.TryParse(order, out var sort));

        var seen = new List<string>();
        PageCursor? after = null;
        do
        {
            var page = await Queries.ListAsync(new WorkflowFilter { Sort = sort.Value, Limit = 2, After = after }, Cancel);
            seen.AddRange(page.Items.Select(item => item.Key[^1..]));
            after = page.Next is { } next && PageCursor.TryParse(next.ToString(), out var parsed) ? parsed : null;
        }
        while (after is not null);

        Assert.Equal(expected, seen);
    }

    [Theory]
    [InlineData("ORDER-1A", "A")]
    [InlineData("ORDER-1*", "A", "B", "C")]
    [InlineData("order-1*")]
    [InlineData("ORDER_1*")]
    [InlineData("ORDER-%*")]
    [InlineData("ORDER-", "")]
    [InlineData("*", "A", "B", "C", "D", "E")]
    public async Task A_key_is_found_whole_or_by_how_it_begins(string key, params string[] expected)
    {
        await AddFiveAsync();

        Assert.Equal(expected.Where(letter => letter != ""), await KeysAsync(new WorkflowFilter { Key = key }));
    }

    [Fact]
    public async Task A_search_finds_ids_their_first_digits_and_keys_in_upper_case()
    {
        var instances = await AddFiveAsync();
        var id = instances[1].Id.ToString("D");

        Assert.Equal(["B"], await KeysAsync(new WorkflowFilter { Search = id }));
        Assert.Contains("B", await KeysAsync(new WorkflowFilter { Search = id[..20] }));
        Assert.Empty(await KeysAsync(new WorkflowFilter { Search = "00000000" }));
        Assert.Equal(["D", "E"], await KeysAsync(new WorkflowFilter { Search = "order-2" }));
        Assert.Empty(await KeysAsync(new WorkflowFilter { Search = "' OR 1=1 --" }));
    }

    [Theory]
    [InlineData("$.customer eq \"C-1\"", "A", "C")]
    [InlineData("$.customer eq 'C-1'", "A", "C")]
    [InlineData("$.customer ne 'C-1'", "B", "D")]
    [InlineData("$.customer eq '''", "")]
    [InlineData("$.total eq 12.50", "A")]
    [InlineData("$.total eq 12.5", "A")]
    [InlineData("$.total gt 12.5", "B", "C")]
    [InlineData("$.total ge 12.5", "A", "B", "C")]
    [InlineData("$.total lt 100", "A", "B", "D")]
    [InlineData("$.total le 100", "A", "B", "C", "D")]
    [InlineData("$.total gt '1'", "E")]
    [InlineData("$.lines[0].sku eq 'SKU-1'", "A")]
    [InlineData("$.lines[1].sku eq 'SKU-1'", "B")]
    [InlineData("$[\"odd name\"] exists", "D")]
    [InlineData("$.coupon exists", "C", "D")]
    [InlineData("$.coupon eq null", "C")]
    [InlineData("$.gift eq true", "B")]
    [InlineData("$.gift ne true", "C")]
    [InlineData("$.nothing exists")]
    public async Task Data_is_found_by_its_path(string written, params string[] expected)
    {
        await AddFiveAsync();
        Assert.True(DataCondition.TryParse(written, out var condition, out var problem), problem);

        Assert.Equal(expected.Where(letter => letter != ""), await KeysAsync(new WorkflowFilter { Data = [condition] }));
    }

    [Fact]
    public async Task Times_statuses_and_several_conditions_narrow_a_list()
    {
        var instances = await AddFiveAsync();
        DateTimeOffset StartOf(int place) => instances[place].Row.StartedAt.AddMinutes(place);

        Assert.Equal(["B", "C"], await KeysAsync(new WorkflowFilter { StartedFrom = StartOf(1), StartedTo = StartOf(3) }));
        Assert.Equal(["B", "C"], await KeysAsync(new WorkflowFilter { UpdatedFrom = UpdateOf(2), UpdatedTo = UpdateOf(0) }));
        Assert.Equal(["B", "D"], await KeysAsync(new WorkflowFilter { Statuses = [WorkflowStatus.Completed] }));
        Assert.Equal(["A", "B", "C", "D", "E"], await KeysAsync(new WorkflowFilter { Statuses = [WorkflowStatus.Completed, WorkflowStatus.Running] }));
        Assert.True(DataCondition.TryParse("$.total gt 1", out var more, out _));
        Assert.True(DataCondition.TryParse("$.total lt 20", out var less, out _));
        Assert.Equal(["A", "B"], (await KeysAsync(new WorkflowFilter { Data = [more, less] })).Except(["D"]));

        DateTimeOffset UpdateOf(int place) => instances[0].Row.StartedAt.AddHours(10 - place);
    }

    [Fact]
    public async Task Incidents_are_found_by_their_cause()
    {
        var stuck = await SuspendAsync("AssessCard", "timeout", "no answer", 5, Noon);
        await SuspendAsync(null, "decision", "asks", 0, Noon);
        await AddFiveAsync();

        Assert.Equal(2, await CountAsync(new WorkflowFilter { Incident = true }));
        Assert.Equal(5, await CountAsync(new WorkflowFilter { Incident = false }));
        Assert.Equal(1, await CountAsync(new WorkflowFilter { Cause = new SuspensionCause("order", null, "decision") }));
        var page = await Queries.ListAsync(new WorkflowFilter { Cause = new SuspensionCause("order", "AssessCard", "timeout") }, Cancel);
        Assert.Equal(stuck.Id, Assert.Single(page.Items).Id);
    }

    [Fact]
    public async Task A_count_stops_where_it_is_told_to()
    {
        await AddFiveAsync();

        Assert.Equal(new BoundedCount(5, true), await Queries.CountAsync(new WorkflowFilter { Limit = 1 }, 5, Cancel));
        Assert.Equal(new BoundedCount(4, false), await Queries.CountAsync(new WorkflowFilter { Limit = 1 }, 4, Cancel));
        Assert.Equal(new BoundedCount(0, true), await Queries.CountAsync(new WorkflowFilter { Type = "payment" }, 4, Cancel));
    }

    async Task<long> CountAsync(WorkflowFilter filter) => (await Queries.CountAsync(filter, 100, Cancel)).Count;

    async Task<IEnumerable<string>> KeysAsync(WorkflowFilter filter) =>
        (await Queries.ListAsync(filter, Cancel)).Items.Select(item => item.Key[^1..]).Order(StringComparer.Ordinal);

    /// <summary>Five orders, A to E: each started a minute after the one before, and took its last step an hour before it.</summary>
    async Task<SampleInstance[]> AddFiveAsync()
    {
        string[] data =
        [
            """{"customer":"C-1","total":12.5,"lines":[{"sku":"SKU-1"}]}""",
            """{"customer":"C-2","total":13,"lines":[{"sku":"SKU-2"},{"sku":"SKU-1"}],"gift":true}""",
            """{"customer":"C-1","total":100,"coupon":null,"gift":"true"}""",
            """{"customer":7,"total":-4,"coupon":"X","odd name":1}""",
            """{"total":"many"}""",
        ];
        SampleInstance[] instances =
            [.. Enumerable.Range(0, 5).Select(place => new SampleInstance(key: $"ORDER-{(place < 3 ? 1 : 2)}{(char)('A' + place)}"))];
        for (var place = 0; place < instances.Length; place++)
        {
            var step = instances[place].Next(data: data[place]);
            var row = step.Workflow with
            {
                State = place % 2 == 0 ? "Pending" : "Processing",
                Status = place % 2 == 0 ? WorkflowStatus.Running : WorkflowStatus.Completed,
                Priority = place < 3 ? 5 : 1,
                StartedAt = step.Workflow.StartedAt.AddMinutes(place),
                UpdatedAt = instances[place].Row.StartedAt.AddHours(10 - place),
            };
            Assert.Equal(StepOutcome.Committed, Assert.Single(await Store.CommitAsync([step with { Workflow = row }], Lease, Cancel)).Outcome);
        }

        return instances;
    }
}
