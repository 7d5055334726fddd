using MassTransit;
using Resonance.Contracts.Reconciliation;
using Resonance.Contracts.Workflows;
using Resonance.Tests.Engine.Workers;
using Resonance.Workflows;
using Xunit;

namespace Resonance.Tests.Workflows.Reconciliation;

public sealed class BookResolutionWorkerTests : IAsyncLifetime
{
    readonly Guid _id = NewId.NextGuid();
    WorkerBench _bench = null!;
    int _executions;

    public async ValueTask InitializeAsync()
    {
        _bench = await WorkerBench.StartAsync(bus => bus.AddResonanceWorkers(), (database, token) => database.MigrateWorkersAsync(token));
        await _bench.ExecuteAsync(
            $"""
            INSERT INTO reconciliation_line (reconciliation_id, line_id, kind, difference, status) VALUES
                ('{_id:N}', 'a', 'duplicate', 10000, 'open'),
                ('{_id:N}', 'b', 'duplicate', 20000, 'open'),
                ('{_id:N}', 'c', 'duplicate', 45000, 'open'),
                ('{NewId.NextGuid():N}', 'a', 'duplicate', 10000, 'open')
            """);
    }

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task Named_lines_are_settled_with_who_and_why_and_the_rest_is_told()
    {
        var booked = Assert.IsType<ResolutionBooked>(await ResolveAsync("a", "b", "a"));

        Assert.Equal((2, 1, 2, 4.5m), (booked.Resolved, booked.Balance.OpenLines, booked.Balance.ResolvedLines, booked.Balance.Difference));
        Assert.Equal("c", Assert.Single(booked.Balance.Open).LineId);
        Assert.Equal(
            [("a", "ann", "seen"), ("b", "ann", "seen")],
            await _bench.QueryAsync(
                "SELECT line_id, resolved_by, resolved_because FROM reconciliation_line WHERE resolved_at IS NOT NULL ORDER BY line_id",
                row => (row.GetString(0), row.GetString(1), row.GetString(2))));
    }

    [Fact]
    public async Task Without_names_all_open_lines_are_settled_and_no_other_reconciliations()
    {
        await ResolveAsync("b");

        var booked = Assert.IsType<ResolutionBooked>(await ResolveAsync());

        Assert.Equal((2, 0, 3, 0m), (booked.Resolved, booked.Balance.OpenLines, booked.Balance.ResolvedLines, booked.Balance.Difference));
        Assert.Equal(1, await _bench.CountAsync("SELECT count(*) FROM reconciliation_line WHERE status = 'open'"));
    }

    [Fact]
    public async Task A_line_that_does_not_exist_settles_none()
    {
        var refused = Assert.IsType<ActivityFailed>(await ResolveAsync("a", "z"));

        Assert.Equal(
            ("lines_not_open", "There is no line 'z'; nothing was resolved. Name lines by their lineId.", true),
            (refused.ErrorKind, refused.Message, refused.NonRetryable));
        Assert.Equal(4, await _bench.CountAsync("SELECT count(*) FROM reconciliation_line WHERE status = 'open'"));
    }

    [Fact]
    public async Task A_line_that_is_settled_already_says_by_whom_and_settles_none()
    {
        await ResolveAsync("a");

        var refused = Assert.IsType<ActivityFailed>(await ResolveAsync("b", "a"));

        Assert.Matches(@"^The line 'a' was resolved by ann at [-0-9T:.]+Z already: seen$", refused.Message);
        Assert.Equal(1, await _bench.CountAsync("SELECT count(*) FROM reconciliation_line WHERE status = 'open' AND line_id = 'b'"));
    }

    [Fact]
    public async Task A_long_list_is_settled_whole_or_not_at_all()
    {
        var lines = Enumerable.Range(0, 1000).Select(number => $"line {number}").ToArray();
        await _bench.ExecuteAsync(
            "INSERT INTO reconciliation_line (reconciliation_id, line_id, kind, difference, status) VALUES " +
            string.Join(", ", lines.Select(line => $"('{_id:N}', '{line}', 'duplicate', 1, 'open')")));

        Assert.IsType<ActivityFailed>(await ResolveAsync([.. lines[1..], "z"]));
        var booked = Assert.IsType<ResolutionBooked>(await ResolveAsync(lines));

        Assert.Equal((1000, 3), (booked.Resolved, booked.Balance.OpenLines));
    }

    [Fact]
    public async Task The_same_command_again_settles_nothing_more_and_gets_the_same_answer()
    {
        var command = Command(["a"]);

        var first = Assert.IsType<ResolutionBooked>(await _bench.DeliverAsync("statement", command));
        var second = Assert.IsType<ResolutionBooked>(await _bench.DeliverAsync("statement", command));

        Assert.Equal((1, 1), (first.Resolved, second.Resolved));
        Assert.Equal(2, second.Balance.OpenLines);
    }

    Task<IActivityReply?> ResolveAsync(params string[] lines) => _bench.DeliverAsync("statement", Command(lines));

    BookResolution Command(string[] lines) => new()
    {
        WorkflowId = _id,
        IdempotencyKey = $"{_id:N}/BookResolution/{++_executions}",
        ReconciliationId = _id,
        Lines = lines.Length == 0 ? null : lines,
        Operator = "ann",
        Reason = "seen",
    };
}
