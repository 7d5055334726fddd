using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using Resonance.Cli.Api;
using Resonance.Cli.Output;
using Resonance.Cli.Running;

namespace Resonance.Cli.Proofs;

/// <summary>Computes the chain of one instance from its journal, and proves every step of it to be in the tree that was signed.</summary>
static class InstanceProof
{
    static readonly TimeSpan Pace = TimeSpan.FromSeconds(1);
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static async Task CheckAsync(Session session, Guid id, VerifierKey key, Findings findings)
    {
        var workflow = await session.Api.GetAsync($"api/workflows/{id}");
        var journal = await ReadAsync(session, id);
        var name = workflow.Text("key") ?? id.ToString();
        if (!IsWhole(journal, workflow.Number("version") ?? 0, name, findings) || Chain(id, journal, name, findings) is not { } hashes)
            return;

        var proven = await session.Screen.FollowAsync($"Proving {name}", async progress =>
        {
            // Two steps at one place would be one step that is shown twice.
            var places = new HashSet<long>();
            for (var step = 0; step < hashes.Count; step++)
            {
                progress(step, hashes.Count);
                if (await ProveAsync(session, id, step + 1, hashes[step], key, findings) is { } place && !places.Add(place))
                    findings.Contradicts($"Step {step + 1} stands at a place of the ledger where another step stands.");
            }

            progress(hashes.Count, hashes.Count);
            return places.Count;
        });
        if (proven == hashes.Count)
            findings.Proves($"{name}: {Words.Of(proven, "step is", "steps are")} in the ledger that was signed, without a gap.");
    }

    static async Task<IReadOnlyList<JsonElement>> ReadAsync(Session session, Guid id)
    {
        try
        {
            return (await Pages.ReadAsync(session.Api, () => new Query($"api/workflows/{id}/journal"), most: null)).Items;
        }
        catch (ToolFailure refused) when (refused.Status == HttpStatusCode.Forbidden)
        {
            throw new ToolFailure(
                ExitCodes.NotAuthorised,
                "To compute the hashes of an instance's steps takes the role operator: they are made of all that the journal holds, and what is " +
                "sensitive of it is hidden from the role viewer.",
                "Give an operator's key with --api-key or RESONANCE_API_KEY. 'resonance verify' without --workflow takes the role viewer.");
        }
    }

    /// <summary>Computes the hash of every row from what it holds, and holds it against the row's own and the next one's.</summary>
    /// <returns>The hashes; null when the rows are no chain.</returns>
    static List<byte[]>? Chain(Guid id, IReadOnlyList<JsonElement> journal, string name, Findings findings)
    {
        var hashes = new List<byte[]>();
        var previous = new byte[SHA256.HashSizeInBytes];
        var holds = true;
        foreach (var row in journal)
        {
            var sequence = row.Number("sequence");
            if (RowHash.Of(id, row, previous) is not { } computed)
            {
                findings.Contradicts($"Step {sequence}: its row cannot be read, or is another instance's.");
                return null;
            }

            if (row.Text("previousHash") != Convert.ToHexStringLower(previous))
                Doubt($"Step {sequence} does not follow from the step before it.");
            else if (row.Text("hash") != Convert.ToHexStringLower(computed))
                Doubt($"Step {sequence}: its row is not what its hash was made of. It was changed.");
            hashes.Add(computed);
            previous = computed;
        }

        if (holds)
            findings.Proves($"{name}: the hashes of {Words.Of(hashes.Count, "row", "rows")} were computed anew from all that they hold, and make a chain.");
        return holds ? hashes : null;

        void Doubt(string what)
        {
            findings.Contradicts(what);
            holds = false;
        }
    }

    static bool IsWhole(IReadOnlyList<JsonElement> history, long version, string name, Findings findings)
    {
        if (history.Count == 0)
        {
            findings.Contradicts(version == 0
                ? $"{name} has not taken its first step yet: there is nothing to prove."
                : $"{name} took {Words.Of(version, "step", "steps")}, and its history is empty: it was archived, or removed. The host's 'audit verify-archive' checks archives.");
            return false;
        }

        var inOrder = history.Select((step, index) => step.Number("sequence") == index + 1).All(right => right);
        if (!inOrder)
            findings.Contradicts($"{name}: steps are missing, or out of order.");
        else if (history.Count < version)
            findings.Contradicts($"{name} took {version} steps, and its history has {history.Count}.");
        return inOrder;
    }

    /// <returns>The step's place in the ledger; null when it is not proven.</returns>
    static async Task<long?> ProveAsync(Session session, Guid id, long sequence, byte[] hash, VerifierKey key, Findings findings)
    {
        if (await FetchAsync(session, id, sequence) is not { } proof)
        {
            findings.Contradicts($"Step {sequence} is not witnessed, or no checkpoint covers it.");
            return null;
        }

        if (WhyNot(hash, proof, key) is { } why)
        {
            findings.Contradicts($"Step {sequence}: {why}");
            return null;
        }

        return proof.Number("leafIndex");
    }

    static async Task<JsonElement?> FetchAsync(Session session, Guid id, long sequence)
    {
        // A step is witnessed within seconds of its commit, and covered by a checkpoint within seconds of that.
        var started = session.Clock.GetTimestamp();
        while (true)
        {
            var (status, answer) = await session.Api.LookAsync($"api/audit/proof/{id}/{sequence}", HttpStatusCode.NotFound, HttpStatusCode.Conflict);
            if (status == HttpStatusCode.OK)
                return answer;
            if (session.Clock.GetElapsedTime(started) >= Patience)
                return null;
            await Task.Delay(Pace, session.Clock, session.Cancel);
        }
    }

    static string? WhyNot(byte[] hash, JsonElement proof, VerifierKey key)
    {
        if (SignedCheckpoint.Parse(proof.Text("checkpoint") ?? "") is not { } checkpoint)
            return "the checkpoint of its proof cannot be read.";
        if (!checkpoint.IsSignedBy(key))
            return $"the checkpoint of its proof is not signed by {key}.";

        if (proof.Text("rowHash") != Convert.ToHexStringLower(hash))
            return "the ledger witnessed another row than the journal has now.";

        // Everything is computed from what the row holds; what the proof says of it is not believed.
        var path = proof.Items("hashes").Select(item => Base64.Decode(item.ToString()) ?? []).ToArray();
        return Merkle.Includes(proof.Number("leafIndex") ?? -1, checkpoint.Size, Merkle.LeafHash(hash), path, checkpoint.Root)
            ? null
            : "its proof does not lead to the root that was signed.";
    }
}
