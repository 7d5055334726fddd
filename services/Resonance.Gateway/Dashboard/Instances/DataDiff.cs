using System.Text.Json;

namespace Resonance.Gateway.Dashboard.Instances;

/// <summary>A member of an instance's data that a step changed.</summary>
/// <param name="Path">E.g. <c>lines[0].quantity</c>.</param>
/// <param name="Before">JSON; null when it was not there.</param>
/// <param name="After">JSON; null when it is gone.</param>
sealed record DataChange(string Path, string? Before, string? After);

/// <summary>Compares an instance's data before and after a step, member by member.</summary>
static class DataDiff
{
    /// <param name="before">A JSON object; null for the first step.</param>
    /// <param name="after">A JSON object.</param>
    /// <returns>What differs, in the order of the data; nothing when both say the same.</returns>
    public static IReadOnlyList<DataChange> Between(string? before, string after)
    {
        using var old = JsonDocument.Parse(before ?? "{}");
        using var now = JsonDocument.Parse(after);
        var changes = new List<DataChange>();
        Compare("", old.RootElement, now.RootElement, changes);
        return changes;
    }

    static void Compare(string path, JsonElement? before, JsonElement? after, List<DataChange> changes)
    {
        if (before is { } old && after is { } now && JsonElement.DeepEquals(old, now))
            return;

        if ((before ?? after)!.Value.ValueKind == JsonValueKind.Object && (after ?? before)!.Value.ValueKind == JsonValueKind.Object)
        {
            foreach (var name in Names(after).Union(Names(before), StringComparer.Ordinal))
                Compare(path.Length == 0 ? name : $"{path}.{name}", Member(before, name), Member(after, name), changes);
        }
        else if (before is { ValueKind: JsonValueKind.Array } list && after is { ValueKind: JsonValueKind.Array } other)
        {
            for (var index = 0; index < Math.Max(list.GetArrayLength(), other.GetArrayLength()); index++)
                Compare($"{path}[{index}]", Item(list, index), Item(other, index), changes);
        }
        else
        {
            changes.Add(new DataChange(path, before?.GetRawText(), after?.GetRawText()));
        }
    }

    static IEnumerable<string> Names(JsonElement? element) => element?.EnumerateObject().Select(member => member.Name) ?? [];

    static JsonElement? Member(JsonElement? element, string name) =>
        element is { } found && found.TryGetProperty(name, out var member) ? member : null;

    static JsonElement? Item(JsonElement list, int index) => index < list.GetArrayLength() ? list[index] : null;
}
