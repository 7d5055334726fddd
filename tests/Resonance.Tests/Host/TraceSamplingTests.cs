using System.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using OpenTelemetry.Trace;
using Resonance.Host;
using Xunit;

namespace Resonance.Tests.Host;

public sealed class TraceSamplingTests
{
    static readonly ActivityContext Sampled = Parent(ActivityTraceFlags.Recorded);
    static readonly ActivityContext NotSampled = Parent(ActivityTraceFlags.None);

    [Theory]
    [InlineData(null, null, true, true, false)]
    [InlineData("parentbased_always_on", null, true, true, false)]
    [InlineData("parentbased_always_off", null, false, true, false)]
    [InlineData("parentbased_traceidratio", "0", false, true, false)]
    [InlineData("parentbased_traceidratio", "1", true, true, false)]
    [InlineData("parentbased_traceidratio", null, true, true, false)]
    [InlineData("always_on", null, true, true, true)]
    [InlineData("always_off", null, false, false, false)]
    [InlineData("traceidratio", "0.0", false, false, false)]
    public void The_sampler_is_the_one_that_the_environment_names(
        string? name, string? share, bool root, bool belowSampled, bool belowNotSampled)
    {
        var sampler = TraceSampling.FromSettings(Settings(name, share));

        Assert.Equal(root, Samples(sampler, default));
        Assert.Equal(belowSampled, Samples(sampler, Sampled));
        Assert.Equal(belowNotSampled, Samples(sampler, NotSampled));
    }

    [Theory]
    [InlineData("sometimes", null, "OTEL_TRACES_SAMPLER must be parentbased_always_on")]
    [InlineData("traceidratio", "10%", "OTEL_TRACES_SAMPLER_ARG must be a share from 0 to 1")]
    [InlineData("parentbased_traceidratio", "1.5", "OTEL_TRACES_SAMPLER_ARG must be a share from 0 to 1")]
    public void A_setting_that_means_nothing_is_refused(string name, string? share, string message)
    {
        var refusal = Assert.Throws<OptionsValidationException>(() => TraceSampling.FromSettings(Settings(name, share)));

        Assert.StartsWith(message, refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("outbox send", ActivityKind.Producer, false, false)]
    [InlineData("inventory process", ActivityKind.Consumer, false, false)]
    [InlineData("postgresql", ActivityKind.Client, true, false)]
    [InlineData("CONNECT resonance", ActivityKind.Client, false, false)]
    [InlineData("postgresql", ActivityKind.Client, false, true)]
    [InlineData("inventory send", ActivityKind.Producer, false, true)]
    [InlineData("inventory receive", ActivityKind.Consumer, true, true)]
    [InlineData("step order", ActivityKind.Internal, false, true)]
    [InlineData("Microsoft.AspNetCore.Hosting.HttpRequestIn", ActivityKind.Server, true, true)]
    public void Spans_that_would_only_be_in_the_way_are_not_made(string name, ActivityKind kind, bool isRoot, bool isMade) =>
        Assert.Equal(isMade, Samples(new QuietSampler(new AlwaysOnSampler()), isRoot ? default : Sampled, name, kind));

    [Fact]
    public void A_consumer_that_repeats_the_span_around_it_is_not_made()
    {
        using var source = new ActivitySource(nameof(TraceSamplingTests));
        using var listener = new ActivityListener
        {
            ShouldListenTo = candidate => candidate == source,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
        };
        ActivitySource.AddActivityListener(listener);
        using var around = source.StartActivity("step order");
        var sampler = new QuietSampler(new AlwaysOnSampler());

        Assert.False(Samples(sampler, Sampled, "step order", ActivityKind.Consumer));
        Assert.True(Samples(sampler, Sampled, "step payment", ActivityKind.Consumer));
    }

    static bool Samples(Sampler sampler, ActivityContext parent, string name = "step order", ActivityKind kind = ActivityKind.Internal)
    {
        var parameters = new SamplingParameters(parent, ActivityTraceId.CreateRandom(), name, kind, null, null);
        return sampler.ShouldSample(parameters).Decision == SamplingDecision.RecordAndSample;
    }

    static ActivityContext Parent(ActivityTraceFlags flags) =>
        new(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), flags, isRemote: true);

    static IConfiguration Settings(string? name, string? share) => new ConfigurationBuilder()
        .AddInMemoryCollection(new Dictionary<string, string?> { ["OTEL_TRACES_SAMPLER"] = name, ["OTEL_TRACES_SAMPLER_ARG"] = share })
        .Build();
}
