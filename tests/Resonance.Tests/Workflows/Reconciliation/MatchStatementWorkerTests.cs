using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Resonance.Contracts.Reconciliation;
using Resonance.Contracts.Workflows;
using Resonance.Engine.Storage;
using Resonance.Tests.Engine.Workers;
using Resonance.Tests.Support;
using Resonance.Workflows;
using Resonance.Workflows.Cards;
using Resonance.Workflows.Reconciliation;
using Xunit;

namespace Resonance.Tests.Workflows.Reconciliation;

public sealed class MatchStatementWorkerTests : IAsyncLifetime
{
    const string Noon = "2026-11-23T12:00:00.000000Z";
    const string DayBefore = "2026-11-22T23:59:59.999000Z";

    readonly Guid _id = NewId.NextGuid();
    readonly ScriptedProvider _provider = new();
    WorkerBench _bench = null!;
    int _executions;

    public async ValueTask InitializeAsync() => _bench = await WorkerBench.StartAsync(
        bus =>
        {
            bus.AddSingleton<ICardProvider>(_provider);
            bus.AddResonanceWorkers();
        },
        (database, token) => database.MigrateWorkersAsync(token));

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task Books_and_statement_that_agree_leave_no_line()
    {
        await BookAsync("capture", "cap_1", 49.90m);
        await BookAsync("refund", "cap_1", 49.90m);
        _provider.Serve($"refund,cap_1,49.9,EUR,{Noon}", $"capture,cap_1,49.9000,EUR,{Noon}");

        var matched = await MatchAsync();

        Assert.Equal((2, 2), (matched.StatementLines, matched.LedgerEntries));
        Assert.Equal((0, 0, 0m), (matched.Balance.OpenLines, matched.Balance.ResolvedLines, matched.Balance.Difference));
        Assert.Equal([(Reconciliations.Day.AddHours(-1), Reconciliations.Day.AddHours(25))], _provider.Fetches);
        Assert.Equal(0, await StagedAsync());
    }

    [Fact]
    public async Task What_our_books_alone_have_is_missing_at_the_provider()
    {
        await BookAsync("capture", "cap_1", 49.90m);
        _provider.Serve();

        var line = await OnlyLineAsync(difference: 49.90m);

        Assert.Equal(
            new ReconciliationLine
            {
                LineId = "missing_at_provider/capture/cap_1",
                Kind = ReconciliationKinds.MissingAtProvider,
                Operation = "capture",
                CaptureId = "cap_1",
                Reference = "INVOICE-cap_1",
                OurAmount = 49.90m,
                OurCurrency = "EUR",
            },
            line);
    }

    [Fact]
    public async Task What_the_statement_alone_has_is_missing_in_our_books()
    {
        _provider.Serve($"refund,cap_1,12.3456,USD,{Noon}");

        var line = await OnlyLineAsync(difference: 12.3456m);

        Assert.Equal(
            new ReconciliationLine
            {
                LineId = "missing_in_books/refund/cap_1",
                Kind = ReconciliationKinds.MissingInBooks,
                Operation = "refund",
                CaptureId = "cap_1",
                TheirAmount = 12.3456m,
                TheirCurrency = "USD",
                LineNumber = 2,
            },
            line);
    }

    [Theory]
    [InlineData("49.91,EUR", ReconciliationKinds.AmountDiffers, 0.01)]
    [InlineData("49.89,EUR", ReconciliationKinds.AmountDiffers, 0.01)]
    [InlineData("49.90,USD", ReconciliationKinds.CurrencyDiffers, 49.90)]
    [InlineData("60,USD", ReconciliationKinds.CurrencyDiffers, 60)]
    public async Task What_both_have_must_be_the_same(string theirs, string kind, double difference)
    {
        await BookAsync("capture", "cap_1", 49.90m);
        _provider.Serve($"capture,cap_1,{theirs},{Noon}");

        var line = await OnlyLineAsync((decimal)difference);

        Assert.Equal((kind, $"{kind}/capture/cap_1", "INVOICE-cap_1"), (line.Kind, line.LineId, line.Reference));
        Assert.Equal((49.90m, "EUR", theirs.Split(',')[1]), (line.OurAmount, line.OurCurrency, line.TheirCurrency));
    }

