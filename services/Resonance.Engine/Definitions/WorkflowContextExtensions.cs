using MassTransit;
using Resonance.Engine.Steps;

namespace Resonance.Engine.Definitions;

/// <summary>What a workflow may ask of the step that it takes.</summary>
public static class WorkflowContextExtensions
{
    /// <summary>
    /// When the step is taken: UTC in whole microseconds, the same for everything in it, and the time of its journal row.
    /// </summary>
    public static DateTimeOffset Now<TInstance>(this BehaviorContext<TInstance> context) where TInstance : WorkflowInstance =>
        Step.Of(context).Now;
}
