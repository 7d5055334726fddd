using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Resonance.Engine.Steps;

namespace Resonance.Engine.Definitions;

/// <summary>Changes an instance's own data by a JSON merge patch (RFC 7396); what the engine keeps beside it stays as it is.</summary>
static class InstanceEdit
{
    /// <summary>Stricter than reading what was stored: an operator's slip of the pen shall not become a null that nobody expects.</summary>
    static readonly JsonSerializerOptions Strict = new(InstanceJson.Options)
    {
        RespectNullableAnnotations = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    /// <summary>What is wrong with the changes, by member; nothing when they can be made.</summary>
    public static IReadOnlyDictionary<string, string[]> Check<TInstance>(TInstance instance, JsonElement changes)
        where TInstance : WorkflowInstance
    {
        var (_, problem) = Read(instance, changes);
        return problem is null ? [] : new Dictionary<string, string[]> { ["data"] = [problem] };
    }

    /// <summary>Makes the changes.</summary>
    /// <exception cref="InvalidOperationException">They cannot be made: <see cref="Check"/> says why.</exception>
    public static void Apply<TInstance>(TInstance instance, JsonElement changes) where TInstance : WorkflowInstance
    {
        var (edited, problem) = Read(instance, changes);
        if (edited is null)
            throw new InvalidOperationException(problem);

        foreach (var member in InstanceJson.Options.GetTypeInfo(typeof(TInstance)).Properties)
        {
            if (member.Name != Bookkeeping.JsonName && member is { Get: { } get, Set: { } set })
                set(instance, get(edited));
        }
    }

    static (TInstance? Edited, string? Problem) Read<TInstance>(TInstance instance, JsonElement changes) where TInstance : WorkflowInstance
    {
        var data = (JsonObject)JsonSerializer.SerializeToNode(instance, InstanceJson.Options)!;
        data.Remove(Bookkeeping.JsonName);
        var members = InstanceJson.Options.GetTypeInfo(typeof(TInstance)).Properties
            .Select(member => member.Name).Where(name => name != Bookkeeping.JsonName).ToArray();
        foreach (var change in changes.EnumerateObject())
        {
            if (!members.Contains(change.Name, StringComparer.Ordinal))
                return (null, $"The instance has no member '{change.Name}'. It has: {string.Join(", ", members)}.");
        }

        try
        {
            var edited = Merge(data, changes).Deserialize<TInstance>(Strict);
            return (edited, null);
        }
        catch (JsonException unreadable)
        {
            return (null, $"The data does not fit the instance at {unreadable.Path}. Look at the instance's data for the form that it has.");
        }
    }

    static JsonNode Merge(JsonNode? target, JsonElement patch)
    {
        if (patch.ValueKind != JsonValueKind.Object)
            return JsonNode.Parse(patch.GetRawText())!;

        var merged = target as JsonObject ?? [];
        foreach (var change in patch.EnumerateObject())
        {
            if (change.Value.ValueKind == JsonValueKind.Null)
            {
                merged.Remove(change.Name);
                continue;
            }

            merged.TryGetPropertyValue(change.Name, out var before);
            merged.Remove(change.Name);
            merged[change.Name] = Merge(before, change.Value);
        }

        return merged;
    }
}
