using System.IO.Compression;
using Microsoft.Extensions.DependencyInjection;
using Resonance.Audit.Archive;
using Resonance.Audit.Checkpoints;
using Resonance.Audit.Verification;
using Resonance.Audit.Witness;
using Resonance.Engine.Definitions;
using Resonance.Engine.Storage;
using Resonance.Tests.Engine.Storage;
using Xunit;

namespace Resonance.Tests.Audit.Archive;

/// <summary>Old journals leave the database for files that verify by themselves, and nobody misses them; a class a store derives from it.</summary>
public abstract class ArchiveConformance(AuditStores stores) : AuditConformance(stores)
{
    static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    string Folder => Path.Combine(Path.GetDirectoryName(KeyPath)!, "archive");

    [Fact]
    public async Task Journals_of_instances_that_ended_long_ago_are_moved_and_those_of_others_stay()
    {
        var orders = await WriteHistoryAsync(instances: 6, steps: 3);
        await EndAsync(orders.Take(4));
        await WitnessAndSignAsync();

        var result = await ArchiveAsync();

        Assert.Equal(new ArchiveResult(Instances: 4, Rows: 16, Files: 1, Held: 0), result);
        int[] left = await Task.WhenAll(orders.Select(RowsAsync));
        Assert.Equal([0, 0, 0, 0, 3, 3], left);
        Assert.Equal(6, (await Store.LoadAsync([.. orders.Select(order => order.Id)], Cancel)).Count);
    }

    [Fact]
    public async Task What_was_moved_verifies_by_itself()
    {
        await ArchiveSomeAsync();

        var result = await VerifyFileAsync(Assert.Single(Directory.GetFiles(Folder)));

        Assert.Empty(result.Findings);
        Assert.Equal((4, 16), (result.Instances, result.Rows));
    }

