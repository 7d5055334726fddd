using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Resonance.Engine.Delivery;
using Resonance.Gateway.Access;
using Xunit;

namespace Resonance.Tests.Gateway.Access;

public sealed partial class SignInTests : GuardedGateway
{
    readonly Dictionary<string, string> _cookies = new(StringComparer.Ordinal);

    [Fact]
    public async Task Who_opens_a_page_is_asked_to_sign_in_and_comes_back()
    {
        using var page = await SendAsync(HttpMethod.Get, "/openapi/v1.json?a=b", null, null, ("Accept", "text/html,*/*"));

        Assert.Equal(HttpStatusCode.Redirect, page.StatusCode);
        Assert.Equal("/sign-in?returnUrl=%2Fopenapi%2Fv1.json%3Fa%3Db", page.Headers.Location?.ToString());
        using var back = await SignInAsync(AdminKey, page.Headers.Location!.ToString());
        Assert.Equal("/openapi/v1.json?a=b", back.Headers.Location?.ToString());
    }

    [Fact]
    public async Task The_cookie_is_for_this_server_alone()
    {
        using var answer = await SignInAsync(AdminKey);

        var cookie = answer.Headers.GetValues("Set-Cookie").Single(value => value.StartsWith("resonance-session=", StringComparison.Ordinal));
        Assert.Contains("; httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("; samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("; secure", cookie, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task What_changes_something_takes_more_than_the_cookie()
    {
        ActAnswers = () => new ActionResult(ActionOutcome.Accepted, "Suspended", []);
        var (_, text) = await AddKeyAsync("ann", Role.Operator);
        using var _ = await SignInAsync(text);
        var body = new { reason = "why" };

        var session = await ReadAsync(await WithCookiesAsync(HttpMethod.Get, "/api/session"));
        var token = session.GetProperty("antiforgeryToken").GetString()!;
        var forged = await ProblemAsync(HttpStatusCode.BadRequest, WithCookiesAsync(HttpMethod.Post, Action, body));
        var wrong = await ProblemAsync(HttpStatusCode.BadRequest, WithCookiesAsync(HttpMethod.Post, Action, body, ("X-CSRF-Token", "AAAA")));
        Assert.Empty(Acts);
        using var own = await WithCookiesAsync(HttpMethod.Post, Action, body, ("X-CSRF-Token", token));

        Assert.Contains("X-CSRF-Token", forged.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal(400, wrong.GetProperty("status").GetInt32());
        Assert.Equal(HttpStatusCode.Accepted, own.StatusCode);
        Assert.Equal("ann", Assert.Single(Acts).Request.Operator);
    }

    [Fact]
    public async Task The_cookie_is_worth_what_its_key_is_worth()
    {
        var (key, text) = await AddKeyAsync("ann", Role.Viewer);
        using var _ = await SignInAsync(text);
        Assert.Equal("ann", (await ReadAsync(await WithCookiesAsync(HttpMethod.Get, "/api/session"))).GetProperty("name").GetString());

        await Keys.RevokeAsync(key.Id, Cancel);
        Now.Advance(Access.KeysAreKnownFor);

        await ProblemAsync(HttpStatusCode.Unauthorized, WithCookiesAsync(HttpMethod.Get, "/api/session"));
    }

    [Fact]
    public async Task The_cookie_does_not_last_for_ever()
    {
        using var _ = await SignInAsync(AdminKey);

        Now.Advance(Access.SignInLasts + TimeSpan.FromMinutes(1));

        await ProblemAsync(HttpStatusCode.Unauthorized, WithCookiesAsync(HttpMethod.Get, "/api/session"));
    }

    [Fact]
    public async Task A_wrong_key_signs_nobody_in()
    {
        using var answer = await SignInAsync("rsk_0123456789abcdef_AAAA");

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.DoesNotContain("resonance-session", _cookies.Keys);
        Assert.Contains("not known, has expired or was revoked", await answer.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_is_signed_in_by_a_page_of_somebody_else()
    {
        var form = new FormUrlEncodedContent([new("key", AdminKey)]);

        using var answer = await SendAsync(HttpMethod.Post, "/sign-in", null, form);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Keep(answer);
        Assert.DoesNotContain("resonance-session", _cookies.Keys);
    }

    [Theory]
    [InlineData("https://evil.example/")]
    [InlineData("//evil.example/")]
    [InlineData("/\\evil.example/")]
    [InlineData("javascript:alert(1)")]
    public async Task Nobody_is_led_elsewhere(string address)
    {
        using var answer = await SignInAsync(AdminKey, $"/sign-in?returnUrl={Uri.EscapeDataString(address)}");

        Assert.Equal("/", answer.Headers.Location?.ToString());
    }

    [Fact]
    public async Task Who_signs_out_is_out()
    {
        using var _ = await SignInAsync(AdminKey);
        using var forged = await WithCookiesAsync(HttpMethod.Post, "/sign-out", new FormUrlEncodedContent([]));
        using var page = await WithCookiesAsync(HttpMethod.Get, "/sign-in");
        var text = await page.Content.ReadAsStringAsync(Cancel);

        using var answer = await WithCookiesAsync(HttpMethod.Post, "/sign-out", Form(text));

        Assert.Contains("You are signed in as <strong>admin</strong>", text, StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.Redirect), (forged.StatusCode, answer.StatusCode));
        await ProblemAsync(HttpStatusCode.Unauthorized, WithCookiesAsync(HttpMethod.Get, "/api/session"));
    }

    static string Action => $"/api/workflows/{Id(1)}/actions/retry";

    async Task<HttpResponseMessage> SignInAsync(string key, string address = "/sign-in")
    {
        using var page = await WithCookiesAsync(HttpMethod.Get, address);
        var form = Form(await page.Content.ReadAsStringAsync(Cancel), ("key", key));
        return await WithCookiesAsync(HttpMethod.Post, address, form);
    }

    static FormUrlEncodedContent Form(string page, params (string Name, string Value)[] fields)
    {
        var hidden = Hidden().Match(page);
        Assert.True(hidden.Success, page);
        return new FormUrlEncodedContent(
            [new(hidden.Groups["name"].Value, WebUtility.HtmlDecode(hidden.Groups["value"].Value)), .. fields.Select(field => KeyValuePair.Create(field.Name, field.Value))]);
    }

    async Task<HttpResponseMessage> WithCookiesAsync(
        HttpMethod method, string address, object? body = null, params (string Name, string Value)[] headers)
    {
        var cookies = string.Join("; ", _cookies.Select(cookie => $"{cookie.Key}={cookie.Value}"));
        var answer = await SendAsync(method, address, null, body, [.. headers, ("Cookie", cookies)]);
        Keep(answer);
        return answer;
    }

    void Keep(HttpResponseMessage answer)
    {
        if (!answer.Headers.TryGetValues("Set-Cookie", out var set))
            return;

        foreach (var pair in set.Select(cookie => cookie.Split(';')[0].Split('=', 2)))
        {
            if (pair[1].Length == 0)
                _cookies.Remove(pair[0]);
            else
                _cookies[pair[0]] = pair[1];
        }
    }

    static async Task<JsonElement> ReadAsync(HttpResponseMessage answer)
    {
        using (answer)
            return JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync(Cancel));
    }

    [GeneratedRegex("""<input type="hidden" name="(?<name>[^"]+)" value="(?<value>[^"]+)">""")]
    private static partial Regex Hidden();
}
