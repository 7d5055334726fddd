using Resonance.Engine.Definitions;
using Resonance.Engine.Storage;
using Xunit;

namespace Resonance.Tests.Engine.Storage;

// Looking over many instances.
public abstract partial class WorkflowStoreConformance
{
    [Fact]
    public async Task A_scan_gives_every_instance_of_a_status_once_page_after_page()
    {
        var type = NewType();
        var instances = new List<SampleInstance>();
        for (var number = 0; number < 7; number++)
        {
            var instance = new SampleInstance(type: type);
            await StepAsync(instance);
            instances.Add(instance);
        }

        var found = new List<Guid>();
        await foreach (var row in Store.ScanAllAsync(new WorkflowScan(WorkflowStatus.Running) { Type = type }, 3, Cancelled))
            found.Add(row.Id);

        Assert.Equal(instances.Select(instance => instance.Id).Order(), found.Order());
        Assert.Empty(await ScanAsync(new WorkflowScan(WorkflowStatus.Suspended) { Type = type }));
    }

    [Fact]
    public async Task A_scan_reads_an_instance_as_it_is_loaded()
    {
        var instance = new SampleInstance(type: NewType());
        await StepAsync(instance);

        var scanned = Assert.Single(await ScanAsync(new WorkflowScan(WorkflowStatus.Running) { Type = instance.Row.Type }));

        var loaded = (await LoadAsync(instance.Id))!;
        Assert.Equal(loaded.HeadHash, scanned.HeadHash);
        Assert.Equal(loaded with { HeadHash = [] }, scanned with { HeadHash = loaded.HeadHash } with { HeadHash = [] } with { Data = loaded.Data });
    }

    [Fact]
    public async Task A_scan_may_leave_out_the_instances_of_a_definition()
    {
        var instance = new SampleInstance(type: NewType());
        await StepAsync(instance);
        var scan = new WorkflowScan(WorkflowStatus.Running) { Type = instance.Row.Type };

        Assert.Empty(await ScanAsync(scan with { OtherThanHash = instance.Row.DefinitionHash }));
        Assert.Single(await ScanAsync(scan with { OtherThanHash = new string('b', 64) }));
    }

    [Fact]
    public async Task A_scan_may_look_for_instances_that_are_still_and_have_nothing_under_way()
    {
        var type = NewType();
        var still = new SampleInstance(type: type);
        var waits = new SampleInstance(type: type);
        var sends = new SampleInstance(type: type);
        await StepAsync(still);
        await StepAsync(waits, SampleInstance.Message() with { Timer = "a time-out", Token = MassTransit.NewId.NextGuid(), Delay = TimeSpan.FromHours(1) });
        await StepAsync(sends, SampleInstance.Message());
        var scan = new WorkflowScan(WorkflowStatus.Running) { Type = type, NothingUnderWay = true };

        Assert.Equal([still.Id], (await ScanAsync(scan)).Select(row => row.Id));
        Assert.Single(await ScanAsync(scan with { UnchangedSince = still.Row.UpdatedAt.AddMicroseconds(1) }));
        Assert.Empty(await ScanAsync(scan with { UnchangedSince = still.Row.UpdatedAt }));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1001)]
    public Task A_page_of_a_scan_has_1_to_1000_instances(int most) => Assert.ThrowsAsync<ArgumentOutOfRangeException>(
        () => Store.ScanAsync(new WorkflowScan(WorkflowStatus.Running), null, most, Cancelled));

    static string NewType() => $"type-{MassTransit.NewId.NextGuid():N}";

    Task<IReadOnlyList<WorkflowRow>> ScanAsync(WorkflowScan scan) => Store.ScanAsync(scan, null, 1000, Cancelled);
}
