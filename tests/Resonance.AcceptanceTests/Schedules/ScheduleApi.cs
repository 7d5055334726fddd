using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Xunit;

namespace Resonance.AcceptanceTests.Schedules;

/// <summary>The API of schedules, as a foreign client sees it.</summary>
sealed class ScheduleApi(HttpClient client)
{
    /// <summary>Puts a schedule that starts payments; each one's reference is its due time.</summary>
    public async Task PutPaymentsAsync(string name, string cron, CancellationToken cancellationToken)
    {
        var start = new JsonObject
        {
            ["paymentId"] = "{id}",
            ["reference"] = "{dueAt}",
            ["amount"] = 10,
            ["currency"] = "EUR",
            ["cardToken"] = "tok_visa",
        };
        using var response = await client.PutAsJsonAsync(
            $"api/schedules/{name}",
            new { workflow = "payment", start, cron, overlap = "allow", author = "Ada", reason = "a test" },
            cancellationToken);
        if (response.StatusCode != HttpStatusCode.OK)
            Assert.Fail($"{(int)response.StatusCode}: {await response.Content.ReadAsStringAsync(cancellationToken)}");
    }

    public async Task<SeenSchedule> GetAsync(string name, CancellationToken cancellationToken) =>
        (await client.GetFromJsonAsync<SeenSchedule>($"api/schedules/{name}", cancellationToken))!;

    public async Task PauseAsync(string name, CancellationToken cancellationToken)
    {
        using var response = await client.PostAsJsonAsync(
            $"api/schedules/{name}/pause", new { author = "Ada", reason = "a test" }, cancellationToken);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }
}

sealed record SeenSchedule(IReadOnlyList<DateTimeOffset> NextTimes, IReadOnlyList<SeenFiring> Firings);

sealed record SeenFiring(DateTimeOffset DueAt, string Outcome, Guid? WorkflowId, string? Reason);
