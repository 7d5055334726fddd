using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Resonance.Engine.Delivery;
using Resonance.Engine.RuleSets;
using Resonance.Gateway.Access;
using Resonance.Workflows.Payments;
using Xunit;

namespace Resonance.Tests.Gateway;

/// <summary>Every list of the API comes in pages, in an order that what happens meanwhile does not shift, and narrows to what is asked for.</summary>
public sealed class ListPageTests : GatewayFixture
{
    /// <summary>Each list with a member that its items have.</summary>
    static readonly (string Address, string Member)[] Lists =
    [
        ("/api/rules", "workflow"),
        ("/api/rules/payment/fraud_score/versions", "version"),
        ("/api/rules/verdicts", "id"),
        ("/api/schedules", "name"),
        ("/api/schedules/a/firings", "dueAt"),
        ("/api/schedules/a/changes", "action"),
        ("/api/keys", "id"),
        ("/api/reports", "id"),
        ("/api/workflow-types", "type"),
        ("/api/incidents", "id"),
        ("/api/incidents/groups", "fingerprint"),
        ("/api/workflows", "id"),
        ("/api/dead-letters", "messageId"),
    ];

    /// <summary>What is asked for, and what the items that are found have as a member.</summary>
    static readonly (string Address, string Member, string[] Expected)[] Questions =
    [
        ("/api/schedules?sort=name", "name", ["a", "b", "c"]),
        ("/api/schedules?sort=-name", "name", ["c", "b", "a"]),
        ("/api/schedules?sort=nextDueAt", "name", ["b", "c", "a"]),
        ("/api/schedules?sort=-nextDueAt", "name", ["a", "c", "b"]),
        ("/api/schedules?paused=true", "name", ["a"]),
        ("/api/schedules?paused=false", "name", ["b", "c"]),
        ("/api/schedules?name=b*", "name", ["b"]),
        ("/api/schedules?workflow=order", "name", []),
        ("/api/rules?name=fraud_s*", "name", ["fraud_score"]),
        ("/api/rules?sort=-publishedAt&origin=published", "name", ["fraud_score"]),
        ("/api/rules?workflow=order", "name", []),
        ("/api/rules/payment/fraud_score/versions", "version", ["3", "2", "1"]),
        ("/api/rules/payment/fraud_score/versions?sort=version", "version", ["1", "2", "3"]),
        ("/api/rules/payment/fraud_score/versions?author=Bob", "version", ["3"]),
        ("/api/rules/payment/fraud_score/versions?origin=code", "version", ["1"]),
        ("/api/rules/payment/fraud_score/versions?from=2026-03-04T09:16:12Z", "version", ["3"]),
        ("/api/rules/verdicts?verdict=fail", "sequence", ["2"]),
        ("/api/rules/verdicts?rule=fraud_score", "sequence", ["2", "1"]),
        ("/api/rules/verdicts?rule=fraud_score&sort=occurredAt&version=1", "sequence", ["1"]),
        ("/api/schedules/a/changes?action=paused", "action", ["paused"]),
        ("/api/schedules/a/changes?sort=changedAt", "action", ["put", "triggered", "triggered", "paused"]),
        ("/api/schedules/a/firings?outcome=missed", "outcome", []),
        ("/api/schedules/a/firings?outcome=started&to=2026-03-04T09:16:00Z", "outcome", ["started"]),
        ("/api/keys?state=live", "name", ["two"]),
        ("/api/keys?state=revoked", "name", ["one"]),
        ("/api/keys?state=expired", "name", ["three"]),
        ("/api/keys?role=viewer&sort=name", "name", ["one", "three"]),
        ("/api/keys?name=t*&sort=createdAt", "name", ["two", "three"]),
        ("/api/reports?kind=order", "key", ["REPORT-2"]),
        ("/api/reports?format=csv", "key", ["REPORT-2"]),
        ("/api/reports?status=completed", "key", ["REPORT-1"]),
        ("/api/reports?from=2026-03-02T00:00:00Z", "key", ["REPORT-2"]),
        ("/api/reports?to=2026-03-02T00:00:00Z", "key", ["REPORT-1"]),
        ("/api/reports?sort=startedAt", "key", ["REPORT-1", "REPORT-2"]),
        ("/api/incidents?sort=since", "key", ["PAYMENT-3", "PAYMENT-4"]),
        ("/api/incidents?sort=-since", "key", ["PAYMENT-4", "PAYMENT-3"]),
        ("/api/incidents?key=PAYMENT-3", "key", ["PAYMENT-3"]),
        ("/api/incidents?from=2026-01-31T09:15:45Z", "key", ["PAYMENT-4"]),
        ("/api/incidents/groups?sort=fingerprint", "errorKind", ["timeout", "worker_fault"]),
        ("/api/workflow-types?type=o*", "type", ["order"]),
    ];

    readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 3, 4, 9, 15, 43, TimeSpan.Zero));

    protected override TimeProvider Clock => _clock;

    [Fact]
    public async Task Pages_of_one_item_hold_what_one_page_holds()
    {
        await FillAsync();
        foreach (var (address, member) in Lists)
        {
            var whole = await GetAsync($"{address}?limit=200");

            var seen = await ReadAsync(address);

            Assert.True(whole.GetProperty("nextCursor").ValueKind == JsonValueKind.Null, $"{address} does not fit on one page.");
            Assert.True(seen.Count > 1, $"{address} has too few items to page.");
            Assert.Equal(whole.GetProperty("items").EnumerateArray().Select(item => item.GetRawText()), seen.Select(item => item.GetRawText()));
            Assert.All(seen, item => Assert.True(item.TryGetProperty(member, out _), $"An item of {address} has no {member}."));
        }
    }

    [Fact]
    public async Task Every_list_says_which_value_it_does_not_take()
    {
        await FillAsync();
        foreach (var (address, _) in Lists)
        {
            var problem = await ProblemAsync(HttpStatusCode.BadRequest, Http.GetAsync($"{address}?limit=0&sort=nonsense&cursor=x", Cancel));

            var told = problem.GetProperty("errors").EnumerateObject().Select(error => error.Name).Order(StringComparer.Ordinal);
            Assert.Equal($"{address}: cursor, limit, sort", $"{address}: {string.Join(", ", told)}");
        }
    }

    [Fact]
    public async Task A_list_is_narrowed_and_ordered_as_it_is_asked_for()
    {
        await FillAsync();
        foreach (var (address, member, expected) in Questions)
        {
            var found = (await ItemsAsync(address)).EnumerateArray().Select(item => item.GetProperty(member).ToString());

            Assert.Equal($"{address}: {string.Join(", ", expected)}", $"{address}: {string.Join(", ", found)}");
        }
    }

    [Fact]
    public async Task What_comes_or_goes_meanwhile_shifts_no_page()
    {
        await FillAsync();
        var first = await GetAsync("/api/schedules?limit=2");
        await PutScheduleAsync("aa", "0 0 1 1 *");
        await DeleteScheduleAsync("b");

        var second = await GetAsync($"/api/schedules?limit=2&cursor={first.GetProperty("nextCursor").GetString()}");

        Assert.Equal(["a", "b"], NamesOf(first));
        Assert.Equal(["c"], NamesOf(second));
        await ProblemAsync(
            HttpStatusCode.BadRequest, Http.GetAsync($"/api/schedules?sort=-name&cursor={first.GetProperty("nextCursor").GetString()}", Cancel));
    }

    [Fact]
    public async Task A_report_shows_what_it_is_about_and_where_it_can_be_read()
    {
        await FillAsync();

        var reports = await ItemsAsync("/api/reports");

        Assert.Equal(
            $$"""
            {"id":"{{Id(21)}}","key":"REPORT-1","kind":"workflows","from":"2026-03-01T00:00:00+00:00","to":"2026-03-02T00:00:00+00:00",
            "format":"html","state":"PUBLISHED","status":"completed","size":4711,"reason":null,"startedAt":"2026-01-31T09:15:44.105+00:00",
            "finishedAt":"2026-01-31T09:15:45.105+00:00","url":"/api/reports/{{Id(21)}}"}
            """.Replace("\n", "", StringComparison.Ordinal),
            reports[1].GetRawText());
        Assert.Equal(JsonValueKind.Null, reports[0].GetProperty("url").ValueKind);
        Assert.Equal("Nothing happened.", reports[0].GetProperty("reason").GetString());
    }

    [Fact]
    public async Task A_verdict_shows_what_the_rule_saw()
    {
        await FillAsync();

        var verdict = (await ItemsAsync("/api/rules/verdicts?verdict=fail"))[0];

        Assert.Equal(
            $$$"""
            {"id":"{{{Id(1)}}}","key":"PAYMENT-1","type":"payment","sequence":2,"occurredAt":"2026-01-31T09:15:45.105+00:00","rule":"fraud_score",
            "version":2,"expression":"fraud_score < 0.25","verdict":"fail","reason":"it is 0.27","values":{"fraud_score":0.27}}
            """.Replace("\n", "", StringComparison.Ordinal),
            verdict.GetRawText());
    }

    [Fact]
    public async Task Changes_of_a_schedule_that_is_gone_are_still_told()
    {
        await FillAsync();
        await DeleteScheduleAsync("a");

        var changes = await ItemsAsync("/api/schedules/a/changes?action=deleted");

        Assert.Equal("no more", changes[0].GetProperty("reason").GetString());
        await ProblemAsync(HttpStatusCode.NotFound, Http.GetAsync("/api/schedules/a/firings", Cancel));
        await ProblemAsync(HttpStatusCode.NotFound, Http.GetAsync("/api/schedules/never/changes", Cancel));
    }

    async Task<List<JsonElement>> ReadAsync(string address)
    {
        var (seen, cursor) = (new List<JsonElement>(), (string?)null);
        do
        {
            var page = await GetAsync($"{address}?limit=1{(cursor is null ? "" : $"&cursor={cursor}")}");
            seen.Add(Assert.Single(page.GetProperty("items").EnumerateArray()));
            cursor = page.GetProperty("nextCursor").GetString();
        }
        while (cursor is not null);
        return seen;
    }

    /// <summary>Puts more than one item into every list.</summary>
    async Task FillAsync()
    {
        await FillKeysAsync();
        await FillSchedulesAsync();
        foreach (var (author, expression) in new[] { ("Ann", "fraud_score < 0.25"), ("Bob", "fraud_score < 0.2") })
        {
            var rule = Services.GetRequiredService<RuleBook>().Find("payment", PaymentRules.FraudScore.Name)!;
            await Services.GetRequiredService<RulePublisher>().PublishAsync(rule, new RulePublication(expression, null, null, author, "safer", null), Cancel);
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        await Rows.AddWorkflowAsync(Id(1), Cancel, key: "PAYMENT-1");
        await Rows.AddStepAsync(Id(1), 1, "Initial", "Pending", Evaluated(1, "pass", "null", "0.27"), Cancel);
        await Rows.AddStepAsync(Id(1), 2, "Pending", "Pending", Evaluated(2, "fail", "\"it is 0.27\"", "0.27"), Cancel);
        await AddSuspendedAsync(3, "timeout", "44.105");
        await AddSuspendedAsync(4, "worker_fault", "46.1");
        await AddReportAsync(21, "REPORT-1", "workflows", 1, "html", "completed", 4711, null);
        await AddReportAsync(22, "REPORT-2", "order", 2, "csv", "failed", 0, "Nothing happened.");
        await Rows.AddMessageAsync(Id(31), Cancel, setAsideAfter: 1);
        await Rows.AddMessageAsync(Id(32), Cancel, setAsideAfter: 2);
    }

    async Task FillKeysAsync()
    {
        // They are there, and the door stays open for the test: it asks from this machine and has the key of none of them.
        var keys = Services.GetRequiredService<ApiKeys>();
        foreach (var (name, role, life) in new (string, Role, TimeSpan?)[]
            { ("one", Role.Viewer, null), ("two", Role.Admin, null), ("three", Role.Viewer, TimeSpan.FromSeconds(1)) })
        {
            var made = (await keys.AddAsync(name, role, life, "the test", Cancel))!.Value;
            if (name == "one")
                await keys.RevokeAsync(made.Key.Id, Cancel);
            if (name == "two")
                Http.DefaultRequestHeaders.Authorization = new("Bearer", made.Text);
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        _clock.Advance(Access.KeysAreKnownFor);
    }

    async Task FillSchedulesAsync()
    {
        await PutScheduleAsync("a", "0 0 1 1 *");
        await PutScheduleAsync("b", "*/5 * * * *");
        await PutScheduleAsync("c", "0 * * * *");
        for (var firing = 0; firing < 2; firing++)
        {
            StartAnswers = () => new StartResult(StartOutcome.Accepted, Id(50), "PAYMENT-50");
            await OkAsync(PostAsync("/api/schedules/a/trigger", """{ "reason": "to see it" }"""));
            _clock.Advance(TimeSpan.FromSeconds(10));
        }

        await OkAsync(PostAsync("/api/schedules/a/pause", """{ "reason": "too much" }"""));
    }

    async Task PutScheduleAsync(string name, string cron) => await OkAsync(PutAsync(
        $"/api/schedules/{name}",
        $$"""
        { "workflow": "payment", "cron": "{{cron}}", "reason": "wanted", "start": { "paymentId": "{id}", "reference": "r", "amount": 10,
          "currency": "EUR", "cardToken": "tok_visa" } }
        """));

    async Task DeleteScheduleAsync(string name)
    {
        using var answer = await Http.DeleteAsync($"/api/schedules/{name}?reason=no+more", Cancel);
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
    }

    Task AddSuspendedAsync(int number, string errorKind, string second) => Rows.AddWorkflowAsync(
        Id(number), Cancel, status: "suspended", state: "ValidateCard", key: $"PAYMENT-{number}", startedAfter: 10 - number,
        data: $$"""
            { "$engine": { "status": "suspended", "suspension": { "cause": "no answer", "state": "ValidateCard", "activity": "AssessCard",
              "errorKind": "{{errorKind}}", "attempts": 5, "since": "2026-01-31T09:15:{{second}}+00:00" } } }
            """);

    Task AddReportAsync(int number, string key, string kind, int day, string format, string status, int size, string? reason) => Rows.AddWorkflowAsync(
        Id(number), Cancel, type: "reporting", key: key, state: status == "completed" ? "Published" : "Failed", status: status, startedAfter: number - 20,
        finished: true,
        data: $$"""
            { "kind": "{{kind}}", "format": "{{format}}", "size": {{size}}, "from": "2026-03-0{{day}}T00:00:00+00:00", "to": "2026-03-0{{day + 1}}T00:00:00+00:00",
              "$engine": { "reason": {{(reason is null ? "null" : $"\"{reason}\"")}} } }
            """);

    static string Evaluated(int version, string verdict, string reason, string score) =>
        $$"""
        [{ "kind": "ruleEvaluated", "rule": "fraud_score", "version": {{version}}, "expression": "fraud_score < 0.25", "values": { "fraud_score": {{score}} },
           "verdict": "{{verdict}}", "reason": {{reason}} }]
        """;

    static IEnumerable<string?> NamesOf(JsonElement page) =>
        page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("name").GetString());
}
