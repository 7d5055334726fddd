using System.Net;
using System.Text.Json;
using Resonance.Cli.Api;
using Resonance.Cli.Output;
using Resonance.Cli.Running;

namespace Resonance.Cli.Proofs;

/// <summary>Proves every step of one instance to be in the tree that was signed.</summary>
static class InstanceProof
{
    static readonly TimeSpan Pace = TimeSpan.FromSeconds(1);
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static async Task CheckAsync(Session session, Guid id, VerifierKey key, Findings findings)
    {
        var workflow = await session.Api.GetAsync($"api/workflows/{id}");
        var history = (await session.Api.GetAsync($"api/workflows/{id}/history")).EnumerateArray().ToArray();
        var name = workflow.Text("key") ?? id.ToString();
        if (!IsWhole(history, workflow.Number("version") ?? 0, name, findings))
            return;

        var proven = await session.Screen.FollowAsync($"Proving {name}", async progress =>
        {
            // Two steps at one place would be one step that is shown twice.
            var places = new HashSet<long>();
            for (var step = 0; step < history.Length; step++)
            {
                progress(step, history.Length);
                if (await ProveAsync(session, id, history[step], key, findings) is { } place && !places.Add(place))
                    findings.Contradicts($"Step {step + 1} stands at a place of the ledger where another step stands.");
            }

            progress(history.Length, history.Length);
            return places.Count;
        });
        if (proven == history.Length)
            findings.Proves($"{name}: {Words.Of(proven, "step is", "steps are")} in the ledger that was signed, without a gap.");
    }

    static bool IsWhole(JsonElement[] history, long version, string name, Findings findings)
    {
        if (history.Length == 0)
        {
            findings.Contradicts(version == 0
                ? $"{name} has not taken its first step yet: there is nothing to prove."
                : $"{name} took {Words.Of(version, "step", "steps")}, and its history is empty: it was archived, or removed. The host's 'audit verify-archive' checks archives.");
            return false;
        }

        var inOrder = history.Select((step, index) => step.Number("sequence") == index + 1).All(right => right);
        if (!inOrder)
            findings.Contradicts($"{name}: steps are missing, or out of order.");
        else if (history.Length < version)
            findings.Contradicts($"{name} took {version} steps, and its history has {history.Length}.");
        return inOrder;
    }

    /// <returns>The step's place in the ledger; null when it is not proven.</returns>
    static async Task<long?> ProveAsync(Session session, Guid id, JsonElement step, VerifierKey key, Findings findings)
    {
        var sequence = step.Number("sequence")!.Value;
        if (await FetchAsync(session, id, sequence) is not { } proof)
        {
            findings.Contradicts($"Step {sequence} is not witnessed, or no checkpoint covers it.");
            return null;
        }

        if (WhyNot(step, proof, key) is { } why)
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

    static string? WhyNot(JsonElement step, JsonElement proof, VerifierKey key)
    {
        if (SignedCheckpoint.Parse(proof.Text("checkpoint") ?? "") is not { } checkpoint)
            return "the checkpoint of its proof cannot be read.";
        if (!checkpoint.IsSignedBy(key))
            return $"the checkpoint of its proof is not signed by {key}.";

        var hash = step.Text("hash") ?? "";
        if (hash.Length != 64 || !hash.All(char.IsAsciiHexDigit) || proof.Text("rowHash") != hash)
            return "the ledger witnessed another hash than the history shows.";

        // Everything is computed from the hash that the history shows; what the proof says of it is not believed.
        var path = proof.Items("hashes").Select(item => Base64.Decode(item.ToString()) ?? []).ToArray();
        return Merkle.Includes(proof.Number("leafIndex") ?? -1, checkpoint.Size, Merkle.LeafHash(Convert.FromHexString(hash)), path, checkpoint.Root)
            ? null
            : "its proof does not lead to the root that was signed.";
    }
}
