using Resonance.Gateway.Dashboard.Parts;
using Xunit;

namespace Resonance.Tests.Gateway.Dashboard;

public sealed class WordsTests
{
    [Theory]
    [InlineData(0, "0 ms")]
    [InlineData(640, "640 ms")]
    [InlineData(4_230, "4.2 s")]
    [InlineData(185_000, "3 min 5 s")]
    [InlineData(7_260_000, "2 h 1 min")]
    [InlineData(187_200_000, "2 d 4 h")]
    public void A_duration_has_the_units_that_say_something(long milliseconds, string text) =>
        Assert.Equal(text, Words.Milliseconds(milliseconds));

    [Fact]
    public void What_is_not_known_is_a_dash()
    {
        Assert.Equal("–", Words.Count(null));
        Assert.Equal("–", Words.Rate(null));
        Assert.Equal("–", Words.Milliseconds(null));
    }

    [Fact]
    public void A_time_is_told_from_now()
    {
        var now = new DateTimeOffset(2026, 1, 31, 9, 15, 0, TimeSpan.Zero);

        Assert.Equal("12.0 s ago", Words.From(now, now.AddSeconds(-12)));
        Assert.Equal("in 3 min 5 s", Words.From(now, now.AddSeconds(185)));
    }
}
