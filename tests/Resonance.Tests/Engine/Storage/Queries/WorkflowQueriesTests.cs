using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Resonance.Contracts.Payments;
using Resonance.Engine.Definitions;
using Resonance.Engine.Storage.Postgres;
using Resonance.Engine.Storage.Queries;
using Xunit;

namespace Resonance.Tests.Engine.Storage.Queries;

public sealed class WorkflowQueriesTests : IAsyncLifetime
{
    StoredRows _rows = null!;
    WorkflowQueries _queries = null!;

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _rows = await StoredRows.CreateAsync(Cancel);
        _queries = _rows.Queries(new WorkflowCatalog([Describe("payment", "Pending", "ValidateCard", "Suspended"), Describe("order", "Pending")]));
    }

    public ValueTask DisposeAsync() => _rows.DisposeAsync();

    [Fact]
    public async Task Get_answers_every_column_of_the_instance()
    {
        var id = Guid.Parse("ABCDEF04-89ab-41d3-9a0c-0305e82c33ff");
        await _rows.AddWorkflowAsync(id, Cancel, key: "PAYMENT-8923", state: "ValidateCard", data: """{"amount":12.5}""", finished: true);

        var row = await _queries.GetAsync(id, Cancel);

        Assert.NotNull(row);
        Assert.Equal(id, row.Id);
        Assert.Equal("payment", row.Type);
        Assert.Equal("PAYMENT-8923", row.Key);
        Assert.Equal("ValidateCard", row.State);
        Assert.Equal(WorkflowStatus.Running, row.Status);
        Assert.Equal(3, row.Version);
        Assert.Equal("""{"amount":12.5}""", row.Data);
        Assert.Equal("abcd", row.DefinitionHash);
        Assert.Equal(7, row.Priority);
        Assert.Equal("0af7651916cd43dd8448eb211c80319c", row.TraceId);
        Assert.Equal(StoredRows.Epoch, row.StartedAt);
        Assert.Equal(StoredRows.Epoch.AddSeconds(1), row.UpdatedAt);
        Assert.Equal(StoredRows.Epoch.AddSeconds(1), row.FinishedAt);
        Assert.Equal(StoredRows.Hash(9), row.HeadHash);
    }

    [Fact]
    public async Task Get_answers_null_for_an_unknown_id()
    {
        await _rows.AddWorkflowAsync(Id(1), Cancel);

        Assert.Null(await _queries.GetAsync(Id(2), Cancel));
        Assert.Null((await _queries.GetAsync(Id(1), Cancel))!.FinishedAt);
    }

    [Fact]
    public async Task History_is_in_order_and_only_of_the_instance()
    {
        await _rows.AddStepAsync(Id(1), 2, "ValidateCard", "Pending", "[]", Cancel);
        await _rows.AddStepAsync(Id(1), 1, "Initial", "ValidateCard", """[{"kind":"recovered","how":"x"}]""", Cancel);
        await _rows.AddStepAsync(Id(2), 1, "Initial", "Pending", "[]", Cancel);

        var history = await _queries.HistoryAsync(Id(1), Cancel);

        Assert.Equal([1L, 2L], history.Select(step => step.Sequence));
        Assert.Equal("Initial", history[0].From);
        Assert.Equal("ValidateCard", history[0].To);
        Assert.Equal("StartPayment", history[0].Event);
        Assert.Equal("""[{"kind":"recovered","how":"x"}]""", history[0].Entries);
        Assert.Equal(StoredRows.Epoch.AddSeconds(1), history[0].OccurredAt);
        Assert.Equal(StoredRows.Hash(1), history[0].Hash);
        Assert.NotEqual(Guid.Empty, history[0].MessageId);
    }

    [Fact]
    public async Task Timers_are_the_pending_ones_of_the_instance_by_due_time()
    {
        await _rows.AddMessageAsync(Id(10), Cancel, Id(1), "later", dueAfter: 60);
        await _rows.AddMessageAsync(Id(11), Cancel, Id(1), "sooner", dueAfter: 30);
        await _rows.AddMessageAsync(Id(12), Cancel, Id(1), timer: null);
        await _rows.AddMessageAsync(Id(13), Cancel, Id(2), "of another");
        await _rows.AddMessageAsync(Id(14), Cancel, Id(1), "dead", setAsideAfter: 1);

        Assert.Equal(
            [new PendingTimer("sooner", StoredRows.Epoch.AddSeconds(30)), new PendingTimer("later", StoredRows.Epoch.AddSeconds(60))],
            await _queries.TimersAsync(Id(1), Cancel));
    }

    [Fact]
    public async Task List_pages_through_every_instance_once_although_times_are_equal()
    {
        // Three times, each shared by several instances; ids run against the order of insertion.
        for (var number = 1; number <= 17; number++)
            await _rows.AddWorkflowAsync(Id(200 - number), Cancel, startedAfter: number % 3);

        var seen = new List<WorkflowSummary>();
        PageCursor? after = null;
        do
        {
            var page = await _queries.ListAsync(new WorkflowFilter { Limit = 4, After = after }, Cancel);
            Assert.InRange(page.Items.Count, 1, 4);
            seen.AddRange(page.Items);
            after = page.Next is { } next && PageCursor.TryParse(next.ToString(), out var parsed) ? parsed : null;
        }
        while (after is not null);

        Assert.Equal(17, seen.Count);
        Assert.Equal(seen.OrderByDescending(row => row.StartedAt).ThenByDescending(row => row.Id.ToString("D")), seen);
        Assert.Equal(17, seen.DistinctBy(row => row.Id).Count());
    }

    [Fact]
    public async Task List_has_no_next_page_when_the_last_one_is_exactly_full()
    {
        await _rows.AddWorkflowAsync(Id(1), Cancel);
        await _rows.AddWorkflowAsync(Id(2), Cancel);

        var page = await _queries.ListAsync(new WorkflowFilter { Limit = 2 }, Cancel);

        Assert.Equal(2, page.Items.Count);
        Assert.Null(page.Next);
    }

    [Theory]
    [InlineData(null, null, null, 4)]
    [InlineData("payment", null, null, 3)]
    [InlineData(null, "suspended", null, 1)]
    [InlineData(null, null, "VALIDATE_CARD", 1)]
    [InlineData(null, null, "ValidateCard", 1)]
    [InlineData(null, null, "SUSPENDED", 1)]
    [InlineData("payment", "running", "validate_card", 1)]
    [InlineData("order", null, "ValidateCard", 0)]
    [InlineData(null, null, "Nowhere", 0)]
    public async Task List_filters_by_type_status_and_state(string? type, string? status, string? state, int expected)
    {
        await _rows.AddWorkflowAsync(Id(1), Cancel, state: "ValidateCard");
        await _rows.AddWorkflowAsync(Id(2), Cancel, state: "Suspended", status: WorkflowStatus.Suspended);
        await _rows.AddWorkflowAsync(Id(3), Cancel);
        await _rows.AddWorkflowAsync(Id(4), Cancel, type: "order");

        var page = await _queries.ListAsync(new WorkflowFilter { Type = type, Statuses = status is null ? [] : [status], State = state }, Cancel);

        Assert.Equal(expected, page.Items.Count);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(201)]
    public async Task List_refuses_a_limit_out_of_range(int limit)
    {
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => _queries.ListAsync(new WorkflowFilter { Limit = limit }, Cancel));
    }

    [Fact]
    public async Task Dead_letters_are_the_messages_set_aside_last_one_first()
    {
        await _rows.AddMessageAsync(Id(1), Cancel);
        await _rows.AddMessageAsync(Id(2), Cancel, Id(7), "time-out", setAsideAfter: 5);
        await _rows.AddMessageAsync(Id(3), Cancel, setAsideAfter: 9);
        await _rows.AddMessageAsync(Id(4), Cancel, setAsideAfter: 9);

        var first = await _queries.DeadLettersAsync(new DeadLetterFilter { Limit = 2 }, Cancel);
        var second = await _queries.DeadLettersAsync(new DeadLetterFilter { Limit = 2, After = first.Next }, Cancel);

        Assert.Equal([Id(4), Id(3)], first.Items.Select(letter => letter.MessageId));
        var last = Assert.Single(second.Items);
        Assert.Null(second.Next);
        Assert.Equal(
            new DeadLetter
            {
                MessageId = Id(2),
                WorkflowId = Id(7),
                Timer = "time-out",
                Destination = "queue:payment",
                ContentType = "application/json",
                Attempts = 4,
                LastError = "refused",
                Reason = "no such queue",
                SetAsideAt = StoredRows.Epoch.AddSeconds(5),
                CreatedAt = StoredRows.Epoch,
            },
            last);
    }

    [Theory]
    [InlineData("")]
    [InlineData("not a cursor")]
    [InlineData("AAAA")]
    [InlineData("________________________________")]
    public void A_cursor_that_was_not_given_out_is_refused(string text)
    {
        Assert.False(PageCursor.TryParse(text, out _));
    }

    [Fact]
    public void On_Postgres_tables_are_in_their_schema_and_ids_compare_as_ids()
    {
        // SQL is made without a connection.
        using var provider = new ServiceCollection()
            .AddSingleton(new WorkflowCatalog([]))
            .AddPostgresQueries(new PostgresOptions { ConnectionString = "Host=127.0.0.1" })
            .BuildServiceProvider();
        using var context = provider.GetRequiredService<IDbContextFactory<ReadContext>>().CreateDbContext();
        var id = Id(1);

        var sql = context.Workflows.Where(row => row.StartedAt <= StoredRows.Epoch && row.Id.CompareTo(id) < 0).ToQueryString();

        Assert.Contains("FROM resonance.workflow AS w", sql, StringComparison.Ordinal);
        Assert.Contains("w.id < @id", sql, StringComparison.Ordinal);
    }

    static Guid Id(int number) => Guid.Parse($"0190abcd-0000-7000-8000-{number:x12}");

    static WorkflowDescription Describe(string type, params string[] states) => new()
    {
        Type = type,
        KeyPrefix = type.ToUpperInvariant(),
        StartContract = typeof(StartPayment),
        IdOf = start => ((StartPayment)start).PaymentId,
        KeyOf = _ => null,
        PriorityOf = _ => 0,
        Situation = _ => throw new NotSupportedException(),
        Problems = (_, _) => throw new NotSupportedException(),
        WhyStranded = _ => throw new NotSupportedException(),
        StatusIn = state => state == "Suspended" ? WorkflowStatus.Suspended : WorkflowStatus.Running,
        States = states,
        Hash = "",
        Diagram = "",
    };
}
