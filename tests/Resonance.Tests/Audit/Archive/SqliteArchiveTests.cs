namespace Resonance.Tests.Audit.Archive;

public sealed class SqliteArchiveTests() : ArchiveConformance(new SqliteAuditStores());
