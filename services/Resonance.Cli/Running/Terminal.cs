using Spectre.Console;

namespace Resonance.Cli.Running;

/// <summary>What surrounds a command: where it writes to and reads from, its variables, its network, its clock.</summary>
sealed class Terminal
{
    // Wide enough that nothing is wrapped where a script reads.
    const int PlainWidth = 1 << 16;

    public required IAnsiConsole Out { get; init; }

    public required TextWriter Error { get; init; }

    public required TextReader In { get; init; }

    public required Func<string, string?> Variable { get; init; }

    /// <summary>Who uses this machine.</summary>
    public required string LoggedIn { get; init; }

    public required HttpMessageHandler Network { get; init; }

    public required TimeProvider Clock { get; init; }

    /// <summary>Whether a person looks at the output: tables have frames, and text has colours.</summary>
    public required bool IsRich { get; init; }

    public static Terminal OfThisProcess()
    {
        if (OperatingSystem.IsWindows())
            Console.OutputEncoding = System.Text.Encoding.UTF8;
        var rich = !Console.IsOutputRedirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"))
            && Environment.GetEnvironmentVariable("TERM") != "dumb";
        return new Terminal
        {
            Out = rich ? AnsiConsole.Console : Plain(Console.Out),
            Error = Console.Error,
            In = Console.In,
            Variable = Environment.GetEnvironmentVariable,
            LoggedIn = Environment.UserName,
            // A redirect would take the key along to wherever it points.
            Network = new SocketsHttpHandler { AllowAutoRedirect = false, ConnectTimeout = TimeSpan.FromSeconds(10) },
            Clock = TimeProvider.System,
            IsRich = rich,
        };
    }

    /// <summary>Text alone, a line for each line.</summary>
    public static IAnsiConsole Plain(TextWriter writer)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(writer),
        });
        console.Profile.Width = PlainWidth;
        return console;
    }
}
