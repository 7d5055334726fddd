using Resonance.Engine.Storage.Queries;
using Xunit;

namespace Resonance.Tests.Engine.Storage.Queries;

public sealed class DurationHistogramTests
{
    [Theory]
    [InlineData(1, 100_000)]
    [InlineData(2, 900)]
    [InlineData(3, 5_000_000_000)]
    public void A_percentile_is_at_most_four_thousandths_off(int seed, long longest)
    {
        var random = new Random(seed);
        var durations = Enumerable.Range(0, 5_000).Select(_ => (long)(longest * Math.Pow(random.NextDouble(), 3))).ToArray();
        var histogram = Of(durations);
        Array.Sort(durations);

        Assert.All(Enumerable.Range(1, 100), percent =>
        {
            var exact = durations[(durations.Length * percent + 99) / 100 - 1];
            Assert.InRange(Math.Abs(histogram.Percentile(percent) - exact), 0, exact / 256.0);
        });
        Assert.Equal((long)Math.Round(durations.Average(), MidpointRounding.AwayFromZero), histogram.Average);
    }

    [Fact]
    public void A_quarter_of_a_second_is_told_exactly()
    {
        var histogram = Of([.. Enumerable.Range(0, 256).Select(milliseconds => (long)milliseconds)]);

        Assert.Equal([2, 127, 243, 253, 255], new[] { 1, 50, 95, 99, 100 }.Select(histogram.Percentile));
    }

    [Fact]
    public void What_stands_alone_is_told_exactly_however_long_it_is()
    {
        Assert.All([0, 255, 256, 257, 123_457, long.MaxValue], duration =>
        {
            var histogram = Of(duration);

            Assert.Equal((duration, duration, duration), (histogram.Average, histogram.Percentile(1), histogram.Percentile(99)));
        });
    }

    [Fact]
    public void A_clock_that_was_set_back_makes_no_duration_below_nothing() => Assert.Equal(0, Of(-5).Percentile(50));

    static DurationHistogram Of(params long[] durations)
    {
        var histogram = new DurationHistogram();
        foreach (var duration in durations)
            histogram.Add(duration);
        return histogram;
    }
}
