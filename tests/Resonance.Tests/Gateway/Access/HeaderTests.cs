using System.Net;
using Resonance.Gateway.Access;
using Xunit;

namespace Resonance.Tests.Gateway.Access;

public sealed class HeaderTests : GuardedGateway
{
    [Theory]
    [InlineData("/api/session", HttpStatusCode.OK)]
    [InlineData("/sign-in", HttpStatusCode.OK)]
    [InlineData("/health/live", HttpStatusCode.OK)]
    [InlineData("/api/nothing-here", HttpStatusCode.NotFound)]
    public async Task Every_answer_tells_browsers_what_it_never_needs(string address, HttpStatusCode status)
    {
        using var answer = await SendAsync(HttpMethod.Get, address, AdminKey);

        Assert.Equal(status, answer.StatusCode);
        var policy = Policy(answer);
        Assert.Contains("script-src 'self';", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe-eval", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", Header(answer, "X-Content-Type-Options"));
        Assert.Equal("DENY", Header(answer, "X-Frame-Options"));
        Assert.Equal("same-origin", Header(answer, "Referrer-Policy"));
        Assert.Equal("same-origin", Header(answer, "Cross-Origin-Opener-Policy"));
    }

    [Fact]
    public async Task Refusals_have_the_headers_as_well()
    {
        using var answer = await SendAsync(HttpMethod.Get, "/api/session", null);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal("Bearer", answer.Headers.WwwAuthenticate.ToString());
        Assert.Contains("script-src 'self';", Policy(answer), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_page_to_sign_in_runs_no_script()
    {
        using var answer = await SendAsync(HttpMethod.Get, "/sign-in", null);

        Assert.DoesNotContain("<script", await answer.Content.ReadAsStringAsync(Cancel), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task What_one_caller_sees_is_not_kept_for_another()
    {
        using var answer = await SendAsync(HttpMethod.Get, "/api/keys", AdminKey);

        Assert.True(answer.Headers.CacheControl?.NoStore);
        Assert.Contains("Authorization", answer.Headers.Vary.ToString(), StringComparison.Ordinal);
    }

    static string Policy(HttpResponseMessage answer) => Header(answer, "Content-Security-Policy");

    static string Header(HttpResponseMessage answer, string name) => Assert.Single(answer.Headers.GetValues(name));
}
