using Microsoft.Extensions.Time.Testing;
using Resonance.Engine.Workers;
using Resonance.Tests.Engine.Workers;
using Resonance.Tests.Support;
using Resonance.Workflows;
using Resonance.Workflows.Cards;
using Xunit;

namespace Resonance.Tests.Workflows.Cards;

public sealed class SimulatedStatementTests : IAsyncLifetime
{
    const string Header = "operation,capture_id,amount,currency,recorded_at";

    readonly FakeTimeProvider _clock = new(Reconciliations.Day.AddHours(9));
    readonly WorkerDatabase _database = new();
    SimulatedCardProvider _provider = null!;

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await _database.MigrateWorkersAsync(Cancellation);
        _provider = new SimulatedCardProvider(_database, _clock);
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task What_was_captured_and_given_back_stands_there_in_the_order_of_time()
    {
        var first = await CaptureAsync("1", "tok_visa", 10m);
        _clock.Advance(TimeSpan.FromSeconds(1));
        var second = await CaptureAsync("2", "tok_visa", 20.125m);
        _clock.Advance(TimeSpan.FromSeconds(1));
        await _provider.RefundAsync("3", "1", Cancellation);

        Assert.Equal(
            [
                Header,
                $"capture,{first},10.00,EUR,2026-11-23T09:00:00.000000Z",
                $"capture,{second},20.125,EUR,2026-11-23T09:00:01.000000Z",
                $"refund,{first},10.00,EUR,2026-11-23T09:00:02.000000Z",
            ],
            await StatementAsync());
    }

    [Fact]
    public async Task What_moved_no_money_does_not_stand_there()
    {
        await _provider.AssessAsync(new CardCharge("1", "tok_visa", 10m, "EUR"), Cancellation);
        await _provider.CaptureAsync(new CardCharge("2", "tok_declined", 10m, "EUR"), Cancellation);
        await _provider.RefundAsync("3", "never captured", Cancellation);
        await CaptureAsync("4", "tok_visa", 10m);
        await _provider.RefundAsync("5", "4", Cancellation);
        await _provider.RefundAsync("6", "4", Cancellation);

        Assert.Equal(["capture", "refund"], (await StatementAsync()).Skip(1).Select(line => line.Split(',')[0]));
    }

    [Fact]
    public async Task What_is_asked_again_was_done_when_it_was_asked_first()
    {
        await CaptureAsync("1", "tok_visa", 10m);
        _clock.Advance(TimeSpan.FromMinutes(1));
        await CaptureAsync("1", "tok_visa", 10m);

        Assert.EndsWith("T09:00:00.000000Z", Assert.Single((await StatementAsync()).Skip(1)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_late_card_is_posted_three_seconds_after_it_was_captured()
    {
        await CaptureAsync("1", "tok_late", 10m);
        _clock.Advance(TimeSpan.FromMilliseconds(2999));
        Assert.Equal([Header], await StatementAsync());

        _clock.Advance(TimeSpan.FromMilliseconds(1));

        Assert.EndsWith("T09:00:00.000000Z", Assert.Single((await StatementAsync()).Skip(1)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_misposted_card_has_another_amount() =>
        Assert.StartsWith(
            $"capture,{await CaptureAsync("1", "tok_misposted", 10m)},10.01,EUR,", Assert.Single((await StatementAsync()).Skip(1)),
            StringComparison.Ordinal);

    [Fact]
    public async Task Only_the_period_is_told_its_end_excluded()
    {
        await CaptureAsync("1", "tok_visa", 1m);
        _clock.Advance(TimeSpan.FromHours(1));
        await CaptureAsync("2", "tok_visa", 2m);
        _clock.Advance(TimeSpan.FromHours(1));
        await CaptureAsync("3", "tok_visa", 3m);

        var lines = await StatementAsync(Reconciliations.Day.AddHours(10), Reconciliations.Day.AddHours(11));

        Assert.Equal("2.00", Assert.Single(lines.Skip(1)).Split(',')[2]);
    }

    [Fact]
    public async Task A_statement_of_several_pages_has_every_line_once()
    {
        const int captures = 2500;
        await _database.TransactAsync(
            async (connection, transaction, token) =>
            {
                var rows = Enumerable.Range(0, captures).Select(number =>
                    $"('k{number:D5}', 'capture', 'cap_{number}', 'tok_visa', '1', 'EUR', 1, '2026-11-23T09:00:00.{number / 1300:D6}Z', " +
                    "'2026-11-23T09:00:00.000000Z')");
                return await new WorkerTransaction(connection, transaction).ExecuteAsync(
                    $"""
                    INSERT INTO card_operation (
                        idempotency_key, operation, capture_id, token, amount, currency, attempts, recorded_at, posted_at)
                    VALUES {string.Join(", ", rows)}
                    """,
                    [], token);
            },
            Cancellation);

        var lines = await StatementAsync();

        Assert.Equal(captures + 1, lines.Length);
        Assert.Equal(captures, lines.Skip(1).Select(line => line.Split(',')[1]).Distinct().Count());
    }

    async Task<string> CaptureAsync(string key, string card, decimal amount) => Assert.IsType<CardProviderAnswer.Captured>(
        await _provider.CaptureAsync(new CardCharge(key, card, amount, "EUR"), Cancellation)).CaptureId;

    async Task<string[]> StatementAsync(DateTimeOffset? from = null, DateTimeOffset? to = null)
    {
        var answer = await _provider.OpenStatementAsync(from ?? Reconciliations.Day, to ?? Reconciliations.Day.AddDays(1), Cancellation);
        using var reader = new StreamReader(Assert.IsType<CardProviderAnswer.Statement>(answer).Csv);
        return (await reader.ReadToEndAsync(Cancellation)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
