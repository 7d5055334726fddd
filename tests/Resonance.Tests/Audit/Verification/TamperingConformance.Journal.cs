using Resonance.Audit.Ledger;
using Resonance.Engine.Journal;
using Xunit;

namespace Resonance.Tests.Audit.Verification;

/// <summary>The journal and the instances.</summary>
public abstract partial class TamperingConformance
{
    public static TheoryData<string, string> EditedColumns => new()
    {
        { "event = 'CancelOrder'", "event (from 'SubmitOrder' to 'CancelOrder')" },
        { "from_state = 'Shipping'", "from (from 'Processing' to 'Shipping')" },
        { "to_state = 'Completed'", "to (from 'Processing' to 'Completed')" },
        { """entries = '[{"kind":"finished","outcome":"completed","durationMs":5}]'""", "kinds of entries (from 'stateChanged,recovered' to 'finished')" },
        { """data = '{"total":1}'""", "edited in its data" },
        { "message_id = '0190abcd-0000-7000-8000-000000000001'", "its message id" },
        { "trace_parent = NULL", "trace (from '0af7651916cd43dd8448eb211c80319c' to nothing)" },
        { "trace_parent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203332-01'", "the span of its trace" },
    };

    [Theory]
    [MemberData(nameof(EditedColumns))]
    public async Task An_edited_row_is_found_and_the_field_named(string set, string named)
    {
        await WriteAsync();
        await EditRowAsync(3, set);

        var finding = await FindOneAsync(FindingKind.RowEdited, 3);

        Assert.Contains(named, finding.Detail, StringComparison.Ordinal);
        Assert.StartsWith("Step 3 of ORDER-8 is not what was witnessed", finding.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_edited_time_is_found()
    {
        await WriteAsync();
        await EditRowAsync(3, $"occurred_at = {Stores.Literal(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero))}");

        var finding = await FindOneAsync(FindingKind.RowEdited, 3);

        Assert.Contains("to '2026-01-01T00:00:00.000000Z'", finding.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Edited_values_of_entries_are_found()
    {
        await WriteAsync();
        await EditRowAsync(3, """entries = '[{"kind":"stateChanged","from":"A","to":"B"},{"kind":"recovered","how":"other"}]'""");

        Assert.Contains("the values of its entries", (await FindOneAsync(FindingKind.RowEdited, 3)).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Entries_that_are_none_any_more_are_found()
    {
        await WriteAsync();
        await EditRowAsync(3, "entries = '{}'");

        Assert.Contains("no longer a list", (await FindOneAsync(FindingKind.RowEdited, 3)).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_edited_hash_is_found()
    {
        await WriteAsync();
        await EditRowAsync(3, $"hash = {Stores.Literal(new byte[32])}");

        Assert.Contains("its hash was changed", (await FindOneAsync(FindingKind.RowEdited, 3)).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_edited_previous_hash_is_found()
    {
        await WriteAsync();
        await EditRowAsync(3, $"previous_hash = {Stores.Literal(new byte[32])}");

        Assert.Contains("the hash of the row before it was changed", (await FindOneAsync(FindingKind.RowEdited, 3)).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Edited_data_of_the_last_row_is_told_by_the_instance()
    {
        await WriteAsync();
        await EditRowAsync(5, """data = '{"total":1}'""");

        Assert.Contains("which the instance still has as it was", (await FindOneAsync(FindingKind.RowEdited, 5)).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_row_that_was_deleted_from_the_middle_is_missing()
    {
        await WriteAsync();
        await DeleteRowsAsync("sequence = 3");

        Assert.Contains("SubmitOrder, Processing to Processing", (await FindOneAsync(FindingKind.RowMissing, 3)).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tail_that_was_deleted_is_missing()
    {
        await WriteAsync();
        await DeleteRowsAsync("sequence = 5");

        await FindOneAsync(FindingKind.RowMissing, 5);
    }

    [Fact]
    public async Task A_tail_that_was_deleted_with_the_instance_set_back_is_missing()
    {
        await WriteAsync();
        await DeleteRowsAsync("sequence > 3");
        await SetInstanceToLastRowAsync();

        var findings = (await VerifyAsync()).Findings;

        Assert.Equal([(FindingKind.RowMissing, 4L), (FindingKind.RowMissing, 5L)], findings.Select(finding => (finding.Kind, finding.Sequence!.Value)));
        Assert.All(findings, finding => Assert.Equal(Order.Id, finding.WorkflowId));
    }

    [Fact]
    public async Task A_workflow_that_was_deleted_whole_is_missing()
    {
        await WriteAsync();
        await DeleteRowsAsync("sequence > 0");
        await Stores.ChangeJournalAsync($"DELETE FROM workflow WHERE id = '{Order.Id}'", Cancel);

        Assert.Contains("ORDER-8 is gone, with all of its 5 steps", (await FindOneAsync(FindingKind.WorkflowMissing, null)).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rows_that_were_deleted_are_missing_although_somebody_says_that_they_are_in_an_archive()
    {
        await WriteAsync();
        var last = (await RowsAsync())[^1];
        await DeleteRowsAsync("sequence > 0");
        await Stores.ChangeLedgerAsync(
            "INSERT INTO archived (workflow_id, through_sequence, head_hash, file, archived_at) " +
            $"VALUES ('{Order.Id}', 5, {Stores.Literal(last.Hash)}, 'none.jsonl.gz', 0)",
            Cancel);

        var finding = Assert.Single((await VerifyAsync()).Findings);

        Assert.Equal((FindingKind.ArchiveMissing, Order.Id), (finding.Kind, finding.WorkflowId));
        Assert.Contains($"the archive none.jsonl.gz, which is not in {ArchiveFolder}", finding.Detail, StringComparison.Ordinal);
        Assert.Equal(finding, Assert.Single((await VerifyAsync(Order.Id)).Findings));
    }

    [Fact]
    public async Task An_instance_that_was_deleted_is_missing()
    {
        await WriteAsync();
        await Stores.ChangeJournalAsync($"DELETE FROM workflow WHERE id = '{Order.Id}'", Cancel);

        await FindOneAsync(FindingKind.InstanceMissing, null);
    }

    [Fact]
    public async Task A_row_that_was_inserted_behind_the_last_is_found()
    {
        await WriteAsync();
        var last = (await RowsAsync())[^1];
        await InsertAsync(Chained(last with { Sequence = 6, MessageId = MassTransit.NewId.NextGuid(), To = "Completed" }, last.Hash));

        Assert.Contains("has 5 steps and does not know of it", (await FindOneAsync(FindingKind.RowInserted, 6)).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_row_that_was_inserted_without_its_chain_is_found()
    {
        await WriteAsync();
        var last = (await RowsAsync())[^1];
        await InsertAsync(Chained(last with { Sequence = 6, MessageId = MassTransit.NewId.NextGuid() }, new byte[32]));

        Assert.Contains("does not follow the row before it", (await FindOneAsync(FindingKind.RowInserted, 6)).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_row_that_was_inserted_together_with_its_instance_is_not_witnessed()
    {
        await WriteAsync();
        var last = (await RowsAsync())[^1];
        await InsertAsync(Chained(last with { Sequence = 6, MessageId = MassTransit.NewId.NextGuid() }, last.Hash));
        await SetInstanceToLastRowAsync();

        await FindOneAsync(FindingKind.NotWitnessed, 6);
    }

    [Fact]
    public async Task A_row_that_was_inserted_between_others_is_found_with_those_that_it_pushed_on()
    {
        await WriteAsync();
        var rows = await RowsAsync();
        await DeleteRowsAsync("sequence >= 3");
        var previous = rows[1].Hash;
        foreach (var row in new[] { rows[2] with { MessageId = MassTransit.NewId.NextGuid(), To = "Fraud" }, rows[2], rows[3], rows[4] }
                     .Select((row, index) => row with { Sequence = 3 + index }))
        {
            var chained = Chained(row, previous);
            await InsertAsync(chained);
            previous = chained.Hash;
        }

        var findings = (await VerifyAsync()).Findings;

        Assert.Contains(findings, finding => finding.Kind == FindingKind.RowEdited && finding.Sequence == 3 && finding.WorkflowId == Order.Id);
        Assert.Contains(findings, finding => finding.Kind == FindingKind.RowInserted && finding.Sequence == 6 && finding.WorkflowId == Order.Id);
        Assert.All(findings, finding => Assert.Equal(Order.Id, finding.WorkflowId));
    }

    [Fact]
    public async Task Rows_in_another_order_are_found()
    {
        await WriteAsync();
        await SwapAsync(rows => rows);

        await FindReorderedAsync();
    }

    [Fact]
    public async Task Rows_in_another_order_are_found_although_the_chain_was_computed_anew()
    {
        await WriteAsync();
        await SwapAsync(rows =>
        {
            var first = Chained(rows[0], rows[1].PreviousHash);
            return [first, Chained(rows[1], first.Hash)];
        });

        await FindReorderedAsync();
    }

    [Fact]
    public async Task A_chain_that_was_computed_anew_after_an_edit_is_found()
    {
        await WriteAsync();
        await RewriteAsync(from: 3, row => row.Sequence == 3 ? row with { To = "Completed" } : row);

        var findings = (await VerifyAsync()).Findings;

        Assert.Equal(
            [(FindingKind.RowEdited, (long?)3), (FindingKind.ChainRewritten, 4)],
            findings.Select(finding => (finding.Kind, finding.Sequence)));
        Assert.Contains("to (from 'Processing' to 'Completed'); its hash was computed anew", findings[0].Detail, StringComparison.Ordinal);
        Assert.Contains("2 steps (4 to 5)", findings[1].Detail, StringComparison.Ordinal);
        Assert.Equal(findings, (await VerifyAsync(Order.Id)).Findings);
    }

    [Fact]
    public async Task A_chain_that_was_computed_anew_with_the_instance_is_found()
    {
        await WriteAsync();
        await RewriteAsync(from: 3, row => row.Sequence == 3 ? row with { Data = """{"total":1}""" } : row);
        await SetInstanceToLastRowAsync();

        var findings = (await VerifyAsync()).Findings;

        Assert.Equal(
            [(FindingKind.RowEdited, (long?)3), (FindingKind.ChainRewritten, 4), (FindingKind.InstanceChanged, null)],
            findings.Select(finding => (finding.Kind, finding.Sequence)));
        Assert.Contains("head hash", findings[2].Detail, StringComparison.Ordinal);
    }

    Task DeleteRowsAsync(string which) =>
        Stores.ChangeJournalAsync($"DELETE FROM journal WHERE workflow_id = '{Order.Id}' AND {which}", Cancel);

    async Task FindReorderedAsync()
    {
        var findings = (await VerifyAsync()).Findings;

        Assert.Contains(findings, finding => finding.Kind == FindingKind.RowsReordered && finding.Sequence == 3);
        Assert.Contains(findings, finding => finding.Kind == FindingKind.RowsReordered && finding.Sequence == 4);
        Assert.Contains("as step 3 of ORDER-8 was witnessed as step 4", findings[0].Detail, StringComparison.Ordinal);
        Assert.All(findings, finding => Assert.Equal(Order.Id, finding.WorkflowId));
    }

    /// <summary>Lets steps 3 and 4 change places.</summary>
    async Task SwapAsync(Func<JournalRow[], JournalRow[]> finish)
    {
        var rows = await RowsAsync();
        await DeleteRowsAsync("sequence IN (3, 4)");
        foreach (var row in finish([rows[3] with { Sequence = 3 }, rows[2] with { Sequence = 4 }]))
            await InsertAsync(row);
    }

    /// <summary>Changes rows, and computes all hashes from there on anew.</summary>
    async Task RewriteAsync(long from, Func<JournalRow, JournalRow> change)
    {
        var rows = (await RowsAsync()).Where(row => row.Sequence >= from).ToArray();
        await DeleteRowsAsync($"sequence >= {from}");
        var previous = rows[0].PreviousHash;
        foreach (var row in rows)
        {
            var chained = Chained(change(row), previous);
            await InsertAsync(chained);
            previous = chained.Hash;
        }
    }

    async Task SetInstanceToLastRowAsync()
    {
        var last = (await RowsAsync())[^1];
        await EditInstanceAsync(
            $"version = {last.Sequence}, head_hash = {Stores.Literal(last.Hash)}, state = '{last.To}', data = '{last.Data}', " +
            $"updated_at = {Stores.Literal(last.OccurredAt)}");
    }

    Task EditInstanceAsync(string set) => Stores.ChangeJournalAsync($"UPDATE workflow SET {set} WHERE id = '{Order.Id}'", Cancel);

    Task InsertAsync(JournalRow row) => Stores.ChangeJournalAsync(
        $"""
        INSERT INTO journal (workflow_id, sequence, message_id, event, from_state, to_state, entries, data, occurred_at, trace_parent, previous_hash, hash)
        VALUES ('{row.WorkflowId}', {row.Sequence}, '{row.MessageId}', '{row.Event}', '{row.From}', '{row.To}', '{row.Entries}', '{row.Data}',
            {Stores.Literal(row.OccurredAt)}, '{row.TraceParent}', {Stores.Literal(row.PreviousHash)}, {Stores.Literal(row.Hash)})
        """,
        Cancel);

    static JournalRow Chained(JournalRow row, byte[] previous)
    {
        row = row with { PreviousHash = previous };
        return row with { Hash = ChainHash.Compute(row) };
    }
}
