using System.Text;

namespace Resonance.Tests.House;

/// <summary>
/// Blanks what is not code out of C# text, line breaks kept, so that the braces and the names that remain can be counted with plain
/// text tools. It knows C#'s comments and kinds of string, nothing else of the language; that is enough here and needs no compiler.
/// </summary>
static class CSharpText
{
    public static string WithoutCommentsAndStrings(string text)
    {
        var code = new StringBuilder(text);
        for (var at = 0; at < text.Length;)
        {
            var end = EndOfComment(text, at) ?? EndOfLiteral(text, at);
            if (end is not { } blankTo)
            {
                at++;
                continue;
            }

            for (; at < blankTo; at++)
            {
                if (code[at] is not ('\n' or '\r'))
                    code[at] = ' ';
            }
        }

        return code.ToString();
    }

    static int? EndOfComment(string text, int at)
    {
        if (StartsWith(text, at, "//") || (text[at] == '#' && IsFirstOfLine(text, at)))
            return IndexOrEnd(text, "\n", at);
        return StartsWith(text, at, "/*") ? IndexOrEnd(text, "*/", at + 2, after: true) : null;
    }

    static int? EndOfLiteral(string text, int at)
    {
        if (text[at] == '\'')
            return IndexOrEnd(text, "'", text[at + 1] == '\\' ? at + 3 : at + 2, after: true);

        var quote = at;
        while (quote < text.Length && text[quote] is '$' or '@')
            quote++;
        if (quote >= text.Length || text[quote] != '"')
            return null;

        var prefix = text[at..quote];
        if (prefix.Contains('@', StringComparison.Ordinal))
            return EndOfVerbatim(text, quote + 1);
        var quotes = text.AsSpan(quote).IndexOfAnyExcept('"');
        return quotes switch
        {
            2 => quote + 2,
            >= 3 => IndexOrEnd(text, new string('"', quotes), quote + quotes, after: true),
            _ => EndOfRegular(text, quote + 1, interpolated: prefix.Length > 0),
        };
    }

    static int EndOfVerbatim(string text, int at)
    {
        while (at < text.Length && (text[at] != '"' || StartsWith(text, at, "\"\"")))
            at += text[at] == '"' ? 2 : 1;
        return Math.Min(at + 1, text.Length);
    }

    static int EndOfRegular(string text, int at, bool interpolated)
    {
        while (at < text.Length && text[at] != '"')
        {
            if (interpolated && text[at] == '{' && !StartsWith(text, at, "{{"))
                at = EndOfHole(text, at + 1);
            else
                at += text[at] == '\\' || StartsWith(text, at, "{{") ? 2 : 1;
        }

        return Math.Min(at + 1, text.Length);
    }

    // An interpolation's hole is code, in which strings may stand again.
    static int EndOfHole(string text, int at)
    {
        for (var depth = 1; at < text.Length && depth > 0;)
        {
            if (EndOfLiteral(text, at) is { } end)
            {
                at = end;
                continue;
            }

            depth += text[at] switch { '{' => 1, '}' => -1, _ => 0 };
            at++;
        }

        return at;
    }

    static bool StartsWith(string text, int at, string what) => string.CompareOrdinal(text, at, what, 0, what.Length) == 0;

    static bool IsFirstOfLine(string text, int at) => text.AsSpan(0, at).TrimEnd(" \t") is [] or [.., '\n'];

    static int IndexOrEnd(string text, string what, int from, bool after = false)
    {
        var index = from < text.Length ? text.IndexOf(what, from, StringComparison.Ordinal) : -1;
        return index < 0 ? text.Length : after ? index + what.Length : index;
    }
}
