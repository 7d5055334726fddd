using System.Text.Json.Nodes;

namespace Resonance.AcceptanceTests.Support;

/// <summary>An instance as <c>GET /api/workflows/{id}</c> shows it.</summary>
sealed record SeenWorkflow(
    Guid Id,
    string Type,
    string Key,
    string State,
    string Status,
    long Version,
    int Priority,
    DateTimeOffset StartedAt,
    DateTimeOffset UpdatedAt,
    DateTimeOffset? FinishedAt,
    JsonObject Data,
    IReadOnlyList<SeenWait> WaitingFor,
    string? TraceId);

sealed record SeenWait(string What, DateTimeOffset? Until);

/// <summary>A step as <c>GET /api/workflows/{id}/history</c> shows it.</summary>
sealed record SeenStep(
    long Sequence, DateTimeOffset OccurredAt, string Event, string From, string To, IReadOnlyList<JsonObject> Entries, string Hash,
    string? TraceId);

static class SeenHistory
{
    /// <summary>The entries of one kind, over all steps and in their order.</summary>
    public static IReadOnlyList<JsonObject> OfKind(this IEnumerable<SeenStep> history, string kind) =>
        [.. history.SelectMany(step => step.Entries).Where(entry => entry.Text("kind") == kind)];

    /// <summary>The states that the instance went through, the first one first.</summary>
    public static IReadOnlyList<string> States(this IEnumerable<SeenStep> history) =>
        [.. history.OfKind("stateChanged").Select(change => change.Text("to"))];

    public static string Text(this JsonObject entry, string member) => entry[member]?.ToString() ?? "";
}
