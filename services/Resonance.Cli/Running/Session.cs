using System.CommandLine;
using System.Text.Json;
using Resonance.Cli.Api;
using Resonance.Cli.Output;

namespace Resonance.Cli.Running;

/// <summary>One run of one command.</summary>
sealed class Session
{
    readonly ParseResult _parsed;
    readonly Terminal _terminal;
    readonly GlobalOptions _options;
    readonly bool _hasKey;

    public Session(ParseResult parsed, Terminal terminal, GlobalOptions options, CancellationToken cancel)
    {
        (_parsed, _terminal, _options, Cancel) = (parsed, terminal, options, cancel);
        Screen = new Screen(terminal.Out, terminal.IsRich, terminal.Clock);
        var key = Key();
        _hasKey = key is not null;
        Api = new ResonanceApi(Address(), key, terminal.Network, terminal.Clock, cancel);
    }

    public ResonanceApi Api { get; }

    public Screen Screen { get; }

    public CancellationToken Cancel { get; }

    public TimeProvider Clock => _terminal.Clock;

    public TextWriter Error => _terminal.Error;

    public bool AsJson => _parsed.GetValue(_options.Json);

    /// <summary>Who asks; null when the server knows by the key.</summary>
    public string? Operator => Given(_options.Operator, "RESONANCE_OPERATOR") ?? (_hasKey ? null : _terminal.LoggedIn);

    /// <summary>Who asks, where a request has to name them.</summary>
    public async Task<string> AuthorAsync() =>
        Operator ?? (await Api.FindAsync("api/session"))?.Text("name") ?? _terminal.LoggedIn;

    public T? Value<T>(Option<T> option) => _parsed.GetValue(option);

    public T Value<T>(Argument<T> argument) => _parsed.GetValue(argument)!;

    /// <summary>Shows an answer as it came with <c>--json</c>, otherwise for people.</summary>
    public int Show(JsonElement answer, Action<Screen> show)
    {
        if (AsJson)
            Screen.Json(answer);
        else
            show(Screen);
        return ExitCodes.Done;
    }

    /// <summary>A JSON value: as written, or from a file with <c>@</c>, or from standard input with <c>-</c>.</summary>
    /// <param name="option">Names it in errors.</param>
    /// <param name="given">What stands on the command line.</param>
    /// <param name="fill">Puts values into it.</param>
    public async Task<JsonElement> JsonAsync(string option, string given, Func<string, string>? fill = null)
    {
        var text = await TextAsync(option, given);
        text = fill?.Invoke(text) ?? text;
        try
        {
            return JsonElement.Parse(text);
        }
        catch (JsonException exception)
        {
            throw new ToolFailure(ExitCodes.WrongUsage, $"What {option} gives is no JSON: {exception.Message}");
        }
    }

    /// <summary>A text: as written, or from a file with <c>@</c>, or from standard input with <c>-</c>.</summary>
    public async Task<string> TextAsync(string option, string given)
    {
        if (given == "-")
            return await _terminal.In.ReadToEndAsync(Cancel);
        return given.StartsWith('@') ? FileText(option, given[1..]) : given;
    }

    static string FileText(string option, string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new ToolFailure(ExitCodes.WrongUsage, $"The file of {option} cannot be read: {exception.Message}");
        }
    }

    Uri Address()
    {
        var given = Given(_options.Server, "RESONANCE_SERVER") ?? "http://127.0.0.1:5080";
        if (Uri.TryCreate(given.TrimEnd('/') + "/", UriKind.Absolute, out var address) && address.Scheme is "http" or "https")
            return address;
        throw new ToolFailure(ExitCodes.WrongUsage, $"'{given}' is no address of a server; write one like http://127.0.0.1:5080.");
    }

    string? Key()
    {
        if (Given(_options.ApiKey, "RESONANCE_API_KEY") is not { } given)
            return null;

        var key = given.StartsWith('@') ? FileText("--api-key", given[1..]).Trim() : given;
        // The key itself is never shown, not even a wrong one.
        return key.Length > 0 && key.All(letter => letter is > ' ' and < '\x7f')
            ? key
            : throw new ToolFailure(ExitCodes.WrongUsage, "The API key is empty, or has characters that no key has.");
    }

    string? Given(Option<string?> option, string variable) =>
        _parsed.GetValue(option) is { Length: > 0 } value ? value : _terminal.Variable(variable) is { Length: > 0 } other ? other : null;
}
