using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Resonance.Engine.Definitions;
using Resonance.Engine.Storage.Queries;
using Xunit;

namespace Resonance.Tests.Engine.Storage.Queries;

public sealed class StoreFiguresTests : IAsyncLifetime
{
    static readonly TimeSpan PutOff = TimeSpan.FromMinutes(1);

    readonly FakeTimeProvider _clock = new(StoredRows.Epoch + TimeSpan.FromHours(1));
    StoredRows _rows = null!;

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _rows = await StoredRows.CreateAsync(Cancel);

    public async ValueTask DisposeAsync() => await _rows.DisposeAsync();

    [Fact]
    public async Task What_is_due_is_counted_and_timers_that_run_are_not()
    {
        await _rows.AddMessageAsync(Guid(1), Cancel, dueAfter: 3600 - 90);
        await _rows.AddMessageAsync(Guid(2), Cancel, dueAfter: 3600 - 5);
        await _rows.AddMessageAsync(Guid(3), Cancel, timer: "ReserveInventory time-out", dueAfter: 3600 + 1);
        await _rows.AddMessageAsync(Guid(4), Cancel, timer: "Pending deadline", dueAfter: 36_000);

        var figures = await ReadAsync();

        Assert.Equal(2, figures.Due);
        Assert.Equal(TimeSpan.FromSeconds(90), figures.OldestAge);
        Assert.Equal(0, figures.SetAside);
    }

    [Fact]
    public async Task What_was_set_aside_is_counted_apart()
    {
        await _rows.AddMessageAsync(Guid(1), Cancel, dueAfter: 0, setAsideAfter: 10);

        var figures = await ReadAsync();

        Assert.Equal((0, TimeSpan.Zero, 1), (figures.Due, figures.OldestAge, figures.SetAside));
    }

    [Fact]
    public async Task Suspended_instances_are_counted_by_type()
    {
        await _rows.AddWorkflowAsync(Guid(1), Cancel, status: WorkflowStatus.Suspended);
        await _rows.AddWorkflowAsync(Guid(2), Cancel, status: WorkflowStatus.Suspended);
        await _rows.AddWorkflowAsync(Guid(3), Cancel, type: "order", status: WorkflowStatus.Suspended);
        await _rows.AddWorkflowAsync(Guid(4), Cancel, type: "order");

        var figures = await ReadAsync();

        Assert.Equal(new Dictionary<string, long> { ["payment"] = 2, ["order"] = 1 }, figures.Suspended);
    }

    static Guid Guid(byte number) => new(number, 0, 0, new byte[8]);

    async Task<Resonance.Engine.Telemetry.StoreFigures> ReadAsync()
    {
        await using var provider = new ServiceCollection()
            .AddSingleton<TimeProvider>(_clock)
            .AddSqliteQueries(_rows.Options)
            .BuildServiceProvider();
        return await provider.GetRequiredService<StoreFiguresReader>().ReadAsync(PutOff, Cancel);
    }
}
