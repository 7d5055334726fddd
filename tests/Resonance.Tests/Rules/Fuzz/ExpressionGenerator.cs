using System.Globalization;

namespace Resonance.Tests.Rules.Fuzz;

/// <summary>Writes expressions over <see cref="SampleFacts"/>: mostly of the right types, and now and then not.</summary>
sealed class ExpressionGenerator(Random random)
{
    enum Wanted
    {
        Bool,
        Int,
        UInt,
        Double,
        String,
        Bytes,
        Timestamp,
        Duration,
        Ints,
        Strings,
        Lines,
        Map,
        Anything,
    }

    readonly Stack<(string Name, Wanted Type)> _variables = new();

    public string Rule() => Write(Wanted.Bool, random.Next(2, 7));

    string Write(Wanted wanted, int depth)
    {
        if (random.Next(60) == 0)
            wanted = (Wanted)random.Next((int)Wanted.Anything + 1);
        if (wanted == Wanted.Anything)
        {
            var something = Write((Wanted)random.Next((int)Wanted.Anything), depth - 1);
            return random.Next(3) == 0 ? $"dyn({something})" : something;
        }

        if (_variables.Count > 0 && random.Next(3) == 0 && Variable(wanted) is { } variable)
            return variable;
        if (depth <= 0)
            return Leaf(wanted);
        return random.Next(12) switch
        {
            0 => $"({Write(wanted, depth - 1)})",
            1 => $"{Write(Wanted.Bool, depth - 1)} ? {Write(wanted, depth - 1)} : {Write(wanted, depth - 1)}".Bracketed(),
            2 => $"[{Write(wanted, depth - 1)}, {Write(wanted, depth - 2)}][{Write(Wanted.Int, depth - 2)}]",
            3 when wanted != Wanted.Bool => Leaf(wanted),
            _ => Operation(wanted, depth - 1),
        };
    }

    string? Variable(Wanted wanted)
    {
        var (name, type) = _variables.ElementAt(random.Next(_variables.Count));
        if (type == wanted)
            return name;
        return (type, wanted) switch
        {
            (Wanted.Lines, Wanted.Int) => $"{name}.{Pick("quantity", "available")}",
            (Wanted.Lines, Wanted.Double) => $"{name}.price",
            (Wanted.Lines, Wanted.String) => $"{name}.sku",
            _ => null,
        };
    }

    string Operation(Wanted wanted, int depth) => wanted switch
    {
        Wanted.Bool => Test(depth),
        Wanted.Int => Whole(depth),
        Wanted.UInt => Pick(
            $"{Write(Wanted.UInt, depth)} {Pick("+", "-", "*", "/", "%")} {Write(Wanted.UInt, depth)}".Bracketed(),
            $"uint({Write(Wanted.Int, depth)})"),
        Wanted.Double => Pick(
            $"{Write(Wanted.Double, depth)} {Pick("+", "-", "*", "/")} {Write(Wanted.Double, depth)}".Bracketed(),
            $"double({Write(Pick2(Wanted.Int, Wanted.String), depth)})",
            $"math.{Pick("ceil", "floor", "round", "trunc", "abs", "sign", "sqrt")}({Write(Wanted.Double, depth)})",
            $"-{Write(Wanted.Double, 0)}"),
        Wanted.String => Text(depth),
        Wanted.Bytes => Pick($"bytes({Write(Wanted.String, depth)})", $"({Write(Wanted.Bytes, depth)} + {Write(Wanted.Bytes, depth)})"),
        Wanted.Timestamp => Pick(
            $"({Write(Wanted.Timestamp, depth)} + {Write(Wanted.Duration, depth)})", $"timestamp({Write(Wanted.Int, depth)})"),
        Wanted.Duration => Pick(
            $"({Write(Wanted.Timestamp, depth)} - {Write(Wanted.Timestamp, depth)})",
            $"({Write(Wanted.Duration, depth)} + {Write(Wanted.Duration, depth)})"),
        Wanted.Ints => Pick(
            $"{Write(Wanted.Lines, depth)}.map({Bind(Wanted.Lines, Wanted.Int, depth)})",
            $"{Write(Wanted.Ints, depth)}.{Pick("filter", "map")}({Bind(Wanted.Ints, Wanted.Bool, depth)})",
            $"({Write(Wanted.Ints, depth)} + {Write(Wanted.Ints, depth)})"),
        Wanted.Strings => Pick(
            $"{Write(Wanted.String, depth)}.split({Write(Wanted.String, 0)})",
            $"{Write(Wanted.Strings, depth)}.map({Bind(Wanted.Strings, Wanted.String, depth)})"),
        Wanted.Lines => $"lines.filter({Bind(Wanted.Lines, Wanted.Bool, depth)})",
        _ => $"{{{Write(Wanted.String, depth)}: {Write(Wanted.Int, depth)}, 'k': {Write(Wanted.Int, depth)}}}",
    };

