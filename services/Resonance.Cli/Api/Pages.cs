using System.Text.Json;
using System.Text.Json.Nodes;
using Resonance.Cli.Running;

namespace Resonance.Cli.Api;

/// <summary>The items of a list that comes in pages.</summary>
/// <param name="Items">Items, in their order.</param>
/// <param name="NextCursor">Where the list goes on; null when this is all of it.</param>
sealed record Pages(IReadOnlyList<JsonElement> Items, string? NextCursor)
{
    // The most that the server gives at once.
    public const int PageMax = 200;

    /// <summary>The answer as the API would give it in one page.</summary>
    public JsonElement ToJson() => JsonSerializer.SerializeToElement(new JsonObject
    {
        ["items"] = new JsonArray([.. Items.Select(item => JsonNode.Parse(item.GetRawText()))]),
        ["nextCursor"] = NextCursor,
    });

    /// <summary>Reads on until there are enough.</summary>
    /// <param name="api">Where.</param>
    /// <param name="addressOf">The list's address without limit and cursor, anew for each page.</param>
    /// <param name="most">How many; null for all.</param>
    public static async Task<Pages> ReadAsync(ResonanceApi api, Func<Query> addressOf, int? most)
    {
        var items = new List<JsonElement>();
        string? cursor = null;
        do
        {
            var page = await api.GetAsync(addressOf()
                .With("limit", Math.Min(PageMax, (most ?? int.MaxValue) - items.Count)).With("cursor", cursor).ToString());
            if (page.Member("items") is not { ValueKind: JsonValueKind.Array } found)
                throw new ToolFailure(ExitCodes.ServerFailed, "The server's answer is no page of a list: it is of another release than this tool.");
            items.AddRange(found.EnumerateArray());
            cursor = page.Text("nextCursor");
        }
        while (cursor is not null && (most is null || items.Count < most));
        return new Pages(items, cursor);
    }
}
