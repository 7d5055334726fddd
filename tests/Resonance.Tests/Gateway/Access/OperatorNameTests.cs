using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Resonance.Engine.Delivery;
using Resonance.Engine.RuleSets;
using Resonance.Engine.Schedules;
using Resonance.Gateway.Access;
using Xunit;

namespace Resonance.Tests.Gateway.Access;

/// <summary>Who had to prove their name is written down by it, whatever the request says.</summary>
public sealed class OperatorNameTests : GuardedGateway
{
    const string Schedule =
        """{ "workflow": "payment", "start": { "paymentId": "{id}", "reference": "r", "amount": 1, "currency": "EUR", "cardToken": "tok_visa" }, "cron": "0 0 * * *", "reason": "why" }""";

    [Fact]
    public async Task Actions_have_the_name_of_who_sent_them()
    {
        ActAnswers = () => new ActionResult(ActionOutcome.Accepted, "Suspended", []);
        var ann = (await AddKeyAsync("ann", Role.Operator)).Text;

        using var plain = await SendAsync(HttpMethod.Post, $"/api/workflows/{Id(1)}/actions/retry", ann, new { reason = "why" });
        using var same = await SendAsync(HttpMethod.Post, $"/api/workflows/{Id(1)}/actions/retry", ann, new { reason = "why", @operator = "ann" });
        await OthersAsync("operator", HttpMethod.Post, $"/api/workflows/{Id(1)}/actions/retry", ann, new { reason = "why", @operator = "bob" });

        Assert.Equal((HttpStatusCode.Accepted, HttpStatusCode.Accepted), (plain.StatusCode, same.StatusCode));
        Assert.Equal(["ann", "ann"], Acts.Select(act => act.Request.Operator));
    }

    [Fact]
    public async Task So_have_actions_on_incidents()
    {
        var ann = (await AddKeyAsync("ann", Role.Operator)).Text;

        using var answer = await SendAsync(HttpMethod.Post, "/api/incidents/actions/retry", ann, new { reason = "why" });
        await OthersAsync("operator", HttpMethod.Post, "/api/incidents/actions/retry", ann, new { reason = "why", @operator = "bob" });

        Assert.Equal("ann", Assert.Single(BulkActs).Request.Operator);
    }

    [Fact]
    public async Task So_have_rules()
    {
        var book = Services.GetRequiredService<RuleBook>();
        var rule = book.All.First(known => known.Rule.Name == "fraud_score");
        var address = $"/api/rules/{rule}";

        await OthersAsync("author", HttpMethod.Put, address, AdminKey, new { expression = "fraud_score < 0.4", author = "bob", reason = "why" });
        using var answer = await SendAsync(HttpMethod.Put, address, AdminKey, new { expression = "fraud_score < 0.4", reason = "why" });

        var published = JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync(Cancel));
        Assert.Equal("admin", published.GetProperty("author").GetString());
    }

    [Fact]
    public async Task So_have_schedules()
    {
        var book = Services.GetRequiredService<ScheduleBook>();
        var ann = (await AddKeyAsync("ann", Role.Operator)).Text;
        using var put = await SendAsync(HttpMethod.Put, "/api/schedules/nightly", AdminKey, JsonDocument.Parse(Schedule));
        Assert.True(put.IsSuccessStatusCode, await put.Content.ReadAsStringAsync(Cancel));

        using var paused = await SendAsync(HttpMethod.Post, "/api/schedules/nightly/pause", ann, new { reason = "why" });
        await OthersAsync("author", HttpMethod.Post, "/api/schedules/nightly/resume", ann, new { reason = "why", author = "bob" });
        await OthersAsync("author", HttpMethod.Put, "/api/schedules/nightly", AdminKey, JsonDocument.Parse(Schedule.Replace("\"why\"", "\"why\", \"author\": \"bob\"", StringComparison.Ordinal)));
        await OthersAsync("author", HttpMethod.Delete, "/api/schedules/nightly?author=bob&reason=why", AdminKey);

        Assert.Equal(["paused by ann", "put by admin"], (await book.ChangesAsync("nightly", Cancel)).Select(change => $"{change.Action} by {change.Author}"));
        using var deleted = await SendAsync(HttpMethod.Delete, "/api/schedules/nightly?reason=why", AdminKey);
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
    }

    async Task OthersAsync(string member, HttpMethod method, string address, string key, object? body = null)
    {
        var problem = await ProblemAsync(HttpStatusCode.BadRequest, SendAsync(method, address, key, body));

        Assert.Contains(
            "who sent the request; leave it out.", problem.GetProperty("errors").GetProperty(member)[0].GetString(), StringComparison.Ordinal);
    }
}
