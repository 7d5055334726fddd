using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Resonance.Audit.Archive;

/// <summary>A file of JSON lines, compressed with gzip: a head, then an instance a line.</summary>
static class ArchiveFile
{
    /// <summary>How the files end.</summary>
    public const string Extension = ".jsonl.gz";

    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>Writes a file whole or not at all: under a temporary name, to the disk, then renamed.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static async Task WriteAsync(
        string path, ArchiveHead head, IReadOnlyList<ArchivedInstance> instances, CancellationToken cancellationToken)
    {
        var unfinished = path + ".unfinished";
        await using (var file = new FileStream(unfinished, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            await using (var compressed = new GZipStream(file, CompressionLevel.Optimal, leaveOpen: true))
            {
                await WriteLineAsync(compressed, head, cancellationToken);
                foreach (var instance in instances)
                    await WriteLineAsync(compressed, instance, cancellationToken);
            }

            file.Flush(flushToDisk: true);
        }

        File.Move(unfinished, path);
    }

    /// <summary>Reads a file, an instance at a time.</summary>
    /// <exception cref="InvalidDataException">It is no archive, or it is damaged.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static async IAsyncEnumerable<ArchivedInstance> ReadAsync(
        string path, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var file = File.OpenRead(path);
        await using var plain = new GZipStream(file, CompressionMode.Decompress);
        using var lines = new StreamReader(plain);
        if (Parse<ArchiveHead>(path, await lines.ReadLineAsync(cancellationToken)).Archive != ArchiveHead.Format)
            throw new InvalidDataException($"{path} is no archive of the form {ArchiveHead.Format}.");

        while (await lines.ReadLineAsync(cancellationToken) is { } line)
            yield return Parse<ArchivedInstance>(path, line);
    }

    static async Task WriteLineAsync<T>(Stream stream, T line, CancellationToken cancellationToken)
    {
        await JsonSerializer.SerializeAsync(stream, line, Json, cancellationToken);
        stream.WriteByte((byte)'\n');
    }

    static T Parse<T>(string path, string? line)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(line ?? "", Json) ?? throw new JsonException("It is null.");
        }
        catch (JsonException malformed)
        {
            throw new InvalidDataException($"{path} has a line that is not one of an archive: {malformed.Message}", malformed);
        }
    }
}