    [Fact]
    public async Task What_stands_on_the_statement_again_is_a_duplicate_and_the_first_line_counts()
    {
        await BookAsync("capture", "cap_1", 10m);
        var others = Enumerable.Range(0, 100).Select(number => $"capture,cap_other{number},1,EUR,{DayBefore}");
        _provider.Serve(
            [$"capture,cap_1,10,EUR,{Noon}", $"capture,cap_1,10,EUR,{Noon}", .. others, $"capture,cap_1,11,EUR,{Noon}"]);

        var line = await OnlyLineAsync(difference: 21m);

        Assert.Equal(("duplicate/capture/cap_1", 31m, 2L), (line.LineId, line.TheirAmount, line.LineNumber));
    }

    [Fact]
    public async Task A_line_that_cannot_be_read_is_a_line_of_its_own_kind()
    {
        await BookAsync("capture", "cap_1", 10m);
        _provider.Serve("what is this?", $"capture,cap_1,10,EUR,{Noon}", "what is this?", "or this?");

        var matched = await MatchAsync();

        Assert.Equal((4, 2, 0m), (matched.StatementLines, matched.Balance.OpenLines, matched.Balance.Difference));
        Assert.All(matched.Balance.Open, line => Assert.Equal(ReconciliationKinds.Unreadable, line.Kind));
        Assert.Equal(
            [("or this?", 5L, "it has 1 values, and 5 are needed"), ("what is this?", 2L, "it has 1 values, and 5 are needed")],
            matched.Balance.Open.Select(line => (line.Text!, line.LineNumber!.Value, line.Problem!)).Order());
    }

    [Fact]
    public async Task What_belongs_to_another_period_is_not_asked_for_there_and_here()
    {
        // The provider had it a moment before midnight, our books a moment after; and the other way round at the end of the day.
        await BookAsync("capture", "cap_early", 10m, Reconciliations.Day);
        await BookAsync("capture", "cap_late", 10m, Reconciliations.Day.AddDays(1));
        _provider.Serve(
            $"capture,cap_early,10,EUR,{DayBefore}", "capture,cap_late,10,EUR,2026-11-23T23:59:59.999Z", $"capture,cap_stray,10,EUR,{DayBefore}");

        var matched = await MatchAsync();

        Assert.Equal((1, 1, 0), (matched.StatementLines, matched.LedgerEntries, matched.Balance.OpenLines));
    }

    [Fact]
    public async Task A_long_statement_is_compared_to_its_end()
    {
        const int lines = 5000;
        for (var number = 0; number < lines; number += 1000)
        {
            var rows = Enumerable.Range(number, 1000)
                .Select(row => $"('cap_{row:D5}', 'capture', 'p', 'r', 10000, 'EUR', '2026-11-23T12:00:00.{row:D6}Z')");
            await _bench.ExecuteAsync($"INSERT INTO payment_ledger VALUES {string.Join(", ", rows)}");
        }

        var posted = Enumerable.Range(0, lines).Where(number => number != 4321)
            .Select(number => $"capture,cap_{number:D5},{(number == 1234 ? 2 : 1)},EUR,{Noon}");
        _provider.Serve([.. posted.Reverse(), $"capture,cap_99999,3,EUR,{Noon}"]);

        var matched = await MatchAsync();

        Assert.Equal((lines, lines), (matched.StatementLines, matched.LedgerEntries));
        Assert.Equal(
            ["amount_differs/capture/cap_01234", "missing_at_provider/capture/cap_04321", "missing_in_books/capture/cap_99999"],
            matched.Balance.Open.Select(line => line.LineId));
        Assert.Equal(5m, matched.Balance.Difference);
        Assert.Equal(0, await StagedAsync());
    }

