namespace Resonance.Tests.Audit.Checkpoints;

/// <summary>The suite of the checkpoints on SQLite.</summary>
public sealed class SqliteCheckpointTests() : CheckpointConformance(new SqliteAuditStores());
