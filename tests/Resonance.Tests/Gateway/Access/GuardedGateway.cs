using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Resonance.Gateway.Access;
using Xunit;

namespace Resonance.Tests.Gateway.Access;

/// <summary>A gateway that nobody enters without a key.</summary>
public abstract class GuardedGateway : AuditGateway
{
    protected const string AdminKey = "0123456789abcdef0123456789abcdef";

    private protected override AccessOptions Access { get; } = new() { AdminKey = AdminKey };

    private protected ApiKeys Keys => Services.GetRequiredService<ApiKeys>();

    /// <summary>Makes a key, which is known once <see cref="AccessOptions.KeysAreKnownFor"/> has passed.</summary>
    private protected async Task<(ApiKey Key, string Text)> AddKeyAsync(string name, Role role, TimeSpan? life = null)
    {
        var added = await Keys.AddAsync(name, role, life, "the test", Cancel);
        Now.Advance(Access.KeysAreKnownFor);
        return added!.Value;
    }

    private protected async Task<string> KeyAsync(Role role) => (await AddKeyAsync(RoleNames.Of(role) + "-key", role)).Text;

    /// <summary>Sends a request with a key, or without one.</summary>
    protected Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string address, string? key, object? body = null, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(method, address);
        if (key is not null)
            request.Headers.Add("Authorization", $"Bearer {key}");
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        if (body is not null)
            request.Content = body as HttpContent ?? JsonContent.Create(body);
        return Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancel);
    }

    protected async Task<JsonElement> SeenAsync(string address, string? key)
    {
        using var answer = await SendAsync(HttpMethod.Get, address, key);
        var text = await answer.Content.ReadAsStringAsync(Cancel);
        Assert.True(answer.IsSuccessStatusCode, $"{(int)answer.StatusCode}: {text}");
        return JsonSerializer.Deserialize<JsonElement>(text);
    }

    /// <summary>Sends what no client of the test can say, such as the caller's address.</summary>
    private protected async Task<int> StatusAsync(Action<HttpContext> request)
    {
        var server = (TestServer)Services.GetRequiredService<IServer>();
        var context = await server.SendAsync(
            context =>
            {
                (context.Request.Method, context.Request.Scheme, context.Request.Host) = ("GET", "http", new HostString("localhost"));
                context.Request.Path = "/api/session";
                request(context);
            },
            Cancel);
        return context.Response.StatusCode;
    }
}
