using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Resonance.Audit.Checkpoints;
using Resonance.Gateway.Access;
using Resonance.Gateway.Audit;
using Xunit;

namespace Resonance.Tests.Audit.Checkpoints;

/// <summary>Proofs and checkpoints over HTTP, and a stranger who checks them.</summary>
public sealed class ProofApiTests() : AuditConformance(new SqliteAuditStores())
{
    [Fact]
    public async Task A_stranger_accepts_the_proof_of_every_step()
    {
        var orders = await WriteHistoryAsync(instances: 150, steps: 2);
        await NewCheckpointer().RoundAsync(Cancel);
        await using var api = await StartAsync();
        var http = api.GetTestClient();
        var key = (await http.GetStringAsync("/api/audit/key", Cancel)).TrimEnd();
        Assert.Equal(KeyFile.Open(KeyPath, "resonance").Verifier.ToString(), key);

        for (var i = 0; i < orders.Count; i++)
        {
            var proof = await TextAsync(http, orders[i].Id, 2);

            Assert.Null(StrangersVerifier.Complaint(proof, orders[i].Row.HeadHash, key));
            Assert.NotNull(StrangersVerifier.Complaint(proof, orders[(i + 1) % orders.Count].Row.HeadHash, key));
        }
    }

    [Fact]
    public async Task The_proof_as_json_has_what_its_text_has()
    {
        var order = (await WriteHistoryAsync(instances: 5, steps: 3))[0];
        await NewCheckpointer().RoundAsync(Cancel);
        await using var api = await StartAsync();
        var http = api.GetTestClient();

        var proof = await http.GetFromJsonAsync<JsonElement>($"/api/audit/proof/{order.Id}/3", Cancel);

        var index = proof.GetProperty("leafIndex").GetInt64();
        Assert.InRange(index, 10, 14);
        Assert.Equal(15, proof.GetProperty("treeSize").GetInt64());
        Assert.Equal(Convert.ToHexStringLower(order.Row.HeadHash), proof.GetProperty("rowHash").GetString());
        var checkpoint = proof.GetProperty("checkpoint").GetString();
        Assert.Equal(checkpoint, await http.GetStringAsync("/api/audit/checkpoints/latest", Cancel));
        Assert.Equal(checkpoint, await http.GetStringAsync("/api/audit/checkpoints/15", Cancel));
        Assert.Equal(checkpoint!.Split('\n')[2], proof.GetProperty("rootHash").GetString());
        var hashes = string.Concat(proof.GetProperty("hashes").EnumerateArray().Select(hash => hash.GetString() + "\n"));
        Assert.Equal($"c2sp.org/tlog-proof@v1\nindex {index}\n{hashes}\n{checkpoint}", await TextAsync(http, order.Id, 3));
    }

    [Fact]
    public async Task A_step_that_is_not_there_or_not_covered_yet_is_said_to_be_so()
    {
        var order = Assert.Single(await WriteHistoryAsync(instances: 1, steps: 1));
        await using var api = await StartAsync();
        var http = api.GetTestClient();

        Assert.Contains("No checkpoint was signed yet", await RefusedAsync(http, HttpStatusCode.NotFound, "/api/audit/checkpoints/latest"));
        Assert.Contains("No checkpoint was signed yet", await RefusedAsync(http, HttpStatusCode.NotFound, "/api/audit/key"));
        Assert.Contains("no checkpoint covers it yet", await RefusedAsync(http, HttpStatusCode.Conflict, $"/api/audit/proof/{order.Id}/1"));

        await NewCheckpointer().RoundAsync(Cancel);
        await StepAsync(order);
        await WitnessAsync();

        Assert.Contains("no checkpoint covers it yet", await RefusedAsync(http, HttpStatusCode.Conflict, $"/api/audit/proof/{order.Id}/2"));
        Assert.Contains("no step 3", await RefusedAsync(http, HttpStatusCode.NotFound, $"/api/audit/proof/{order.Id}/3"));
        Assert.Contains("over 2 steps", await RefusedAsync(http, HttpStatusCode.NotFound, "/api/audit/checkpoints/2"));
    }

    [Fact]
    public async Task A_ledger_that_was_changed_proves_nothing()
    {
        var orders = await WriteHistoryAsync(instances: 5, steps: 3);
        await NewCheckpointer().RoundAsync(Cancel);
        await Stores.DropGuardsAsync(Cancel);
        await Stores.ChangeLedgerAsync($"UPDATE step SET hash = {Stores.Literal(new byte[32])} WHERE leaf_index = 14", Cancel);
        await using var api = await StartAsync();

        var detail = await RefusedAsync(api.GetTestClient(), HttpStatusCode.InternalServerError, $"/api/audit/proof/{orders[0].Id}/1");

        Assert.Contains("it was changed", detail, StringComparison.Ordinal);
    }

    async Task<WebApplication> StartAsync()
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseTestServer();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(Services.GetRequiredService<LedgerProofs>());
        builder.Services.AddAuthorization(everybody => everybody.AddPolicy(RoleNames.Of(Role.Viewer), policy => policy.RequireAssertion(_ => true)));
        var app = builder.Build();
        app.UseAuthorization();
        var api = app.MapGroup("/api");
        ProofEndpoint.Map(api);
        CheckpointEndpoints.Map(api);
        await app.StartAsync(Cancel);
        return app;
    }

    static async Task<string> TextAsync(HttpClient http, Guid id, long sequence)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/audit/proof/{id}/{sequence}");
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/plain"));
        using var response = await http.SendAsync(request, Cancel);
        Assert.Equal("text/plain; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        return await response.Content.ReadAsStringAsync(Cancel);
    }

    static async Task<string> RefusedAsync(HttpClient http, HttpStatusCode status, string address)
    {
        using var response = await http.GetAsync(address, Cancel);
        Assert.Equal(status, response.StatusCode);
        return (await response.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("detail").GetString()!;
    }
}
