using System.Data.Common;
using Microsoft.Extensions.DependencyInjection;
using Resonance.Audit.Trail;
using Xunit;

namespace Resonance.Tests.Audit.Trail;

public sealed class SqliteFollowerTests : FollowerConformance
{
    readonly SqliteAudit _databases = new();

    [Fact]
    public async Task A_ledger_that_cannot_be_read_is_told_to_who_wants_to_listen_and_the_next_one_begins_anew()
    {
        await ExecuteAsync("ALTER TABLE step RENAME TO step_away");
        await Assert.ThrowsAnyAsync<DbException>(() => Follower.ListenAsync(new TrailFilter(), null, Cancel));

        await ExecuteAsync("ALTER TABLE step_away RENAME TO step");
        await using var listener = await Follower.ListenAsync(new TrailFilter(), null, Cancel);
        Assert.Equal(-1, listener.Position);
    }

    protected override Task AddStoresAsync(IServiceCollection services)
    {
        _databases.AddTo(services);
        return Task.CompletedTask;
    }

    protected override ValueTask RemoveStoresAsync()
    {
        _databases.Dispose();
        return ValueTask.CompletedTask;
    }
}
