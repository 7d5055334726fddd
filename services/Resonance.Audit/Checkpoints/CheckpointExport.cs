using System.Globalization;
using System.Text;

namespace Resonance.Audit.Checkpoints;

/// <summary>
/// The folder that checkpoints are written to, outside the database: what a database that is set back does not set back with it. A file
/// is whole or not there.
/// </summary>
sealed class CheckpointExport(CheckpointOptions options)
{
    public const string LatestName = "latest.checkpoint";

    const string Ending = ".checkpoint";

    /// <summary>A signed note is a few lines; a larger file is none.</summary>
    const long NoteLengthMax = 1_000_000;

    public string Folder { get; } = options.ExportPath;

    /// <summary>The checkpoint of this log with the largest size among all files; null when there is none that can be read.</summary>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    public ExportedCheckpoint? FindLargest() =>
        FilesOf(Folder).Select(Read).OfType<ExportedCheckpoint>().Where(IsOfThisLog).MaxBy(exported => exported.Checkpoint.Size);

    /// <summary>The checkpoint in <see cref="LatestName"/>; null when there is none of this log.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public ExportedCheckpoint? FindLatest() => Read(Path.Combine(Folder, LatestName)) is { } latest && IsOfThisLog(latest) ? latest : null;

    /// <summary>Writes a checkpoint under its own name and as the latest.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Write(SignedCheckpoint checkpoint)
    {
        Directory.CreateDirectory(Folder);
        Write(NameOf(checkpoint.Size), checkpoint.Note);
        Write(LatestName, checkpoint.Note);
    }

    /// <summary>The files that are named as checkpoints in a folder; none when there is no such folder.</summary>
    public static IEnumerable<string> FilesOf(string folder) =>
        Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*" + Ending) : [];

    /// <summary>Reads a file; null when it holds no checkpoint.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static ExportedCheckpoint? Read(string path)
    {
        var file = new FileInfo(path);
        return file.Exists && file.Length <= NoteLengthMax
            && File.ReadAllText(path) is var text
            && SignedNote.TryParse(text, out var note) && Checkpoint.TryParse(note.Text, out var checkpoint)
            ? new ExportedCheckpoint(path, text, checkpoint)
            : null;
    }

    bool IsOfThisLog(ExportedCheckpoint exported) => exported.Checkpoint.Origin == options.Origin;

    string NameOf(long size) => string.Create(CultureInfo.InvariantCulture, $"{FileSafe(options.Origin)}-{size:D20}{Ending}");

    /// <summary>An origin may be an address, and a file's name may not.</summary>
    static string FileSafe(string origin) =>
        string.Concat(origin.Select(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '-' ? letter : '_'));

    void Write(string name, string note)
    {
        var temporary = Path.Combine(Folder, $".{name}.{MassTransit.NewId.NextGuid():N}");
        try
        {
            using (var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write))
            {
                file.Write(Encoding.UTF8.GetBytes(note));
                file.Flush(flushToDisk: true);
            }

            File.Move(temporary, Path.Combine(Folder, name), overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }
}

/// <summary>A checkpoint that stands in a file.</summary>
/// <param name="Path">The file.</param>
/// <param name="Text">The signed note, not checked.</param>
/// <param name="Checkpoint">What the note says.</param>
sealed record ExportedCheckpoint(string Path, string Text, Checkpoint Checkpoint);
