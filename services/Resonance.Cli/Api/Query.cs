using System.Globalization;

namespace Resonance.Cli.Api;

/// <summary>Writes the path and the query of an address; what is null is left out.</summary>
sealed class Query(string path)
{
    readonly List<string> _values = [];

    public Query With(string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
            _values.Add($"{name}={Uri.EscapeDataString(value)}");
        return this;
    }

    public Query With(string name, int value) => With(name, value.ToString(CultureInfo.InvariantCulture));

    public Query WithEach(string name, IEnumerable<string>? values)
    {
        foreach (var value in values ?? [])
            With(name, value);
        return this;
    }

    /// <summary>The part of a path that a person named.</summary>
    public static string Part(string value) => Uri.EscapeDataString(value);

    public override string ToString() => _values.Count == 0 ? path : $"{path}?{string.Join('&', _values)}";
}
