using System.Net;
using System.Security.Claims;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;
using Resonance.Gateway.Access;
using Xunit;

namespace Resonance.Tests.Gateway.Access;

/// <summary>Tokens of a provider whose keys the test has.</summary>
public sealed class TokenTests : GuardedGateway
{
    const string Issuer = "https://login.example.org/";
    const string Audience = "resonance";

    static readonly SymmetricSecurityKey Key = new(RandomNumberGenerator.GetBytes(32));

    private protected override AccessOptions Access { get; } = new() { Authority = Issuer, Audience = Audience, RoleClaim = "roles" };

    // What a token says of its life is held against the real time.
    protected override TimeProvider Clock => TimeProvider.System;

    private protected override void AddServices(IServiceCollection services)
    {
        base.AddServices(services);
        services.PostConfigure<JwtBearerOptions>(AccessSchemes.Token, options =>
        {
            var configuration = new OpenIdConnectConfiguration { Issuer = Issuer };
            configuration.SigningKeys.Add(Key);
            options.Configuration = configuration;
            options.ConfigurationManager = new Microsoft.IdentityModel.Protocols.StaticConfigurationManager<OpenIdConnectConfiguration>(configuration);
        });
    }

    [Theory]
    [InlineData("preferred_username", "ann")]
    [InlineData("name", "Ann Example")]
    [InlineData("sub", "8d1f")]
    public async Task A_token_says_who_acts(string claim, string name)
    {
        var session = await SeenAsync("/api/session", Token([new(claim, name), new("roles", "operator")]));

        Assert.Equal((name, "operator"), (session.GetProperty("name").GetString(), session.GetProperty("role").GetString()));
    }

    [Fact]
    public async Task Of_several_roles_the_highest_counts()
    {
        var session = await SeenAsync(
            "/api/session", Token([new("sub", "ann"), new("roles", "viewer"), new("roles", "Admin"), new("roles", "of-another-program")]));

        Assert.Equal("admin", session.GetProperty("role").GetString());
    }

    [Fact]
    public async Task Who_is_known_and_has_no_role_may_do_nothing()
    {
        var problem = await ProblemAsync(
            HttpStatusCode.Forbidden, SendAsync(HttpMethod.Get, "/api/session", Token([new("sub", "ann"), new("roles", "guest")])));

        Assert.Equal("This takes the role viewer; you have none.", problem.GetProperty("detail").GetString());
    }

    [Fact]
    public async Task A_token_of_somebody_else_is_not_taken()
    {
        Claim[] ann = [new("sub", "ann"), new("roles", "admin")];
        var other = new SymmetricSecurityKey(RandomNumberGenerator.GetBytes(32));

        await RefusedAsync(Token(ann, key: other));
        await RefusedAsync(Token(ann, issuer: "https://evil.example/"));
        await RefusedAsync(Token(ann, audience: "another-program"));
        await RefusedAsync(Token(ann, endsIn: TimeSpan.FromHours(-1)));
        await RefusedAsync(Token([new("roles", "admin")]));
        await RefusedAsync("a.b.c");
        await RefusedAsync(null);
    }

    [Fact]
    public async Task A_key_is_taken_beside_tokens()
    {
        var added = await Keys.AddAsync("ci", Role.Viewer, null, "the test", Cancel);

        Assert.Equal("ci", (await SeenAsync("/api/session", added!.Value.Text)).GetProperty("name").GetString());
    }

    Task RefusedAsync(string? token) => ProblemAsync(HttpStatusCode.Unauthorized, SendAsync(HttpMethod.Get, "/api/session", token));

    static string Token(
        IEnumerable<Claim> claims, SecurityKey? key = null, string issuer = Issuer, string audience = Audience, TimeSpan? endsIn = null)
    {
        var ends = TimeProvider.System.GetUtcNow() + (endsIn ?? TimeSpan.FromMinutes(5));
        return new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
        {
            Issuer = issuer,
            Audience = audience,
            Subject = new ClaimsIdentity(claims),
            NotBefore = ends.UtcDateTime.AddHours(-2),
            Expires = ends.UtcDateTime,
            SigningCredentials = new SigningCredentials(key ?? Key, SecurityAlgorithms.HmacSha256),
        });
    }
}
