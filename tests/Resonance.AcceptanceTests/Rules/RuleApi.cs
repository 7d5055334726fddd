using System.Net;
using System.Net.Http.Json;
using Xunit;

namespace Resonance.AcceptanceTests.Rules;

/// <summary>The API of rules, as a foreign client sees it.</summary>
sealed class RuleApi(HttpClient client)
{
    /// <summary>The rules of all workflows, each as it decides now.</summary>
    public async Task<IReadOnlyList<SeenCurrent>> ListAsync(CancellationToken cancellationToken) =>
        (await client.GetFromJsonAsync<SeenRules>("api/rules", cancellationToken))!.Items;

    public async Task<SeenRule> GetAsync(string rule, CancellationToken cancellationToken) =>
        (await client.GetFromJsonAsync<SeenRule>($"api/rules/{rule}", cancellationToken))!;

    /// <summary>Asks for a publication and gives the answer, whatever it is.</summary>
    public Task<HttpResponseMessage> AskAsync(string rule, string expression, CancellationToken cancellationToken) =>
        client.PutAsJsonAsync($"api/rules/{rule}", new { expression, author = "Ada", reason = "the board decided" }, cancellationToken);

    /// <summary>Publishes a version, which has to be taken.</summary>
    public async Task<SeenRuleVersion> PublishAsync(string rule, string expression, CancellationToken cancellationToken)
    {
        using var response = await AskAsync(rule, expression, cancellationToken);
        return await ReadAsync<SeenRuleVersion>(response, cancellationToken);
    }

    public async Task<SeenWhatIf> WhatIfAsync(
        string rule, string expression, DateTimeOffset from, CancellationToken cancellationToken, DateTimeOffset? to = null,
        int? limit = null, string? cursor = null)
    {
        using var response = await client.PostAsJsonAsync(
            $"api/rules/{rule}/what-if", new { expression, from, to, limit, cursor }, cancellationToken);
        return await ReadAsync<SeenWhatIf>(response, cancellationToken);
    }

    static async Task<T> ReadAsync<T>(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.StatusCode != HttpStatusCode.OK)
            Assert.Fail($"{(int)response.StatusCode}: {await response.Content.ReadAsStringAsync(cancellationToken)}");
        return (await response.Content.ReadFromJsonAsync<T>(cancellationToken))!;
    }
}

sealed record SeenRule(SeenCurrent Rule, IReadOnlyList<SeenRuleVersion> Versions);

sealed record SeenRules(IReadOnlyList<SeenCurrent> Items);

sealed record SeenCurrent(SeenRuleVersion Current);

sealed record SeenRuleVersion(int Version, string Expression, string Origin, string Author, string Reason, string Hash);

sealed record SeenWhatIf(
    long Evaluations, long PassToFail, long FailToPass, long Undecided, IReadOnlyList<SeenAmount> AtStake,
    IReadOnlyList<SeenChange> Changed, string? NextCursor);

sealed record SeenAmount(string? Currency, decimal PassToFail, decimal FailToPass);

sealed record SeenChange(
    Guid Id, string Key, long Sequence, DateTimeOffset OccurredAt, string Was, string Becomes, decimal? Amount, string? Currency);
