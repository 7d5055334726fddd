using System.Text;
using CsvHelper;
using Resonance.Workflows.Reconciliation;
using Xunit;

namespace Resonance.Tests.Workflows.Reconciliation;

public sealed class StatementReaderTests
{
    const string Header = "operation,capture_id,amount,currency,recorded_at";
    const string Good = "capture,cap_1,49.90,EUR,2026-11-23T09:15:43.105Z";

    static readonly DateTimeOffset At = new(2026, 11, 23, 9, 15, 43, 105, TimeSpan.Zero);

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_line_is_read_with_its_number_and_its_values()
    {
        var entries = await ReadAsync($"{Header}\n{Good}\nrefund,cap_1,0.0001,USD,2026-11-23T09:15:43Z\n");

        Assert.Equal(
            [
                new StatementLine(2, "capture", "cap_1", 499_000, "EUR", At),
                new StatementLine(3, "refund", "cap_1", 1, "USD", At.AddMilliseconds(-105)),
            ],
            entries);
    }

    [Theory]
    [InlineData("posted_at,recorded_at,currency,amount,capture_id,operation\r\n-,2026-11-23T09:15:43.105Z,EUR,49.9,cap_1,capture\r\n")]
    [InlineData("\uFEFF\"operation\",\"capture_id\",\"amount\",\"currency\",\"recorded_at\"\n\"capture\",\"cap_1\",\"49.90\",\"EUR\",\"2026-11-23T09:15:43.105Z\"")]
    [InlineData("operation, capture_id, amount, currency, recorded_at\ncapture, cap_1, 49.9, EUR, 2026-11-23T10:15:43.105+01:00")]
    public async Task Order_quotes_blanks_and_line_ends_do_not_matter(string csv) =>
        Assert.Equal([new StatementLine(2, "capture", "cap_1", 499_000, "EUR", At)], await ReadAsync(csv));

    [Theory]
    [InlineData("capture,cap_1,49.90,EUR", "it has 4 values, and 5 are needed")]
    [InlineData("chargeback,cap_1,49.90,EUR,2026-11-23T09:15:43Z", "operation must be capture or refund")]
    [InlineData("capture,,49.90,EUR,2026-11-23T09:15:43Z", "capture_id must have 1 to 128 letters")]
    [InlineData("capture,cap_1,-1,EUR,2026-11-23T09:15:43Z", "amount must be a number above 0 with four decimals at most")]
    [InlineData("capture,cap_1,0,EUR,2026-11-23T09:15:43Z", "amount must be a number above 0 with four decimals at most")]
    [InlineData("capture,cap_1,1.00001,EUR,2026-11-23T09:15:43Z", "amount must be a number above 0 with four decimals at most")]
    [InlineData("capture,cap_1,99999999999999999999,EUR,2026-11-23T09:15:43Z", "amount must be a number above 0 with four decimals at most")]
    [InlineData("capture,cap_1,49;90,EUR,2026-11-23T09:15:43Z", "amount must be a number above 0 with four decimals at most")]
    [InlineData("capture,cap_1,49.90,EURO,2026-11-23T09:15:43Z", "currency must be a code of ISO 4217")]
    [InlineData("capture,cap_1,49.90,EUR,23.11.2026", "recorded_at must be a time of ISO 8601")]
    public async Task A_line_that_cannot_be_read_is_told_with_its_text_and_takes_no_other_down(string line, string problem)
    {
        var entries = await ReadAsync($"{Header}\n{line}\n{Good}\n");

        Assert.Equal(
            [new UnreadableLine(2, line, problem), new StatementLine(3, "capture", "cap_1", 499_000, "EUR", At)], entries);
    }

    [Fact]
    public async Task A_quote_that_is_never_closed_swallows_nothing()
    {
        var entries = await ReadAsync($"{Header}\n\"capture,cap_1\n{Good}\n{Good}\n");

        Assert.Equal(3, entries.Count);
        Assert.Equal("\"capture,cap_1", Assert.IsType<UnreadableLine>(entries[0]).Text);
    }

    [Fact]
    public async Task What_no_store_can_hold_is_replaced_in_the_text_that_people_see()
    {
        var entry = Assert.IsType<UnreadableLine>(Assert.Single(await ReadAsync($"{Header}\nwhat\0is\tthis{new string('x', 900)}\n")));

        Assert.StartsWith("what\uFFFDis\uFFFDthisxxx", entry.Text, StringComparison.Ordinal);
        Assert.Equal(500, entry.Text.Length);
    }

    [Theory]
    [InlineData("", "The statement is empty; its first line must name the columns.")]
    [InlineData(
        "<html>\n", "The first line of the statement must name the columns operation, capture_id, amount, currency, recorded_at; it lacks " +
        "operation, capture_id, amount, currency, recorded_at.")]
    [InlineData(
        "operation,capture_id,amount,recorded_at\n",
        "The first line of the statement must name the columns operation, capture_id, amount, currency, recorded_at; it lacks currency.")]
    public async Task What_is_no_statement_is_refused_in_words(string csv, string problem)
    {
        using var reader = new StatementReader(new MemoryStream(Encoding.UTF8.GetBytes(csv)));

        Assert.Equal(problem, await reader.ReadHeaderAsync(Cancellation));
    }

    [Fact]
    public Task A_file_without_end_of_line_or_comma_is_given_up_and_not_read_whole() => Assert.ThrowsAsync<MaxFieldSizeException>(
        () => ReadAsync($"{Header}\n{new string('x', 100_000)}"));

    static async Task<List<StatementEntry>> ReadAsync(string csv)
    {
        using var reader = new StatementReader(new MemoryStream(Encoding.UTF8.GetBytes(csv)));
        Assert.Null(await reader.ReadHeaderAsync(Cancellation));
        return await reader.ReadAsync(Cancellation).ToListAsync(Cancellation);
    }
}
