namespace Resonance.Tests.Audit.Verification;

/// <summary>The grid of tampering on SQLite.</summary>
public sealed class SqliteTamperingTests() : TamperingConformance(new SqliteAuditStores());
