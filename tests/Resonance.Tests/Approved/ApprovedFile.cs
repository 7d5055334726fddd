using System.Runtime.CompilerServices;
using Xunit;

namespace Resonance.Tests.Approved;

/// <summary>Compares what an outsider sees with what was approved: the file of that name in this folder.</summary>
static class ApprovedFile
{
    /// <remarks>
    /// On a difference the answer is written beside the approved file, as <c>name.received.extension</c>; moving it over approves it.
    /// </remarks>
    public static async Task AssertAsync(string name, string actual, CancellationToken cancellationToken)
    {
        var approvedPath = Path.Combine(Folder(), name);
        var receivedPath = Path.ChangeExtension(approvedPath, ".received" + Path.GetExtension(name));
        var text = actual.ReplaceLineEndings("\n").TrimEnd() + "\n";
        var approved = File.Exists(approvedPath) ? await File.ReadAllTextAsync(approvedPath, cancellationToken) : "";
        if (approved == text)
        {
            File.Delete(receivedPath);
            return;
        }

        await File.WriteAllTextAsync(receivedPath, text, cancellationToken);
        Assert.Fail($"{name} is not what was approved. Compare it with {receivedPath}; move that file over it to approve.");
    }

    static string Folder([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
