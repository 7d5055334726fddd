using System.Net;
using Resonance.Gateway.Access;
using Xunit;

namespace Resonance.Tests.Gateway.Access;

public sealed class LimitTests : GuardedGateway
{
    private protected override AccessOptions Access { get; } = new()
    {
        AdminKey = AdminKey,
        Limits = new LimitOptions { PerSecond = 1, Burst = 2, BodyBytes = 1024 },
    };

    [Fact]
    public async Task Who_asks_too_much_is_told_when_to_come_back_and_nobody_else_waits()
    {
        var other = await KeyAsync(Role.Viewer);
        var answers = await Task.WhenAll(
            Enumerable.Range(0, 50).Select(_ => SendAsync(HttpMethod.Get, "/api/session", AdminKey)));

        var refused = answers.First(answer => answer.StatusCode == HttpStatusCode.TooManyRequests);
        var problem = await ProblemAsync(HttpStatusCode.TooManyRequests, Task.FromResult(refused));
        Assert.Equal(TimeSpan.FromSeconds(1), refused.Headers.RetryAfter?.Delta);
        Assert.Contains("again in 1 s", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Contains(answers, answer => answer.StatusCode == HttpStatusCode.OK);
        await SeenAsync("/api/session", other);
        using var health = await SendAsync(HttpMethod.Get, "/health/live", null);
        Assert.Equal(HttpStatusCode.OK, health.StatusCode);
    }

    [Fact]
    public async Task Who_does_not_say_who_they_are_is_held_back_as_well()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => SendAsync(HttpMethod.Get, "/api/session", null)));

        Assert.Contains(answers, answer => answer.StatusCode == HttpStatusCode.TooManyRequests);
    }

    [Fact]
    public async Task A_body_may_be_as_large_as_the_setting_says()
    {
        var problem = await ProblemAsync(
            HttpStatusCode.RequestEntityTooLarge,
            SendAsync(HttpMethod.Post, "/api/keys", AdminKey, new { name = new string('a', 1024), role = "viewer" }));

        Assert.Contains("1,024 bytes", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }
}
