using System.Globalization;
using System.Text;

namespace Resonance.Engine.Rules.Language;

/// <summary>
/// Rewrites a pattern of RE2 as one of .NET that means the same. Both agree on most, but in RE2 <c>\d</c>, <c>\w</c> and <c>\s</c>
/// are of ASCII, <c>$</c> is the very end, and a dot is a whole code point. What RE2 does not have is refused.
/// </summary>
sealed class PatternTranslation
{
    /// <summary>Of one repetition, as in RE2.</summary>
    const int RepeatMax = 1_000;

    /// <summary>
    /// Of a pattern that repeats anything, with its counted repetitions written out, since these multiply when they are nested. Far
    /// below what RE2 allows: the engine of .NET may need minutes for what is larger.
    /// </summary>
    const int SizeMax = 300;

    /// <summary>Groups within groups.</summary>
    const int DepthMax = 50;

    // A code point beyond the first 65,536 is a pair of these in .NET.
    const string Pair = @"[\uD800-\uDBFF][\uDC00-\uDFFF]";

    readonly string _source;
    readonly StringBuilder _text = new();
    int _at;
    bool _dotAll;
    bool _multiline;
    bool _ignoreCase;

    PatternTranslation(string source) => _source = source;

    public string Text => _text.ToString();

    public string? Error { get; private set; }

    public int Size { get; private set; }

    /// <summary>Whether there is any repetition in it.</summary>
    public bool Repeats { get; private set; }

    public static PatternTranslation Of(string source)
    {
        var translation = new PatternTranslation(source);
        translation.Size = (int)translation.Alternatives(depth: 0);
        if (translation.Error is null && translation._at < source.Length)
            translation.Refuse("there is a ')' without its '('");
        if (translation.Error is null && translation.Repeats && translation.Size > SizeMax)
            translation.Refuse("with its repetitions written out it is too long");
        return translation;
    }

    bool More => Error is null && _at < _source.Length;

    char Current => _source[_at];

    // Each of these gives the size of what it read.
    long Alternatives(int depth)
    {
        if (depth > DepthMax)
            Refuse("its groups are nested too deeply");

        long size = 1;
        while (More && Current != ')')
        {
            if (Current == '|')
            {
                _text.Append('|');
                _at++;
                continue;
            }

            var start = _text.Length;
            size += Repeated(Atom(depth), start);
        }

        return size;
    }

    long Repeated(long size, int start)
    {
        var first = true;
        while (More && Current is '*' or '+' or '?' or '{')
        {
            var factor = Repetition(out var text);
            if (factor == 0)
                break;
            if (!first)
            {
                Refuse("it repeats a repetition");
                break;
            }

            // What was one thing in the source may be several here.
            _text.Insert(start, "(?:").Append(')').Append(text);
            size = Math.Min(size * factor, RepeatMax * RepeatMax);
            Repeats = true;
            first = false;
            // Whether a repetition is greedy makes no difference to whether there is a match.
            if (More && Current == '?')
                _at++;
        }

        return size;
    }

    // Gives 0 where the brace is only a brace.
    int Repetition(out string text)
    {
        text = Current.ToString();
        if (Current != '{')
        {
            _at++;
            return 1;
        }

        var end = _source.IndexOf('}', _at);
        var parts = end < 0 ? [] : _source[(_at + 1)..end].Split(',');
        if (parts is not ([_] or [_, _])
            || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var least)
            || !IsCount(parts[^1], out var most, parts.Length == 2))
        {
            return 0;
        }

