using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Resonance.Audit.Checkpoints;
using Resonance.Audit.Ledger;
using Resonance.Tests.Engine.Storage;
using Xunit;

namespace Resonance.Tests.Audit.Checkpoints;

/// <summary>What is signed and exported, and what is not signed any more; on any store.</summary>
public abstract class CheckpointConformance(AuditStores stores) : AuditConformance(stores)
{
    string LatestPath => Path.Combine(ExportFolder, "latest.checkpoint");

    LedgerProofs Proofs => Services.GetRequiredService<LedgerProofs>();

    [Fact]
    public async Task A_ledger_that_has_grown_is_signed_stored_and_exported()
    {
        await WriteHistoryAsync(instances: 3, steps: 4);

        Assert.Null(await NewCheckpointer().RoundAsync(Cancel));

        var stored = await Proofs.FindNewestAsync(Cancel);
        Assert.NotNull(stored);
        Assert.Equal(12, stored.Size);
        Assert.Equal(Clock.GetUtcNow(), stored.SignedAt);
        Assert.Equal(stored.Note, await File.ReadAllTextAsync(LatestPath, Cancel));
        Assert.Equal(stored.Note, await File.ReadAllTextAsync(PathOf(12), Cancel));
        Assert.True(SignedNote.TryParse(stored.Note, out var note));
        Assert.True(NoteVerifier.TryParse(stored.VerifierKey, out var verifier));
        Assert.True(note.IsSignedBy(verifier));
        Assert.Equal(KeyFile.Open(KeyPath, "resonance").Verifier.ToString(), stored.VerifierKey);
    }

