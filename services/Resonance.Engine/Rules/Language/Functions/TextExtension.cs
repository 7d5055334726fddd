using System.Text;

namespace Resonance.Engine.Rules.Language;

/// <summary>The strings extension. Places in a text are counted in code points, from 0.</summary>
static class TextExtension
{
    public static Function[] All { get; } =
    [
        new("charAt", "string.charAt(int) -> string") { Two = CharAt },
        new("indexOf", "string.indexOf(string) -> int\nstring.indexOf(string, int) -> int")
        {
            Two = (ref budget, text, part) => IndexOf(ref budget, text, part, Value.Of(0L)), Three = IndexOf,
        },
        new("lastIndexOf", "string.lastIndexOf(string) -> int\nstring.lastIndexOf(string, int) -> int")
        {
            Two = LastIndexOf, Three = LastIndexOf,
        },
        new("join", "list(string).join() -> string\nlist(string).join(string) -> string")
        {
            One = (ref budget, list) => Join(ref budget, list, Value.Of("")), Two = Join,
        },
        new("lowerAscii", "string.lowerAscii() -> string") { One = LowerAscii },
        new("upperAscii", "string.upperAscii() -> string") { One = UpperAscii },
        new("replace", "string.replace(string, string) -> string\nstring.replace(string, string, int) -> string")
        {
            Three = (ref budget, text, old, fresh) => Replace(ref budget, text, old, fresh, Value.Of(-1L)), Four = Replace,
        },
        new("split", "string.split(string) -> list(string)\nstring.split(string, int) -> list(string)")
        {
            Two = (ref budget, text, separator) => Split(ref budget, text, separator, Value.Of(-1L)), Three = Split,
        },
        new("substring", "string.substring(int) -> string\nstring.substring(int, int) -> string")
        {
            Two = (ref budget, text, from) => Substring(ref budget, text, from, null),
            Three = (ref budget, text, from, to) => Substring(ref budget, text, from, to),
        },
        new("trim", "string.trim() -> string") { One = Trim },
        new("reverse", "string.reverse() -> string") { One = Reverse },
        new("strings.quote", "(string) -> string") { One = Quote },
        new("format", "string.format(list(dyn)) -> string") { Two = TextFormat.Format },
    ];

    static Value CharAt(ref Budget budget, Value text, Value at)
    {
        if (text.Kind != Kind.String || at.Kind != Kind.Int)
            return Catalog.NoOverload("charAt", text, at);
        var characters = text.AsString;
        budget.ChargeSize(characters.Length);
        var offset = CodePoints.Offset(characters, at.AsInt);
        if (offset < 0)
            return OutOfRange("charAt", at);
        return Value.Of(offset == characters.Length ? "" : characters.Substring(offset, CodePoints.Width(characters, offset)));
    }

    static Value OutOfRange(string function, Value at) => Value.Fail($"{function}: the place {ValueText.Of(at)} is outside the text");

    static Value IndexOf(ref Budget budget, Value text, Value part, Value from)
    {
        if (text.Kind != Kind.String || part.Kind != Kind.String || from.Kind != Kind.Int)
            return Catalog.NoOverload("indexOf", text, part, from);
        var characters = text.AsString;
        if (!budget.Charge(2 * TextFunctions.SearchCost(characters, part.AsString)))
            return Value.Exhausted;
        var offset = CodePoints.Offset(characters, from.AsInt);
        if (offset < 0)
            return OutOfRange("indexOf", from);
        var found = characters.IndexOf(part.AsString, offset, StringComparison.Ordinal);
        return Value.Of(found < 0 ? -1 : CodePoints.Count(characters.AsSpan(0, found)));
    }

    static Value LastIndexOf(ref Budget budget, Value text, Value part) => text.Kind == Kind.String
        ? LastIndexOf(ref budget, text, part, Value.Of(CodePoints.Count(text.AsString)))
        : Catalog.NoOverload("lastIndexOf", text, part);

    // The place is the last one at which the part may begin.
    static Value LastIndexOf(ref Budget budget, Value text, Value part, Value from)
    {
        if (text.Kind != Kind.String || part.Kind != Kind.String || from.Kind != Kind.Int)
            return Catalog.NoOverload("lastIndexOf", text, part, from);
        var characters = text.AsString;
        if (!budget.Charge(2 * TextFunctions.SearchCost(characters, part.AsString)))
            return Value.Exhausted;
        var offset = CodePoints.Offset(characters, from.AsInt);
        if (offset < 0)
            return OutOfRange("lastIndexOf", from);
        var end = Math.Min(characters.Length, (long)offset + part.AsString.Length);
        var found = characters.AsSpan(0, (int)end).LastIndexOf(part.AsString, StringComparison.Ordinal);
        return Value.Of(found < 0 ? -1 : CodePoints.Count(characters.AsSpan(0, found)));
    }

    static Value Join(ref Budget budget, Value list, Value separator)
    {
        if (list.Kind != Kind.List || separator.Kind != Kind.String)
            return Catalog.NoOverload("join", list, separator);

        var text = new StringBuilder();
        for (var at = 0; at < list.AsList.Count; at++)
        {
            var item = list.AsList[at];
            if (item.Kind != Kind.String)
                return Value.Fail($"join is for a list of strings, and there is a value of type {item.TypeName} in it");
            if (!budget.Charge(1 + ((separator.AsString.Length + (long)item.AsString.Length) >> Budget.SizeShift)))
                return Value.Exhausted;
            text.Append(at == 0 ? "" : separator.AsString).Append(item.AsString);
        }

        return Value.Of(text.ToString());
    }

