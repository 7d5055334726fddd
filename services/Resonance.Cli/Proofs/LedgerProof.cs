using System.Text.Json;
using Resonance.Cli.Api;
using Resonance.Cli.Output;
using Resonance.Cli.Running;

namespace Resonance.Cli.Proofs;

/// <summary>Computes the root of the whole ledger from the trail, and holds it against checkpoints.</summary>
static class LedgerProof
{
    public static async Task CheckAsync(
        Session session, VerifierKey key, IReadOnlyList<(string Name, SignedCheckpoint Checkpoint)> kept, Findings findings)
    {
        if (SignedCheckpoint.Parse(await session.Api.TextAsync("api/audit/checkpoints/latest")) is not { } newest)
        {
            findings.Contradicts("The newest checkpoint cannot be read.");
            return;
        }

        var checkpoints = kept.Prepend(("The newest checkpoint", newest)).Where(checkpoint => IsSigned(checkpoint, key, findings)).ToArray();
        var leaves = await session.Screen.FollowAsync("Reading the ledger", progress => ReadAsync(session, findings, progress));
        var missing = leaves.Count(leaf => leaf is null);
        if (missing > 0)
        {
            findings.Contradicts($"The ledger has no step at {Words.Of(missing, "place", "places")}, at {Array.IndexOf(leaves, null)} for the first time.");
            return;
        }

        Compare(leaves!, checkpoints, findings);
        if (leaves.Length > newest.Size)
            findings.Proves($"{Words.Of(leaves.Length - newest.Size, "step is", "steps are")} witnessed and not covered by a checkpoint yet.");
    }

    static bool IsSigned((string Name, SignedCheckpoint Checkpoint) of, VerifierKey key, Findings findings)
    {
        var isSigned = of.Checkpoint.IsSignedBy(key);
        if (!isSigned)
            findings.Contradicts($"{of.Name} is not signed by {key}.");
        return isSigned;
    }

    static void Compare(byte[][] leaves, IReadOnlyList<(string Name, SignedCheckpoint Checkpoint)> checkpoints, Findings findings)
    {
        var tree = new Merkle.Growing();
        foreach (var (name, checkpoint) in checkpoints.OrderBy(known => known.Checkpoint.Size))
        {
            if (checkpoint.Size > leaves.Length)
            {
                findings.Contradicts($"{name} covers {checkpoint.Size} steps, and the ledger has {leaves.Length}: it was cut off or set back.");
                continue;
            }

            while (tree.Size < checkpoint.Size)
                tree.Add(leaves[tree.Size]);
            if (tree.Root().AsSpan().SequenceEqual(checkpoint.Root))
                findings.Proves($"{name}, over {Words.Of(checkpoint.Size, "step", "steps")} of {checkpoint.Origin}, is signed, and the ledger has its root.");
            else
                findings.Contradicts($"{name}, over {checkpoint.Size} steps, has another root than the ledger: it was changed.");
        }
    }

    /// <returns>The leaf hash of every position; null where there is none.</returns>
    static async Task<byte[]?[]> ReadAsync(Session session, Findings findings, Action<long, long> progress)
    {
        byte[]?[] leaves = [];
        string? cursor = null;
        var read = 0L;
        do
        {
            // The newest comes first, so that its position tells how many there are.
            var page = await session.Api.GetAsync(new Query("api/audit/trail").With("limit", 200).With("cursor", cursor).ToString());
            foreach (var step in page.Items("items"))
            {
                var position = step.Number("position") ?? -1;
                if (leaves.Length == 0 && position >= 0)
                    leaves = new byte[position + 1][];
                if (position < 0 || position >= leaves.Length || step.Text("hash") is not { Length: 64 } hash || !hash.All(char.IsAsciiHexDigit))
                    continue;
                leaves[position] = Merkle.LeafHash(Convert.FromHexString(hash));
                Compare(step, findings);
                read++;
            }

            progress(read, leaves.Length);
            cursor = page.Text("nextCursor");
        }
        while (cursor is not null);
        return leaves;
    }

    static void Compare(JsonElement step, Findings findings)
    {
        if (step.Text("journal") is ("changed" or "missing") and var journal)
            findings.Contradicts($"Step {step.Number("sequence")} of {step.Text("key")}: the journal's row is {journal}.");
    }
}
