using Microsoft.Data.Sqlite;
using Resonance.Engine.Rules;
using Resonance.Engine.RuleSets;
using Xunit;

namespace Resonance.Tests.Engine.RuleSets;

/// <summary>Rules change while processes run: each version is added, once, and none is ever changed.</summary>
public sealed class RulePublisherTests : IAsyncDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    readonly RuleSetInstallation _installation = new();

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_published_version_decides_at_once_where_it_was_published()
    {
        var process = await _installation.StartAsync(RuleSetInstallation.GoodCredit());
        _installation.Clock.Advance(TimeSpan.FromHours(1));

        var result = await process.PublishAsync("good_credit", "score >= 700");

        Assert.Equal((PublishOutcome.Published, "2: score >= 700"), (result.Outcome, process.Decides("good_credit")));
        Assert.Equal(result.Version, process.Rule("good_credit").Rule.Version);
        Assert.Equal(
            new RuleVersion(2, result.Version.Text, RuleOrigin.Published, "Ada", "the board decided", _installation.Clock.GetUtcNow()),
            result.Version);
        Assert.False(((Rule<LoanFacts>)process.Rule("good_credit").Rule).Evaluate(new LoanFacts(650, 1, "EUR", [])).Passed);
    }

    [Fact]
    public async Task Every_other_process_looks_once_a_second_and_takes_it_over()
    {
        var here = await _installation.StartAsync(RuleSetInstallation.GoodCredit());
        var elsewhere = await _installation.StartAsync(RuleSetInstallation.GoodCredit());
        await here.PublishAsync("good_credit", "score >= 700");
        Assert.Equal("1: score >= 600", elsewhere.Decides("good_credit"));

        // When it began to look is not known here, and the look itself takes a moment, however far the clock has gone.
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        patience.CancelAfter(Patience);
        while (elsewhere.Decides("good_credit") != "2: score >= 700")
        {
            _installation.Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, patience.Token);
        }
    }

    [Fact]
    public async Task Many_at_once_get_a_number_each_and_the_last_number_decides()
    {
        var here = await _installation.StartAsync(RuleSetInstallation.GoodCredit());
        var elsewhere = await _installation.StartAsync(RuleSetInstallation.GoodCredit());

        var results = await Task.WhenAll(Enumerable.Range(0, 10).Select(
            number => (number % 2 == 0 ? here : elsewhere).PublishAsync("good_credit", $"score >= {700 + number}")));

        Assert.All(results, result => Assert.Equal(PublishOutcome.Published, result.Outcome));
        Assert.Equal(Enumerable.Range(2, 10), results.Select(result => result.Version.Number).Order());
        var versions = await here.Publisher.VersionsAsync(here.Rule("good_credit"), Cancel);
        Assert.Equal(results.Select(result => result.Version).OrderBy(version => version.Number), versions.Skip(1));
        await here.PublishAsync("good_credit", "score >= 800");
        Assert.Equal("12: score >= 800", here.Decides("good_credit"));
    }

    [Fact]
    public async Task Of_two_on_top_of_the_same_version_one_is_told_to_look_again()
    {
        var here = await _installation.StartAsync(RuleSetInstallation.GoodCredit());
        var elsewhere = await _installation.StartAsync(RuleSetInstallation.GoodCredit());

        var results = await Task.WhenAll(
            here.PublishAsync("good_credit", "score >= 700", basedOn: 1),
            elsewhere.PublishAsync("good_credit", "score >= 800", basedOn: 1));

        var outdated = Assert.Single(results, result => result.Outcome == PublishOutcome.Outdated);
        var published = Assert.Single(results, result => result.Outcome == PublishOutcome.Published);
        Assert.Equal(published.Version, outdated.Version);
        Assert.Equal(2, (await _installation.StoredAsync()).Count);
    }

    [Theory]
    [InlineData("UPDATE rule_version SET expression = 'true'")]
    [InlineData("UPDATE rule_version SET author = 'nobody' WHERE number = 2")]
    [InlineData("DELETE FROM rule_version")]
    [InlineData("INSERT OR REPLACE INTO rule_version SELECT * FROM rule_version")]
    public async Task A_version_that_is_stored_cannot_be_changed(string statement)
    {
        var process = await _installation.StartAsync(RuleSetInstallation.GoodCredit());
        await process.PublishAsync("good_credit", "score >= 700");

        var refusal = await Assert.ThrowsAsync<SqliteException>(() => _installation.QueryAsync(statement));

        Assert.Contains("append-only", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(["good_credit 1 code: score >= 600", "good_credit 2 published: score >= 700"], await _installation.StoredAsync());
    }

    public ValueTask DisposeAsync() => _installation.DisposeAsync();
}
