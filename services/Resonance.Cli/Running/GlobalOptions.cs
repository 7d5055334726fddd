using System.CommandLine;

namespace Resonance.Cli.Running;

/// <summary>The options that every command has.</summary>
sealed class GlobalOptions
{
    public Option<string?> Server { get; } = new("--server")
    {
        Description = "The gateway's address; RESONANCE_SERVER, or http://127.0.0.1:5080, when left out.",
        HelpName = "URL",
        Recursive = true,
    };

    public Option<string?> ApiKey { get; } = new("--api-key")
    {
        Description = "The API key, or @FILE that holds it; RESONANCE_API_KEY when left out. Prefer the variable or a file: others can see arguments.",
        HelpName = "KEY|@FILE",
        Recursive = true,
    };

    public Option<string?> Operator { get; } = new("--as")
    {
        Description = "Who asks, for the journal, where the server does not know by the key; RESONANCE_OPERATOR, or who is logged in, when left out.",
        HelpName = "NAME",
        Recursive = true,
    };

    public Option<bool> Json { get; } = new("--json")
    {
        Description = "Prints the API's JSON, for scripts.",
        Recursive = true,
    };

    public void AddTo(RootCommand root)
    {
        root.Options.Add(Server);
        root.Options.Add(ApiKey);
        root.Options.Add(Operator);
        root.Options.Add(Json);
    }
}
