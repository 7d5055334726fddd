using System.Globalization;
using System.Text;

namespace Resonance.Engine.Rules.Language;

/// <summary>What stands between the quotes of a string or bytes literal.</summary>
static class StringLiterals
{
    public static Value Read(string source, SourceSpan body, bool isBytes, bool isRaw, out (SourceSpan Span, string Message)? error)
    {
        error = null;
        var text = body.In(source);
        if (FindLoneSurrogate(text) is >= 0 and var lone)
        {
            error = (new SourceSpan(body.Start + lone, 1), "half of a surrogate pair is no character");
            return default;
        }

        if (isRaw || !text.Contains('\\'))
            return isBytes ? Value.Of(Encoding.UTF8.GetBytes(text)) : Value.Of(text);

        var reading = new Unescaping(text, isBytes);
        if (reading.Run() is { } problem)
            error = (new SourceSpan(body.Start + problem.At, Math.Min(problem.Length, body.Length - problem.At)), problem.Message);
        return reading.Result;
    }

    static int FindLoneSurrogate(string text)
    {
        for (var at = text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF'); at >= 0 && at < text.Length; at++)
        {
            if (!char.IsSurrogate(text[at]))
                continue;
            if (at + 1 >= text.Length || !char.IsSurrogatePair(text[at], text[at + 1]))
                return at;
            at++;
        }

        return -1;
    }

    sealed class Unescaping(string text, bool isBytes)
    {
        readonly StringBuilder _characters = new();
        readonly MemoryStream _bytes = new();

        public Value Result => isBytes ? Value.Of(_bytes.ToArray()) : Value.Of(_characters.ToString());

        public (int At, int Length, string Message)? Run()
        {
            var at = 0;
            while (at < text.Length)
            {
                if (text[at] != '\\')
                {
                    var next = text.IndexOf('\\', at);
                    AppendText(text.AsSpan(at, (next < 0 ? text.Length : next) - at));
                    at = next < 0 ? text.Length : next;
                    continue;
                }

                if (Escape(at, out var length) is { } message)
                    return (at, Math.Max(length, 2), message);
                at += length;
            }

            return null;
        }

        // Appends what the escape at this place stands for, and says how long it is.
        string? Escape(int at, out int length)
        {
            length = 2;
            if (at + 1 >= text.Length)
                return "a backslash at the end escapes nothing";

            var letter = text[at + 1];
            if ("abfnrtv\\?\"'`".IndexOf(letter, StringComparison.Ordinal) is >= 0 and var simple)
            {
                AppendCodePoint("\a\b\f\n\r\t\v\\?\"'`"[simple]);
                return null;
            }

            switch (letter)
            {
                case 'x' or 'X':
                    return Number(at + 2, 2, NumberStyles.AllowHexSpecifier, isOctet: true, out length);
                case 'u' when !isBytes:
                    return Number(at + 2, 4, NumberStyles.AllowHexSpecifier, isOctet: false, out length);
                case 'U' when !isBytes:
                    return Number(at + 2, 8, NumberStyles.AllowHexSpecifier, isOctet: false, out length);
                case >= '0' and <= '3':
                    return Octal(at + 1, out length);
                default:
                    return $"'\\{letter}' is not an escape; write '\\\\' for a backslash, or a raw text: r'...'";
            }
        }

        string? Number(int at, int digits, NumberStyles style, bool isOctet, out int length)
        {
            length = digits + 2;
            if (at + digits > text.Length
                || !uint.TryParse(text.AsSpan(at, digits), style, CultureInfo.InvariantCulture, out var code))
            {
                return $"expected {digits} hexadecimal digits";
            }

            return Append(code, isOctet);
        }

        string? Octal(int at, out int length)
        {
            length = 4;
            if (at + 3 > text.Length || text.AsSpan(at, 3).ContainsAnyExceptInRange('0', '7'))
                return "expected three octal digits, from 000 to 377";
            return Append((uint)((text[at] - '0') * 64 + (text[at + 1] - '0') * 8 + text[at + 2] - '0'), isOctet: true);
        }

        string? Append(uint code, bool isOctet)
        {
            if (isOctet && isBytes)
            {
                _bytes.WriteByte((byte)code);
                return null;
            }

            if (!Rune.IsValid(code))
                return "that is not the code point of a character";
            AppendCodePoint((int)code);
            return null;
        }

        void AppendCodePoint(int code) => AppendText(new Rune(code).ToString());

        void AppendText(ReadOnlySpan<char> characters)
        {
            if (isBytes)
                _bytes.Write(Encoding.UTF8.GetBytes(characters.ToArray()));
            else
                _characters.Append(characters);
        }
    }
}
