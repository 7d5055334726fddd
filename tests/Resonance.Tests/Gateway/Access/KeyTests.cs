using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Resonance.Engine.Storage;
using Resonance.Gateway.Access;
using Xunit;

namespace Resonance.Tests.Gateway.Access;

public sealed class KeyTests : GuardedGateway
{
    [Theory]
    [InlineData("Authorization", "Bearer ")]
    [InlineData("X-Api-Key", "")]
    public async Task A_key_opens_what_its_role_may(string header, string before)
    {
        var made = await AddAsync("""{ "name": "ci", "role": "operator" }""");

        using var answer = await SendAsync(
            HttpMethod.Get, "/api/session", null, null, (header, before + made.GetProperty("secret").GetString()));

        var session = JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync(Cancel));
        Assert.Equal(("ci", "operator", false), (
            session.GetProperty("name").GetString(), session.GetProperty("role").GetString(), session.GetProperty("open").GetBoolean()));
    }

    [Fact]
    public async Task What_is_kept_opens_nothing()
    {
        var made = await AddAsync("""{ "name": "ci", "role": "admin" }""");
        var secret = made.GetProperty("secret").GetString()!;

        var kept = Assert.Single(await Keys.ListAsync(Cancel));
        var shown = (await SeenAsync("/api/keys", AdminKey)).GetRawText();

        Assert.Equal("admin", kept.CreatedBy);
        Assert.Equal(64, kept.Hash.Length);
        Assert.DoesNotContain(secret.Split('_')[2], kept.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(kept.Hash, shown, StringComparison.Ordinal);
        Assert.DoesNotContain(secret, shown, StringComparison.Ordinal);
        await RefusedAsync($"rsk_{kept.Id}_{kept.Hash}");
    }

    [Fact]
    public async Task A_revoked_key_is_worth_nothing_within_seconds_also_where_it_was_not_revoked()
    {
        var (key, text) = await AddKeyAsync("ci", Role.Viewer);
        await SeenAsync("/api/session", text);

        // As another process does it.
        await Keys.RevokeAsync(key.Id, Cancel);
        Now.Advance(Access.KeysAreKnownFor);

        await RefusedAsync(text);
    }

    [Fact]
    public async Task A_key_that_is_revoked_here_is_worth_nothing_at_once()
    {
        var (key, text) = await AddKeyAsync("ci", Role.Viewer);
        await SeenAsync("/api/session", text);

        using var revoked = await SendAsync(HttpMethod.Delete, $"/api/keys/{key.Id}", AdminKey);

        Assert.Equal(HttpStatusCode.NoContent, revoked.StatusCode);
        await RefusedAsync(text);
        await ProblemAsync(HttpStatusCode.NotFound, SendAsync(HttpMethod.Delete, "/api/keys/0123456789abcdef", AdminKey));
    }

    [Fact]
    public async Task An_expired_key_is_worth_nothing()
    {
        var (_, text) = await AddKeyAsync("ci", Role.Viewer, TimeSpan.FromDays(1));
        await SeenAsync("/api/session", text);

        Now.Advance(TimeSpan.FromDays(1));

        await RefusedAsync(text);
    }

    [Theory]
    [InlineData("")]
    [InlineData("rsk_")]
    [InlineData("rsk_0123456789abcdef_")]
    [InlineData("rsk_0123456789abcdef_AAAA")]
    [InlineData("0123456789abcdef0123456789abcdeX")]
    public Task What_is_no_key_is_refused(string text) => RefusedAsync(text);

    [Fact]
    public async Task A_secret_fits_its_own_key_only()
    {
        var (viewer, _) = await AddKeyAsync("one", Role.Viewer);
        var (_, text) = await AddKeyAsync("two", Role.Admin);

        await RefusedAsync($"rsk_{viewer.Id}_{text.Split('_')[2]}");
    }

    [Theory]
    [InlineData("""{ "name": "admin", "role": "viewer" }""", "name")]
    [InlineData("""{ "name": "Anonymous", "role": "viewer" }""", "name")]
    [InlineData("""{ "name": "ci", "role": "king" }""", "role")]
    [InlineData("""{ "name": "ci", "role": "viewer", "expiresInDays": 0 }""", "expiresInDays")]
    public async Task A_key_that_makes_no_sense_is_not_made(string json, string member)
    {
        var problem = await ProblemAsync(
            HttpStatusCode.BadRequest, SendAsync(HttpMethod.Post, "/api/keys", AdminKey, JsonDocument.Parse(json)));

        Assert.Equal([member], problem.GetProperty("errors").EnumerateObject().Select(error => error.Name));
        Assert.Empty(await Keys.ListAsync(Cancel));
    }

    [Fact]
    public async Task A_name_stands_for_one_live_key()
    {
        var (first, _) = await AddKeyAsync("ci", Role.Viewer);

        await ProblemAsync(
            HttpStatusCode.Conflict, SendAsync(HttpMethod.Post, "/api/keys", AdminKey, new { name = "ci", role = "admin" }));
        await Keys.RevokeAsync(first.Id, Cancel);

        Assert.NotNull(await Keys.AddAsync("ci", Role.Viewer, null, "the test", Cancel));
    }

    async Task<JsonElement> AddAsync(string json)
    {
        using var answer = await SendAsync(HttpMethod.Post, "/api/keys", AdminKey, JsonDocument.Parse(json));
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        return JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync(Cancel));
    }

    Task RefusedAsync(string text) => ProblemAsync(
        HttpStatusCode.Unauthorized, SendAsync(HttpMethod.Get, "/api/session", text.Length == 0 ? null : text));
}
