using Resonance.Audit.Ledger;
using Xunit;

namespace Resonance.Tests.Audit.Verification;

/// <summary>The instances.</summary>
public abstract partial class TamperingConformance
{
    public static TheoryData<string, string> EditedInstances => new()
    {
        { "state = 'Completed'", "state (from 'Processing' to 'Completed')" },
        { "status = 'suspended'", "status (from 'running' to 'suspended')" },
        { "version = 4", "version (from '5' to '4')" },
        { """data = '{"total":1,"$engine":{"status":"running"}}'""", "its data (total)" },
        { """data = '{"total":4.50,"paid":true,"$engine":{"status":"running"}}'""", "its data (paid)" },
        { "key = 'ORDER-4711'", "key (from 'ORDER-8' to 'ORDER-4711')" },
        { "type = 'payment'", "type (from 'order' to 'payment')" },
    };

    [Theory]
    [MemberData(nameof(EditedInstances))]
    public async Task An_edited_instance_is_found_and_the_field_named(string set, string named)
    {
        await WriteAsync();
        await EditInstanceAsync(set);

        Assert.Contains(named, (await FindOneAsync(FindingKind.InstanceChanged, null)).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Edited_times_of_an_instance_are_found()
    {
        await WriteAsync();
        await EditInstanceAsync($"updated_at = {Stores.Literal(Clock.GetUtcNow())}, finished_at = {Stores.Literal(Clock.GetUtcNow())}");

        var detail = (await FindOneAsync(FindingKind.InstanceChanged, null)).Detail;

        Assert.Contains("time of its last step (from ", detail, StringComparison.Ordinal);
        Assert.Contains("the time of its end", detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_edited_head_hash_is_found()
    {
        await WriteAsync();
        await EditInstanceAsync($"head_hash = {Stores.Literal(new byte[32])}");

        Assert.Contains("head hash", (await FindOneAsync(FindingKind.InstanceChanged, null)).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_data_in_other_words_agrees()
    {
        await WriteAsync();
        await EditInstanceAsync("""data = '{"$engine": {"status":"running"}, "total":4.5}'""");

        Assert.Empty((await VerifyAsync()).Findings);
    }

    [Fact]
    public async Task Instances_that_changed_places_are_found()
    {
        await WriteAsync();
        var other = _orders[3];
        var away = MassTransit.NewId.NextGuid();
        await Stores.ChangeJournalAsync($"UPDATE workflow SET id = '{away}' WHERE id = '{Order.Id}'", Cancel);
        await Stores.ChangeJournalAsync($"UPDATE workflow SET id = '{Order.Id}' WHERE id = '{other.Id}'", Cancel);
        await Stores.ChangeJournalAsync($"UPDATE workflow SET id = '{other.Id}' WHERE id = '{away}'", Cancel);

        var findings = (await VerifyAsync()).Findings;

        Assert.Equal(
            new HashSet<(string, Guid?)> { (FindingKind.InstanceChanged, Order.Id), (FindingKind.InstanceChanged, other.Id) },
            findings.Select(finding => (finding.Kind, finding.WorkflowId)).ToHashSet());
        Assert.Contains(findings, finding => finding.Detail.Contains("key (from 'ORDER-8' to 'ORDER-4')", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_instance_that_was_set_back_alone_is_found()
    {
        await WriteAsync();
        var third = (await RowsAsync())[2];
        await EditInstanceAsync(
            $"version = 3, head_hash = {Stores.Literal(third.Hash)}, data = '{third.Data}', updated_at = {Stores.Literal(third.OccurredAt)}");

        Assert.Contains("version (from '5' to '3')", (await FindOneAsync(FindingKind.InstanceChanged, null)).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_instance_with_steps_that_nobody_has_seen_is_found()
    {
        await WriteAsync();
        await DeleteRowsAsync("sequence > 0");
        await Stores.ChangeLedgerAsync($"UPDATE step SET workflow_id = '{MassTransit.NewId.NextGuid()}' WHERE workflow_id = '{Order.Id}'", Cancel);

        var findings = (await VerifyAsync()).Findings;

        Assert.Contains(findings, finding => finding.Kind == FindingKind.InstanceChanged && finding.WorkflowId == Order.Id);
        Assert.Contains(findings, finding => finding.Kind == FindingKind.WorkflowMissing && finding.Key == "ORDER-8");
    }
}