    [Theory]
    [InlineData("\"total\":1.50", "\"total\":1.51", "was edited")]
    [InlineData("\"sequence\":2,", "\"sequence\":3,", "stands where step 2 should")]
    [InlineData("\"proof\":\"c2sp.org/tlog-proof@v1", "\"proof\":\"c2sp.org/tlog-proof@v0", "a proof that cannot be read")]
    [InlineData("\"hash\":\"", "\"hash\":\"x", "has a hash that is none")]
    [InlineData("index ", "index 1", "does not lead to the root")]
    public async Task A_file_that_was_tampered_with_is_found_out(string was, string becomes, string finding)
    {
        await ArchiveSomeAsync();
        var file = Assert.Single(Directory.GetFiles(Folder));
        await RewriteAsync(file, text => text.Replace(was, becomes, StringComparison.Ordinal));

        Assert.Contains((await VerifyFileAsync(file)).Findings, sentence => sentence.Contains(finding, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_file_whose_end_is_missing_is_found_out()
    {
        await ArchiveSomeAsync();
        var file = Assert.Single(Directory.GetFiles(Folder));
        await RewriteAsync(file, text => text[..^200]);

        Assert.Contains("has a line that is not one of an archive", Assert.Single((await VerifyFileAsync(file)).Findings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_another_key_vouches_for_proves_nothing()
    {
        await ArchiveSomeAsync();
        File.Delete(KeyPath);
        KeyFile.Open(KeyPath, "resonance");

        var findings = (await VerifyFileAsync(Assert.Single(Directory.GetFiles(Folder)))).Findings;

        Assert.Equal(16, findings.Count);
        Assert.All(findings, finding => Assert.Contains("none of this log's keys", finding, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Nobody_misses_in_the_journal_what_stands_in_an_archive()
    {
        await ArchiveSomeAsync();

        Assert.Empty(await VerifyAsync());
        var comparison = ActivatorUtilities.CreateInstance<JournalComparison>(Services);
        Assert.Equal(0, await comparison.CompareAsync(DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue, Cancel));
        Assert.Equal(0, await Services.GetRequiredService<Resonance.Audit.Ledger.FindingStore>().CountAsync(Cancel));
    }

    [Theory]
    [InlineData("\"total\":1.50", "\"total\":1.51", "step 2 was edited")]
    [InlineData("\"sequence\":2,", "\"sequence\":3,", "step 3 stands where step 2 should")]
    [InlineData("\"sequence\":4,", "\"sequence\":5,", "does not end with the step 4 that was witnessed")]
    [InlineData("{\"id\":", "{", "not one of an archive")]
    public async Task Verification_looks_into_the_archives(string was, string becomes, string finding)
    {
        await ArchiveSomeAsync();
        var file = Assert.Single(Directory.GetFiles(Folder));
        await RewriteAsync(file, text => text.Replace(was, becomes, StringComparison.Ordinal));

        var findings = await VerifyAsync();

        Assert.NotEmpty(findings);
        Assert.All(findings, sentence => Assert.Contains(finding, sentence, StringComparison.Ordinal));

        File.Delete(file);

        Assert.StartsWith("archiveMissing: The journals of 4 instances", Assert.Single(await VerifyAsync()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_step_that_comes_after_all_goes_on_with_the_chain()
    {
        var orders = await ArchiveSomeAsync();
        await EndAsync([orders[0]]);
        await WitnessAsync();

        Assert.Empty(await VerifyAsync());
        Assert.Equal(1, await RowsAsync(orders[0]));
    }

    [Fact]
    public async Task Rows_that_are_only_said_to_be_in_an_archive_are_missed()
    {
        var orders = await WriteHistoryAsync(instances: 2, steps: 3);
        await SignAsync();
        await Stores.DropGuardsAsync(Cancel);
        await Stores.ChangeJournalAsync($"DELETE FROM journal WHERE workflow_id = '{orders[0].Id}'", Cancel);
        await Stores.ChangeLedgerAsync(
            "INSERT INTO archived (workflow_id, through_sequence, head_hash, file, archived_at) " +
            $"VALUES ('{orders[0].Id}', 3, {Stores.Literal(new byte[32])}, 'none.jsonl.gz', 0)",
            Cancel);

        Assert.Contains(await VerifyAsync(), finding => finding.Contains("which does not end as it was witnessed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_cannot_be_proven_stays_until_it_can()
    {
        var orders = await WriteHistoryAsync(instances: 2, steps: 2);
        await EndAsync(orders);
        await WitnessAsync();

        Assert.Equal(new ArchiveResult(0, 0, 0, Held: 2), await ArchiveAsync());
        Assert.False(Directory.Exists(Folder) && Directory.EnumerateFiles(Folder).Any());

        await SignAsync();

        Assert.Equal(new ArchiveResult(2, 6, 1, 0), await ArchiveAsync());
        Assert.Equal(new ArchiveResult(0, 0, 0, 0), await ArchiveAsync());
    }

    async Task<IReadOnlyList<SampleInstance>> ArchiveSomeAsync()
    {
        var orders = await WriteHistoryAsync(instances: 6, steps: 3);
        await EndAsync(orders.Take(4));
        await WitnessAndSignAsync();
        Assert.Equal(4, (await ArchiveAsync()).Instances);
        return orders;
    }

    /// <summary>One more step, after which the instance has ended.</summary>
    async Task EndAsync(IEnumerable<SampleInstance> orders)
    {
        foreach (var order in orders)
        {
            var step = order.Next(data: """{"total":9.50,"$engine":{"status":"completed"}}""");
            step = step with { Workflow = step.Workflow with { Status = WorkflowStatus.Completed, FinishedAt = step.Journal.OccurredAt } };
            Assert.True((await Store.CommitAsync(new StepGroup([step]), Lease, Cancel)).Steps is [{ Outcome: StepOutcome.Committed }]);
            order.Advance(step);
        }
    }

    async Task WitnessAndSignAsync()
    {
        await WitnessAsync();
        await SignAsync();
    }

    async Task SignAsync() => Assert.Null(await NewCheckpointer().RoundAsync(Cancel));

    Task<ArchiveResult> ArchiveAsync() => Services.GetRequiredService<Archiver>().RunAsync(Clock.GetUtcNow(), Cancel);

    Task<ArchiveVerification> VerifyFileAsync(string file) =>
        new ArchiveVerifier(CheckpointKeys.ForVerifying(Services.GetRequiredService<CheckpointOptions>())).VerifyAsync(file, Cancel);

    async Task<IReadOnlyList<string>> VerifyAsync()
    {
        var findings = new List<string>();
        var verifier = new LedgerVerifier(
            Ledger, Journal, Services.GetRequiredService<CheckpointExport>(),
            CheckpointKeys.ForVerifying(Services.GetRequiredService<CheckpointOptions>()), Folder, Clock);
        await verifier.VerifyAsync(new VerificationRequest(), finding => findings.Add($"{finding.Kind}: {finding.Detail}"), Cancel);
        return findings;
    }

    async Task<int> RowsAsync(SampleInstance instance) =>
        (await Journal.ReadAllAsync(instance.Id, Cancel).ToListAsync(Cancel)).Sum(scanned => scanned.Journal.Count);

    static async Task RewriteAsync(string file, Func<string, string> change)
    {
        string text;
        await using (var plain = new GZipStream(File.OpenRead(file), CompressionMode.Decompress))
        using (var reader = new StreamReader(plain))
            text = await reader.ReadToEndAsync(Cancel);
        var changed = change(text);
        Assert.NotEqual(text, changed);
        await using var compressed = new GZipStream(File.Create(file), CompressionLevel.Fastest);
        await using var writer = new StreamWriter(compressed);
        await writer.WriteAsync(changed);
    }
}
