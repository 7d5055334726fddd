using Resonance.Engine.Storage;

namespace Resonance.Engine.Steps;

/// <summary>Tells what this process has committed, as it happens. Listeners must be quick and must not throw.</summary>
public sealed class CommittedSteps
{
    /// <summary>Raised after each commit, on the way of the message.</summary>
    public event Action<StepCommit>? Committed;

    internal void Publish(StepCommit step) => Committed?.Invoke(step);
}
