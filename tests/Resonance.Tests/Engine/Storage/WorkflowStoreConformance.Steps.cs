using MassTransit;
using Resonance.Engine.Definitions;
using Resonance.Engine.Journal;
using Resonance.Engine.Storage;
using Xunit;

namespace Resonance.Tests.Engine.Storage;

// Steps, alone and in groups.
public abstract partial class WorkflowStoreConformance
{
    [Fact]
    public async Task The_trace_of_an_instance_stands_at_its_last_step()
    {
        var instance = new SampleInstance();
        Assert.Empty(await Store.LastTraceParentsAsync([instance.Id], Cancelled));
        var first = instance.Next();
        await CommitAsync(first);
        instance.Advance(first);
        var second = instance.Next();
        const string last = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        await CommitAsync(second with { Journal = second.Journal with { TraceParent = last } });

        Assert.Equal(last, (await Store.LastTraceParentsAsync([instance.Id], Cancelled))[instance.Id]);
    }

    [Fact]
    public async Task A_first_step_stores_the_instance_and_its_journal_as_they_are()
    {
        var instance = new SampleInstance();
        var step = instance.Next();
        step = step with
        {
            Workflow = step.Workflow with { Status = WorkflowStatus.Completed, FinishedAt = step.Workflow.UpdatedAt.AddMicroseconds(1) },
        };

        Assert.Equal(StepOutcome.Committed, (await CommitAsync(step)).Outcome);

        var stored = Assert.IsType<WorkflowRow>(await LoadAsync(instance.Id));
        Assert.Equal(step.Workflow.HeadHash, stored.HeadHash);
        Assert.Equal(12.50m, System.Text.Json.Nodes.JsonNode.Parse(stored.Data)!["total"]!.GetValue<decimal>());
        Assert.Equal(step.Workflow with { Data = stored.Data, HeadHash = stored.HeadHash }, stored);

        var journal = Assert.Single(await ReadJournalAsync(instance.Id));
        Assert.Equal(
            step.Journal with
            {
                Entries = journal.Entries,
                Data = journal.Data,
                Hash = journal.Hash,
                PreviousHash = journal.PreviousHash,
            },
            journal);
        Assert.Equal(step.Journal.Hash, journal.Hash);
    }

    [Fact]
    public async Task A_later_step_moves_the_instance_on_and_keeps_its_key_and_start()
    {
        var instance = new SampleInstance();
        await StepAsync(instance);
        var step = instance.Next(data: """{"total":1}""");
        step = step with { Workflow = step.Workflow with { Key = "OTHER", StartedAt = step.Workflow.StartedAt.AddDays(1), Priority = 9 } };

        Assert.Equal(StepOutcome.Committed, (await CommitAsync(step)).Outcome);

        var stored = Assert.IsType<WorkflowRow>(await LoadAsync(instance.Id));
        Assert.Equal((2L, instance.Row.Key, instance.Row.StartedAt, 9), (stored.Version, stored.Key, stored.StartedAt, stored.Priority));
        Assert.Equal([1L, 2L], (await ReadJournalAsync(instance.Id)).Select(row => row.Sequence));
    }

    [Fact]
    public async Task A_step_decided_on_an_old_version_is_a_conflict_and_leaves_nothing()
    {
        var instance = new SampleInstance();
        var timer = SampleInstance.Timer(TimeSpan.FromMinutes(1));
        await StepAsync(instance, timer);
        var stale = instance.Next(messages: [SampleInstance.Message()], cancelled: [timer.Token!.Value]);
        await StepAsync(instance);

        Assert.Equal(StepOutcome.Conflict, (await CommitAsync(stale)).Outcome);

        Assert.Equal(2, (await LoadAsync(instance.Id))!.Version);
        Assert.Equal(2, (await ReadJournalAsync(instance.Id)).Count);
        Assert.Equal(1, await CountOutboxAsync());
    }

    [Fact]
    public async Task A_step_of_an_instance_that_does_not_exist_is_a_conflict()
    {
        var instance = new SampleInstance();
        instance.Advance(instance.Next());

        Assert.Equal(StepOutcome.Conflict, (await CommitAsync(instance.Next())).Outcome);

        Assert.Null(await LoadAsync(instance.Id));
    }

    [Fact]
    public async Task A_first_step_of_an_instance_that_exists_is_a_conflict()
    {
        var instance = new SampleInstance();
        var again = instance.Next();
        await StepAsync(instance);

        Assert.Equal(StepOutcome.Conflict, (await CommitAsync(again)).Outcome);
    }

