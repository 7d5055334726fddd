using System.Text;

namespace Resonance.Audit.Checkpoints;

/// <summary>The file of the key that signs checkpoints. Whoever reads it can sign in the log's name.</summary>
static class KeyFile
{
    const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>Reads the key; the first to ask for it creates it.</summary>
    /// <exception cref="AuditKeyException">The file holds no key of that name, others can read it, or it cannot be read or written.</exception>
    public static NoteSigner Open(string path, string name)
    {
        try
        {
            if (!File.Exists(path))
                Create(path, name);
            return Read(path, name);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new AuditKeyException($"The key of the audit's checkpoints, {path}, cannot be used: {exception.Message}", exception);
        }
    }

    static NoteSigner Read(string path, string name)
    {
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & Others) is var open and not UnixFileMode.None)
        {
            throw new AuditKeyException(
                $"The key of the audit's checkpoints, {path}, is open to others ({open}). Whoever reads it can sign in this log's name. " +
                $"Close it with 'chmod 600 {path}'; if somebody may have read it, move it away so that a new one is made, and list the old " +
                "one's verifier key in Audit:VerifierKeys.");
        }

        if (!NoteSigner.TryParse(File.ReadAllText(path).Trim(), out var signer))
        {
            throw new AuditKeyException(
                $"{path} holds no key: it should be one line that begins with PRIVATE+KEY+. Restore it from your copy, or set Audit:KeyFile.");
        }

        return signer.Verifier.Name == name
            ? signer
            : throw new AuditKeyException(
                $"The key in {path} is that of '{signer.Verifier.Name}', but Audit:Origin is '{name}'. Set the one that belongs to the other.");
    }

    static void Create(string path, string name)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        Directory.CreateDirectory(folder);
        var temporary = Path.Combine(folder, $".{Path.GetFileName(path)}.{MassTransit.NewId.NextGuid():N}");
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
                options.UnixCreateMode = OwnerOnly;
            using (var file = new FileStream(temporary, options))
            {
                file.Write(Encoding.UTF8.GetBytes(NoteSigner.Generate(name).ToPrivateText() + "\n"));
                file.Flush(flushToDisk: true);
            }

            // Of two processes that start at once, the second finds the first one's key, whole.
            File.Move(temporary, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
        }
        finally
        {
            File.Delete(temporary);
        }
    }
}

/// <summary>The key that signs checkpoints cannot be used; the message says what to change.</summary>
public sealed class AuditKeyException : Exception
{
    internal AuditKeyException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
