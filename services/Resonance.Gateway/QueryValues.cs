using System.Globalization;
using Resonance.Engine.Storage.Queries;

namespace Resonance.Gateway;

/// <summary>Reads values of a query string; every bad one is told.</summary>
sealed class QueryValues
{
    const int TextMax = 256;

    static readonly string[] TimeFormats =
    [
        "yyyy-MM-dd", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK",
    ];

    readonly Dictionary<string, string[]> _errors = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, string[]> Errors => _errors;

    /// <returns>Null for a value that is left out or empty.</returns>
    public static string? Given(string? value) => string.IsNullOrEmpty(value) ? null : value;

    public void Refuse(string name, string message) => _errors[name] = [message];

    public int Limit(string? value)
    {
        if (Given(value) is not { } given)
            return WorkflowFilter.LimitDefault;
        if (int.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out var limit)
            && limit is >= 1 and <= WorkflowFilter.LimitMax)
        {
            return limit;
        }

        Refuse("limit", $"limit must be a whole number from 1 to {WorkflowFilter.LimitMax}.");
        return WorkflowFilter.LimitDefault;
    }

    /// <param name="value">What was given.</param>
    /// <param name="sort">The order of the list that is asked for.</param>
    public PageCursor? Cursor(string? value, string sort)
    {
        if (Given(value) is not { } given)
            return null;
        if (!PageCursor.TryParse(given, out var cursor))
            Refuse("cursor", "cursor must be the nextCursor of an earlier answer; leave it out to begin anew.");
        else if (cursor.Sort != sort)
            Refuse("cursor", "cursor must be the nextCursor of a list in the same order; leave it out to begin anew.");
        else
            return cursor;
        return null;
    }

    /// <summary>A text to look for.</summary>
    public string? Text(string name, string? value)
    {
        if (Given(value) is not { } given)
            return null;
        if (given.Length <= TextMax && !given.Any(char.IsControl))
            return given;

        Refuse(name, $"{name} must be a text of at most {TextMax} characters, none of them a control character.");
        return null;
    }

    /// <summary>Whether a name is the one that a list is asked for, or begins like it where that ends with a star; null finds all.</summary>
    public static bool IsNamed(string name, string? pattern) => pattern is null
        || (pattern.EndsWith('*') ? name.StartsWith(pattern[..^1], StringComparison.Ordinal) : name == pattern);

    public bool? Flag(string name, string? value)
    {
        switch (Given(value))
        {
            case null:
                return null;
            case "true":
                return true;
            case "false":
                return false;
            default:
                Refuse(name, $"{name} must be true or false.");
                return null;
        }
    }

    public Guid? Id(string name, string? value)
    {
        if (Given(value) is not { } given)
            return null;
        if (Guid.TryParse(given, out var id))
            return id;

        Refuse(name, $"{name} must be an id, e.g. 0190abcd-0000-7000-8000-000000000001.");
        return null;
    }

    public DateTimeOffset? Time(string name, string? value)
    {
        // A plus that was not escaped reaches us as a space.
        if (Given(value)?.Replace(' ', '+') is not { } given)
            return null;
        if (DateTimeOffset.TryParseExact(given, TimeFormats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
            return time;

        Refuse(name, $"{name} must be a time as in ISO 8601, e.g. 2026-01-31T09:15:43Z.");
        return null;
    }

    /// <summary>One of a few words; null when none is given.</summary>
    public string? OneOfOrNone(string name, string? value, params string[] known) => Given(value) is null ? null : OneOf(name, value, known);

    /// <summary>One of a few words, the first of which is meant when none is given.</summary>
    public string OneOf(string name, string? value, params string[] known)
    {
        if (Given(value) is not { } given)
            return known[0];
        if (known.Contains(given, StringComparer.Ordinal))
            return given;

        Refuse(name, $"{name} must be one of {string.Join(", ", known)}.");
        return known[0];
    }
}
