using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Resonance.Audit.Archive;
using Resonance.Audit.Ledger;
using Resonance.Audit.Verification;
using Resonance.Engine.Storage.Queries;

namespace Resonance.Audit.Checkpoints;

/// <summary>Registers what reads and what signs checkpoints.</summary>
static class CheckpointRegistration
{
    /// <summary>
    /// For every process: proofs and checkpoints can be read, and everything be verified. <see cref="CheckpointOptions"/> are the host's to
    /// add.
    /// </summary>
    public static IServiceCollection AddLedgerProofs(this IServiceCollection services)
    {
        services.AddSingleton<CheckpointExport>();
        services.AddSingleton(provider => CheckpointKeys.ForVerifying(provider.GetRequiredService<CheckpointOptions>()));
        services.AddSingleton(provider => new LedgerVerifier(
            provider.GetRequiredService<AuditDatabase>(), provider.GetRequiredService<JournalScan>(), provider.GetRequiredService<CheckpointExport>(),
            provider.GetRequiredService<CheckpointKeys>(),
            provider.GetRequiredService<ArchiveOptions>().PathIn(provider.GetRequiredService<CheckpointOptions>().DataDirectory),
            provider.GetRequiredService<TimeProvider>()));
        return services.AddSingleton(provider => new LedgerProofs(provider.GetRequiredService<AuditDatabase>()));
    }

    /// <summary>For a process that witnesses: it signs as well.</summary>
    public static void AddCheckpointer(this IServiceCollection services)
    {
        services.AddSingleton<CheckpointHealth>();
        services.AddSingleton<Checkpointer>();
        services.AddHostedService(provider => provider.GetRequiredService<Checkpointer>());
        services.AddHealthChecks().Add(new HealthCheckRegistration(
            "audit", provider => provider.GetRequiredService<CheckpointHealth>(), HealthStatus.Degraded, ["ready"]));
    }
}
