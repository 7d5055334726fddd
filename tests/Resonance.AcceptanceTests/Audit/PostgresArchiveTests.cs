using Resonance.AcceptanceTests.Support;
using Resonance.Tests.Audit.Archive;

namespace Resonance.AcceptanceTests.Audit;

/// <summary>The suite of the archive on Postgres.</summary>
public sealed class PostgresArchiveTests(Servers servers) : ArchiveConformance(new PostgresAuditStores(servers));
