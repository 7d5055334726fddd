using Microsoft.Extensions.DependencyInjection;
using Resonance.Audit.Checkpoints;
using Resonance.Audit.Merkle;
using Resonance.Cli.Proofs;
using Resonance.Contracts.Audit;
using Resonance.Tests.Audit;
using Xunit;

namespace Resonance.Tests.Cli;

/// <summary>The tool verifies what the audit signed with code of its own; what somebody changed is found.</summary>
public sealed class VerifyTests : CliFixture
{
    private protected override void AddServices(IServiceCollection services)
    {
        base.AddServices(services);
        services.AddSingleton<CheckpointHealth>();
        services.AddSingleton<Checkpointer>();
    }

    [Fact]
    public async Task Computes_the_root_that_the_audit_signed()
    {
        await WitnessAsync(Steps(7));
        await SignAsync();
        await WitnessAsync(Step(9, 1));

        var run = await RunAsync("verify");

        Assert.Equal(0, run.Exit);
        Assert.Equal(
            """
            ok   The newest checkpoint, over 7 steps of resonance, is signed, and the ledger has its root.
            ok   1 step is witnessed and not covered by a checkpoint yet.
            Verified.

            """.ReplaceLineEndings("\n"),
            run.Output);
        Assert.StartsWith("The server's own key is trusted: resonance+", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Proves_every_step_of_an_instance_and_takes_a_key_that_was_kept()
    {
        var steps = await WitnessAsync(Steps(5));
        await SignAsync();
        var key = (await Http.GetStringAsync("/api/audit/key", Cancel)).Trim();

        var run = await RunAsync("verify", "--workflow", steps[0].Key, "--key", key);

        Assert.Equal((0, ""), (run.Exit, run.Error));
        Assert.Equal(
            $"ok   {steps[0].Key}: the hashes of 5 rows were computed anew from all that they hold, and make a chain.\n" +
            $"ok   {steps[0].Key}: 5 steps are in the ledger that was signed, without a gap.\nVerified.\n",
            run.Output);
    }

    [Fact]
    public async Task Believes_nobody_who_signs_with_another_key()
    {
        var steps = await WitnessAsync(Steps(3));
        await SignAsync();
        var other = new VerifierKey("resonance", 0, new byte[32]).ToString();
        var forged = new NoteVerifier("resonance", new byte[32]).ToString();

        var unreadable = await RunAsync("verify", "--key", other);
        var whole = await RunAsync("verify", "--key", forged);
        var one = await RunAsync("verify", "--workflow", steps[0].Key, "--key", forged);

        Assert.Equal((2, 1, 1), (unreadable.Exit, whole.Exit, one.Exit));
        Assert.Contains("NOT  The newest checkpoint is not signed by", whole.Output, StringComparison.Ordinal);
        Assert.Contains("NOT  Step 1: the checkpoint of its proof is not signed by", one.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Finds_a_ledger_that_was_changed_and_a_checkpoint_that_it_no_longer_extends()
    {
        await WitnessAsync(Steps(4));
        await SignAsync();
        var kept = Path.GetTempFileName();
        await File.WriteAllTextAsync(kept, await Http.GetStringAsync("/api/audit/checkpoints/latest", Cancel), Cancel);
        try
        {
            var before = await RunAsync("verify", "--checkpoint", kept);
            await EditLedgerAsync();
            var after = await RunAsync("verify", "--checkpoint", kept);

            Assert.Equal((0, 1), (before.Exit, after.Exit));
            Assert.Contains($"ok   {kept}, over 4 steps of resonance, is signed", before.Output, StringComparison.Ordinal);
            Assert.Contains("NOT  The newest checkpoint, over 4 steps, has another root than the ledger: it was changed.", after.Output, StringComparison.Ordinal);
            Assert.Contains($"NOT  {kept}, over 4 steps, has another root", after.Output, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(kept);
        }
    }

    [Fact]
    public void Agrees_with_the_audit_on_every_tree_and_on_every_path()
    {
        var growing = new Merkle.Growing();
        var hashes = new List<byte[]>();
        for (var size = 1; size <= 70; size++)
        {
            hashes.Add(Merkle.LeafHash([(byte)size]));
            growing.Add(hashes[^1]);
            var root = RootOf(hashes);
            Assert.Equal(root, growing.Root());
            for (var index = 0; index < size; index++)
            {
                var path = PathOf(hashes, index);
                Assert.True(Merkle.Includes(index, size, hashes[index], path, root));
                Assert.True(MerkleProof.Includes(index, size, hashes[index], path, root));
                Assert.False(Merkle.Includes(index, size, Merkle.LeafHash([0]), path, root));
                Assert.False(Merkle.Includes(index, size, hashes[index], [.. path, root], root));
                Assert.Equal(size == 1, Merkle.Includes(index, size, hashes[index], [], root));
            }
        }
    }

    // RFC 6962, section 2.1, as it is written.
    static byte[] RootOf(IReadOnlyList<byte[]> leaves)
    {
        if (leaves.Count == 1)
            return leaves[0];
        var split = SplitOf(leaves.Count);
        return System.Security.Cryptography.SHA256.HashData([1, .. RootOf([.. leaves.Take(split)]), .. RootOf([.. leaves.Skip(split)])]);
    }

    static List<byte[]> PathOf(IReadOnlyList<byte[]> leaves, int index)
    {
        if (leaves.Count == 1)
            return [];
        var split = SplitOf(leaves.Count);
        var (left, right) = (leaves.Take(split).ToArray(), leaves.Skip(split).ToArray());
        return index < split ? [.. PathOf(left, index), RootOf(right)] : [.. PathOf(right, index - split), RootOf(left)];
    }

    static int SplitOf(int count) => 1 << System.Numerics.BitOperations.Log2((uint)(count - 1));

    static CommittedStep Step(int instance, int sequence) =>
        StepHistories.Step(Id(instance), sequence, sequence == 1 ? "Initial" : "Pending", "Pending", StepHistories.Epoch.AddSeconds(sequence), "payment");

    static CommittedStep[] Steps(int count) => [.. Enumerable.Range(1, count).Select(sequence => Step(1, sequence))];

    async Task SignAsync() => Assert.Null(await Services.GetRequiredService<Checkpointer>().RoundAsync(Cancel));

    Task EditLedgerAsync()
    {
        var path = Rows.Options.ConnectionString.Replace("rows.db", "audit.db", StringComparison.Ordinal);
        using var connection = new Microsoft.Data.Sqlite.SqliteConnection(path);
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT group_concat('DROP TRIGGER ' || name, '; ') FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'step'";
        command.CommandText = $"{command.ExecuteScalar()}; UPDATE step SET hash = zeroblob(32) WHERE leaf_index = 2";
        Assert.Equal(1, command.ExecuteNonQuery());
        return Task.CompletedTask;
    }
}
