using Microsoft.Extensions.DependencyInjection;
using Resonance.Audit.Checkpoints;
using Resonance.Audit.Ledger;
using Resonance.Audit.Verification;
using Resonance.Engine.Journal;
using Resonance.Tests.Engine.Storage;
using Xunit;

namespace Resonance.Tests.Audit.Verification;

/// <summary>
/// Everything that somebody can do who owns the databases and has every guard out of the way: each is found, and named with its place. On
/// any store; a class a store derives from it.
/// </summary>
public abstract partial class TamperingConformance(AuditStores stores) : AuditConformance(stores)
{
    const int Few = 8;

    /// <summary>With <see cref="Steps"/> steps each, they fill a block of 256 leaves and begin another.</summary>
    const int Many = 60;

    const int Steps = 5;

    IReadOnlyList<SampleInstance> _orders = [];

    string ArchiveFolder => Path.Combine(Path.GetDirectoryName(KeyPath)!, "archive");

    /// <summary>The one that is tampered with.</summary>
    SampleInstance Order => _orders[7];

    [Fact]
    public async Task A_history_that_nobody_touched_agrees()
    {
        await WriteAsync(Many);

        var (result, findings) = await VerifyAsync();

        Assert.Empty(findings);
        // Of the checkpoints two are stored, the same two were exported, and the latest was so twice.
        Assert.Equal(new VerificationResult(Instances: Many, Rows: 300, Leaves: 300, Checkpoints: 5, Findings: 0), result);
        Assert.Empty((await VerifyAsync(Order.Id)).Findings);
    }

    [Fact]
    public async Task An_empty_history_agrees()
    {
        var (result, findings) = await VerifyAsync();

        Assert.Empty(findings);
        Assert.Equal(new VerificationResult(0, 0, 0, 0, 0), result);
    }

    [Fact]
    public async Task What_is_young_need_not_be_witnessed_yet()
    {
        await WriteAsync();
        await StepAsync(Order);
        Clock.SetUtcNow(Order.Row.UpdatedAt.AddSeconds(4));

        Assert.Empty((await VerifyAsync()).Findings);

        Clock.SetUtcNow(Order.Row.UpdatedAt.AddSeconds(6));

        var finding = Assert.Single((await VerifyAsync()).Findings);
        Assert.Equal((FindingKind.NotWitnessed, Order.Id, 6L), (finding.Kind, finding.WorkflowId, finding.Sequence));
    }

    [Fact]
    public async Task A_start_that_was_accepted_and_not_executed_agrees()
    {
        await WriteAsync();
        await Store.AcceptAsync(new SampleInstance("ORDER-ACCEPTED").Accepted(), TimeSpan.FromSeconds(30), Cancel);

        Assert.Empty((await VerifyAsync()).Findings);
    }

    /// <summary>Five steps of each instance, with a checkpoint after the second and after the fifth; then nothing is guarded any more.</summary>
    async Task WriteAsync(int instances = Few)
    {
        _orders = await WriteHistoryAsync(instances, steps: 2);
        await SignAsync();
        for (var step = 2; step < Steps; step++)
            await StepAsync([.. _orders]);
        await WitnessAsync();
        await SignAsync();
        await Stores.DropGuardsAsync(Cancel);
    }

    async Task SignAsync() => Assert.Null(await NewCheckpointer().RoundAsync(Cancel));

    async Task<(VerificationResult Result, IReadOnlyList<VerificationFinding> Findings)> VerifyAsync(
        Guid? workflowId = null, params string[] checkpoints)
    {
        var findings = new List<VerificationFinding>();
        var verifier = new LedgerVerifier(
            Ledger, Journal, Services.GetRequiredService<CheckpointExport>(),
            CheckpointKeys.ForVerifying(Services.GetRequiredService<CheckpointOptions>()), ArchiveFolder, Clock);
        var result = await verifier.VerifyAsync(
            new VerificationRequest { WorkflowId = workflowId, Checkpoints = checkpoints }, findings.Add, Cancel);
        Assert.Equal(findings.Count, result.Findings);
        return (result, findings);
    }

    /// <summary>Verifies everything, and the order alone; the findings about the order are the same, and this is the one.</summary>
    async Task<VerificationFinding> FindOneAsync(string kind, long? sequence)
    {
        var all = (await VerifyAsync()).Findings;
        var finding = Assert.Single(all);
        Assert.Equal((kind, Order.Id, sequence), (finding.Kind, finding.WorkflowId, finding.Sequence));
        Assert.Contains(finding.Key!, finding.Detail, StringComparison.Ordinal);
        Assert.Equal(finding, Assert.Single((await VerifyAsync(Order.Id)).Findings));
        return finding;
    }

    Task EditRowAsync(long sequence, string set) => Stores.ChangeJournalAsync(
        $"UPDATE journal SET {set} WHERE workflow_id = '{Order.Id}' AND sequence = {sequence}", Cancel);

    /// <summary>The journal of the order as it stands there.</summary>
    async Task<IReadOnlyList<JournalRow>> RowsAsync()
    {
        var instances = await Journal.ReadAllAsync(Order.Id, Cancel).ToListAsync(Cancel);
        return Assert.Single(instances).Journal;
    }
}
