using Xunit;

namespace Resonance.AcceptanceTests.Support;

public sealed class EventuallyTests
{
    static readonly TimeSpan Short = TimeSpan.FromMilliseconds(120);

    [Fact]
    public async Task The_first_right_answer_is_given()
    {
        var asked = 0;

        var answer = await Eventually.SeeAsync(_ => Task.FromResult(++asked), n => n >= 3, TestContext.Current.CancellationToken);

        Assert.Equal(3, answer);
    }

    [Fact]
    public async Task Failures_of_the_question_are_waited_out()
    {
        var asked = 0;

        var answer = await Eventually.SeeAsync(
            _ => ++asked < 3 ? throw new HttpRequestException("refused") : Task.FromResult(asked),
            _ => true,
            TestContext.Current.CancellationToken);

        Assert.Equal(3, answer);
    }

    [Fact]
    public async Task The_deadline_tells_the_condition_and_what_was_seen_last()
    {
        var late = await Assert.ThrowsAsync<TimeoutException>(() => Eventually.SeeAsync(
            _ => Task.FromResult(new { State = "PENDING" }),
            seen => seen.State == "COMPLETED",
            TestContext.Current.CancellationToken,
            Short));

        Assert.Contains("""seen.State == "COMPLETED""", late.Message, StringComparison.Ordinal);
        Assert.Contains("""Last seen: {"State":"PENDING"}""", late.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_question_that_is_never_answered_is_given_up_at_the_deadline()
    {
        var late = await Assert.ThrowsAsync<TimeoutException>(() => Eventually.SeeAsync(
            async token =>
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
                return 1;
            },
            _ => true,
            TestContext.Current.CancellationToken,
            Short));

        Assert.Contains("no question was answered", late.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failing_condition_is_a_mistake_of_the_test_and_is_not_waited_out() =>
        await Assert.ThrowsAsync<FormatException>(() => Eventually.SeeAsync(
            _ => Task.FromResult("x"), text => int.Parse(text, null) > 0, TestContext.Current.CancellationToken));
}
