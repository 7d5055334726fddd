using System.Globalization;
using System.Text;

namespace Resonance.Engine.Rules.Language;

/// <summary>
/// A set of code points in a pattern: a class between brackets, or an escape that stands for one. Kept as ranges, since .NET
/// knows only those up to U+FFFF; the code points beyond are written as pairs.
/// </summary>
sealed class PatternClass(string source, bool ignoreCase)
{
    const int Last = 0x10FFFF;

    static readonly Dictionary<char, (int From, int To)[]> Letters = new()
    {
        ['d'] = [('0', '9')],
        ['s'] = [('\t', '\n'), ('\f', '\r'), (' ', ' ')],
        ['w'] = [('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')],
    };

    static readonly Dictionary<string, (int From, int To)[]> Posix = new(StringComparer.Ordinal)
    {
        ["alnum"] = [('0', '9'), ('A', 'Z'), ('a', 'z')],
        ["alpha"] = [('A', 'Z'), ('a', 'z')],
        ["ascii"] = [(0, 0x7F)],
        ["blank"] = [('\t', '\t'), (' ', ' ')],
        ["cntrl"] = [(0, 0x1F), (0x7F, 0x7F)],
        ["digit"] = [('0', '9')],
        ["graph"] = [('!', '~')],
        ["lower"] = [('a', 'z')],
        ["print"] = [(' ', '~')],
        ["punct"] = [('!', '/'), (':', '@'), ('[', '`'), ('{', '~')],
        ["space"] = [('\t', '\r'), (' ', ' ')],
        ["upper"] = [('A', 'Z')],
        ["word"] = [('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')],
        ["xdigit"] = [('0', '9'), ('A', 'F'), ('a', 'f')],
    };

    readonly List<(int From, int To)> _ranges = [];

    // \p{..} is left to .NET, which knows the categories; it goes beside the ranges.
    readonly StringBuilder _categories = new();

    public static string Escaped(char character) =>
        char.IsAsciiLetterOrDigit(character) || character >= 0x80 && !char.IsSurrogate(character)
            ? character.ToString()
            : $"\\u{(int)character:X4}";

    /// <summary>Reads a class, behind its opening bracket.</summary>
    public long Read(ref int at, StringBuilder text, Func<string, bool> refuse)
    {
        var isNegated = at < source.Length && source[at] == '^';
        if (isNegated)
            at++;
        for (var first = true; ; first = false)
        {
            if (at >= source.Length)
            {
                refuse("a '[' is not closed");
                return 1;
            }

            if (source[at] == ']' && !first)
                break;
            if (!Item(ref at, refuse))
                return 1;
        }

        at++;
        return Write(text, isNegated, refuse);
    }

    /// <summary>Reads an escape that stands alone, behind its backslash.</summary>
    public long ReadEscape(ref int at, StringBuilder text, Func<string, bool> refuse) =>
        EscapeItem(ref at, refuse, out var single) && (single < 0 || Add(single, single)) ? Write(text, isNegated: false, refuse) : 1;

    bool Item(ref int at, Func<string, bool> refuse)
    {
        if (source.AsSpan(at).StartsWith("[:") && source.IndexOf(":]", at + 2, StringComparison.Ordinal) is > 0 and var end)
        {
            var name = source[(at + 2)..end];
            at = end + 2;
            var isNegated = name.StartsWith('^');
            return Posix.TryGetValue(isNegated ? name[1..] : name, out var known)
                ? AddAll(known, isNegated)
                : refuse($"there is no class [:{name}:]");
        }

        if (!Single(ref at, refuse, out var from))
            return false;
        if (from < 0)
            return true;
        if (at + 1 >= source.Length || source[at] != '-' || source[at + 1] == ']')
            return Add(from, from);

        at++;
        return Single(ref at, refuse, out var to)
            && (to >= from || refuse("a range in a class is from the smaller to the greater"))
            && Add(from, to);
    }

    // One code point; -1 for an escape that added several by itself.
    bool Single(ref int at, Func<string, bool> refuse, out int codePoint)
    {
        codePoint = -1;
        if (source[at] == '\\')
        {
            at++;
            return EscapeItem(ref at, refuse, out codePoint);
        }

        var width = CodePoints.Width(source, at);
        codePoint = width == 2 ? char.ConvertToUtf32(source[at], source[at + 1]) : source[at];
        at += width;
        return true;
    }

    bool EscapeItem(ref int at, Func<string, bool> refuse, out int codePoint)
    {
        codePoint = -1;
        if (at >= source.Length)
            return refuse("it ends with a backslash");

        var letter = source[at++];
        if (Letters.TryGetValue(char.ToLowerInvariant(letter), out var known))
            return AddAll(known, char.IsAsciiLetterUpper(letter));
        switch (letter)
        {
            case 'p' or 'P':
                return Category(ref at, isNegated: letter == 'P', refuse);
            case 'x':
                return Hexadecimal(ref at, out codePoint) || refuse("expected hexadecimal digits behind '\\x'");
            case >= '0' and <= '7' when letter == '0' || (at + 1 < source.Length && IsOctal(source[at]) && IsOctal(source[at + 1])):
                codePoint = letter - '0';
                for (var more = 0; more < 2 && at < source.Length && IsOctal(source[at]); more++)
                    codePoint = codePoint * 8 + source[at++] - '0';
                return true;
            default:
                codePoint = "afnrtv".IndexOf(letter, StringComparison.Ordinal) is >= 0 and var known2 ? "\a\f\n\r\t\v"[known2] : letter;
                return codePoint != letter
                    || (!char.IsAsciiLetterOrDigit(letter) && letter < 0x80)
                    || refuse($"there is no '\\{letter}' in it that is known");
        }
    }

