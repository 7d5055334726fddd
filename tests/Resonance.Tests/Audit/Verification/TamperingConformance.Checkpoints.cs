using Resonance.Audit.Checkpoints;
using Resonance.Audit.Ledger;
using Xunit;

namespace Resonance.Tests.Audit.Verification;

/// <summary>The checkpoints, and backups that were brought back.</summary>
public abstract partial class TamperingConformance
{
    string LatestPath => Path.Combine(ExportFolder, "latest.checkpoint");

    [Fact]
    public async Task A_checkpoint_that_another_key_signed_is_found()
    {
        await WriteAsync();
        var forger = NoteSigner.Generate("resonance");
        await StoreNoteAsync(forger.Sign(new Checkpoint("resonance", 40, await StoredRootAsync()).Text));

        var finding = Assert.Single((await VerifyAsync()).Findings);

        Assert.Equal(FindingKind.CheckpointForged, finding.Kind);
        Assert.Contains("over 40 steps in the database bears the signature of none of this log's keys", finding.Detail, StringComparison.Ordinal);
        Assert.Equal(finding, Assert.Single((await VerifyAsync(Order.Id)).Findings));
    }

    [Fact]
    public async Task A_checkpoint_that_says_another_root_than_it_was_signed_over_is_found()
    {
        await WriteAsync();
        var note = await File.ReadAllTextAsync(LatestPath, Cancel);
        await File.WriteAllTextAsync(LatestPath, note.Replace(note.Split('\n')[2], Convert.ToBase64String(new byte[32]), StringComparison.Ordinal), Cancel);

        var finding = Assert.Single((await VerifyAsync()).Findings);

        Assert.Equal(FindingKind.CheckpointForged, finding.Kind);
        Assert.Contains(LatestPath, finding.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_checkpoint_that_the_stolen_key_signed_over_another_root_is_found()
    {
        await WriteAsync();
        var note = KeyFile.Open(KeyPath, "resonance").Sign(new Checkpoint("resonance", 30, new byte[32]).Text);
        var path = Path.Combine(ExportFolder, "stolen.checkpoint");
        await File.WriteAllTextAsync(path, note, Cancel);

        var finding = Assert.Single((await VerifyAsync()).Findings);

        Assert.Equal(FindingKind.CheckpointsContradict, finding.Kind);
        Assert.Contains($"over 30 steps in {path}", finding.Detail, StringComparison.Ordinal);
        Assert.Contains("as the checkpoint over 40 steps in ", finding.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_row_of_the_table_that_says_otherwise_than_its_note_is_found()
    {
        await WriteAsync();
        await Stores.ChangeLedgerAsync($"UPDATE checkpoint SET root = {Stores.Literal(new byte[32])} WHERE size = 40", Cancel);

        Assert.Equal(FindingKind.CheckpointForged, Assert.Single((await VerifyAsync()).Findings).Kind);
    }

    [Fact]
    public async Task A_file_that_is_no_checkpoint_any_more_is_found()
    {
        await WriteAsync();
        await File.WriteAllTextAsync(LatestPath, "nothing\n", Cancel);

        var finding = Assert.Single((await VerifyAsync()).Findings);

        Assert.Equal((FindingKind.CheckpointForged, $"What stands in {LatestPath} as a checkpoint is none, or no longer: it cannot be read."),
            (finding.Kind, finding.Detail));
    }

    [Fact]
    public async Task A_checkpoint_that_somebody_kept_is_believed_when_all_others_are_gone()
    {
        await WriteAsync();
        var kept = Directory.CreateDirectory(Path.Combine(ExportFolder, "kept")).FullName;
        File.Move(LatestPath, Path.Combine(kept, "mine.checkpoint"));
        foreach (var path in Directory.GetFiles(ExportFolder))
            File.Delete(path);
        await Stores.ChangeLedgerAsync("DELETE FROM checkpoint", Cancel);
        Assert.Empty((await VerifyAsync(null, kept)).Findings);
        await CutAsync(0);
        await WitnessAnewAsync();

        Assert.Empty((await VerifyAsync()).Findings);
        Assert.Equal(FindingKind.LedgerRewritten, Assert.Single((await VerifyAsync(null, kept)).Findings).Kind);
        Assert.Equal(
            FindingKind.LedgerRewritten,
            Assert.Single((await VerifyAsync(Order.Id, Path.Combine(kept, "mine.checkpoint"))).Findings, finding => finding.WorkflowId is null).Kind);
    }

    [Fact]
    public async Task An_old_backup_of_the_journal_is_found()
    {
        await WriteAsync();
        await BackUpJournalAsync();
        await StepAsync([.. _orders]);
        await WitnessAsync();
        await RestoreJournalAsync();

        var findings = (await VerifyAsync()).Findings;

        Assert.Equal(Few, findings.Count);
        Assert.All(findings, finding => Assert.Equal((FindingKind.RowMissing, 6L), (finding.Kind, finding.Sequence!.Value)));
    }

    [Fact]
    public async Task An_old_backup_of_the_ledger_is_found()
    {
        await WriteAsync();
        await BackUpLedgerAsync();
        await StepAsync([.. _orders]);
        await WitnessAsync();
        await SignAsync();
        await RestoreLedgerAsync();

        var findings = (await VerifyAsync()).Findings;

        var finding = Assert.Single(findings, finding => finding.Kind == FindingKind.LedgerRolledBack);
        Assert.Contains("The ledger has 40 steps, but a checkpoint over 48", finding.Detail, StringComparison.Ordinal);
        Assert.Contains(ExportFolder, finding.Detail, StringComparison.Ordinal);
        Assert.Equal(Few, findings.Count(finding => finding.Kind == FindingKind.NotWitnessed));
        Assert.Equal(Few + 1, findings.Count);
    }

    [Fact]
    public async Task Old_backups_of_both_are_found_since_the_export_folder_remembers()
    {
        await WriteAsync();
        await BackUpJournalAsync();
        await BackUpLedgerAsync();
        await StepAsync([.. _orders]);
        await WitnessAsync();
        await SignAsync();
        await RestoreJournalAsync();
        await RestoreLedgerAsync();

        var finding = Assert.Single((await VerifyAsync()).Findings);

        Assert.Equal(FindingKind.LedgerRolledBack, finding.Kind);
        Assert.Equal(FindingKind.LedgerRolledBack, Assert.Single((await VerifyAsync(Order.Id)).Findings).Kind);
    }

    async Task<byte[]> StoredRootAsync() => Convert.FromBase64String((await File.ReadAllTextAsync(LatestPath, Cancel)).Split('\n')[2]);

    Task StoreNoteAsync(string note) => Stores.ChangeLedgerAsync($"UPDATE checkpoint SET note = '{note}' WHERE size = 40", Cancel);

    Task BackUpJournalAsync() => Stores.ChangeJournalAsync(
        "CREATE TABLE old_journal AS SELECT * FROM journal; CREATE TABLE old_workflow AS SELECT * FROM workflow", Cancel);

    Task RestoreJournalAsync() => Stores.ChangeJournalAsync(
        "DELETE FROM journal; INSERT INTO journal SELECT * FROM old_journal; DELETE FROM workflow; INSERT INTO workflow SELECT * FROM old_workflow",
        Cancel);

    Task BackUpLedgerAsync() => Stores.ChangeLedgerAsync(
        string.Join("; ", LedgerTables.Select(table => $"CREATE TABLE old_{table} AS SELECT * FROM {table}")), Cancel);

    Task RestoreLedgerAsync() => Stores.ChangeLedgerAsync(
        string.Join("; ", LedgerTables.Select(table => $"DELETE FROM {table}; INSERT INTO {table} SELECT * FROM old_{table}")), Cancel);

    static string[] LedgerTables => ["step", "subtree", "ledger", "checkpoint"];
}
