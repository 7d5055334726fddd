using System.Text.Json;

namespace Resonance.Engine.Definitions;

/// <summary>Compares a JSON document with the shape of a contract: names, types, ranges; every difference is found.</summary>
static class ShapeCheck
{
    public static void Check(ContractShape shape, JsonElement value, ContractFindings findings)
    {
        if (findings.Full)
            return;

        if (shape.Scalar is not null)
        {
            if (shape.Scalar.Problem(value) is { } found)
                findings.Add($"{findings.PlaceName} must be {shape.Description}; found {found}.");
        }
        else if (shape.Members is not null)
        {
            CheckObject(shape, shape.Members, value, findings);
        }
        else if (shape.Element is not null)
        {
            if (shape.IsMap)
                CheckMap(shape, shape.Element, value, findings);
            else
                CheckList(shape, shape.Element, value, findings);
        }
    }

    static void CheckObject(ContractShape shape, IReadOnlyList<ContractMember> members, JsonElement value, ContractFindings findings)
    {
        if (!IsOfKind(JsonValueKind.Object, shape, value, findings))
            return;

        var seen = new bool[members.Count];
        foreach (var json in value.EnumerateObject())
        {
            if (NameOf(json, findings) is not { } name || !shape.Positions.TryGetValue(name, out var position)
                || !members[position].IsRead)
                continue;

            var member = members[position];
            findings.Enter(member.Name);
            if (seen[position])
                findings.Add($"{member.Name} stands there more than once; keep one.");
            else
                CheckValue(member.Shape, member.MayBeNull, json.Value, findings);
            findings.Leave();
            seen[position] = true;
        }

        for (var position = 0; position < seen.Length; position++)
        {
            var member = members[position];
            if (!seen[position] && member.IsRequired)
                findings.AddToMember(member.Name, $"{member.Name} is missing; it must be {member.Shape.Description}.");
        }
    }

    static void CheckList(ContractShape shape, ContractShape element, JsonElement value, ContractFindings findings)
    {
        if (!IsOfKind(JsonValueKind.Array, shape, value, findings))
            return;

        var index = 0;
        foreach (var item in value.EnumerateArray())
        {
            findings.Enter(index++);
            CheckValue(element, shape.ElementMayBeNull, item, findings);
            findings.Leave();
            if (findings.Full)
                return;
        }
    }

    static void CheckMap(ContractShape shape, ContractShape element, JsonElement value, ContractFindings findings)
    {
        if (!IsOfKind(JsonValueKind.Object, shape, value, findings))
            return;

        foreach (var json in value.EnumerateObject())
        {
            if (NameOf(json, findings) is not { } name)
                continue;

            findings.Enter(name);
            CheckValue(element, shape.ElementMayBeNull, json.Value, findings);
            findings.Leave();
        }
    }

    static void CheckValue(ContractShape shape, bool mayBeNull, JsonElement value, ContractFindings findings)
    {
        if (value.ValueKind != JsonValueKind.Null)
            Check(shape, value, findings);
        else if (!mayBeNull)
            findings.Add($"{findings.PlaceName} must be {shape.Description}; found null.");
    }

    static bool IsOfKind(JsonValueKind kind, ContractShape shape, JsonElement value, ContractFindings findings)
    {
        if (value.ValueKind == kind)
            return true;

        findings.Add($"{findings.PlaceName} must be {shape.Description}; found {ScalarShape.Found(value)}.");
        return false;
    }

    /// <returns>Null for a name that is not text: an escape left half a surrogate pair.</returns>
    static string? NameOf(JsonProperty member, ContractFindings findings)
    {
        try
        {
            return member.Name;
        }
        catch (InvalidOperationException)
        {
            findings.Add($"{findings.PlaceName} has a name with half a surrogate pair; write whole characters.");
            return null;
        }
    }
}
