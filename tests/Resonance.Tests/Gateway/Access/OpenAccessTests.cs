using System.Net;
using Resonance.Gateway.Access;
using Xunit;

namespace Resonance.Tests.Gateway.Access;

public sealed class OpenAccessTests : GuardedGateway
{
    private protected override AccessOptions Access { get; } = new();

    [Fact]
    public async Task Who_calls_from_this_machine_may_do_everything()
    {
        var session = await SeenAsync("/api/session", null);

        Assert.Equal(
            ("anonymous", "admin", true),
            (session.GetProperty("name").GetString(), session.GetProperty("role").GetString(), session.GetProperty("open").GetBoolean()));
    }

    [Theory]
    [InlineData("127.0.0.1", 200)]
    [InlineData("::1", 200)]
    [InlineData("::ffff:127.0.0.1", 200)]
    [InlineData("192.168.1.7", 403)]
    [InlineData("2001:db8::1", 403)]
    public async Task Nobody_else_may(string caller, int status) => Assert.Equal(
        status, await StatusAsync(context => context.Connection.RemoteIpAddress = IPAddress.Parse(caller)));

    [Theory]
    [InlineData("localhost:5080", 200)]
    [InlineData("127.0.0.1:5080", 200)]
    [InlineData("[::1]:5080", 200)]
    [InlineData("resonance.example.org", 403)]
    [InlineData("127.0.0.1.example.org:5080", 403)]
    [InlineData("localhost.example.org", 403)]
    public async Task A_name_that_was_made_to_point_here_leads_nowhere(string host, int status) => Assert.Equal(
        status, await StatusAsync(context => context.Request.Host = new(host)));

    [Theory]
    [InlineData("POST", "Sec-Fetch-Site", "cross-site", 403)]
    [InlineData("POST", "Sec-Fetch-Site", "same-site", 403)]
    [InlineData("DELETE", "Origin", "https://evil.example", 403)]
    [InlineData("POST", "Origin", "null", 403)]
    [InlineData("POST", "Origin", "http://localhost:3000", 403)]
    [InlineData("POST", "Origin", "http://localhost", 405)]
    [InlineData("POST", "Sec-Fetch-Site", "same-origin", 405)]
    [InlineData("GET", "Sec-Fetch-Site", "cross-site", 200)]
    [InlineData("POST", "X-Nothing", "at all", 405)]
    public async Task A_page_of_somebody_else_changes_nothing(string method, string header, string value, int status) => Assert.Equal(
        status,
        await StatusAsync(context =>
        {
            (context.Request.Method, context.Request.Headers[header]) = (method, value);
            if (status == 403)
                context.Request.Path = method == "POST" ? "/api/schedules/nightly/pause" : "/api/schedules/nightly";
        }));

    [Fact]
    public async Task A_page_of_somebody_else_opens_no_socket() => Assert.Equal(403, await StatusAsync(context =>
    {
        context.Request.Headers.Upgrade = "websocket";
        context.Request.Headers.SecWebSocketKey = "AAAAAAAAAAAAAAAAAAAAAA==";
        context.Request.Headers.Origin = "https://evil.example";
    }));

    [Theory]
    [InlineData("Forwarded")]
    [InlineData("X-Forwarded-For")]
    [InlineData("Via")]
    public async Task Nobody_comes_through_a_proxy(string header) => Assert.Equal(
        403, await StatusAsync(context => context.Request.Headers[header] = "for=203.0.113.7"));

    [Fact]
    public async Task The_first_key_closes_the_door_and_revoking_it_does_not_open_it_again()
    {
        await SeenAsync("/api/session", null);

        var (key, text) = await AddKeyAsync("ann", Role.Admin);
        await ProblemAsync(HttpStatusCode.Unauthorized, SendAsync(HttpMethod.Get, "/api/session", null));
        await SeenAsync("/api/session", text);

        await Keys.RevokeAsync(key.Id, Cancel);
        Now.Advance(Access.KeysAreKnownFor);
        await ProblemAsync(HttpStatusCode.Unauthorized, SendAsync(HttpMethod.Get, "/api/session", null));
        await ProblemAsync(HttpStatusCode.Unauthorized, SendAsync(HttpMethod.Get, "/api/session", text));

        var (_, next) = await AddKeyAsync("bob", Role.Admin);
        await SeenAsync("/api/session", next);
    }

    [Fact]
    public async Task A_key_that_expired_keeps_the_door_closed_as_well()
    {
        await AddKeyAsync("ann", Role.Admin, TimeSpan.FromDays(1));

        Now.Advance(TimeSpan.FromDays(2));

        await ProblemAsync(HttpStatusCode.Unauthorized, SendAsync(HttpMethod.Get, "/api/session", null));
    }

    [Fact]
    public Task A_key_that_is_none_is_told_so_although_access_is_open() =>
        ProblemAsync(HttpStatusCode.Unauthorized, SendAsync(HttpMethod.Get, "/api/session", "rsk_0123456789abcdef_AAAA"));
}