    static bool IsOctal(char digit) => digit is >= '0' and <= '7';

    bool Hexadecimal(ref int at, out int codePoint)
    {
        codePoint = 0;
        var isBraced = at < source.Length && source[at] == '{';
        var end = isBraced ? source.IndexOf('}', at) : at + 2;
        if (end < 0 || end > source.Length)
            return false;
        var digits = source.AsSpan((isBraced ? at + 1 : at)..end);
        at = isBraced ? end + 1 : end;
        return digits.Length is >= 1 and <= 6
            && int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out codePoint)
            && Rune.IsValid(codePoint);
    }

    bool Category(ref int at, bool isNegated, Func<string, bool> refuse)
    {
        var end = at < source.Length && source[at] == '{' ? source.IndexOf('}', at) : at;
        if (end < 0 || end >= source.Length)
            return refuse("expected the name of a category behind '\\p'");
        var name = source[at] == '{' ? source[(at + 1)..end] : source[at..(at + 1)];
        at = end + 1;
        if (name.StartsWith('^'))
            (name, isNegated) = (name[1..], !isNegated);
        // Scripts such as Greek are not in .NET, whose blocks are something else.
        if (name.Length is not (1 or 2) || !name.All(char.IsAsciiLetter))
            return refuse($"the category '{name}' is not known here");
        _categories.Append(isNegated ? "\\P{" : "\\p{").Append(name).Append('}');
        return true;
    }

    bool AddAll((int From, int To)[] ranges, bool isNegated)
    {
        foreach (var (from, to) in isNegated ? [.. Others(ranges)] : ranges)
            Add(from, to);
        return true;
    }

    bool Add(int from, int to)
    {
        _ranges.Add((from, to));
        return true;
    }

    // All that is in none of the ranges.
    static List<(int From, int To)> Others(IEnumerable<(int From, int To)> ranges)
    {
        var others = new List<(int, int)>();
        var next = 0;
        foreach (var (from, to) in ranges.OrderBy(range => range.From))
        {
            if (from > next)
                others.Add((next, from - 1));
            next = Math.Max(next, to + 1);
        }

        if (next <= Last)
            others.Add((next, Last));
        return others;
    }

    long Write(StringBuilder text, bool isNegated, Func<string, bool> refuse)
    {
        if (_categories.Length > 0)
        {
            if (_ranges.Any(range => range.To > char.MaxValue && range != (Last, Last)) && !isNegated)
                refuse("a class cannot have both a category and characters beyond U+FFFF");
            text.Append(isNegated ? "[^" : "[").Append(_categories);
            foreach (var (from, to) in _ranges.Where(range => range.From <= char.MaxValue))
                Range(text, from, Math.Min(to, char.MaxValue));
            text.Append(']');
            return 2;
        }

        // Negated here rather than by .NET, because what is negated has to take in the pairs. Letters whose case is to be
        // ignored are there in both cases already when they are taken out.
        var ranges = isNegated ? Others(ignoreCase ? BothCases(_ranges) : _ranges) : _ranges;
        var parts = new List<string>();
        var simple = new StringBuilder();
        foreach (var (from, to) in ranges)
        {
            if (from <= 0xD7FF)
                Range(simple, from, Math.Min(to, 0xD7FF));
            if (from <= char.MaxValue && to >= 0xE000)
                Range(simple, Math.Max(from, 0xE000), Math.Min(to, char.MaxValue));
            if (to > char.MaxValue)
                Pairs(parts, Math.Max(from, 0x10000), to);
        }

        if (simple.Length > 0)
            parts.Insert(0, $"[{simple}]");
        // A class that is empty matches nothing at all.
        text.Append("(?:").Append(parts.Count == 0 ? "[^\\u0000-\\uFFFF]" : string.Join('|', parts)).Append(')');
        return 1 + parts.Count;
    }

    static IEnumerable<(int From, int To)> BothCases(List<(int From, int To)> ranges)
    {
        foreach (var (from, to) in ranges)
        {
            yield return (from, to);
            for (var code = from; code <= Math.Min(to, char.MaxValue); code++)
            {
                var other = char.IsUpper((char)code) ? char.ToLowerInvariant((char)code) : char.ToUpperInvariant((char)code);
                if (other != code)
                    yield return (other, other);
            }
        }
    }

    static void Range(StringBuilder text, int from, int to) => text.Append(CultureInfo.InvariantCulture, $"\\u{from:X4}-\\u{to:X4}");

    // The first, partial, block of low surrogates; the blocks that are whole; the last, partial, one.
    static void Pairs(List<string> parts, int from, int to)
    {
        while (from <= to)
        {
            var (high, low) = Surrogates(from);
            var (lastHigh, lastLow) = Surrogates(to);
            if (low == 0xDC00 && (high < lastHigh || lastLow == 0xDFFF))
            {
                var wholeTo = lastLow == 0xDFFF ? lastHigh : lastHigh - 1;
                parts.Add(string.Create(CultureInfo.InvariantCulture, $"[\\u{high:X4}-\\u{wholeTo:X4}][\\uDC00-\\uDFFF]"));
                from = 0x10000 + ((wholeTo + 1 - 0xD800) << 10);
                continue;
            }

            var lowTo = high == lastHigh ? lastLow : 0xDFFF;
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"\\u{high:X4}[\\u{low:X4}-\\u{lowTo:X4}]"));
            from = 0x10000 + ((high + 1 - 0xD800) << 10);
        }
    }

    static (int High, int Low) Surrogates(int codePoint) =>
        (0xD800 + ((codePoint - 0x10000) >> 10), 0xDC00 + ((codePoint - 0x10000) & 0x3FF));
}