    [Fact]
    public async Task A_message_that_was_applied_is_a_duplicate_whatever_version_it_was_decided_on()
    {
        var instance = new SampleInstance();
        var before = instance.Next();
        var first = await StepAsync(instance);
        var message = first.Journal.MessageId;
        var stale = new SampleInstance();
        stale.Advance(before with { Workflow = before.Workflow with { Version = 0, Id = instance.Id } });

        Assert.Equal(StepOutcome.Duplicate, (await CommitAsync(instance.Next(message, messages: [SampleInstance.Message()]))).Outcome);
        Assert.Equal(StepOutcome.Duplicate, (await CommitAsync(stale.Next(message, data: """{"total":2}"""))).Outcome);

        Assert.Equal(1, (await LoadAsync(instance.Id))!.Version);
        Assert.Equal(0, await CountOutboxAsync());
    }

    [Fact]
    public async Task One_message_may_be_applied_to_two_instances()
    {
        var message = NewId.NextGuid();

        var outcomes = await CommitAsync(new SampleInstance().Next(message), new SampleInstance().Next(message));

        Assert.Equal([StepOutcome.Committed, StepOutcome.Committed], outcomes);
    }

    [Fact]
    public async Task The_same_steps_again_are_committed_and_not_stored_twice()
    {
        var existing = new SampleInstance();
        await StepAsync(existing);
        StepCommit[] steps =
        [
            new SampleInstance().Next(messages: [SampleInstance.Message()]),
            existing.Next(messages: [SampleInstance.Message()]),
        ];
        await CommitAsync(steps);
        await Store.CompleteAsync([steps[0].Messages[0].MessageId], Cancelled);

        Assert.Equal([StepOutcome.Committed, StepOutcome.Committed], await CommitAsync(steps));

        Assert.Equal(1, await CountOutboxAsync());
        Assert.Equal(2, (await ReadJournalAsync(existing.Id)).Count);
    }

    [Fact]
    public async Task The_same_steps_in_two_calls_at_once_are_committed_for_both()
    {
        for (var round = 0; round < 20; round++)
        {
            var existing = new SampleInstance();
            await StepAsync(existing);
            StepCommit[] steps = [new SampleInstance().Next(), existing.Next(), new SampleInstance().Next()];

            var answers = await Task.WhenAll(CommitAsync(steps), CommitAsync(steps));

            Assert.All(answers, outcomes => Assert.All(outcomes, outcome => Assert.Equal(StepOutcome.Committed, outcome)));
        }
    }

    [Fact]
    public async Task Of_engines_that_decide_on_the_same_version_one_wins()
    {
        var instance = new SampleInstance();
        for (var version = 1; version <= 10; version++)
        {
            var steps = Enumerable.Range(0, 6).Select(_ => instance.Next()).ToArray();

            var outcomes = await Task.WhenAll(steps.Select(step => CommitAsync([step, new SampleInstance().Next()])));

            Assert.All(outcomes, pair => Assert.Equal(StepOutcome.Committed, pair[1]));
            var winner = Assert.Single(Enumerable.Range(0, steps.Length), index => outcomes[index][0] == StepOutcome.Committed);
            Assert.Equal(5, outcomes.Count(pair => pair[0] == StepOutcome.Conflict));
            instance.Advance(steps[winner]);
        }

        await AssertChainAsync(instance.Id, 10);
    }

    [Fact]
    public async Task Every_step_of_a_group_stands_alone()
    {
        SampleInstance known = new(), repeated = new(), stale = new(), holder = new();
        var applied = await StepAsync(repeated);
        await StepAsync(known);
        await StepAsync(holder);
        var lost = stale.Next(messages: [SampleInstance.Message()]);
        await StepAsync(stale);
        var poison = new SampleInstance().Next(data: "{not JSON", messages: [SampleInstance.Message()]);
        var good = new SampleInstance().Next(messages: [SampleInstance.Message()]);
        StepCommit[] steps =
        [
            good,
            known.Next(messages: [SampleInstance.Message()]),
            lost,
            repeated.Next(applied.Journal.MessageId, messages: [SampleInstance.Message()]),
            new SampleInstance(holder.Row.Key).Next(messages: [SampleInstance.Message()]),
            poison,
        ];

        var results = await Store.CommitAsync(steps, Lease, Cancelled);

        Assert.Equal(
            [
                StepOutcome.Committed, StepOutcome.Committed, StepOutcome.Conflict, StepOutcome.Duplicate, StepOutcome.KeyTaken,
                StepOutcome.Refused,
            ],
            results.Select(result => result.Outcome));
        Assert.Equal([false, false, false, false, false, true], results.Select(result => result.Refusal is not null));
        Assert.False(Store.IsTransient(results[5].Refusal!));
        Assert.Null(await LoadAsync(poison.Workflow.Id));
        Assert.Equal(2, await CountOutboxAsync());
        await AssertChainAsync(known.Id, 2);
        await AssertChainAsync(good.Workflow.Id, 1);
    }