    [Fact]
    public async Task Nothing_is_signed_when_there_is_nothing_new()
    {
        var checkpointer = NewCheckpointer();
        Assert.Null(await checkpointer.RoundAsync(Cancel));
        Assert.Null(await Proofs.FindNewestAsync(Cancel));
        Assert.False(Directory.Exists(ExportFolder));

        await WriteHistoryAsync(instances: 1, steps: 1);
        await checkpointer.RoundAsync(Cancel);
        Clock.Advance(TimeSpan.FromMinutes(1));
        await checkpointer.RoundAsync(Cancel);

        Assert.Equal(Clock.GetUtcNow().AddMinutes(-1), (await Proofs.FindNewestAsync(Cancel))!.SignedAt);
        Assert.Equal([LatestPath, PathOf(1)], Directory.GetFiles(ExportFolder).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task What_was_stored_and_not_exported_is_exported_at_the_next_round()
    {
        var order = Assert.Single(await WriteHistoryAsync(instances: 1, steps: 1));
        await NewCheckpointer().RoundAsync(Cancel);
        Directory.Delete(ExportFolder, recursive: true);
        await File.WriteAllTextAsync(ExportFolder, "in the way of the folder", Cancel);
        foreach (var _ in Enumerable.Range(0, 2))
        {
            await StepAsync(order);
            await WitnessAsync();
            await Assert.ThrowsAnyAsync<IOException>(() => NewCheckpointer().RoundAsync(Cancel));
        }

        File.Delete(ExportFolder);
        Assert.Null(await NewCheckpointer().RoundAsync(Cancel));

        Assert.Equal([LatestPath, PathOf(1), PathOf(2), PathOf(3)], Directory.GetFiles(ExportFolder).Order(StringComparer.Ordinal));
        Assert.Equal(await File.ReadAllTextAsync(PathOf(3), Cancel), await File.ReadAllTextAsync(LatestPath, Cancel));
    }

    [Fact]
    public async Task Two_processes_sign_a_size_once()
    {
        var orders = (await WriteHistoryAsync(instances: 2, steps: 1)).ToArray();
        Checkpointer[] processes = [NewCheckpointer(), NewCheckpointer()];
        for (var round = 0; round < 5; round++)
        {
            await StepAsync(orders);
            await WitnessAsync();

            Assert.All(await Task.WhenAll(processes.Select(process => process.RoundAsync(Cancel))), Assert.Null);
        }

        var notes = await Task.WhenAll(
            Directory.GetFiles(ExportFolder, "resonance-*").Select(path => File.ReadAllTextAsync(path, Cancel)));
        Assert.Equal(5, notes.Length);
        Assert.All(notes, note => Assert.True(SignedNote.TryParse(note, out var signed) && signed.Signatures.Count == 1));
    }

    [Fact]
    public async Task A_ledger_that_is_shorter_than_an_exported_checkpoint_is_not_signed_any_more()
    {
        await SignAsync(12);
        await Stores.DropGuardsAsync(Cancel);
        // As an older backup of the audit's database has it, in which neither the steps nor the checkpoint stand.
        await Stores.ChangeLedgerAsync(
            "DELETE FROM step; DELETE FROM checkpoint; UPDATE ledger SET size = 0, frontier = " + Stores.Literal([]), Cancel);

        var finding = await NewCheckpointer().RoundAsync(Cancel);

        Assert.Equal(FindingKind.LedgerRolledBack, finding?.Kind);
        Assert.Contains("The ledger has 0 steps, but a checkpoint over 12", finding!.Detail, StringComparison.Ordinal);
        Assert.Equal(finding, await NewestFindingAsync());
        Assert.Null(await Proofs.FindNewestAsync(Cancel));
    }

    [Fact]
    public async Task A_process_that_goes_on_remembers_what_it_signed_when_the_folder_is_gone_too()
    {
        await WriteHistoryAsync(instances: 3, steps: 4);
        var checkpointer = NewCheckpointer();
        await checkpointer.RoundAsync(Cancel);
        await Stores.DropGuardsAsync(Cancel);
        await Stores.ChangeLedgerAsync(
            "DELETE FROM step; DELETE FROM checkpoint; UPDATE ledger SET size = 0, frontier = " + Stores.Literal([]), Cancel);
        Directory.Delete(ExportFolder, recursive: true);

        Assert.Equal(FindingKind.LedgerRolledBack, (await checkpointer.RoundAsync(Cancel))?.Kind);
    }

    [Fact]
    public async Task A_ledger_that_grew_again_otherwise_is_not_signed_any_more()
    {
        var orders = await SignAsync(12);
        await Stores.DropGuardsAsync(Cancel);
        await Stores.ChangeLedgerAsync(
            $"UPDATE step SET hash = {Stores.Literal(new byte[32])} WHERE leaf_index = 3", Cancel);
        await StepAsync([.. orders]);
        await WitnessAsync();

        var finding = await NewCheckpointer().RoundAsync(Cancel);

        Assert.Equal(FindingKind.LedgerRewritten, finding?.Kind);
        Assert.Contains("The first 12 steps", finding!.Detail, StringComparison.Ordinal);
        Assert.Equal(12, (await Proofs.FindNewestAsync(Cancel))!.Size);
    }

    [Fact]
    public async Task A_changed_frontier_is_not_signed()
    {
        var orders = await SignAsync(12);
        await StepAsync([.. orders]);
        await WitnessAsync();
        await Stores.DropGuardsAsync(Cancel);
        await Stores.ChangeLedgerAsync($"UPDATE ledger SET frontier = {Stores.Literal(new byte[4 * 32])}", Cancel);

        Assert.Equal(FindingKind.FrontierChanged, (await NewCheckpointer().RoundAsync(Cancel))?.Kind);

        await Stores.ChangeLedgerAsync($"UPDATE ledger SET frontier = {Stores.Literal(new byte[32])}", Cancel);

        Assert.Equal(FindingKind.FrontierChanged, (await NewCheckpointer().RoundAsync(Cancel))?.Kind);
    }

    [Fact]
    public async Task A_ledger_without_its_leaves_is_not_signed()
    {
        var orders = await SignAsync(12);
        await StepAsync([.. orders]);
        await WitnessAsync();
        await Stores.DropGuardsAsync(Cancel);
        await Stores.ChangeLedgerAsync("DELETE FROM step WHERE leaf_index = 14", Cancel);

        Assert.Equal(FindingKind.LedgerTruncated, (await NewCheckpointer().RoundAsync(Cancel))?.Kind);
    }

    [Fact]
    public async Task Nothing_is_signed_after_the_checkpoint_of_another_key()
    {
        var orders = await SignAsync(12);
        File.Delete(KeyPath);
        await StepAsync([.. orders]);
        await WitnessAsync();

        var finding = await NewCheckpointer().RoundAsync(Cancel);

        Assert.Equal(FindingKind.CheckpointForged, finding?.Kind);
        Assert.Contains("Audit:VerifierKeys", finding!.Detail, StringComparison.Ordinal);
        Assert.Equal(12, (await Proofs.FindNewestAsync(Cancel))!.Size);

        // An operator who says that the former key was right goes on with the new one.
        Services.GetRequiredService<CheckpointOptions>().VerifierKeys.Add((await Proofs.FindNewestAsync(Cancel))!.VerifierKey);

        Assert.Null(await NewCheckpointer().RoundAsync(Cancel));
        Assert.Equal(15, (await Proofs.FindNewestAsync(Cancel))!.Size);
    }

    [Fact]
    public async Task A_checkpoint_that_somebody_else_put_into_the_database_is_neither_exported_nor_built_upon()
    {
        await SignAsync(12);
        var forger = NoteSigner.Generate("resonance");
        var note = forger.Sign(new Checkpoint("resonance", 13, new byte[32]).Text);
        await Stores.ChangeLedgerAsync(
            $"""
            INSERT INTO checkpoint (size, root, note, verifier_key, signed_at)
            VALUES (13, {Stores.Literal(new byte[32])}, '{note}', '{forger.Verifier}', 1)
            """,
            Cancel);

        Assert.Equal(FindingKind.CheckpointForged, (await NewCheckpointer().RoundAsync(Cancel))?.Kind);
        Assert.False(File.Exists(PathOf(13)));
    }

    [Fact]
    public async Task The_table_of_checkpoints_is_append_only()
    {
        await SignAsync(2);

        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(
            () => Stores.ChangeLedgerAsync("UPDATE checkpoint SET signed_at = 1", Cancel));
        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => Stores.ChangeLedgerAsync("DELETE FROM checkpoint", Cancel));
    }

    /// <summary>Three orders, or one, with so many steps in all, and a checkpoint over them.</summary>
    private protected async Task<IReadOnlyList<SampleInstance>> SignAsync(int steps)
    {
        var orders = steps % 3 == 0 ? await WriteHistoryAsync(3, steps / 3) : await WriteHistoryAsync(1, steps);
        Assert.Null(await NewCheckpointer().RoundAsync(Cancel));
        return orders;
    }

    async Task<Finding?> NewestFindingAsync() =>
        (await Services.GetRequiredService<FindingStore>().NewestAsync(1, Cancel)).Select(found => found.Finding).FirstOrDefault();

    string PathOf(long size) => Path.Combine(ExportFolder, string.Create(CultureInfo.InvariantCulture, $"resonance-{size:D20}.checkpoint"));
}
