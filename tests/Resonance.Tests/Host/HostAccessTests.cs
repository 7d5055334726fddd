using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Resonance.Engine.Storage;
using Resonance.Gateway.Access;
using Resonance.Host;
using Resonance.Tests.Support;
using Xunit;

namespace Resonance.Tests.Host;

public sealed class HostAccessTests : IDisposable
{
    const string AdminKey = "0123456789abcdef0123456789abcdef";

    readonly TemporaryFolder _folder = new();

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("http://0.0.0.0:5080")]
    [InlineData("http://*:5080")]
    [InlineData("http://[::]:5080")]
    [InlineData("http://192.168.1.7:5080")]
    [InlineData("http://127.0.0.1:5080;http://example.org:5080")]
    public async Task A_gateway_that_anybody_could_use_does_not_start(string urls)
    {
        var refusal = await Assert.ThrowsAsync<OptionsValidationException>(() => CheckAsync($"--urls={urls}"));

        Assert.Contains("Access:AdminKey", Assert.Single(refusal.Failures), StringComparison.Ordinal);
        Assert.Equal(2, await ResonanceHost.RunAsync([$"--urls={urls}", .. Here]));
    }

    [Theory]
    [InlineData("--urls=http://127.0.0.1:5080")]
    [InlineData("--urls=http://localhost:5080;http://[::1]:5081")]
    [InlineData("--urls=http://0.0.0.0:5080", $"--Access:AdminKey={AdminKey}")]
    [InlineData("--urls=http://0.0.0.0:5080", "--Access:Authority=https://login.example.org", "--Access:Audience=resonance")]
    public Task One_that_somebody_guards_does(params string[] settings) => CheckAsync(settings);

    [Fact]
    public async Task A_key_in_the_store_is_guard_enough()
    {
        Assert.Equal(0, await ResonanceHost.RunAsync(["keys", "add", "ann", "--role", "admin", .. Here]));

        await CheckAsync("--urls=http://0.0.0.0:5080");
    }

    [Fact]
    public async Task What_Kestrel_is_told_counts_for_more_than_addresses() => await Assert.ThrowsAsync<OptionsValidationException>(
        () => CheckAsync("--urls=http://127.0.0.1:5080", "--Kestrel:Endpoints:All:Url=http://0.0.0.0:5080"));

    [Fact]
    public async Task A_process_without_the_gateway_shows_its_health_alone_and_needs_no_guard()
    {
        await using var process = ResonanceHost.Build(
            ["--urls=http://0.0.0.0:5080", "--Resonance:Roles=engine", "--Resonance:Broker=rabbitmq", .. Here]);

        Assert.DoesNotContain(process.Services.GetServices<IHostedService>(), service => service is AccessCheck);
        Assert.Equal(["/health/live", "/health/ready"], EndpointsOf(process).Select(endpoint => endpoint.RoutePattern.RawText).Order());
    }

    [Fact]
    public async Task Everything_that_the_host_maps_says_who_may_use_it()
    {
        await using var process = ResonanceHost.Build([.. Here]);

        var endpoints = EndpointsOf(process).ToArray();

        Assert.Contains(endpoints, endpoint => endpoint.RoutePattern.RawText == "/_blazor");

        // The framework's own, which is there while developing alone and declares nothing: so it stays closed.
        Assert.All(
            endpoints.Where(endpoint =>
                endpoint.Metadata.GetMetadata<RequiredRole>() is null && endpoint.Metadata.GetMetadata<IAllowAnonymous>() is null),
            endpoint => Assert.StartsWith("Fallback {**path:file}", endpoint.DisplayName, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("--Access:AdminKey=short", "Access:AdminKey")]
    [InlineData("--Access:Authority=http://login.example.org", "Access:Authority")]
    [InlineData("--Access:ClientId=resonance", "Access:Authority")]
    [InlineData("--Access:Limits:PerSecond=0", "Access:Limits:PerSecond")]
    public void Settings_that_make_no_sense_are_refused_by_name(string setting, string name)
    {
        var refusal = Assert.Throws<OptionsValidationException>(() => ResonanceHost.Build([setting, .. Here]));

        Assert.Contains(refusal.Failures, failure => failure.StartsWith(name + ":", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("--role", "king")]
    [InlineData("--role")]
    [InlineData("--role", "viewer", "--expires", "0")]
    [InlineData("--role", "viewer", "--expires")]
    [InlineData]
    public void A_key_that_makes_no_sense_is_not_made(params string[] arguments) =>
        Assert.NotNull(KeysVerb.Parse("ann", arguments).Complaint);

    [Fact]
    public void What_is_not_the_verbs_is_a_setting()
    {
        var (key, settings, complaint) = KeysVerb.Parse("ann", ["--Resonance:Store=sqlite", "--expires", "30", "--role", "viewer"]);

        Assert.Null(complaint);
        Assert.Equal(new KeysVerb.Asked("ann", Role.Viewer, TimeSpan.FromDays(30)), key);
        Assert.Equal(["--Resonance:Store=sqlite"], settings);
    }

    [Fact]
    public async Task Keys_are_revoked_by_their_id()
    {
        await ResonanceHost.RunAsync(["keys", "add", "ann", "--role", "admin", .. Here]);
        await using var process = ResonanceHost.Build([.. Here]);
        var keys = process.Services.GetRequiredService<ApiKeys>();
        var key = Assert.Single(await keys.LiveAsync(Cancel));

        Assert.Equal(1, await ResonanceHost.RunAsync(["keys", "add", "ann", "--role", "viewer", .. Here]));
        Assert.Equal(1, await ResonanceHost.RunAsync(["keys", "revoke", "nothing", .. Here]));
        Assert.Equal(0, await ResonanceHost.RunAsync(["keys", "revoke", key.Id, .. Here]));
        Assert.Equal(2, await ResonanceHost.RunAsync(["keys"]));

        Assert.Empty(await keys.LiveAsync(Cancel));
    }

    // The name finds the list of the dashboard's files, which the build put under the host's own.
    string[] Here => [$"--Resonance:DataDirectory={_folder.Path}", "--applicationName=Resonance.Host"];

    static IEnumerable<RouteEndpoint> EndpointsOf(WebApplication process) =>
        ((IEndpointRouteBuilder)process).DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>();

    async Task CheckAsync(params string[] settings)
    {
        await using var process = ResonanceHost.Build([.. settings, .. Here]);
        await process.Services.GetRequiredService<SchemaStartup>().MigrateAsync(Cancel);
        await Assert.Single(process.Services.GetServices<IHostedService>().OfType<AccessCheck>()).StartAsync(Cancel);
    }
}
