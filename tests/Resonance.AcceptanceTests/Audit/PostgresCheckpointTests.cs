using Resonance.AcceptanceTests.Support;
using Resonance.Tests.Audit.Checkpoints;

namespace Resonance.AcceptanceTests.Audit;

/// <summary>The suite of the checkpoints on Postgres.</summary>
public sealed class PostgresCheckpointTests(Servers servers) : CheckpointConformance(new PostgresAuditStores(servers));