    string Test(int depth)
    {
        var type = (Wanted)random.Next((int)Wanted.Bytes + 3);
        return random.Next(14) switch
        {
            0 or 1 => $"{Write(Wanted.Bool, depth)} && {Write(Wanted.Bool, depth)}".Bracketed(),
            2 or 3 => $"{Write(Wanted.Bool, depth)} || {Write(Wanted.Bool, depth)}".Bracketed(),
            4 => $"!{Write(Wanted.Bool, 0).Bracketed()}",
            5 or 6 => $"{Write(type, depth)} {Pick("<", "<=", ">", ">=", "==", "!=")} {Write(type, depth)}".Bracketed(),
            7 => $"{Write(Wanted.Double, depth)} {Pick("<", ">=")} {Write(Wanted.Int, depth)}".Bracketed(),
            8 => $"lines.{Quantifier()}({Bind(Wanted.Lines, Wanted.Bool, depth)})",
            9 => $"{Write(Wanted.Ints, depth)}.{Quantifier()}({Bind(Wanted.Ints, Wanted.Bool, depth)})",
            10 => $"{Write(Wanted.Strings, depth)}.{Quantifier()}({Bind(Wanted.Strings, Wanted.Bool, depth)})",
            11 => $"{Write(Wanted.String, depth)}.{Pick("contains", "startsWith", "endsWith", "matches")}({Write(Wanted.String, 0)})",
            12 => Pick(
                $"{Write(Wanted.String, depth)} in {Write(Wanted.Strings, depth)}",
                $"{Write(Wanted.Int, depth)} in {Write(Wanted.Ints, depth)}",
                $"{Write(Wanted.String, depth)} in {Write(Wanted.Map, depth)}").Bracketed(),
            _ => Pick(
                $"has({Pick("customer.email", "referrer.email", "labels.colour", "labels.nothing", "customer.address")})",
                $"({Write(Wanted.Map, depth)} == {Write(Wanted.Map, depth)})",
                $"({Pick("note", "rating", "referrer")} {Pick("==", "!=")} null)"),
        };
    }

    string Whole(int depth) => random.Next(9) switch
    {
        0 => $"size({Write(Pick2(Wanted.String, Wanted.Strings), depth)})",
        1 => $"{Write(Wanted.Ints, depth)}.size()",
        2 => $"int({Write(Pick2(Wanted.Double, Wanted.String), depth)})",
        3 => Write(Wanted.Timestamp, depth)
            + Pick(".getHours()", ".getFullYear('Europe/Paris')", ".getDayOfYear('-12:00')", ".getMilliseconds()", ".getDate('No/Where')"),
        4 => $"{Write(Wanted.String, depth)}.{Pick("indexOf", "lastIndexOf")}({Write(Wanted.String, 0)})",
        5 => $"math.{Pick("greatest", "least", "bitAnd", "bitShiftLeft", "bitShiftRight", "bitXor")}"
            + $"({Write(Wanted.Int, depth)}, {Write(Wanted.Int, depth)})",
        6 => $"{Write(Wanted.Map, depth)}[{Write(Wanted.String, depth)}]",
        _ => $"{Write(Wanted.Int, depth)} {Pick("+", "-", "*", "/", "%")} {Write(Wanted.Int, depth)}".Bracketed(),
    };