        if (least > RepeatMax || most > RepeatMax || (most >= 0 && most < least))
            Refuse($"a repetition is from 0 to {RepeatMax}, the smaller number first");
        text = _source[_at..(end + 1)];
        _at = end + 1;
        return Math.Max(1, Math.Max(least, most));
    }

    static bool IsCount(string text, out int count, bool mayBeOpen)
    {
        count = -1;
        return (mayBeOpen && text.Length == 0) || int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out count);
    }

    long Atom(int depth)
    {
        var first = _source[_at++];
        switch (first)
        {
            case '(':
                return Group(depth);
            case '[':
                return new PatternClass(_source, _ignoreCase).Read(ref _at, _text, Refuse);
            case '.':
                _text.Append(_dotAll ? $@"(?:{Pair}|[^\uD800-\uDFFF])" : $@"(?:{Pair}|[^\n\uD800-\uDFFF])");
                return 2;
            case '^':
                _text.Append(_multiline ? "(?m:^)" : @"\A");
                return 1;
            case '$':
                _text.Append(_multiline ? "(?m:$)" : @"\z");
                return 1;
            case '\\':
                return Escape();
            case '*' or '+' or '?':
                Refuse($"there is nothing before its '{first}' to repeat");
                return 1;
            default:
                Literal(first);
                return 1;
        }
    }

    void Literal(char first)
    {
        if (char.IsHighSurrogate(first) && More && char.IsLowSurrogate(Current))
            _text.Append(first).Append(_source[_at++]);
        else
            _text.Append(PatternClass.Escaped(first));
    }

    long Group(int depth)
    {
        var (dotAll, multiline, ignoreCase) = (_dotAll, _multiline, _ignoreCase);
        if (More && Current == '?')
        {
            _at++;
            if (!GroupKind(out var onlyFlags) || onlyFlags)
                return 1;
        }

        _text.Append(_ignoreCase ? "(?i:" : "(?-i:");
        var size = Alternatives(depth + 1);
        if (!More)
            Refuse("a '(' is not closed");
        _at++;
        _text.Append(')');
        (_dotAll, _multiline, _ignoreCase) = (dotAll, multiline, ignoreCase);
        return size;
    }

    // What stands behind (?: a name, flags for the group, or flags for all that follows.
    bool GroupKind(out bool onlyFlags)
    {
        onlyFlags = false;
        var rest = _source.AsSpan(_at);
        if (rest.StartsWith("P<") || (rest.StartsWith("<") && !rest.StartsWith("<=") && !rest.StartsWith("<!")))
        {
            var end = _source.IndexOf('>', _at);
            var name = end < 0 ? "" : _source[(_source.IndexOf('<', _at) + 1)..end];
            if (name.Length == 0 || !name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '_'))
                return Refuse("the name of a group has letters, digits and '_'");
            _at = end + 1;
            return true;
        }

        var on = true;
        for (; More; _at++)
        {
            switch (Current)
            {
                case 'i': _ignoreCase = on; break;
                case 's': _dotAll = on; break;
                case 'm': _multiline = on; break;
                // Turns greed around, which makes no difference to whether there is a match.
                case 'U': break;
                case '-' when on: on = false; break;
                case ':':
                    _at++;
                    return true;
                case ')':
                    _at++;
                    onlyFlags = true;
                    // For the rest of the group that they stand in, and .NET reads them so, too.
                    _text.Append(_ignoreCase ? "(?i)" : "(?-i)");
                    return true;
                default:
                    return Refuse("it looks around, or has another kind of group that RE2 does not know");
            }
        }

        return Refuse("a '(' is not closed");
    }

    long Escape()
    {
        if (!More)
        {
            Refuse("it ends with a backslash");
            return 1;
        }

        var letter = _source[_at];
        switch (letter)
        {
            case 'A':
                _text.Append(@"\A");
                break;
            case 'z':
                _text.Append(@"\z");
                break;
            case 'b' or 'B':
                _text.Append('\\').Append(letter);
                break;
            case 'Q':
                Quotation();
                return 1;
            default:
                return new PatternClass(_source, _ignoreCase).ReadEscape(ref _at, _text, Refuse);
        }

        _at++;
        return 1;
    }

    void Quotation()
    {
        var end = _source.IndexOf("\\E", _at, StringComparison.Ordinal);
        var text = _source[(_at + 1)..(end < 0 ? _source.Length : end)];
        _at = end < 0 ? _source.Length : end + 2;
        foreach (var letter in text)
            _text.Append(PatternClass.Escaped(letter));
    }

    bool Refuse(string why)
    {
        Error ??= $"'{_source}' is not a pattern: {why}";
        return false;
    }
}
