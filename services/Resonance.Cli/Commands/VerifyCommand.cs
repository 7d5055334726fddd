using System.CommandLine;
using Resonance.Cli.Proofs;
using Resonance.Cli.Running;

namespace Resonance.Cli.Commands;

/// <summary>Verifies over HTTP what the audit signed. Nothing that the server says of itself is believed but for its key.</summary>
static class VerifyCommand
{
    public static Command Create(Tool tool)
    {
        var workflow = new Option<string?>("--workflow") { Description = "One instance, by its id or by its key; the whole ledger when left out.", HelpName = "ID|KEY" };
        workflow.CompletionSources.Add(context => Suggestions.Keys(tool, context));
        var key = new Option<string?>("--key")
        {
            Description = "The audit's verifier key (name+hash+base64), or @FILE that holds it. The server's own word is taken when left out.",
            HelpName = "KEY|@FILE",
        };
        var checkpoints = new Option<string[]>("--checkpoint")
        {
            Description = "A checkpoint that you kept: the ledger must still have its root.",
            HelpName = "FILE",
            AllowMultipleArgumentsPerToken = true,
        };
        var command = new Command("verify", "Verifies steps against what the audit signed; ends with 1 when something does not agree.")
        {
            workflow, key, checkpoints,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(workflow) is not null && result.GetValue(checkpoints) is { Length: > 0 })
                result.AddError("--checkpoint needs the whole ledger; leave --workflow out.");
        });
        return tool.Does(command, async session =>
        {
            var verifier = await KeyAsync(session, session.Value(key));
            var kept = new List<(string, SignedCheckpoint)>();
            foreach (var file in session.Value(checkpoints) ?? [])
            {
                kept.Add((file, SignedCheckpoint.Parse(await session.TextAsync("--checkpoint", $"@{file}"))
                    ?? throw new ToolFailure(ExitCodes.WrongUsage, $"'{file}' is no checkpoint.")));
            }

            var findings = new Findings();
            if (session.Value(workflow) is { } given)
                await InstanceProof.CheckAsync(session, await Instance.FindAsync(session, given), verifier, findings);
            else
                await LedgerProof.CheckAsync(session, verifier, kept, findings);
            return findings.Show(session);
        });
    }

    static async Task<VerifierKey> KeyAsync(Session session, string? given)
    {
        if (given is not null)
        {
            return VerifierKey.Parse(await session.TextAsync("--key", given))
                ?? throw new ToolFailure(ExitCodes.WrongUsage, "What --key gives is no verifier key; it is written name+hash+base64.");
        }

        var told = VerifierKey.Parse(await session.Api.TextAsync("api/audit/key"))
            ?? throw new ToolFailure(ExitCodes.ServerFailed, "The server's verifier key cannot be read.");
        await session.Error.WriteLineAsync($"The server's own key is trusted: {told}. Give the one that you kept with --key.");
        return told;
    }
}
