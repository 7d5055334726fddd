using Resonance.Engine.Storage;
using Xunit;

namespace Resonance.Tests.Engine.Storage;

// The message that tells of a whole group.
public abstract partial class WorkflowStoreConformance
{
    [Fact]
    public async Task A_notice_is_stored_with_its_group_and_belongs_to_no_instance()
    {
        var notice = SampleInstance.Message();
        StepCommit[] steps = [new SampleInstance().Next(messages: [SampleInstance.Message()]), new SampleInstance().Next()];

        var result = await Store.CommitAsync(new StepGroup(steps, notice), Lease, Cancelled);

        Assert.True(result.Noticed);
        await AdvanceAsync(Lease);
        var claimed = await Store.ClaimDueAsync(10, Lease, Cancelled);
        Assert.Equal(2, claimed.Count);
        Assert.Null(Assert.Single(claimed, message => message.MessageId == notice.MessageId).WorkflowId);
    }

    [Fact]
    public async Task A_group_of_which_one_step_is_not_stored_stores_no_notice()
    {
        var known = new SampleInstance();
        await StepAsync(known);
        var stale = new SampleInstance(id: known.Id, key: known.Row.Key).Next();

        var result = await Store.CommitAsync(new StepGroup([stale, new SampleInstance().Next()], SampleInstance.Message()), Lease, Cancelled);

        Assert.Equal([StepOutcome.Conflict, StepOutcome.Committed], result.Steps.Select(step => step.Outcome));
        Assert.False(result.Noticed);
        Assert.Equal(0, await CountOutboxAsync());
    }

    [Fact]
    public async Task A_group_in_which_two_claim_a_key_stores_no_notice()
    {
        StepCommit[] steps = [new SampleInstance("ORDER-7").Next(), new SampleInstance("ORDER-7").Next()];

        var result = await Store.CommitAsync(new StepGroup(steps, SampleInstance.Message()), Lease, Cancelled);

        Assert.False(result.Noticed);
        Assert.Equal(0, await CountOutboxAsync());
    }

    [Fact]
    public async Task A_group_that_is_stored_again_stores_its_notice_once()
    {
        var group = new StepGroup([new SampleInstance().Next(), new SampleInstance().Next()], SampleInstance.Message());
        Assert.True((await Store.CommitAsync(group, Lease, Cancelled)).Noticed);

        var again = await Store.CommitAsync(group, Lease, Cancelled);

        Assert.All(again.Steps, step => Assert.Equal(StepOutcome.Committed, step.Outcome));
        Assert.False(again.Noticed);
        Assert.Equal(1, await CountOutboxAsync());
    }
}
