using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Xunit;

namespace Resonance.AcceptanceTests.Support;

/// <summary>The HTTP API of a host, in the words of a test.</summary>
sealed class WorkflowApi(HttpClient client)
{
    /// <summary>Posts a start and gives the answer, whatever it is.</summary>
    public Task<HttpResponseMessage> PostAsync(string type, string json, CancellationToken cancellationToken) =>
        SendJsonAsync($"api/workflows/{type}", json, cancellationToken);

    /// <summary>Posts a start that has to be accepted.</summary>
    public async Task<StartedWorkflow> StartAsync(string type, string json, CancellationToken cancellationToken)
    {
        using var response = await PostAsync(type, json, cancellationToken);
        await AssertStatusAsync(HttpStatusCode.Accepted, response, cancellationToken);
        return (await response.Content.ReadFromJsonAsync<StartedWorkflow>(cancellationToken))!;
    }

    public Task<StartedWorkflow> StartAsync(OrderForm order, CancellationToken cancellationToken) =>
        StartAsync("order", order.ToJson(), cancellationToken);

    public Task<StartedWorkflow> StartAsync(PaymentForm payment, CancellationToken cancellationToken) =>
        StartAsync("payment", payment.ToJson(), cancellationToken);

    /// <summary>Asks for an operator's action and gives the answer, whatever it is.</summary>
    public Task<HttpResponseMessage> AskAsync(Guid id, string action, string reason, CancellationToken cancellationToken) =>
        SendJsonAsync($"api/workflows/{id}/actions/{action}", JsonSerializer.Serialize(new { reason }), cancellationToken);

    /// <summary>Asks for an operator's action that has to be accepted.</summary>
    public async Task ActAsync(Guid id, string action, string reason, CancellationToken cancellationToken)
    {
        using var response = await AskAsync(id, action, reason, cancellationToken);
        await AssertStatusAsync(HttpStatusCode.Accepted, response, cancellationToken);
    }

    public Task<StartedWorkflow> StartAsync(ReconciliationForm reconciliation, CancellationToken cancellationToken) =>
        StartAsync("reconciliation", reconciliation.ToJson(), cancellationToken);

    /// <summary>Sends an event of the workflow's own and gives the answer, whatever it is.</summary>
    public Task<HttpResponseMessage> SendEventAsync(Guid id, string contract, string json, CancellationToken cancellationToken) =>
        SendJsonAsync($"api/workflows/{id}/events/{contract}", json, cancellationToken);

    /// <summary>Sends an event of the workflow's own that has to be accepted.</summary>
    public async Task RaiseAsync(Guid id, string contract, string json, CancellationToken cancellationToken)
    {
        using var response = await SendEventAsync(id, contract, json, cancellationToken);
        await AssertStatusAsync(HttpStatusCode.Accepted, response, cancellationToken);
    }

    /// <returns>The instance; null when there is none.</returns>
    public async Task<SeenWorkflow?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        using var response = await client.GetAsync($"api/workflows/{id}", cancellationToken);
        if (response.StatusCode == HttpStatusCode.NotFound)
            return null;

        response.EnsureSuccessStatusCode();
        return await response.Content.ReadFromJsonAsync<SeenWorkflow>(cancellationToken);
    }

    public async Task<IReadOnlyList<SeenStep>> HistoryAsync(Guid id, CancellationToken cancellationToken) =>
        (await client.GetFromJsonAsync<List<SeenStep>>($"api/workflows/{id}/history", cancellationToken))!;

    /// <summary>Waits until the instance is in a state.</summary>
    public async Task<SeenWorkflow> SeeAsync(Guid id, string state, CancellationToken cancellationToken, TimeSpan? within = null) =>
        (await Eventually.SeeAsync(
            token => FindAsync(id, token), workflow => workflow?.State == state, cancellationToken, within, $"workflow {id} in {state}"))!;

    /// <summary>Waits until the history satisfies a condition.</summary>
    public Task<IReadOnlyList<SeenStep>> SeeHistoryAsync(
        Guid id, Func<IReadOnlyList<SeenStep>, bool> isRight, CancellationToken cancellationToken) =>
        Eventually.SeeAsync(token => HistoryAsync(id, token), isRight, cancellationToken);

    async Task<HttpResponseMessage> SendJsonAsync(string path, string json, CancellationToken cancellationToken)
    {
        using var content = new StringContent(json, Encoding.UTF8, "application/json");
        return await client.PostAsync(path, content, cancellationToken);
    }

    static async Task AssertStatusAsync(HttpStatusCode expected, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.StatusCode != expected)
            Assert.Fail($"{(int)response.StatusCode} instead of {(int)expected}: {await response.Content.ReadAsStringAsync(cancellationToken)}");
    }
}

/// <summary>The answer to a start.</summary>
sealed record StartedWorkflow(Guid Id, string Key);
