using Microsoft.Extensions.Hosting;

namespace Resonance.Engine.Definitions;

/// <summary>Refuses to start a process whose workflows are not sound.</summary>
sealed class WorkflowVerification(IEnumerable<IWorkflow> workflows) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        var problems = workflows.SelectMany(workflow => workflow.Verify()).ToArray();
        return problems.Length == 0 ? Task.CompletedTask : throw new WorkflowDefinitionException(problems);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

/// <summary>Workflows are not sound; see <see cref="Problems"/>.</summary>
public sealed class WorkflowDefinitionException(IReadOnlyList<string> problems)
    : Exception($"The workflows are not sound:{Environment.NewLine}- {string.Join($"{Environment.NewLine}- ", problems)}")
{
    /// <summary>What is wrong, each with what to change.</summary>
    public IReadOnlyList<string> Problems { get; } = problems;
}

/// <summary>Checks definitions in unit tests, by the same rules as the host does when it starts.</summary>
public static class WorkflowVerifier
{
    /// <exception cref="WorkflowDefinitionException">The workflow is not sound.</exception>
    public static void Verify(IWorkflow workflow)
    {
        var problems = workflow.Verify();
        if (problems.Count > 0)
            throw new WorkflowDefinitionException(problems);
    }
}
