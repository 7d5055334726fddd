using Resonance.Audit.Ledger;
using Resonance.Audit.Merkle;
using Xunit;

namespace Resonance.Tests.Audit.Verification;

/// <summary>The ledger, its tree and its checkpoints.</summary>
public abstract partial class TamperingConformance
{
    public static TheoryData<string, string> EditedLedgerColumns => new()
    {
        { "event = 'CancelOrder'", "event (from 'CancelOrder' to 'SubmitOrder')" },
        { "from_state = 'Shipping'", "from (from 'Shipping' to 'Processing')" },
        { "to_state = 'Completed'", "to (from 'Completed' to 'Processing')" },
        { "kinds = 'finished'", "kinds of entries (from 'finished' to 'stateChanged,recovered')" },
        { "outcome = 'completed'", "outcome (from 'completed' to nothing)" },
        { "duration_ms = 5", "duration (from '5' to nothing)" },
        { "occurred_at = 0", "time (from '1970-01-01T00:00:00.000000Z' to " },
        { "trace_id = NULL", "trace (from nothing to '0af7651916cd43dd8448eb211c80319c')" },
        { "type = 'payment'", "name (from 'payment ORDER-8' to 'order ORDER-8')" },
        { "key = 'ORDER-4711'", "name (from 'order ORDER-4711' to 'order ORDER-8')" },
    };

