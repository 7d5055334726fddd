namespace Resonance.Engine.Storage.Postgres;

/// <summary>A schema of the database with the role that the application works under in it.</summary>
/// <param name="Schema">Name of the schema; the migration creates it.</param>
/// <param name="Proof">
/// A table, with its schema, and a privilege on it that the role has once the migration has run, e.g. <c>resonance.key_number</c> and
/// <c>UPDATE</c>.
/// </param>
/// <param name="SessionSettings">Settings of every session, as <c>-c name=value</c>.</param>
/// <param name="Privileges">The statements that give a role what it needs in the schema, and nothing else.</param>
sealed record PostgresArea(
    string Schema, (string Table, string Privilege) Proof, string SessionSettings, Func<string, string> Privileges)
{
    /// <summary>Where scripts that have run are noted.</summary>
    public const string VersionTable = "schema_version";

    /// <summary>
    /// The engine's. Postgres never gives up by itself; a stopped process would hold its locks for ever. The planner settings belong
    /// together: the store's statements are written for one plan each, by index, and that plan must not turn into a table scan because the
    /// outbox was empty when it was made. A scan that cannot be avoided then looks so dear that it would be compiled, hence no JIT.
    /// </summary>
    public static PostgresArea Engine { get; } = new(
        "resonance",
        ("resonance.key_number", "UPDATE"),
        "-c statement_timeout=30s -c lock_timeout=10s -c idle_in_transaction_session_timeout=30s " +
        "-c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c jit=off",
        EnginePrivileges);

    /// <summary>
    /// What the engine's statements need and nothing else, said anew each time. Tables that scripts of workers add later are theirs to
    /// change as they like.
    /// </summary>
    static string EnginePrivileges(string role) =>
        $"""
        GRANT USAGE ON SCHEMA resonance TO {role};
        REVOKE ALL ON resonance.journal, resonance.workflow, resonance.outbox, resonance.key_number, resonance.{VersionTable},
            resonance.rule_version, resonance.rule_what_if, resonance.bulk_action, resonance.document, resonance.schedule, resonance.schedule_firing,
            resonance.schedule_change, resonance.api_key, resonance.idempotency, resonance.work_queue, resonance.work_queue_change,
            resonance.work_item, resonance.work_freed, resonance.work_deduplication, resonance.work_queue_event FROM {role};
        GRANT SELECT, INSERT ON resonance.journal, resonance.rule_version, resonance.rule_what_if, resonance.document,
            resonance.schedule_change, resonance.work_queue_change TO {role};
        GRANT SELECT, INSERT, UPDATE ON resonance.workflow, resonance.key_number, resonance.bulk_action, resonance.api_key,
            resonance.work_queue TO {role};
        GRANT SELECT, INSERT, UPDATE, DELETE ON resonance.outbox, resonance.schedule, resonance.schedule_firing,
            resonance.idempotency, resonance.work_item, resonance.work_freed, resonance.work_deduplication,
            resonance.work_queue_event TO {role};
        GRANT USAGE ON SEQUENCE resonance.work_item_sequence TO {role};
        GRANT SELECT ON resonance.{VersionTable} TO {role};
        ALTER DEFAULT PRIVILEGES IN SCHEMA resonance GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {role};
        ALTER DEFAULT PRIVILEGES IN SCHEMA resonance GRANT USAGE, SELECT ON SEQUENCES TO {role};
        """;
}
