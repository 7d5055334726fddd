using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Resonance.Audit.Archive;
using Resonance.Audit.Checkpoints;
using Resonance.Audit.Ledger;
using Resonance.Audit.Projections;
using Resonance.Audit.Trail;
using Resonance.Audit.Witness;
using Resonance.Engine.Delivery;
using Resonance.Engine.Storage;
using Resonance.Engine.Storage.Queries;

namespace Resonance.Audit;

/// <summary>The door to the audit.</summary>
public static class ResonanceAuditExtensions
{
    /// <summary>
    /// Makes the ledger readable in this process. A store of the engine has to be added as well; its schema source brings the ledger's
    /// schema up with it.
    /// </summary>
    /// <param name="services">The process' services.</param>
    /// <param name="options">How the audit works.</param>
    /// <param name="database">Where the ledger is.</param>
    public static IServiceCollection AddResonanceAudit(
        this IServiceCollection services, AuditOptions options, Func<ILoggerFactory, AuditDatabase> database)
    {
        services.AddSingleton(options);
        services.AddSingleton(provider => database(provider.GetRequiredService<ILoggerFactory>()));
        services.AddSingleton(provider =>
        {
            var audit = provider.GetRequiredService<AuditDatabase>();
            return new SchemaSource((_, cancellationToken) => audit.MigrateAsync(cancellationToken));
        });
        services.AddSingleton(new KnownQueue(StepsWitness.EndpointName));
        services.AddSingleton<FindingStore>();
        services.AddSingleton(provider => new Findings(provider.GetRequiredService<FindingStore>()));
        services.AddSingleton<StepProjections>();
        services.AddSingleton(provider => new LedgerStore(
            provider.GetRequiredService<AuditDatabase>(), provider.GetRequiredService<StepProjections>(),
            provider.GetRequiredService<FindingStore>(), provider.GetRequiredService<TimeProvider>()));
        return services.AddLedgerProofs().AddTrail().AddArchive();
    }

    /// <summary>What is read off the ledger: figures, the trail, and the steps as they come.</summary>
    static IServiceCollection AddTrail(this IServiceCollection services)
    {
        services.AddSingleton(provider => new ProjectedFigures(provider.GetRequiredService<AuditDatabase>()));
        services.AddSingleton(provider => new ProjectedMachines(provider.GetRequiredService<AuditDatabase>()));
        services.AddSingleton<ProjectionRebuild>();
        services.AddSingleton(provider => new AuditTrailReader(
            provider.GetRequiredService<AuditDatabase>(), provider.GetRequiredService<JournalScan>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider =>
        {
            var follower = new LedgerFollower(
                provider.GetRequiredService<AuditTrailReader>(), provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<LedgerFollower>>());
            provider.GetRequiredService<LedgerStore>().Appended += _ => follower.Look();
            return follower;
        });
        return services;
    }

    /// <summary>What moves old journals to files.</summary>
    static IServiceCollection AddArchive(this IServiceCollection services)
    {
        services.TryAddSingleton(new ArchiveOptions());
        services.AddSingleton(provider => new ArchiveVerifier(CheckpointKeys.ForVerifying(provider.GetRequiredService<CheckpointOptions>())));
        return services.AddSingleton(provider => new Archiver(
            provider.GetRequiredService<IWorkflowStore>(), provider.GetRequiredService<JournalScan>(), provider.GetRequiredService<AuditDatabase>(),
            provider.GetRequiredService<LedgerProofs>(), provider.GetRequiredService<ArchiveOptions>(),
            provider.GetRequiredService<CheckpointOptions>(), provider.GetRequiredService<TimeProvider>()));
    }

    /// <summary>Witnesses in this process: serves the queue <c>saga-audit</c> and compares the ledger with the journal.</summary>
    public static void AddResonanceWitness(this IBusRegistrationConfigurator bus)
    {
        bus.AddConsumer<StepsWitness, StepsWitnessDefinition>();
        bus.AddSingleton<JournalComparison>();
        bus.AddHostedService<CatchUp>();
        bus.AddCheckpointer();
        bus.AddHostedService<Retention>();
    }
}
