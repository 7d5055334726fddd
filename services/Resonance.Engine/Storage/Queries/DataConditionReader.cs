using System.Text.Json;
using Resonance.Engine.Definitions;

namespace Resonance.Engine.Storage.Queries;

/// <summary>Reads a <see cref="DataCondition"/>; the first mistake is told with its place.</summary>
ref struct DataConditionReader(string text)
{
    static readonly string[] Operators = ["eq", "ne", "gt", "ge", "lt", "le", "exists"];

    readonly string _text = text;
    int _at;
    string? _problem;

    public DataCondition? Read(out string? problem)
    {
        var path = ReadPath();
        var compared = ReadOperator();
        var value = ReadValue(compared);
        if (_problem is null && compared is not (DataOperator.Eq or DataOperator.Ne or DataOperator.Exists)
            && value.ValueKind is not (JsonValueKind.Number or JsonValueKind.String))
            Refuse("a text or a number: nothing else has an order");
        problem = _problem;
        return problem is null ? new DataCondition(path, compared, value) : null;
    }

    List<DataPathPart> ReadPath()
    {
        var path = new List<DataPathPart>();
        if (!Take('$'))
            Refuse("'$', where every path begins");
        while (_problem is null && _at < _text.Length && _text[_at] is '.' or '[')
        {
            path.Add(_text[_at++] == '.' ? ReadMember() : ReadBracket());
            if (path.Count > DataCondition.PartsMax)
                Refuse($"a path of {DataCondition.PartsMax} parts at most");
        }

        if (path.Count == 0)
            Refuse("a path, e.g. $.customerId or $.lines[0].sku");

        // What the engine keeps for itself is not shown, so that it is not looked for either.
        else if (path[0].Name is Bookkeeping.JsonName or Bookkeeping.StartName)
            Refuse("a member of the workflow's own data", at: 1);
        return path;
    }

    DataPathPart ReadMember()
    {
        var from = _at;
        while (_at < _text.Length && (char.IsAsciiLetterOrDigit(_text[_at]) || _text[_at] is '_' or '-' or '$'))
            _at++;
        if (_at == from)
            Refuse("the name of a member");
        return new DataPathPart(_text[from.._at], 0);
    }

    /// <summary>An index, or a name in quotation marks that has other characters than letters and digits.</summary>
    DataPathPart ReadBracket()
    {
        var part = new DataPathPart("", 0);
        if (_at < _text.Length && _text[_at] is '"' or '\'')
        {
            var quote = _text[_at++];
            var from = _at;
            while (_at < _text.Length && _text[_at] != quote && _text[_at] is >= ' ' and <= '~' and not ('"' or '\\'))
                _at++;
            part = new DataPathPart(_text[from.._at], 0);
            if (!Take(quote))
                Refuse("a name of ASCII characters without a backslash, and the quotation mark that ends it");
        }
        else
        {
            var from = _at;
            while (_at < _text.Length && char.IsAsciiDigit(_text[_at]))
                _at++;
            if (_at == from || _at - from > 4)
                Refuse("an index of one to four digits, or a name in quotation marks");
            else
                part = new DataPathPart(null, int.Parse(_text.AsSpan(from, _at - from), System.Globalization.CultureInfo.InvariantCulture));
        }

        if (!Take(']'))
            Refuse("']'");
        return part;
    }

    DataOperator ReadOperator()
    {
        var gap = SkipSpace();
        var from = _at;
        while (_at < _text.Length && char.IsAsciiLetter(_text[_at]))
            _at++;
        var place = Array.IndexOf(Operators, _text[from.._at]);
        if (place < 0 || gap == 0)
            Refuse($"a space and one of {string.Join(", ", Operators)}", from);
        return (DataOperator)Math.Max(place, 0);
    }

    JsonElement ReadValue(DataOperator compared)
    {
        var gap = SkipSpace();
        if (_problem is not null)
            return default;
        if (compared == DataOperator.Exists)
        {
            if (_at < _text.Length)
                Refuse("the end: 'exists' takes no value");
            return default;
        }

        var written = _text[_at..];
        if (written.Length == 0 || gap == 0)
        {
            Refuse("a space and a value");
            return default;
        }

        // In an address a quotation mark has to be escaped, an apostrophe has not.
        if (written is ['\'', .., '\''] && written.Length >= 2)
            return JsonSerializer.SerializeToElement(Stored(written[1..^1]));

        try
        {
            var value = JsonElement.Parse(written);
            if (value.ValueKind == JsonValueKind.String)
                Stored(value.GetString()!);
            else if (value.ValueKind == JsonValueKind.Number && !value.TryGetDecimal(out _))
                Refuse("a number of 28 digits at most");
            else if (value.ValueKind is JsonValueKind.Object or JsonValueKind.Array)
                Refuse("a text, a number, true, false or null");
            return value;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            Refuse("a text in quotation marks, a number, true, false or null");
            return default;
        }
    }

    /// <summary>No store keeps a zero or half a surrogate pair in a text.</summary>
    string Stored(string value)
    {
        for (var place = 0; place < value.Length; place++)
        {
            if (char.IsHighSurrogate(value[place]) && place + 1 < value.Length && char.IsLowSurrogate(value[place + 1]))
                place++;
            else if (value[place] == '\0' || char.IsSurrogate(value[place]))
                Refuse("a text of whole characters, none of them U+0000");
        }

        return _problem is null ? value : "";
    }

    int SkipSpace()
    {
        var from = _at;
        while (_at < _text.Length && _text[_at] == ' ')
            _at++;
        return _at - from;
    }

    bool Take(char expected)
    {
        if (_problem is not null || _at >= _text.Length || _text[_at] != expected)
            return false;

        _at++;
        return true;
    }

    void Refuse(string expected, int? at = null)
    {
        var place = at ?? _at;
        var found = place < _text.Length ? $"'{_text[place]}'" : "the end";
        _problem ??= $"at character {place + 1}: expected {expected}; found {found}.";
    }
}