    [Fact]
    public async Task Only_the_first_hundred_open_lines_are_told_and_all_are_counted()
    {
        _provider.Serve([.. Enumerable.Range(0, 150).Select(number => $"capture,cap_{number:D3},1,EUR,{Noon}")]);

        var balance = (await MatchAsync()).Balance;

        Assert.Equal((150, 150m, 100), (balance.OpenLines, balance.Difference, balance.Open.Count));
        Assert.Equal("missing_in_books/capture/cap_099", balance.Open[^1].LineId);
    }

    [Fact]
    public async Task The_largest_amounts_are_added_up_without_overflow()
    {
        _provider.Serve([.. Enumerable.Range(0, 2000).Select(number => $"capture,cap_{number},999999999999.9999,EUR,{Noon}")]);

        Assert.Equal(2000 * 999999999999.9999m, (await MatchAsync()).Balance.Difference);
    }

    [Fact]
    public async Task A_later_statement_replaces_the_open_lines()
    {
        await BookAsync("capture", "cap_1", 10m);
        _provider.Serve("broken", $"capture,cap_2,10,EUR,{Noon}");
        Assert.Equal(3, (await MatchAsync()).Balance.OpenLines);

        _provider.Serve($"capture,cap_1,12,EUR,{Noon}");
        var matched = await MatchAsync();

        Assert.Equal(["amount_differs/capture/cap_1"], matched.Balance.Open.Select(line => line.LineId));
    }

    [Fact]
    public async Task A_line_that_was_settled_stays_settled_until_it_says_something_else()
    {
        _provider.Serve($"capture,cap_1,10,EUR,{Noon}", "broken");
        await MatchAsync();
        await _bench.DeliverAsync("statement", Resolution());

        var same = await MatchAsync();
        _provider.Serve($"capture,cap_1,11,EUR,{Noon}", "broken");
        var another = await MatchAsync();

        Assert.Equal((0, 2), (same.Balance.OpenLines, same.Balance.ResolvedLines));
        Assert.Equal((1, 1), (another.Balance.OpenLines, another.Balance.ResolvedLines));
        Assert.Equal(11m, Assert.Single(another.Balance.Open).TheirAmount);
    }

    [Fact]
    public async Task The_same_command_again_gets_the_same_answer_and_fetches_nothing()
    {
        _provider.Serve($"capture,cap_1,10,EUR,{Noon}");
        var command = Command();

        var first = Assert.IsType<StatementMatched>(await _bench.DeliverAsync("statement", command));
        _provider.Serve();
        var second = Assert.IsType<StatementMatched>(await _bench.DeliverAsync("statement", command));

        Assert.Equal((1, 1), (first.Balance.OpenLines, second.Balance.OpenLines));
        Assert.Equal(first.Balance.Open, second.Balance.Open);
        Assert.Single(_provider.Fetches);
    }

    [Fact]
    public async Task A_run_that_another_one_took_over_stops_and_leaves_nothing_behind()
    {
        var database = _bench.Services.GetRequiredService<IDatabase>();
        var period = new ReconciliationPeriod(_id, Reconciliations.Day, Reconciliations.Day.AddDays(1));
        var token = TestContext.Current.CancellationToken;
        var line = new StatementLine(2, "capture", "cap_1", 10_000, "EUR", Reconciliations.Day.AddHours(12));
        var first = await ReconciliationRun.BeginAsync(database, period, token);
        Assert.Equal(0, await first.StageAsync(new[] { line }.ToAsyncEnumerable(), token));

        var second = await ReconciliationRun.BeginAsync(database, period, token);

        Assert.Equal(0, await StagedAsync());
        Assert.Null(await first.StageAsync(new[] { line }.ToAsyncEnumerable(), token));
        Assert.Null(await first.CompareAsync(token));
        Assert.False(await first.PublishAsync(token));
        Assert.Equal(0, await second.StageAsync(new[] { line }.ToAsyncEnumerable(), token));
        Assert.Equal(new RunCounts(1, 0), await second.CompareAsync(token));
        Assert.True(await second.PublishAsync(token));
        Assert.Equal(1, await _bench.CountAsync("SELECT count(*) FROM reconciliation_line"));
    }

