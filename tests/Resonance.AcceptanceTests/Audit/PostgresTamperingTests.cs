using Resonance.AcceptanceTests.Support;
using Resonance.Tests.Audit.Verification;

namespace Resonance.AcceptanceTests.Audit;

/// <summary>The grid of tampering on Postgres.</summary>
public sealed class PostgresTamperingTests(Servers servers) : TamperingConformance(new PostgresAuditStores(servers));
