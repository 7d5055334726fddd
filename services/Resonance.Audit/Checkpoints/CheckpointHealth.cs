using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Resonance.Audit.Checkpoints;

/// <summary>Whether checkpoints are signed and exported, and if not, why.</summary>
sealed class CheckpointHealth : IHealthCheck
{
    volatile string? _trouble;

    /// <summary>Null when all is well.</summary>
    public string? Trouble
    {
        get => _trouble;
        set => _trouble = value;
    }

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(Trouble is { } trouble
            ? new HealthCheckResult(context.Registration.FailureStatus, trouble)
            : HealthCheckResult.Healthy("The ledger is signed."));
}