    [Fact]
    public async Task A_provider_that_does_not_answer_is_answered_with_silence()
    {
        _provider.Answer = () => new CardProviderAnswer.NoAnswer();

        Assert.Null(await _bench.DeliverAsync("statement", Command()));
    }

    [Fact]
    public async Task What_is_no_statement_is_tried_again_and_changes_no_line()
    {
        _provider.Serve($"capture,cap_1,10,EUR,{Noon}");
        await MatchAsync();
        _provider.Answer = () => new CardProviderAnswer.Statement(new MemoryStream("<html>busy</html>"u8.ToArray()));

        var failed = Assert.IsType<ActivityFailed>(await _bench.DeliverAsync("statement", Command()));

        Assert.Equal(("invalid_statement", false), (failed.ErrorKind, failed.NonRetryable));
        Assert.Equal(1, await _bench.CountAsync("SELECT count(*) FROM reconciliation_line"));
    }

    [Fact]
    public async Task A_file_without_end_of_line_is_tried_again()
    {
        _provider.Serve($"capture,cap_1,10,EUR,{Noon}", new string('x', 100_000));

        var failed = Assert.IsType<ActivityFailed>(await _bench.DeliverAsync("statement", Command()));

        Assert.Equal(("invalid_statement", "The statement cannot be read as CSV near line 3."), (failed.ErrorKind, failed.Message));
    }

    [Fact]
    public async Task A_statement_that_breaks_off_is_tried_again()
    {
        _provider.Answer = () => new CardProviderAnswer.Statement(new GeneratedStatement(10_000, number => number < 5000
            ? $"capture,cap_{number},1,EUR,{Noon}"
            : throw new IOException("the connection was reset")));

        var failed = Assert.IsType<ActivityFailed>(await _bench.DeliverAsync("statement", Command()));

        Assert.Equal(("statement_interrupted", false), (failed.ErrorKind, failed.NonRetryable));
        Assert.Equal("The statement did not come to its end: the connection was reset", failed.Message);
        Assert.Equal(0, await _bench.CountAsync("SELECT count(*) FROM reconciliation_line"));
        Assert.Equal(0, await StagedAsync());
    }

    async Task<StatementMatched> MatchAsync() => Assert.IsType<StatementMatched>(await _bench.DeliverAsync("statement", Command()));

    async Task<ReconciliationLine> OnlyLineAsync(decimal difference)
    {
        var balance = (await MatchAsync()).Balance;
        Assert.Equal((1, difference), (balance.OpenLines, balance.Difference));
        return Assert.Single(balance.Open);
    }

    MatchStatement Command() => new()
    {
        WorkflowId = _id,
        IdempotencyKey = $"{_id:N}/MatchStatement/{++_executions}",
        ReconciliationId = _id,
        Provider = "simulated",
        From = Reconciliations.Day,
        To = Reconciliations.Day.AddDays(1),
    };

    BookResolution Resolution() => new()
    {
        WorkflowId = _id,
        IdempotencyKey = $"{_id:N}/BookResolution/{++_executions}",
        ReconciliationId = _id,
        Operator = "ann",
        Reason = "settled",
    };

    Task<int> BookAsync(string operation, string captureId, decimal amount, DateTimeOffset? at = null) => _bench.ExecuteAsync(
        $"""
        INSERT INTO payment_ledger (capture_id, operation, payment_id, reference, amount, currency, occurred_at)
        VALUES ('{captureId}', '{operation}', 'p', 'INVOICE-{captureId}', {StoredForms.OfAmount(amount)}, 'EUR',
            '{StoredForms.OfTime(at ?? Reconciliations.Day.AddHours(12))}')
        """);

    Task<long> StagedAsync() =>
        _bench.CountAsync("SELECT (SELECT count(*) FROM statement_line) + (SELECT count(*) FROM reconciliation_finding)");
}
