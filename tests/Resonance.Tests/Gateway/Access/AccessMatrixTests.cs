using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Resonance.Audit.Ledger;
using Resonance.Gateway.Access;
using Resonance.Tests.Approved;
using Xunit;

namespace Resonance.Tests.Gateway.Access;

/// <summary>Every endpoint is asked by everybody.</summary>
public sealed partial class AccessMatrixTests : GuardedGateway
{
    const string Forgotten = "/forgotten";

    IEnumerable<RouteEndpoint> Endpoints => Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>();

    private protected override void Map(WebApplication app) => app.MapGet(Forgotten, () => "should not be seen");

    [Fact]
    public async Task Who_may_do_what_is_what_was_approved()
    {
        await Services.GetRequiredService<AuditDatabase>().MigrateAsync(Cancel);
        var callers = new (string Name, string? Key)[]
        {
            ("anonymous", null), ("viewer", await KeyAsync(Role.Viewer)), ("operator", await KeyAsync(Role.Operator)), ("admin", AdminKey),
        };

        var lines = new List<string>();
        foreach (var endpoint in Endpoints)
        {
            foreach (var method in endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["GET"])
            {
                var line = new StringBuilder($"{method,-6} {Pattern(endpoint),-55}");
                foreach (var (name, key) in callers)
                    line.Append($" {name}={await AskAsync(method, Address(endpoint), key)}");
                lines.Add(line.ToString());
            }
        }

        await ApprovedFile.AssertAsync(
            "access-matrix.txt",
            string.Join('\n', lines.Distinct().Order(StringComparer.Ordinal)),
            Cancel);
    }

    [Fact]
    public void Every_endpoint_says_who_may_use_it()
    {
        var silent = Endpoints.Where(endpoint =>
            endpoint.Metadata.GetMetadata<RequiredRole>() is null && endpoint.Metadata.GetMetadata<IAllowAnonymous>() is null);

        Assert.Equal([Forgotten], silent.Select(Pattern));
    }

    [Fact]
    public async Task An_endpoint_that_says_nothing_is_closed_even_to_an_admin()
    {
        using var answer = await SendAsync(HttpMethod.Get, Forgotten, AdminKey);

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Fact]
    public async Task Where_there_is_nothing_everybody_is_told_so()
    {
        using var answer = await SendAsync(HttpMethod.Get, "/api/nothing-here", null);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    async Task<string> AskAsync(string method, string address, string? key)
    {
        var body = method is "POST" or "PUT" ? new StringContent("{}", Encoding.UTF8, "application/json") : null;
        using var answer = await SendAsync(new HttpMethod(method), address, key, body);

        // What the endpoint makes of a request for nothing, without most of an engine, is not the matter here.
        return answer.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden ? $"{(int)answer.StatusCode}" : "passes";
    }

    static string Pattern(RouteEndpoint endpoint) => "/" + endpoint.RoutePattern.RawText?.Trim('/');

    static string Address(RouteEndpoint endpoint) => Parameter().Replace(Pattern(endpoint), match => match.Groups["constraint"].Value switch
    {
        ":guid" => Id(987).ToString("D"),
        ":long:min(1)" => "987654",
        _ => "nothing",
    });

    [GeneratedRegex(@"\{\w+(?<constraint>[^}]*)\}")]
    private static partial Regex Parameter();
}
