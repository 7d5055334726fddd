using System.ComponentModel.DataAnnotations;

namespace Resonance.Engine.Storage.Sqlite;

/// <summary>Where the SQLite store keeps its file.</summary>
sealed record SqliteOptions
{
    /// <summary>
    /// A Microsoft.Data.Sqlite connection string, e.g. <c>Data Source=/var/lib/resonance/resonance.db</c>; its folder is created when it
    /// is missing. <c>Data Source=:memory:</c> keeps everything in the process, for tests.
    /// </summary>
    /// <value>No default.</value>
    [Required]
    public required string ConnectionString { get; init; }
}
