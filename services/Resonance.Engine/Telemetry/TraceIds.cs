using System.Diagnostics;

namespace Resonance.Engine.Telemetry;

/// <summary>Makes the trace ids run through every message, whether anybody collects spans, and whether this trace is sampled, or not.</summary>
/// <remarks>
/// Without it a trace that is not sampled would break up at the first message: MassTransit hands on the id of the span that it makes, and
/// a sampler that says no has it make none. A workflow could then not tell its trace, and every part would be sampled anew.
/// </remarks>
static class TraceIds
{
    public static ActivityListener Listen()
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is ResonanceTelemetry.Name or "MassTransit" or "Microsoft.AspNetCore",
            Sample = (ref ActivityCreationOptions<ActivityContext> options) =>
                IsNeeded(options) ? ActivitySamplingResult.PropagationData : ActivitySamplingResult.None,
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }

    /// <summary>Of our own spans only those that enter another trace: the others stand in one whose id is handed on without them.</summary>
    static bool IsNeeded(in ActivityCreationOptions<ActivityContext> options) =>
        (options.Source.Name != ResonanceTelemetry.Name || options.Parent.IsRemote)
        && !SpanNoise.Is(options.Name, options.Kind, isRoot: options.Parent.TraceId == default);

    /// <summary>A trace parent for what shall be in no trace: nothing under it is sampled.</summary>
    public static string Untraced() =>
        $"00-{ActivityTraceId.CreateRandom().ToHexString()}-{ActivitySpanId.CreateRandom().ToHexString()}-00";
}
