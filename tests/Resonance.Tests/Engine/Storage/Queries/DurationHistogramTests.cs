using FsCheck;
using FsCheck.Xunit;
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

    [Property(MaxTest = 300)]
    public void Histograms_that_were_stored_apart_add_up_to_that_of_all_durations(NonNegativeInt[][] parts, bool longOnes)
    {
        var durations = parts.Select(part => part.Select(duration => longOnes ? (long)duration.Get << 31 : duration.Get).ToArray()).ToArray();
        var sum = new DurationHistogram();
        sum.Add(123_456_789);
        sum.Clear();
        foreach (var part in durations)
            sum.Add(Of(part).ToBytes());

        var all = Of([.. durations.SelectMany(part => part)]);
        Assert.Equal(all.Count, sum.Count);
        Assert.Equal(all.ToBytes(), sum.ToBytes());
        if (all.Count > 0)
        {
            Assert.Equal(all.Average, sum.Average);
            Assert.Equal(new[] { 1, 50, 99, 100 }.Select(all.Percentile), new[] { 1, 50, 99, 100 }.Select(sum.Percentile));
        }
    }

    [Fact]
    public void The_stored_form_stays_as_it_is()
    {
        Assert.Equal("0105b96000c3600502bb0701", Convert.ToHexStringLower(Of(5, 12_345, 5).ToBytes()));
        Assert.Empty(new DurationHistogram().ToBytes());
    }

    [Theory]
    [InlineData("02050500050501")]
    [InlineData("01")]
    [InlineData("01050580")]
    [InlineData("010505000580")]
    [InlineData("01050500058080800101")]
    public void What_is_no_histogram_of_this_build_is_refused(string form) =>
        Assert.Throws<FormatException>(() => new DurationHistogram().Add(Convert.FromHexString(form)));

    static DurationHistogram Of(params long[] durations)
    {
        var histogram = new DurationHistogram();
        foreach (var duration in durations)
            histogram.Add(duration);
        return histogram;
    }
}
