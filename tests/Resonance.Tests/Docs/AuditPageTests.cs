using System.Reflection;
using Resonance.Audit.Checkpoints;
using Resonance.Audit.Ledger;
using Resonance.Tests.House;
using Xunit;

namespace Resonance.Tests.Docs;

/// <summary>docs/audit.md names every finding and every setting that there is.</summary>
public sealed class AuditPageTests
{
    static readonly string Page = File.ReadAllText(Path.Combine(SourceTree.FindRoot(AppContext.BaseDirectory), "docs", "audit.md"));

    [Fact]
    public void Every_kind_of_finding_is_explained()
    {
        var kinds = typeof(FindingKind).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (string)field.GetRawConstantValue()!);

        Assert.All(kinds, kind => Assert.Contains($"`{kind}`", Page, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_setting_of_the_checkpoints_is_listed()
    {
        var settings = typeof(CheckpointOptions).GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.Name != nameof(CheckpointOptions.DataDirectory))
            .Select(property => property.Name).ToArray();

        Assert.Equal(5, settings.Length);
        Assert.All(settings, setting => Assert.Contains($"`Audit:{setting}", Page, StringComparison.Ordinal));
    }
}
