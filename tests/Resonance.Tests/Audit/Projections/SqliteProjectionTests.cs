using FsCheck;
using FsCheck.Xunit;
using Resonance.Audit.Ledger;

namespace Resonance.Tests.Audit.Projections;

public sealed class SqliteProjectionTests : ProjectionConformance
{
    readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("resonance-figures-");

    [Property(MaxTest = 25)]
    public async Task Figures_of_any_history_are_those_of_a_recount(int seed, PositiveInt instances, PositiveInt group)
    {
        await ForgetAsync();
        await AssertRecountAsync(seed, instances.Get, group.Get);
    }

    private protected override async Task<AuditDatabase> CreateAsync()
    {
        var database = new AuditDatabase($"Data Source={Path.Combine(_folder.FullName, "audit.db")};Pooling=False");
        await database.MigrateAsync(Cancel);
        return database;
    }

    private protected override ValueTask RemoveAsync()
    {
        _folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }
}