    static Value LowerAscii(ref Budget budget, Value text) =>
        Mapped(ref budget, "lowerAscii", text, static characters => string.Create(characters.Length, characters, static (to, from) =>
        {
            for (var at = 0; at < to.Length; at++)
                to[at] = from[at] is >= 'A' and <= 'Z' ? (char)(from[at] | 0x20) : from[at];
        }));

    static Value UpperAscii(ref Budget budget, Value text) =>
        Mapped(ref budget, "upperAscii", text, static characters => string.Create(characters.Length, characters, static (to, from) =>
        {
            for (var at = 0; at < to.Length; at++)
                to[at] = from[at] is >= 'a' and <= 'z' ? (char)(from[at] & ~0x20) : from[at];
        }));

    static Value Mapped(ref Budget budget, string function, Value text, Func<string, string> map)
    {
        if (text.Kind != Kind.String)
            return Catalog.NoOverload(function, text);
        return budget.ChargeSize(text.AsString.Length * 2L) ? Value.Of(map(text.AsString)) : Value.Exhausted;
    }

    static Value Replace(ref Budget budget, Value text, Value old, Value fresh, Value limit)
    {
        if (text.Kind != Kind.String || old.Kind != Kind.String || fresh.Kind != Kind.String || limit.Kind != Kind.Int)
            return Catalog.NoOverload("replace", text, old, fresh, limit);

        var (characters, part, left) = (text.AsString, old.AsString, limit.AsInt < 0 ? long.MaxValue : limit.AsInt);
        if (!budget.Charge(TextFunctions.SearchCost(characters, part)))
            return Value.Exhausted;

        var result = new StringBuilder();
        var at = 0;
        while (left-- > 0 && at <= characters.Length)
        {
            var found = characters.IndexOf(part, at, StringComparison.Ordinal);
            if (found < 0)
                break;
            if (!budget.Charge(1 + ((long)fresh.AsString.Length >> Budget.SizeShift)))
                return Value.Exhausted;
            result.Append(characters, at, found - at).Append(fresh.AsString);
            at = found + part.Length;
            if (part.Length > 0)
                continue;

            // Nothing is before every code point, and behind the last.
            if (at == characters.Length)
                return Value.Of(result.ToString());
            var width = CodePoints.Width(characters, at);
            result.Append(characters, at, width);
            at += width;
        }

        return Value.Of(result.Append(characters, at, characters.Length - at).ToString());
    }

    static Value Split(ref Budget budget, Value text, Value separator, Value limit)
    {
        if (text.Kind != Kind.String || separator.Kind != Kind.String || limit.Kind != Kind.Int)
            return Catalog.NoOverload("split", text, separator, limit);

        var (characters, between, most) = (text.AsString, separator.AsString, limit.AsInt < 0 ? long.MaxValue : limit.AsInt);
        if (most == 0)
            return Value.Of(ListValue.Empty);
        if (!budget.Charge(2 * TextFunctions.SearchCost(characters, between)))
            return Value.Exhausted;

        var parts = new List<Value>();
        var at = 0;
        while (parts.Count + 1 < most)
        {
            // Split at nothing, a text falls into its code points.
            var end = between.Length > 0
                ? characters.IndexOf(between, at, StringComparison.Ordinal)
                : at < characters.Length && at + CodePoints.Width(characters, at) is var next && next < characters.Length ? next : -1;
            if (end < 0)
                break;
            if (!budget.Charge(2))
                return Value.Exhausted;
            parts.Add(Value.Of(characters[at..end]));
            at = end + between.Length;
        }

        if (characters.Length > 0 || between.Length > 0)
            parts.Add(Value.Of(characters[at..]));
        return Value.Of(ListValue.Of([.. parts]));
    }

    static Value Substring(ref Budget budget, Value text, Value from, Value? to)
    {
        if (text.Kind != Kind.String || from.Kind != Kind.Int || to is { Kind: not Kind.Int })
            return to is { } last ? Catalog.NoOverload("substring", text, from, last) : Catalog.NoOverload("substring", text, from);

        var characters = text.AsString;
        if (!budget.ChargeSize(characters.Length * 2L))
            return Value.Exhausted;
        var start = CodePoints.Offset(characters, from.AsInt);
        var end = to is { } behind ? CodePoints.Offset(characters, behind.AsInt) : characters.Length;
        if (start < 0 || end < 0)
            return OutOfRange("substring", start < 0 ? from : to!.Value);
        return start > end
            ? Value.Fail("substring: the place where it ends is before the one where it starts")
            : Value.Of(characters[start..end]);
    }

    static Value Trim(ref Budget budget, Value text) => Mapped(ref budget, "trim", text, static characters => characters.Trim());

    static Value Reverse(ref Budget budget, Value text) => Mapped(ref budget, "reverse", text, static characters =>
        string.Create(characters.Length, characters, static (to, from) =>
        {
            for (int at = 0, width; at < from.Length; at += width)
            {
                width = CodePoints.Width(from, at);
                from.AsSpan(at, width).CopyTo(to[(from.Length - at - width)..]);
            }
        }));

    static Value Quote(ref Budget budget, Value text) => Mapped(ref budget, "strings.quote", text, static characters =>
    {
        var quoted = new StringBuilder(characters.Length + 2).Append('"');
        foreach (var rune in characters.EnumerateRunes())
        {
            if ("\a\b\f\n\r\t\v\\\"".IndexOf((char)rune.Value, StringComparison.Ordinal) is >= 0 and var special && rune.IsBmp)
                quoted.Append('\\').Append("abfnrtv\\\""[special]);
            else
                quoted.Append(rune);
        }

        return quoted.Append('"').ToString();
    });
}