    [Fact]
    public async Task A_step_whose_message_cannot_be_stored_leaves_nothing()
    {
        var message = SampleInstance.Message();
        await StepAsync(new SampleInstance(), message);
        var instance = new SampleInstance();

        var result = await CommitAsync(instance.Next(messages: [SampleInstance.Message(), message]));

        Assert.Equal(StepOutcome.Refused, result.Outcome);
        Assert.Null(await LoadAsync(instance.Id));
        Assert.Empty(await ReadJournalAsync(instance.Id));
        Assert.Equal(1, await CountOutboxAsync());
    }

    [Fact]
    public async Task Of_two_new_instances_that_ask_for_one_key_in_a_group_one_gets_it()
    {
        var key = $"ORDER-{NewId.NextGuid():N}";
        StepCommit[] steps = [new SampleInstance(key).Next(), new SampleInstance().Next(), new SampleInstance(key).Next()];

        var outcomes = await CommitAsync(steps);

        Assert.Equal(StepOutcome.Committed, outcomes[1]);
        Assert.Equal([StepOutcome.Committed, StepOutcome.KeyTaken], new[] { outcomes[0], outcomes[2] }.Order());
    }

    [Fact]
    public async Task Of_two_groups_that_ask_for_one_key_at_once_one_gets_it_and_their_other_steps_are_stored()
    {
        for (var round = 0; round < 20; round++)
        {
            var key = $"ORDER-{NewId.NextGuid():N}";

            var outcomes = await Task.WhenAll(
                CommitAsync(new SampleInstance(key).Next(), new SampleInstance().Next()),
                CommitAsync(new SampleInstance(key).Next(), new SampleInstance().Next()));

            Assert.Equal([StepOutcome.Committed, StepOutcome.KeyTaken], outcomes.Select(pair => pair[0]).Order());
            Assert.All(outcomes, pair => Assert.Equal(StepOutcome.Committed, pair[1]));
        }
    }

    [Fact]
    public async Task Types_do_not_share_their_keys()
    {
        var key = $"A-{NewId.NextGuid():N}";

        var outcomes = await CommitAsync(new SampleInstance(key, "order").Next(), new SampleInstance(key, "payment").Next());

        Assert.Equal([StepOutcome.Committed, StepOutcome.Committed], outcomes);
    }

    [Fact]
    public async Task A_group_of_a_thousand_is_stored_and_one_that_breaks_the_rules_is_refused()
    {
        var steps = Enumerable.Range(0, 1000).Select(_ => new SampleInstance().Next(messages: [SampleInstance.Message()])).ToArray();

        Assert.All(await CommitAsync(steps), outcome => Assert.Equal(StepOutcome.Committed, outcome));
        Assert.Equal(1000, (await Store.LoadAsync([.. steps.Select(step => step.Workflow.Id)], Cancelled)).Count);

        var instance = new SampleInstance();
        await Assert.ThrowsAsync<ArgumentException>(() => CommitAsync([.. steps, instance.Next()]));
        await Assert.ThrowsAsync<ArgumentException>(() => CommitAsync(instance.Next(), instance.Next()));
        await Assert.ThrowsAsync<ArgumentException>(() => Store.CommitAsync([], Lease, Cancelled));
    }

    [Fact]
    public async Task The_chain_verifies_over_what_is_read_back()
    {
        var instance = new SampleInstance();
        string[] documents =
        [
            """{"b":1,"a":{"z":[1.0,1e2,1.50,-0.0,0.1],"y":null}}""",
            """{"text":"é \u00e9 \ud83d\ude00 \" \\ \/ \n","big":12345678901234567890.123456789,"small":1E-7,"yes":true,"no":false}""",
            """{ "spaced" : [ ] , "nested" : { } , "huge" : 1.7976931348623157E+308 }""",
        ];
        foreach (var document in documents)
        {
            var step = instance.Next(data: document, entries: $"[{document},{document}]");
            Assert.Equal(StepOutcome.Committed, (await CommitAsync(step)).Outcome);
            instance.Advance(step);
        }

        await AssertChainAsync(instance.Id, documents.Length);
    }

    [Fact]
    public async Task Instances_that_do_not_exist_are_left_out()
    {
        var instance = new SampleInstance();
        await StepAsync(instance);

        Assert.Equal([instance.Id], (await Store.LoadAsync([NewId.NextGuid(), instance.Id], Cancelled)).Keys);
        Assert.Empty(await Store.LoadAsync([], Cancelled));
    }

    async Task AssertChainAsync(Guid id, int length)
    {
        var rows = await ReadJournalAsync(id);
        Assert.Equal(length, rows.Count);
        var previous = ChainHash.Origin;
        foreach (var row in rows)
        {
            Assert.Equal(previous, row.PreviousHash);
            Assert.Equal(ChainHash.Compute(row), row.Hash);
            previous = row.Hash;
        }

        Assert.Equal(previous, (await LoadAsync(id))!.HeadHash);
    }
}
