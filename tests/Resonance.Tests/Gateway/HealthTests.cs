using System.Net;
using Resonance.Engine.Storage;
using Xunit;

namespace Resonance.Tests.Gateway;

public sealed class HealthTests : GatewayFixture
{
    [Fact]
    public async Task Is_ready_when_the_store_answers()
    {
        var answer = await GetAsync("/health/ready");

        Assert.Equal(
            """{"status":"healthy","checks":{"store":{"status":"healthy","reason":"The store answers."}}}""", answer.GetRawText());
    }

    public static TheoryData<Exception, string> Failures => new()
    {
        { new StoreException("connection refused", isTransient: true), "The store does not answer: connection refused" },
        { new TimeoutException("no answer"), "The store does not answer: no answer" },
        { new SchemaOutOfDateException("The schema is missing; run migrate."), "The schema is missing; run migrate." },
    };

    [Theory]
    [MemberData(nameof(Failures), DisableDiscoveryEnumeration = true)]
    public async Task Is_alive_but_not_ready_when_the_store_is_not(Exception failure, string reason)
    {
        Store.CheckFails = failure;

        using var ready = await Http.GetAsync("/health/ready", Cancel);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        Assert.Equal(
            """{"status":"unhealthy","checks":{"store":{"status":"unhealthy","reason":"REASON"}}}""".Replace("REASON", reason),
            await ready.Content.ReadAsStringAsync(Cancel));
        Assert.Equal("""{"status":"healthy","checks":{}}""", (await GetAsync("/health/live")).GetRawText());
    }
}
