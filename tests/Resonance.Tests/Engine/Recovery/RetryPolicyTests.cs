using Resonance.Engine.Recovery;
using Xunit;

namespace Resonance.Tests.Engine.Recovery;

public sealed class RetryPolicyTests
{
    static readonly RetryPolicy Policy = new()
    {
        InitialInterval = TimeSpan.FromSeconds(2), BackoffCoefficient = 2, MaximumInterval = TimeSpan.FromSeconds(10), MaximumAttempts = 4,
        NonRetryableErrors = ["card_declined"],
    };

    [Theory]
    [InlineData(1, 2000)]
    [InlineData(2, 4000)]
    [InlineData(3, 8000)]
    [InlineData(4, 10000)]
    [InlineData(1_000_000, 10000)]
    public void Waits_grow_up_to_the_longest(int retry, double milliseconds) =>
        Assert.Equal(milliseconds, Policy.DelayBefore(retry, chance: 1).TotalMilliseconds);

    [Theory]
    [InlineData(0, 1800)]
    [InlineData(2, 2200)]
    public void Chance_moves_a_wait_by_a_tenth_at_most(double chance, double milliseconds) =>
        Assert.Equal(milliseconds, Policy.DelayBefore(1, chance).TotalMilliseconds);

    [Theory]
    [InlineData(3, "timeout", true)]
    [InlineData(4, "timeout", false)]
    [InlineData(1, "card_declined", false)]
    public void Attempts_end_with_the_last_or_with_an_error_that_is_final(int made, string kind, bool allowed) =>
        Assert.Equal(allowed, Policy.Allows(made, kind));

    [Fact]
    public void Zero_attempts_mean_no_limit() => Assert.True((Policy with { MaximumAttempts = 0 }).Allows(1_000_000, "timeout"));

    [Fact]
    public void A_policy_that_cannot_work_is_refused()
    {
        Assert.Throws<ArgumentException>(() => (Policy with { InitialInterval = TimeSpan.Zero }).Validated());
        Assert.Throws<ArgumentException>(() => (Policy with { MaximumInterval = TimeSpan.FromSeconds(1) }).Validated());
        Assert.Throws<ArgumentException>(() => (Policy with { BackoffCoefficient = 0.5 }).Validated());
        Assert.Throws<ArgumentException>(() => (Policy with { Jitter = 2 }).Validated());
        Assert.Throws<ArgumentException>(() => (Policy with { MaximumAttempts = -1 }).Validated());
    }

    [Fact]
    public void People_can_read_it() => Assert.Equal("4 attempts, 2 s x 2 up to 10 s", Policy.ToString());
}
