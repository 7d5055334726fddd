using MassTransit;
using Resonance.Engine.Storage;
using Xunit;

namespace Resonance.Tests.Engine.Storage;

// Accepted starts and generated keys.
public abstract partial class WorkflowStoreConformance
{
    [Fact]
    public async Task An_accepted_start_is_stored_with_its_message_before_anything_is_executed()
    {
        var start = new SampleInstance().Accepted();

        var result = await Store.AcceptAsync(start, Lease, Cancelled);

        Assert.Equal(AcceptOutcome.Accepted, result.Outcome);
        var stored = Assert.IsType<WorkflowRow>(await LoadAsync(start.Workflow.Id));
        Assert.Equal((0L, start.Workflow.Key), (stored.Version, stored.Key));
        await AdvanceAsync(Lease);
        var message = Assert.Single(await Store.ClaimDueAsync(10, Lease, Cancelled));
        Assert.Equal((start.Message.MessageId, start.Workflow.Id), (message.MessageId, message.WorkflowId));
    }

    [Fact]
    public async Task The_first_step_of_an_accepted_start_keeps_the_key_that_was_promised()
    {
        var instance = new SampleInstance();
        await Store.AcceptAsync(instance.Accepted(), Lease, Cancelled);
        var step = instance.Next();
        step = step with { Workflow = step.Workflow with { Key = "ANOTHER", StartedAt = step.Workflow.StartedAt.AddHours(1) } };

        Assert.Equal(StepOutcome.Committed, (await CommitAsync(step)).Outcome);

        var stored = Assert.IsType<WorkflowRow>(await LoadAsync(instance.Id));
        Assert.Equal((1L, instance.Row.Key, instance.Row.StartedAt), (stored.Version, stored.Key, stored.StartedAt));
        Assert.Equal(StepOutcome.Committed, (await CommitAsync(step)).Outcome);
    }

    [Fact]
    public async Task The_same_start_again_answers_with_the_instance_that_exists()
    {
        var instance = new SampleInstance();
        var first = await Store.AcceptAsync(instance.Accepted(), Lease, Cancelled);
        await StepAsync(instance);

        var second = await Store.AcceptAsync(
            new AcceptedStart { Workflow = first.Existing! with { Key = "ANOTHER" }, Message = SampleInstance.Message() },
            Lease, Cancelled);

        Assert.Equal(AcceptOutcome.Exists, second.Outcome);
        Assert.Equal((1L, first.Existing!.Key), (second.Existing!.Version, second.Existing.Key));
        Assert.Equal(1, await CountOutboxAsync());
    }

    [Fact]
    public async Task A_start_that_asks_for_a_taken_key_leaves_nothing()
    {
        var holder = new SampleInstance();
        await Store.AcceptAsync(holder.Accepted(), Lease, Cancelled);
        var late = new SampleInstance(holder.Row.Key);

        Assert.Equal(AcceptOutcome.KeyTaken, (await Store.AcceptAsync(late.Accepted(), Lease, Cancelled)).Outcome);
        Assert.Equal(StepOutcome.KeyTaken, (await CommitAsync(late.Next())).Outcome);

        Assert.Null(await LoadAsync(late.Id));
        Assert.Equal(1, await CountOutboxAsync());
    }

    [Fact]
    public async Task Of_equal_starts_at_once_one_is_accepted()
    {
        for (var round = 0; round < 10; round++)
        {
            var instance = new SampleInstance();

            var results = await Task.WhenAll(
                Enumerable.Range(0, 4).Select(_ => Store.AcceptAsync(instance.Accepted(), Lease, Cancelled)));

            Assert.Single(results, result => result.Outcome == AcceptOutcome.Accepted);
            Assert.Equal(3, results.Count(result => result.Outcome == AcceptOutcome.Exists));
            Assert.All(results, result => Assert.Equal(instance.Id, result.Existing!.Id));
        }
    }

    [Fact]
    public async Task Key_numbers_begin_at_1001_and_are_given_once()
    {
        var type = $"type-{NewId.NextGuid():N}";
        Assert.Equal(1001, await Store.ReserveKeyNumbersAsync(type, 5, Cancelled));

        var firsts = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Store.ReserveKeyNumbersAsync(type, 10, Cancelled)));

        Assert.Equal(Enumerable.Range(0, 20).Select(index => 1006L + 10 * index), firsts.Order());
        Assert.Equal(1001, await Store.ReserveKeyNumbersAsync(type + "-other", 1, Cancelled));
    }
}
