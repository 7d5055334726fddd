using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Resonance.Audit.Trail;
using Resonance.Contracts;
using Resonance.Engine.Definitions;
using Resonance.Engine.Storage;

namespace Resonance.Gateway.Access;

/// <summary>Hides what is marked as sensitive from those who may only look.</summary>
/// <remarks>
/// A member is known by its name, wherever it stands: in an instance's data, in what a rule saw, in a patch, in a message. Names that are
/// written otherwise, such as <c>card_token</c>, are the same name. Texts for people, which may quote a value, lose the value itself.
/// </remarks>
sealed class SensitiveData(WorkflowCatalog catalog, IWorkflowStore store)
{
    /// <summary>What stands in place of a value.</summary>
    public const string Mask = "•••";

    // Shorter values would be found in half of all words.
    const int ValueLengthMin = 4;

    readonly HashSet<string> _names = Names(catalog);

    /// <summary>Whether somebody may only see that there is a value.</summary>
    public static bool IsHiddenFrom(Actor actor) => !actor.May(Role.Operator);

    /// <summary>Whether a member of that name, in any spelling, is sensitive.</summary>
    public bool IsSensitive(string member) => _names.Contains(Plain(member));

    /// <summary>Hides the sensitive members of a document, in place.</summary>
    public JsonNode? Hide(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject document:
                foreach (var (name, value) in document.ToArray())
                {
                    if (value is not null && IsSensitive(name))
                        document[name] = Mask;
                    else
                        Hide(value);
                }

                break;
            case JsonArray items:
                foreach (var item in items)
                    Hide(item);
                break;
        }

        return node;
    }

    /// <summary>Hides the sensitive members of a document as text; all of a text that is no document.</summary>
    public string HideIn(string json)
    {
        try
        {
            return Hide(JsonNode.Parse(json))?.ToJsonString() ?? "null";
        }
        catch (JsonException)
        {
            return Mask;
        }
    }

    /// <summary>The sensitive values of an instance's data, the longest first.</summary>
    public IReadOnlyList<string> ValuesIn(string data)
    {
        var values = new HashSet<string>(StringComparer.Ordinal);
        Collect(JsonNode.Parse(data), isSensitive: false, values);
        return [.. values.OrderByDescending(value => value.Length)];
    }

    /// <summary>A text for people without the values.</summary>
    public static string Without(string text, IEnumerable<string> values) =>
        values.Aggregate(text, (shown, value) => shown.Replace(value, Mask, StringComparison.Ordinal));

    /// <summary>The sensitive values of instances, the longest first.</summary>
    public async ValueTask<IReadOnlyList<string>> ValuesOfAsync(IReadOnlyCollection<Guid> instances, CancellationToken cancellationToken)
    {
        if (instances.Count == 0)
            return [];

        var rows = await store.LoadAsync(instances, cancellationToken);
        return [.. rows.Values.SelectMany(row => ValuesIn(row.Data)).Distinct(StringComparer.Ordinal).OrderByDescending(value => value.Length)];
    }

    /// <summary>Steps as somebody may see them.</summary>
    public async ValueTask<IReadOnlyList<TrailStep>> HideAsync(Actor actor, IReadOnlyList<TrailStep> steps, CancellationToken cancellationToken)
    {
        if (!IsHiddenFrom(actor) || steps.Count == 0)
            return steps;

        var values = await ValuesOfAsync([.. steps.Select(step => step.WorkflowId).Distinct()], cancellationToken);
        return [.. steps.Select(step => step with { Lines = [.. step.Lines.Select(line => Without(line, values))] })];
    }

    void Collect(JsonNode? node, bool isSensitive, HashSet<string> values)
    {
        switch (node)
        {
            case JsonObject document:
                foreach (var (name, value) in document)
                    Collect(value, isSensitive || IsSensitive(name), values);
                break;
            case JsonArray items:
                foreach (var item in items)
                    Collect(item, isSensitive, values);
                break;
            case JsonValue value when isSensitive && value.ToString() is { Length: >= ValueLengthMin } text:
                values.Add(text);
                break;
        }
    }

    static HashSet<string> Names(WorkflowCatalog catalog)
    {
        var (names, seen) = (new HashSet<string>(StringComparer.Ordinal), new HashSet<Type>());
        foreach (var workflow in catalog.All)
        {
            foreach (var type in workflow.DataTypes.Append(workflow.StartContract).Concat(workflow.Events.Select(known => known.Contract)))
                Collect(type, names, seen);
        }

        return names;
    }

    static void Collect(Type type, HashSet<string> names, HashSet<Type> seen)
    {
        foreach (var part in type.GetGenericArguments().Append(type.GetElementType()).OfType<Type>())
            Collect(part, names, seen);

        // What the platform itself brings has no mark of ours.
        if (type.Namespace is null or "System" || type.Namespace.StartsWith("System.", StringComparison.Ordinal) || !seen.Add(type))
            return;

        foreach (var member in type.GetProperties(BindingFlags.Instance | BindingFlags.Public))
        {
            if (member.IsDefined(typeof(SensitiveAttribute)))
                names.Add(Plain(member.Name));
            else
                Collect(member.PropertyType, names, seen);
        }
    }

    static string Plain(string name) => name.Replace("_", "", StringComparison.Ordinal).ToLowerInvariant();
}
