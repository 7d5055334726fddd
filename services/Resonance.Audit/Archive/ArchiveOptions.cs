using System.ComponentModel.DataAnnotations;

namespace Resonance.Audit.Archive;

/// <summary>What leaves the journal, and where it goes; section <c>Audit</c> of the configuration.</summary>
public sealed class ArchiveOptions
{
    /// <summary>Section name.</summary>
    public const string Section = "Audit";

    /// <summary>How long after the end of an instance its journal stays in the database.</summary>
    /// <value>Null by default: for ever. 1 day to 100 years.</value>
    [Range(typeof(TimeSpan), "1.00:00:00", "36500.00:00:00")]
    public TimeSpan? RetainFor { get; set; }

    /// <summary>Folder of the archive files.</summary>
    /// <value><c>archive</c> by default; relative to the host's data directory.</value>
    [Required]
    public string ArchiveFolder { get; set; } = "archive";

    internal string PathIn(string dataDirectory) => Path.GetFullPath(ArchiveFolder, Path.GetFullPath(dataDirectory));
}
