using Resonance.Audit.Checkpoints;
using Resonance.Tests.Support;
using Xunit;

namespace Resonance.Tests.Audit.Checkpoints;

public sealed class KeyFileTests : IDisposable
{
    const string Origin = "resonance";

    readonly TemporaryFolder _folder = new();

    string KeyPath => Path.Combine(_folder.Path, "new", "audit.key");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_key_is_made_once_and_only_its_owner_can_read_it()
    {
        var made = KeyFile.Open(KeyPath, Origin);
        var read = KeyFile.Open(KeyPath, Origin);

        Assert.Equal(made.ToPrivateText(), read.ToPrivateText());
        Assert.Equal(made.ToPrivateText() + "\n", File.ReadAllText(KeyPath));
        Assert.Equal([KeyPath], Directory.GetFiles(Path.GetDirectoryName(KeyPath)!));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(KeyPath));
    }

    [Fact]
    public async Task Processes_that_start_at_once_agree_on_one_key()
    {
        var keys = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => KeyFile.Open(KeyPath, Origin).ToPrivateText())));

        Assert.Single(keys.Distinct());
    }

    [Fact]
    public void A_key_that_others_can_read_is_refused()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no file modes.");
            return;
        }

        KeyFile.Open(KeyPath, Origin);
        File.SetUnixFileMode(KeyPath, File.GetUnixFileMode(KeyPath) | UnixFileMode.GroupRead);

        var refused = Assert.Throws<AuditKeyException>(() => KeyFile.Open(KeyPath, Origin));

        Assert.Contains($"chmod 600 {KeyPath}", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_without_a_key_is_refused_and_left_as_it_is()
    {
        KeyFile.Open(KeyPath, Origin);
        File.WriteAllText(KeyPath, "nothing");

        var refused = Assert.Throws<AuditKeyException>(() => KeyFile.Open(KeyPath, Origin));

        Assert.Contains("PRIVATE+KEY+", refused.Message, StringComparison.Ordinal);
        Assert.Equal("nothing", File.ReadAllText(KeyPath));
    }

    [Fact]
    public void The_key_of_another_log_is_refused()
    {
        KeyFile.Open(KeyPath, Origin);

        var refused = Assert.Throws<AuditKeyException>(() => KeyFile.Open(KeyPath, "another"));

        Assert.Contains("Audit:Origin is 'another'", refused.Message, StringComparison.Ordinal);
    }
}
