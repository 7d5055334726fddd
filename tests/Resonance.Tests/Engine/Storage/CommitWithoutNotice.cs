using Resonance.Engine.Storage;

namespace Resonance.Tests.Engine.Storage;

/// <summary>For tests in which nobody is told of the steps.</summary>
static class CommitWithoutNotice
{
    public static async Task<IReadOnlyList<StepResult>> CommitAsync(
        this IWorkflowStore store, IReadOnlyList<StepCommit> steps, TimeSpan lease, CancellationToken cancellationToken) =>
        (await store.CommitAsync(new StepGroup(steps), lease, cancellationToken)).Steps;
}
