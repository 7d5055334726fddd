using NewId = MassTransit.NewId;

namespace Resonance.AcceptanceTests.Support;

/// <summary>An empty directory for one test, for example a host's <c>Resonance:DataDirectory</c>.</summary>
sealed class TestDirectory : IDisposable
{
    public string Path { get; } =
        Directory.CreateDirectory(System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"resonance-{NewId.NextGuid():n}")).FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
