using System.Globalization;
using Resonance.Engine.Storage.Queries;

namespace Resonance.Gateway;

/// <summary>Reads values of a query string; every bad one is told.</summary>
sealed class QueryValues
{
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

    public PageCursor? Cursor(string? value)
    {
        if (Given(value) is not { } given)
            return null;
        if (PageCursor.TryParse(given, out var cursor))
            return cursor;

        Refuse("cursor", "cursor must be the nextCursor of an earlier answer; leave it out to begin anew.");
        return null;
    }
}
