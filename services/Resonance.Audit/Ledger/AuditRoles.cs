using Resonance.Engine.Storage.Postgres;

namespace Resonance.Audit.Ledger;

/// <summary>The roles of Postgres that meet in the schema <c>audit</c>.</summary>
/// <param name="Own">The audit's, which writes there; empty: the application works as the connecting user.</param>
/// <param name="Engine">The engine's, which may look; empty for none.</param>
sealed record AuditRoles(string Own, string Engine)
{
    const string Schema = "audit";

    const string SessionSettings =
        "-c statement_timeout=10min -c lock_timeout=10s -c idle_in_transaction_session_timeout=10min -c jit=off";

    // What was written once stands; the rest are sums of it, which are moved on.
    const string Lasting = "audit.step, audit.subtree, audit.finding, audit.checkpoint, audit.archived";
    const string Moving = "audit.ledger, audit.projection, audit.minute_figure, audit.state_count, audit.transition_figure";

    /// <summary>The schema as the audit's role works in it.</summary>
    public PostgresArea ToWriteArea() => new(Schema, ("audit.ledger", "UPDATE"), SessionSettings, Privileges);

    /// <summary>The schema as the engine's role looks at it.</summary>
    public PostgresArea ToReadArea() => new(Schema, ("audit.ledger", "SELECT"), SessionSettings, _ => "");

    string Privileges(string role) =>
        $"""
        GRANT USAGE ON SCHEMA audit TO {role};
        REVOKE ALL ON ALL TABLES IN SCHEMA audit FROM {role};
        GRANT SELECT ON ALL TABLES IN SCHEMA audit TO {role};
        GRANT INSERT ON {Lasting} TO {role};
        GRANT INSERT, UPDATE, DELETE ON {Moving} TO {role};
        {(Engine.Length == 0 ? "" : EnginePrivileges())}
        """;

    string EnginePrivileges() =>
        $"""
        DO $$
        BEGIN
            IF to_regrole('{Engine}') IS NOT NULL THEN
                REVOKE ALL ON ALL TABLES IN SCHEMA audit FROM {Engine};
                GRANT USAGE ON SCHEMA audit TO {Engine};
                GRANT SELECT ON ALL TABLES IN SCHEMA audit TO {Engine};
            END IF;
        END
        $$;
        """;
}
