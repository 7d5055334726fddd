using System.CommandLine;
using Resonance.Cli.Running;

namespace Resonance.Cli.Commands;

/// <summary>Scripts by which a shell asks this tool what may follow, by its directive <c>[suggest]</c>.</summary>
static class CompletionCommand
{
    const string Bash =
        """
        # Add to ~/.bashrc: eval "$(resonance completion bash)"
        _resonance() {
          local line="${COMP_LINE:0:COMP_POINT}" word="${COMP_WORDS[COMP_CWORD]}"
          local IFS=$'\n'
          COMPREPLY=($(compgen -W "$(resonance "[suggest:${#line}]" "$line" 2>/dev/null)" -- "$word"))
        }
        complete -F _resonance resonance

        """;

    const string Zsh =
        """
        # Add to ~/.zshrc, below compinit: eval "$(resonance completion zsh)"
        _resonance() {
          local line="${BUFFER[1,CURSOR]}"
          local -a found
          found=("${(@f)$(resonance "[suggest:${#line}]" "$line" 2>/dev/null)}")
          compadd -- "${found[@]}"
        }
        compdef _resonance resonance

        """;

    const string Fish =
        """
        # Save as ~/.config/fish/completions/resonance.fish
        function __resonance_complete
            set -l line (commandline -cp)
            resonance "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null
        end
        complete -c resonance -f -a '(__resonance_complete)'

        """;

    const string PowerShell =
        """
        # Add to $PROFILE: resonance completion pwsh | Out-String | Invoke-Expression
        Register-ArgumentCompleter -Native -CommandName resonance -ScriptBlock {
            param($wordToComplete, $commandAst, $cursorPosition)
            $line = $commandAst.ToString().PadRight($cursorPosition).Substring(0, $cursorPosition)
            resonance "[suggest:$cursorPosition]" "$line" 2>$null | Where-Object { $_ -like "$wordToComplete*" } | ForEach-Object {
                [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
            }
        }

        """;

    static readonly Dictionary<string, string> Scripts = new(StringComparer.Ordinal)
    {
        ["bash"] = Bash,
        ["zsh"] = Zsh,
        ["fish"] = Fish,
        ["pwsh"] = PowerShell,
    };

    public static Command Create(Tool tool)
    {
        var shell = new Argument<string>("SHELL") { HelpName = "SHELL", Description = "bash, zsh, fish or pwsh." };
        shell.AcceptOnlyFromAmong([.. Scripts.Keys]);
        var command = new Command("completion", "Prints the script by which a shell completes with Tab.") { shell };
        return tool.Does(command, session =>
        {
            session.Screen.Raw(Scripts[session.Value(shell)].ReplaceLineEndings("\n"));
            return Task.FromResult(ExitCodes.Done);
        });
    }
}
