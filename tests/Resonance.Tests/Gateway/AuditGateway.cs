using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Resonance.Audit;
using Resonance.Audit.Checkpoints;
using Resonance.Audit.Ledger;
using Resonance.Contracts.Audit;
using Resonance.Engine.Delivery;
using Resonance.Engine.Storage;
using Resonance.Tests.Audit;

namespace Resonance.Tests.Gateway;

/// <summary>The gateway over a ledger and a journal that the test fills, on a clock that it moves.</summary>
public abstract class AuditGateway : GatewayFixture
{
    private protected FakeTimeProvider Now { get; } = new(StepHistories.Epoch);

    private protected ScriptedQueues Queues { get; } = new();

    protected override TimeProvider Clock => Now;

    private protected override void AddServices(IServiceCollection services)
    {
        var path = Rows.Options.ConnectionString.Replace("rows.db", "audit.db", StringComparison.Ordinal);
        services.AddResonanceAudit(new AuditOptions(), loggers => AuditDatabase.OnSqlite(path, loggers));
        services.AddSingleton(new CheckpointOptions { DataDirectory = Path.GetDirectoryName(path["Data Source=".Length..])! });
        services.AddSingleton(new DeliveryOptions());
        services.AddSingleton<QueueWatch>(Queues);
    }

    /// <summary>Has an engine take steps, and the audit witness them.</summary>
    private protected async Task<IReadOnlyList<CommittedStep>> WitnessAsync(params CommittedStep[] history)
    {
        await Services.GetRequiredService<AuditDatabase>().MigrateAsync(Cancel);
        await using var engine = new ServiceCollection().AddSqliteStore(Rows.Options).AddLogging().AddSingleton<TimeProvider>(Now).BuildServiceProvider();
        var steps = await StoredSteps.CommitAsync(engine.GetRequiredService<IWorkflowStore>(), history, Cancel);
        await Services.GetRequiredService<LedgerStore>().AppendAsync(steps, StepSource.Message, Cancel);
        return steps;
    }

    /// <summary>Queues of a broker that answers as it is told.</summary>
    internal sealed class ScriptedQueues : QueueWatch
    {
        /// <summary>How many messages wait in each; null when the broker does not tell.</summary>
        public Dictionary<string, long?> Messages { get; } = [];

        public Exception? Fails { get; set; }

        public bool Hangs { get; set; }

        public int Looks { get; private set; }

        public override async Task<QueueState?> LookAsync(string queue, CancellationToken cancellationToken)
        {
            Looks++;
            if (Hangs)
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            if (Fails is not null)
                throw Fails;
            return Messages.TryGetValue(queue, out var messages) ? new QueueState(1, messages) : null;
        }
    }
}