    [Theory]
    [MemberData(nameof(EditedLedgerColumns))]
    public async Task What_the_ledger_says_of_a_step_is_held_against_the_journal(string set, string named)
    {
        await WriteAsync();
        await EditLedgerAsync(3, set);

        var finding = await FindOneAsync(FindingKind.LedgerRowEdited, 3);

        Assert.Contains(named, finding.Detail, StringComparison.Ordinal);
        Assert.Contains("Its hash is right, and so is the journal", finding.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Few, 3)]
    [InlineData(Many, 3)]
    [InlineData(Many, 5)]
    public async Task An_edited_hash_of_the_ledger_is_found_by_the_tree_and_not_blamed_on_the_journal(int instances, long sequence)
    {
        await WriteAsync(instances);
        await EditLedgerAsync(sequence, $"hash = {Stores.Literal(new byte[32])}");

        var finding = await FindOneAsync(FindingKind.LedgerRowEdited, sequence);

        Assert.Contains("was edited in its hash", finding.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Few, 3)]
    [InlineData(Many, 3)]
    [InlineData(Many, 5)]
    public async Task A_row_that_was_taken_out_of_the_ledger_is_found(int instances, long sequence)
    {
        await WriteAsync(instances);
        await Stores.ChangeLedgerAsync($"DELETE FROM step WHERE workflow_id = '{Order.Id}' AND sequence = {sequence}", Cancel);

        var finding = Assert.Single((await VerifyAsync()).Findings);

        Assert.Equal((FindingKind.LedgerRowMissing, Order.Id, sequence), (finding.Kind, finding.WorkflowId, finding.Sequence));
        Assert.Contains($"Step {sequence} of ORDER-8 was leaf ", finding.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rows_that_were_taken_out_of_the_ledger_together_are_counted()
    {
        await WriteAsync(Many);
        await Stores.ChangeLedgerAsync("DELETE FROM step WHERE leaf_index BETWEEN 100 AND 139", Cancel);

        var findings = (await VerifyAsync()).Findings;

        Assert.Equal(17, findings.Count(finding => finding.Kind == FindingKind.LedgerRowMissing));
        Assert.Contains(findings, finding => finding.Detail == "So are 24 more leaves up to number 139.");
        Assert.Equal(40, findings.Count(finding => finding.Kind == FindingKind.NotWitnessed));
        Assert.Equal(57, findings.Count);
    }

    [Fact]
    public async Task A_row_that_is_gone_from_journal_and_ledger_alike_is_found()
    {
        await WriteAsync(Many);
        await DeleteRowsAsync("sequence = 3");
        await Stores.ChangeLedgerAsync($"DELETE FROM step WHERE workflow_id = '{Order.Id}' AND sequence = 3", Cancel);

        var findings = (await VerifyAsync()).Findings;

        Assert.Equal(
            [FindingKind.ChainBroken, FindingKind.LedgerRowMissing], findings.Select(finding => finding.Kind).Order(StringComparer.Ordinal));
        Assert.Contains(findings, finding => finding.Detail.Contains("follows step 2, and what is between them is gone", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(Few)]
    [InlineData(Many)]
    public async Task A_ledger_that_was_cut_off_is_found(int instances)
    {
        await WriteAsync(instances);
        await Stores.ChangeLedgerAsync($"DELETE FROM step WHERE leaf_index >= {instances * Steps - 3}", Cancel);

        var findings = (await VerifyAsync()).Findings;

        Assert.Equal("3 were cut off.", Assert.Single(findings, finding => finding.Kind == FindingKind.LedgerTruncated).Detail[^15..]);
        Assert.Equal(3, findings.Count(finding => finding.Kind == FindingKind.NotWitnessed));
        Assert.Equal(4, findings.Count);
    }

    [Fact]
    public async Task A_ledger_that_was_cut_off_with_its_size_is_found_by_its_checkpoint()
    {
        await WriteAsync();
        await CutAsync(37);

        var findings = (await VerifyAsync()).Findings;

        var finding = Assert.Single(findings, finding => finding.Kind == FindingKind.LedgerRolledBack);
        Assert.Contains("The ledger has 37 steps, but a checkpoint over 40", finding.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_ledger_that_was_cut_off_and_grew_again_is_found_by_its_checkpoint()
    {
        await WriteAsync();
        await CutAsync(20);
        await WitnessAnewAsync();

        var finding = Assert.Single((await VerifyAsync()).Findings);

        Assert.Equal(FindingKind.LedgerRewritten, finding.Kind);
        Assert.Contains("The first 40 steps of the ledger have the root", finding.Detail, StringComparison.Ordinal);
        Assert.Contains("The first 16 steps are as they were signed", finding.Detail, StringComparison.Ordinal);
        Assert.Equal(FindingKind.LedgerRewritten, Assert.Single((await VerifyAsync(Order.Id)).Findings, found => found.WorkflowId is null).Kind);
    }

    [Fact]
    public async Task A_leaf_behind_the_end_of_the_ledger_is_found()
    {
        await WriteAsync();
        await Stores.ChangeLedgerAsync("UPDATE step SET leaf_index = 1000 WHERE leaf_index = 39", Cancel);

        var findings = (await VerifyAsync()).Findings;

        Assert.Contains(findings, finding => finding.Kind == FindingKind.LedgerRowInserted && finding.Sequence == 5);
        Assert.Contains(findings, finding => finding.Kind == FindingKind.LedgerTruncated);
    }

    [Fact]
    public async Task Leaves_in_another_order_are_found()
    {
        await WriteAsync(Many);
        await Stores.ChangeLedgerAsync("UPDATE step SET leaf_index = 1000 WHERE leaf_index = 10", Cancel);
        await Stores.ChangeLedgerAsync("UPDATE step SET leaf_index = 10 WHERE leaf_index = 11", Cancel);
        await Stores.ChangeLedgerAsync("UPDATE step SET leaf_index = 11 WHERE leaf_index = 1000", Cancel);

        var findings = (await VerifyAsync()).Findings;

        Assert.Contains(findings, finding => finding.Kind == FindingKind.SubtreeChanged);
        Assert.Contains(findings, finding => finding.Kind == FindingKind.LedgerRewritten);
    }

    [Fact]
    public async Task A_changed_subtree_is_found_and_does_no_more_harm()
    {
        await WriteAsync(Many);
        await Stores.ChangeLedgerAsync($"UPDATE subtree SET hash = {Stores.Literal(new byte[32])}", Cancel);

        var finding = Assert.Single((await VerifyAsync()).Findings);

        Assert.Equal(FindingKind.SubtreeChanged, finding.Kind);
        Assert.Contains("the leaves 0 to 255", finding.Detail, StringComparison.Ordinal);

        await Stores.ChangeLedgerAsync("DELETE FROM subtree", Cancel);

        Assert.Equal("The stored hash of the leaves 0 to 255 is gone.", Assert.Single((await VerifyAsync()).Findings).Detail);
    }

    [Fact]
    public async Task A_changed_frontier_is_found()
    {
        await WriteAsync();
        await Stores.ChangeLedgerAsync($"UPDATE ledger SET frontier = {Stores.Literal(new byte[64])}", Cancel);

        Assert.Equal(FindingKind.FrontierChanged, Assert.Single((await VerifyAsync()).Findings).Kind);

        await Stores.ChangeLedgerAsync($"UPDATE ledger SET frontier = {Stores.Literal(new byte[32])}", Cancel);

        Assert.Equal(FindingKind.FrontierChanged, Assert.Single((await VerifyAsync()).Findings).Kind);
    }

    [Fact]
    public async Task The_same_edit_in_journal_and_ledger_is_found_by_the_tree()
    {
        await WriteAsync(Many);
        await RewriteAsync(from: 3, row => row.Sequence == 3 ? row with { To = "Completed" } : row);
        await SetInstanceToLastRowAsync();
        foreach (var row in await RowsAsync())
            await EditLedgerAsync(row.Sequence, $"hash = {Stores.Literal(row.Hash)}, to_state = '{row.To}'");

        var findings = (await VerifyAsync()).Findings;

        Assert.Equal(
            new HashSet<string> { FindingKind.SubtreeChanged, FindingKind.FrontierChanged, FindingKind.LedgerRewritten },
            findings.Select(finding => finding.Kind).ToHashSet());
        var finding = Assert.Single((await VerifyAsync(Order.Id)).Findings);
        Assert.StartsWith("Of the steps of ORDER-8, 5 cannot be proven", finding.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_edit_with_the_whole_tree_computed_anew_is_found_by_the_checkpoints()
    {
        await WriteAsync();
        await RewriteAsync(from: 3, row => row.Sequence == 3 ? row with { To = "Completed" } : row);
        await SetInstanceToLastRowAsync();
        await CutAsync(0);
        await WitnessAnewAsync();

        var findings = (await VerifyAsync()).Findings;

        Assert.Contains(findings, finding => finding.Kind == FindingKind.LedgerRewritten);
        Assert.All(findings, finding => Assert.Equal(FindingKind.LedgerRewritten, finding.Kind));
    }

    Task EditLedgerAsync(long sequence, string set) => Stores.ChangeLedgerAsync(
        $"UPDATE step SET {set} WHERE workflow_id = '{Order.Id}' AND sequence = {sequence}", Cancel);

    /// <summary>Cuts the ledger off and makes its row fit.</summary>
    async Task CutAsync(long size)
    {
        var leaves = await LeavesAsync();
        var frontier = Frontier.Empty();
        var completed = new List<Subtree>();
        foreach (var leaf in leaves.Take((int)size))
            frontier.Append(leaf, completed);
        await Stores.ChangeLedgerAsync(
            $"DELETE FROM step WHERE leaf_index >= {size}; DELETE FROM subtree WHERE level > 0; " +
            $"UPDATE ledger SET size = {size}, frontier = {Stores.Literal(frontier.ToBytes())}",
            Cancel);
    }

    Task<List<byte[]>> LeavesAsync() => Ledger.ReadAsync(
        (session, token) => session.QueryAsync(new StoreText("SELECT hash FROM step ORDER BY leaf_index"), row => row.Bytes(0), token)
            .ToListAsync(token).AsTask(),
        Cancel);
}
