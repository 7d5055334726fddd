using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Resonance.Engine.Storage;
using Resonance.Gateway.Access;
using Xunit;

namespace Resonance.Tests.Gateway.Access;

/// <summary>What keys are kept in does as the other stores do.</summary>
public abstract class KeyConformance : IAsyncLifetime
{
    ServiceProvider _services = null!;

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    FakeTimeProvider Now { get; } = new(new DateTimeOffset(2026, 1, 31, 9, 15, 43, TimeSpan.Zero));

    ApiKeys Keys => new(_services.GetRequiredService<IDatabase>(), Now);

    protected abstract Task AddStoreAsync(IServiceCollection services);

    protected abstract ValueTask RemoveStoreAsync();

    public async ValueTask InitializeAsync()
    {
        var services = new ServiceCollection();
        services.AddLogging();
        await AddStoreAsync(services);
        _services = services.BuildServiceProvider();
        await _services.GetRequiredService<IWorkflowStore>().MigrateAsync(Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await _services.DisposeAsync();
        await RemoveStoreAsync();
    }

    [Fact]
    public async Task A_key_is_kept_as_it_was_made()
    {
        var made = (await Keys.AddAsync("ci", Role.Operator, TimeSpan.FromDays(1), "ann", Cancel))!.Value.Key;

        Assert.Equal([made], await Keys.ListAsync(Cancel));
        Assert.Equal([made], await Keys.LiveAsync(Cancel));
    }

    [Fact]
    public async Task Keys_that_expired_or_were_revoked_are_listed_and_do_not_live()
    {
        var shortLived = (await Keys.AddAsync("short", Role.Viewer, TimeSpan.FromDays(1), "ann", Cancel))!.Value.Key;
        Now.Advance(TimeSpan.FromHours(1));
        var revoked = (await Keys.AddAsync("revoked", Role.Viewer, null, "ann", Cancel))!.Value.Key;
        Now.Advance(TimeSpan.FromHours(1));
        var living = (await Keys.AddAsync("living", Role.Viewer, null, "ann", Cancel))!.Value.Key;

        Assert.True(await Keys.RevokeAsync(revoked.Id, Cancel));
        var when = Now.GetUtcNow();
        Now.Advance(TimeSpan.FromDays(1));
        Assert.True(await Keys.RevokeAsync(revoked.Id, Cancel));
        Assert.False(await Keys.RevokeAsync("nothing", Cancel));

        Assert.Equal([living, revoked with { RevokedAt = when }, shortLived], await Keys.ListAsync(Cancel));
        Assert.Equal([living], await Keys.LiveAsync(Cancel));
    }

    [Fact]
    public async Task Of_two_that_want_a_name_at_once_one_gets_it()
    {
        var made = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Keys.AddAsync("ci", Role.Viewer, null, "ann", Cancel)));

        Assert.Single(made, key => key is not null);
        Assert.Single(await Keys.ListAsync(Cancel));
    }
}
