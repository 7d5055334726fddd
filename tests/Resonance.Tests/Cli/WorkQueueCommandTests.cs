using Microsoft.Extensions.DependencyInjection;
using Resonance.Cli;
using Resonance.Engine.Queues;
using Xunit;

namespace Resonance.Tests.Cli;

public sealed class WorkQueueCommandTests : CliFixture
{
    IWorkQueueStore Work => Services.GetRequiredService<IWorkQueueStore>();

    [Fact]
    public async Task Sets_what_is_named_and_leaves_the_rest_as_it_is()
    {
        await Work.DeclareAsync(
            "shipments", new WorkQueueSettings { Concurrency = 5, KeyConcurrency = 2, VisibilityTimeout = TimeSpan.FromSeconds(0.5) }, Cancel);

        var run = await RunAsync(
            "queues", "set", "shipments", "--concurrency", "none", "--rate", "10", "--rate-period", "60", "--reason", "the carrier asked");

        Assert.Equal(
            (0, "", "shipments: concurrency any, 2 of each key; rate 10 in 1 min\nvisibility time-out 500 ms, any receives, credit 1 min, deduplication 5 min\n"),
            (run.Exit, run.Error, run.Output));
        Assert.Equal(
            new WorkQueueSettings
            {
                KeyConcurrency = 2,
                RateLimit = 10,
                RatePeriod = TimeSpan.FromMinutes(1),
                VisibilityTimeout = TimeSpan.FromSeconds(0.5),
            },
            (await Work.FindAsync("shipments", Cancel))!.Settings);
        var change = Assert.Single(await Work.ChangesAsync("shipments", 10, Cancel));
        Assert.Equal(("maria", "the carrier asked"), (change.By, change.Reason));
    }

    [Fact]
    public async Task Pauses_resumes_sends_again_and_purges()
    {
        await Work.DeclareAsync("shipments", new WorkQueueSettings { MaxReceiveCount = 1 }, Cancel);
        await Work.SendAsync("shipments", [new WorkItem { Id = Id(1) }, new WorkItem { Id = Id(2) }], Cancel);
        for (var time = 0; time < 2; time++)
            await Work.ReceiveAsync("shipments", 2, TimeSpan.Zero, Cancel);

        string[] runs =
        [
            await OutputAsync("pause shipments --reason stop"), await OutputAsync("resume shipments --reason go"),
            await OutputAsync($"redrive shipments {Id(2)} --reason fixed"), await OutputAsync("redrive shipments --all --reason fixed"),
            await OutputAsync("purge shipments --reason done"),
        ];

        Assert.Equal(
            [
                "Work queue shipments hands out nothing: paused by maria, stop\n", "Work queue shipments hands out items.\n",
                "1 item is in shipments again; 1 dead letter left.\n", "1 item is in shipments again; 0 dead letters left.\n",
                "2 items of shipments deleted.\n",
            ],
            runs);
    }

    [Theory]
    [InlineData("queues set shipments --rate many --reason r", ExitCodes.WrongUsage, "'many' is no number for --rate")]
    [InlineData("queues redrive shipments --reason r", ExitCodes.WrongUsage, "Name an item by its id")]
    [InlineData("queues show shipment", ExitCodes.NotFound, "There is no work queue 'shipment'")]
    public async Task Says_what_is_wrong(string line, int exit, string told)
    {
        await Work.DeclareAsync("shipments", new WorkQueueSettings(), Cancel);

        var run = await RunAsync(line.Split(' '));

        Assert.Contains(told, run.Error, StringComparison.Ordinal);
        Assert.Equal(exit, run.Exit);
    }

    async Task<string> OutputAsync(string line)
    {
        var run = await RunAsync(["queues", .. line.Split(' ')]);
        Assert.Equal((0, ""), (run.Exit, run.Error));
        return run.Output;
    }
}
