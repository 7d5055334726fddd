using System.ComponentModel.DataAnnotations;

namespace Resonance.Engine.Storage.Postgres;

/// <summary>Where the Postgres store finds its database, and as whom it works there.</summary>
sealed record PostgresOptions
{
    /// <summary>An Npgsql connection string.</summary>
    /// <value>No default. What it says itself wins over what the store would choose: pool size, time-outs, <c>Options</c>.</value>
    [Required]
    public required string ConnectionString { get; init; }

    /// <summary>The role that the application works under once the schema is there: it can add to the journal and not change it.</summary>
    /// <value>
    /// Default <c>resonance_engine</c>; lower-case letters, digits and underscores, at most 63. The migration creates it when it may.
    /// Empty: the application works as the connecting user, and only the trigger guards the journal.
    /// </value>
    [RegularExpression("^([a-z_][a-z0-9_]{0,62})?$")]
    public string ApplicationRole { get; init; } = "resonance_engine";

    /// <summary>The schema, and what the role may do there.</summary>
    /// <value>Default the engine's own.</value>
    public PostgresArea Area { get; init; } = PostgresArea.Engine;
}
