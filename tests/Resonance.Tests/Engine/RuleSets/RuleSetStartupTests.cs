using Resonance.Engine.Rules;
using Resonance.Engine.RuleSets;
using Xunit;

namespace Resonance.Tests.Engine.RuleSets;

/// <summary>What ships with the code is stored when a process starts, and decides unless something newer is there.</summary>
public sealed class RuleSetStartupTests : IAsyncDisposable
{
    readonly RuleSetInstallation _installation = new();

    [Fact]
    public async Task The_rules_of_the_code_are_stored_as_version_1()
    {
        var process = await _installation.StartAsync(RuleSetInstallation.GoodCredit(), RuleSetInstallation.SmallLoan());

        Assert.Equal(["good_credit 1 code: score >= 600", "small_loan 1 code: amount <= 1000.0"], await _installation.StoredAsync());
        var version = process.Rule("good_credit").Rule.Version;
        Assert.Equal(
            ("deployment", "the first version", _installation.Clock.GetUtcNow()), (version.Author, version.Reason, version.PublishedAt));
        Assert.Equal([version.Hash], await _installation.QueryAsync("SELECT hash FROM rule_version WHERE name = 'good_credit'"));
    }

    [Fact]
    public async Task Starting_again_stores_nothing()
    {
        await _installation.StartAsync(RuleSetInstallation.GoodCredit());
        _installation.Clock.Advance(TimeSpan.FromDays(1));

        var again = await _installation.StartAsync(RuleSetInstallation.GoodCredit());

        Assert.Equal(["good_credit 1 code: score >= 600"], await _installation.StoredAsync());
        Assert.Equal("1: score >= 600", again.Decides("good_credit"));
    }

    [Fact]
    public async Task A_new_text_in_the_code_is_a_new_version()
    {
        await _installation.StartAsync(RuleSetInstallation.GoodCredit());

        var next = await _installation.StartAsync(RuleSetInstallation.GoodCredit("score >= 650"));

        Assert.Equal(["good_credit 1 code: score >= 600", "good_credit 2 code: score >= 650"], await _installation.StoredAsync());
        Assert.Equal("2: score >= 650", next.Decides("good_credit"));
    }

    [Fact]
    public async Task Another_description_is_another_text()
    {
        await _installation.StartAsync(RuleSetInstallation.GoodCredit());

        await _installation.StartAsync(
            new Rule<LoanFacts>("good_credit", "score >= 600", "Who gets a loan.", "the credit is not good enough"));

        Assert.Equal(["good_credit 1 code: score >= 600", "good_credit 2 code: score >= 600"], await _installation.StoredAsync());
    }

    [Fact]
    public async Task A_new_text_in_the_code_wins_over_one_that_was_published()
    {
        var before = await _installation.StartAsync(RuleSetInstallation.GoodCredit());
        await before.PublishAsync("good_credit", "score >= 700");

        var next = await _installation.StartAsync(RuleSetInstallation.GoodCredit("score >= 650"));

        Assert.Equal("3: score >= 650", next.Decides("good_credit"));
    }

    [Fact]
    public async Task What_was_published_survives_a_start_of_the_code_that_it_replaced()
    {
        var before = await _installation.StartAsync(RuleSetInstallation.GoodCredit());
        await before.PublishAsync("good_credit", "score >= 700");

        var again = await _installation.StartAsync(RuleSetInstallation.GoodCredit());

        Assert.Equal("2: score >= 700", again.Decides("good_credit"));
    }

    [Fact]
    public async Task Old_and_new_processes_start_side_by_side_and_the_new_text_stays()
    {
        await _installation.StartAsync(RuleSetInstallation.GoodCredit());
        await _installation.StartAsync(RuleSetInstallation.GoodCredit("score >= 650"));

        var old = await _installation.StartAsync(RuleSetInstallation.GoodCredit());
        var young = await _installation.StartAsync(RuleSetInstallation.GoodCredit("score >= 650"));

        Assert.Equal(("2: score >= 650", "2: score >= 650"), (old.Decides("good_credit"), young.Decides("good_credit")));
        Assert.Equal(2, (await _installation.StoredAsync()).Count);
    }

    [Fact]
    public async Task Processes_that_start_at_once_store_a_text_once()
    {
        var first = await _installation.StartAsync(RuleSetInstallation.SmallLoan());

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => _installation.StartAsync(RuleSetInstallation.GoodCredit())));

        Assert.Equal(["good_credit 1 code: score >= 600", "small_loan 1 code: amount <= 1000.0"], await _installation.StoredAsync());
        Assert.Null(first.Book.Find("loan", "good_credit"));
    }

    [Fact]
    public async Task A_process_that_cannot_read_the_version_that_decides_says_so_and_does_not_start()
    {
        await _installation.StartAsync(RuleSetInstallation.GoodCredit());
        await _installation.StartAsync(Ahead());

        var refusal = await Assert.ThrowsAsync<RuleSetException>(() => _installation.StartAsync(RuleSetInstallation.GoodCredit()));

        var problem = Assert.Single(refusal.Problems);
        Assert.StartsWith("rule loan/good_credit, version 2: 1:17: ", problem, StringComparison.Ordinal);
        Assert.Contains(problem, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_process_that_runs_keeps_the_version_that_it_can_read()
    {
        var running = await _installation.StartAsync(RuleSetInstallation.GoodCredit(), RuleSetInstallation.SmallLoan());
        await _installation.StartAsync(Ahead());

        // The other rule comes after the one that it cannot read.
        await running.PublishAsync("small_loan", "amount < 500.0");

        Assert.Equal(("1: score >= 600", "2: amount < 500.0"), (running.Decides("good_credit"), running.Decides("small_loan")));
    }

    public ValueTask DisposeAsync() => _installation.DisposeAsync();

    /// <summary>The rule of a release whose facts have one more.</summary>
    static Rule<NewerFacts> Ahead() => new(
        "good_credit", "score >= 600 && age >= 18", "Who gets a loan at all.", "the credit is not good enough");

    sealed record NewerFacts(long Score, long Age);
}
