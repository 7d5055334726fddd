using System.Diagnostics;

namespace Resonance.Engine.Telemetry;

/// <summary>
/// Spans that are never made, so that a trace stays readable: those that repeat the one that they stand in, and statements that belong to
/// nobody's step. What they would have caused hangs below the span around them.
/// </summary>
static class SpanNoise
{
    /// <param name="name">The span's name as its library gives it.</param>
    /// <param name="kind">Its kind.</param>
    /// <param name="isRoot">Whether it would begin a trace.</param>
    public static bool Is(string name, ActivityKind kind, bool isRoot) => kind switch
    {
        // A dispatcher that looks for what is due, a group of steps that commits, rows of the outbox that go; a pool that grows.
        ActivityKind.Client => isRoot || name.StartsWith("CONNECT ", StringComparison.Ordinal),

        // MassTransit puts a message aside in a step before the step sends it.
        ActivityKind.Producer => name == "outbox send",

        // MassTransit's consumer inside its receiver, and its state machine inside the step, say nothing that those do not say.
        ActivityKind.Consumer => name.EndsWith(" process", StringComparison.Ordinal) || Activity.Current?.OperationName == name,
        _ => false,
    };
}