    string Text(int depth) => random.Next(9) switch
    {
        0 or 1 => $"({Write(Wanted.String, depth)} + {Write(Wanted.String, depth)})",
        2 => $"string({Write((Wanted)random.Next((int)Wanted.Ints), depth)})",
        3 => Write(Wanted.String, depth)
            + Pick(".trim()", ".reverse()", ".lowerAscii()", ".upperAscii()", ".charAt(1)", ".substring(1)", ".substring(0, 2)"),
        4 => $"{Write(Wanted.String, depth)}.replace({Write(Wanted.String, 0)}, {Write(Wanted.String, depth)})",
        5 => $"{Write(Wanted.Strings, depth)}.join({Write(Wanted.String, 0)})",
        6 => $"'{Pick("%s", "%d", "%.2f", "%e", "%x", "%b", "%o", "%%", "%s %s")}'.format([{Write(Wanted.Anything, depth)}])",
        7 => $"strings.quote({Write(Wanted.String, depth)})",
        _ => $"{Pick("lines[0].sku", "tags[1]", "labels.colour", "labels['size']", "customer.address.city", "lines[9].sku")}",
    };

    string Leaf(Wanted wanted) => wanted switch
    {
        Wanted.Bool => Pick("true", "false", "express"),
        Wanted.Int => Pick(
            "attempts", "total", "0", "1", "-1", "7", "scores[0]", "rating", "9223372036854775807", "-9223372036854775808", "limits.day"),
        Wanted.UInt => Pick("serial", "0u", "1u", "18446744073709551615u"),
        Wanted.Double => Pick(
            "fraud_score", "amount", "0.0", "1.5", "-0.0", "1e300", random.NextDouble().ToString("R", CultureInfo.InvariantCulture)),
        Wanted.String => Pick(
            "currency", "''", "'a'", "'EUR'", "note", "channel", "id", "customer.name",
            "'n\u00E4h\U0001F600'", "'[a-z]+'", "'(a|b)*'", "customer.email"),
        Wanted.Bytes => Pick("signature", "b'ab'", "b''"),
        Wanted.Timestamp => Pick("placed_at", "timestamp('2026-01-31T12:00:00Z')", "timestamp(0)"),
        Wanted.Duration => Pick("waited", "duration('90s')", "duration('-1h')"),
        Wanted.Ints => Pick("scores", "[1, 2, 3]", "[]", "[attempts, 5]", "marks"),
        Wanted.Strings => Pick("tags", "['a', 'b']", "['EUR', 'USD']", "[currency]"),
        Wanted.Lines => "lines",
        Wanted.Map => Pick("limits", "{}", "{'a': 1, 'b': 2}"),
        _ => Pick("null", "labels", "dyn(lines)", "type(1)"),
    };

    string Quantifier() => Pick("all", "exists", "exists_one");

    string Bind(Wanted range, Wanted result, int depth)
    {
        var name = Pick("x", "y", "z");
        var element = range switch { Wanted.Ints => Wanted.Int, Wanted.Strings => Wanted.String, _ => range };
        _variables.Push((name, element));
        var body = Write(result, depth);
        _variables.Pop();
        return $"{name}, {body}";
    }

    T Pick2<T>(T first, T second) => random.Next(2) == 0 ? first : second;

    string Pick(params string[] choices) => choices[random.Next(choices.Length)];
}

static class GeneratedText
{
    public static string Bracketed(this string text) => $"({text})";
}
