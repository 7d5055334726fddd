using System.Text.Json;

namespace Resonance.Engine.Queues;

/// <summary>Settings as they stand in the list of changes.</summary>
static class SettingsJson
{
    static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web);

    public static string Write(WorkQueueSettings settings) => JsonSerializer.Serialize(settings, Options);

    public static WorkQueueSettings Read(string json) => JsonSerializer.Deserialize<WorkQueueSettings>(json, Options)!;
}
