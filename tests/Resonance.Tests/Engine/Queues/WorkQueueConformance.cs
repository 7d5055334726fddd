using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Resonance.Engine.Queues;
using Resonance.Engine.Storage;
using Xunit;

namespace Resonance.Tests.Engine.Queues;

/// <summary>What work queues do, on a clock that the test moves: the same for every store; a class a store derives from it.</summary>
public abstract partial class WorkQueueConformance : IAsyncLifetime
{
    const string Queue = "parcels";

    static readonly QueueAuthor Ann = new("ann", "the board decided");

    readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 3, 4, 9, 15, 0, TimeSpan.Zero));
    ServiceProvider _services = null!;

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    IWorkQueueStore Store => _services.GetRequiredService<IWorkQueueStore>();

    /// <summary>Adds the store, which is empty.</summary>
    protected abstract Task AddStoreAsync(IServiceCollection services);

    protected abstract ValueTask RemoveStoreAsync();

    public async ValueTask InitializeAsync()
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<TimeProvider>(_clock);
        await AddStoreAsync(services);
        services.AddWorkQueues();
        _services = services.BuildServiceProvider();
        await _services.GetRequiredService<IWorkflowStore>().MigrateAsync(Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await _services.DisposeAsync();
        await RemoveStoreAsync();
    }

    static WorkItem Item(string name, string? group = null, int priority = 0, TimeSpan delay = default, string? key = null, string? once = null) => new()
    {
        Id = IdOf(name),
        Body = Encoding.UTF8.GetBytes(name),
        GroupId = group,
        Priority = priority,
        Delay = delay,
        LimitKey = key,
        DeduplicationId = once,
    };

    static Guid IdOf(string name)
    {
        var bytes = new byte[16];
        Encoding.UTF8.GetBytes(name).CopyTo(bytes, 0);
        return new Guid(bytes);
    }

    static string NameOf(ReceivedItem item) => Encoding.UTF8.GetString(item.Body.Span);

    Task<IReadOnlyList<SendResult>> SendAsync(params WorkItem[] items) => Store.SendAsync(Queue, items, Cancel);

    async Task<IReadOnlyList<ReceivedItem>> TakeAsync(int most = 10, TimeSpan? visibility = null) =>
        await Store.ReceiveAsync(Queue, most, visibility, Cancel);

    async Task<string[]> ReceiveAsync(int most = 10, TimeSpan? visibility = null) =>
        [.. (await TakeAsync(most, visibility)).Select(NameOf)];

    async Task<ReceiptOutcome> DeleteAsync(ReceivedItem item) => (await Store.DeleteAsync(Queue, [item.Receipt], Cancel))[0];

    async Task<ReceiptOutcome> MakeVisibleInAsync(ReceivedItem item, TimeSpan time) =>
        (await Store.ChangeVisibilityAsync(Queue, [item.Receipt], time, Cancel))[0];

    Task<StoredWorkQueue?> PutAsync(WorkQueueSettings settings) => Store.PutAsync(Queue, settings, Ann, null, Cancel);

    Task<WorkQueueFigures> CountAsync(int topKeys = 0) => Store.CountAsync(Queue, topKeys, Cancel);

    static Guid NewId() => MassTransit.NewId.NextGuid();
}
