using System.ComponentModel.DataAnnotations;

namespace Resonance.Audit.Checkpoints;

/// <summary>How the ledger is signed; section <c>Audit</c> of the configuration.</summary>
public sealed class CheckpointOptions : IValidatableObject
{
    /// <summary>Section name.</summary>
    public const string Section = "Audit";

    /// <summary>Folder that the paths below are relative to: the host's data directory.</summary>
    public string DataDirectory { get; internal set; } = ".";

    /// <summary>Names the log in its checkpoints and in its key: no blanks and no plus sign. Each installation should have its own.</summary>
    /// <value><c>resonance</c> by default; up to 100 letters, e.g. <c>example.com/workflows</c>.</value>
    [Required, StringLength(100)]
    public string Origin { get; set; } = "resonance";

    /// <summary>File of the private key that signs; it is made at the first start, for its owner alone to read.</summary>
    /// <value><c>audit.key</c> by default.</value>
    [Required]
    public string KeyFile { get; set; } = "audit.key";

    /// <summary>How often a checkpoint is signed when the ledger has grown.</summary>
    /// <value>10 s by default; 1 s to 1 h.</value>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan CheckpointInterval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Folder that checkpoints are written to, to be shipped elsewhere.</summary>
    /// <value><c>checkpoints</c> by default.</value>
    [Required]
    public string ExportFolder { get; set; } = "checkpoints";

    /// <summary>
    /// Keys whose checkpoints are accepted beside those of the key in <see cref="KeyFile"/>: former keys, and on a machine that verifies
    /// and does not sign, the keys of those that do. Each is written <c>name+hash+base64</c>.
    /// </summary>
    public IList<string> VerifierKeys { get; } = [];

    internal string KeyPath => Path.GetFullPath(KeyFile, Path.GetFullPath(DataDirectory));

    internal string ExportPath => Path.GetFullPath(ExportFolder, Path.GetFullPath(DataDirectory));

    /// <summary>The keys of <see cref="VerifierKeys"/>, read.</summary>
    internal IReadOnlyList<NoteVerifier> AcceptedKeys => [.. VerifierKeys.Select(text =>
        NoteVerifier.TryParse(text, out var key) ? key : throw new FormatException($"'{text}' is no verifier key."))];

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!NoteVerifier.IsName(Origin))
            yield return new ValidationResult("must have neither blanks nor plus signs, e.g. 'example.com/workflows'.", [nameof(Origin)]);
        foreach (var key in VerifierKeys.Where(key => !NoteVerifier.TryParse(key, out _)))
        {
            yield return new ValidationResult(
                $"'{key}' is no verifier key; one looks like resonance+1f2e3d4c+AbC...= and is what GET /api/audit/key answers.",
                [nameof(VerifierKeys)]);
        }
    }
}
