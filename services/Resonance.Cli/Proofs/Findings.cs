using Resonance.Cli.Api;
using Resonance.Cli.Output;
using Resonance.Cli.Running;

namespace Resonance.Cli.Proofs;

/// <summary>What a verification found out.</summary>
sealed class Findings
{
    readonly List<string> _contradictions = [];
    readonly List<string> _proven = [];

    /// <summary>Something does not agree.</summary>
    public void Contradicts(string what) => _contradictions.Add(what);

    /// <summary>Something was checked, and is right.</summary>
    public void Proves(string what) => _proven.Add(what);

    public int Show(Session session)
    {
        var answer = Json.Body(("verified", _contradictions.Count == 0), ("proven", _proven), ("contradictions", _contradictions));
        session.Show(answer, screen =>
        {
            foreach (var line in _proven)
                screen.Say($"[green]ok[/]   {Words.Safe(line)}");
            foreach (var line in _contradictions)
                screen.Say($"[red]NOT[/]  {Words.Safe(line)}");
            screen.Say(_contradictions.Count == 0 ? "[green]Verified.[/]" : "[red]Not verified.[/]");
        });
        return _contradictions.Count == 0 ? ExitCodes.Done : ExitCodes.Refused;
    }
}
