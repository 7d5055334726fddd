using System.Globalization;
using System.Net;
using System.Text.Json;
using Xunit;

namespace Resonance.Tests.Gateway;

public sealed class WhatIfTests : GatewayFixture
{
    const string Address = "/api/rules/payment/fraud_score/what-if";

    [Fact]
    public async Task Counts_what_would_change_in_which_direction_and_sums_the_amounts_by_currency()
    {
        await EvaluatedAsync(1, 0.1, 10.10m, "EUR");
        await EvaluatedAsync(2, 0.25, 20.20m, "EUR");
        await EvaluatedAsync(3, 0.28, 0.1m, "EUR");
        await EvaluatedAsync(4, 0.29, 7m, "USD");
        await EvaluatedAsync(5, 0.45, 1_000m, "USD");
        await EvaluatedAsync(6, 0.9, 5m, "EUR");

        var answer = await RunAsync("fraud_score < 0.2 || amount >= 1000.0");

        Assert.Equal("6 evaluated, 3 pass to fail, 1 fail to pass, 0 undecided", Counts(answer));
        Assert.Equal(
            """[{"currency":"EUR","passToFail":20.30,"failToPass":0},{"currency":"USD","passToFail":7,"failToPass":1000}]""",
            answer.GetProperty("atStake").GetRawText());
        Assert.Equal(
            ["PAYMENT-2 pass fail", "PAYMENT-3 pass fail", "PAYMENT-4 pass fail", "PAYMENT-5 fail pass"], Changed(answer));
        Assert.Equal(
            $$"""
            {"id":"{{Id(2)}}","key":"PAYMENT-2","sequence":2,"occurredAt":"2026-01-31T09:15:45.105+00:00","was":"pass","becomes":"fail",
            "amount":20.20,"currency":"EUR","error":null}
            """.Replace("\n", "", StringComparison.Ordinal),
            answer.GetProperty("changed")[0].GetRawText());
        Assert.Equal(JsonValueKind.Null, answer.GetProperty("nextCursor").ValueKind);
    }

    [Fact]
    public async Task A_candidate_that_says_the_same_changes_nothing()
    {
        await EvaluatedAsync(1, 0.1, 10m, "EUR");
        await EvaluatedAsync(2, 0.5, 10m, "EUR");

        var answer = await RunAsync("!(fraud_score >= 0.3)");

        Assert.Equal("2 evaluated, 0 pass to fail, 0 fail to pass, 0 undecided", Counts(answer));
        Assert.Equal("[]", answer.GetProperty("atStake").GetRawText());
        Assert.Empty(Changed(answer));
    }

    [Fact]
    public async Task What_the_candidate_cannot_decide_is_told_with_the_reason_and_stands_in_no_sum()
    {
        await EvaluatedAsync(1, 0.1, 0m, "EUR");
        await RecordedAsync(2, Entry("""{"fraud_score":0.5,"amount":3}""", "fail"));

        var answer = await RunAsync("currency == 'USD' || 1.0 / amount > 5.0 || [1][int(amount)] == 1");

        Assert.Equal("2 evaluated, 0 pass to fail, 0 fail to pass, 1 undecided", Counts(answer));
        Assert.Equal(["PAYMENT-2 fail error"], Changed(answer));
        Assert.Contains("currency", answer.GetProperty("changed")[0].GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Equal("[]", answer.GetProperty("atStake").GetRawText());
    }

    [Fact]
    public async Task Amounts_without_a_currency_have_a_sum_of_their_own()
    {
        await RecordedAsync(1, Entry("""{"fraud_score":0.1,"amount":3.5}""", "pass"));
        await RecordedAsync(2, Entry("""{"fraud_score":0.1,"total":4,"currency":"EUR"}""", "pass"));
        await RecordedAsync(3, Entry("""{"fraud_score":0.1,"currency":"EUR"}""", "pass"));

        var answer = await RunAsync("fraud_score > 0.3");

        Assert.Equal("3 evaluated, 3 pass to fail, 0 fail to pass, 0 undecided", Counts(answer));
        Assert.Equal(
            """[{"currency":null,"passToFail":3.5,"failToPass":0},{"currency":"EUR","passToFail":4,"failToPass":0}]""",
            answer.GetProperty("atStake").GetRawText());
    }

    [Fact]
    public async Task Only_evaluations_of_this_rule_in_this_workflow_count()
    {
        await EvaluatedAsync(1, 0.1, 10m, "EUR");
        await RecordedAsync(2, Entry("""{"fraud_score":0.1,"amount":1,"currency":"EUR"}""", "pass", rule: "fraud_review"));
        await RecordedAsync(3, """{"kind":"operatorAction","action":"retry","operator":"fraud_score","reason":"\"ruleEvaluated\""}""");
        await RecordedAsync(4, Entry("""{"fraud_score":0.1,"amount":1,"currency":"EUR"}""", "pass"), type: "order");

        Assert.Equal("1 evaluated, 1 pass to fail, 0 fail to pass, 0 undecided", Counts(await RunAsync("fraud_score < 0.05")));
    }

    [Theory]
    [InlineData("09:15:45.105", "09:15:47.105", "PAYMENT-2", "PAYMENT-3")]
    [InlineData("09:15:45.105001", "09:15:47.105001", "PAYMENT-3", "PAYMENT-4")]
    [InlineData("09:15:44", "09:15:44.105")]
    public async Task A_period_has_its_first_moment_and_not_its_last(string from, string to, params string[] keys)
    {
        for (var number = 1; number <= 5; number++)
            await EvaluatedAsync(number, 0.1, 10m, "EUR");

        var answer = await RunAsync("fraud_score < 0.05", from: $"2026-01-31T{from}Z", to: $"2026-01-31T{to}Z");

        Assert.Equal(keys.Select(key => $"{key} pass fail"), Changed(answer));
        Assert.Equal(keys.Length, answer.GetProperty("evaluations").GetInt64());
    }

    [Fact]
    public async Task A_period_may_be_told_in_any_time_zone()
    {
        await EvaluatedAsync(1, 0.1, 10m, "EUR");

        var answer = await RunAsync("fraud_score < 0.05", from: "2026-01-31T19:15:44.105+10:00", to: "2026-01-31T04:15:44.106-05:00");

        Assert.Equal(["PAYMENT-1 pass fail"], Changed(answer));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(100)]
    public async Task Pages_hold_every_change_once_although_some_happened_at_once(int limit)
    {
        var expected = new List<string>();
        for (var number = 1; number <= 9; number++)
        {
            // Three in each second; of the others, every second one does not change.
            await EvaluatedAsync(number, number % 2 == 0 ? 0.01 : 0.1, 10m, "EUR", second: (number + 2) / 3);
            if (number % 2 == 1)
                expected.Add($"PAYMENT-{number} pass fail");
        }

        var pages = await PagesAsync("fraud_score < 0.05", limit, counts: "9 evaluated, 5 pass to fail, 0 fail to pass, 0 undecided");

        Assert.Equal(expected, pages);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_step_that_asked_the_rule_twice_is_listed_twice(int limit)
    {
        await RecordedAsync(1, string.Join(',', Enumerable.Repeat(Entry("""{"fraud_score":0.1,"amount":1,"currency":"EUR"}""", "pass"), 3)));

        var pages = await PagesAsync("fraud_score < 0.05", limit, counts: "3 evaluated, 3 pass to fail, 0 fail to pass, 0 undecided");

        Assert.Equal(["PAYMENT-1 pass fail", "PAYMENT-1 pass fail", "PAYMENT-1 pass fail"], pages);
    }

    [Fact]
    public async Task A_candidate_that_is_wrong_is_refused_with_its_places()
    {
        var problem = await ProblemAsync(HttpStatusCode.BadRequest, PostAsync(Address, Body("fraud_score < ")));

        Assert.Equal("The candidate was not tried.", problem.GetProperty("detail").GetString());
        Assert.StartsWith("1:15: ", Assert.Single(problem.GetProperty("errors").GetProperty("expression").EnumerateArray()).GetString());
        Assert.Equal(15, Assert.Single(problem.GetProperty("expressionErrors").EnumerateArray()).GetProperty("column").GetInt32());
    }

    [Theory]
    [InlineData("{}", "expression", "from")]
    [InlineData("""{ "expression": "true", "from": "yesterday" }""", "from")]
    [InlineData("""{ "expression": "true", "from": "2026-02-01T00:00:00Z", "to": "2026-02-01T00:00:00Z" }""", "to")]
    [InlineData("""{ "expression": "true", "from": "2026-02-01T00:00:00Z", "to": "2026-01-01T00:00:00Z" }""", "to")]
    [InlineData("""{ "expression": "true", "from": "2026-02-01T00:00:00Z", "limit": 0 }""", "limit")]
    [InlineData("""{ "expression": "true", "from": "2026-02-01T00:00:00Z", "cursor": "!" }""", "cursor")]
    [InlineData("""{ "expression": "true", "from": "2026-02-01T00:00:00Z", "cursor": "abc" }""", "cursor")]
    [InlineData("""{ "expression": "true", "from": "2026-02-01T00:00:00Z", "cursor": "312f322f33" }""", "cursor")]
    [InlineData("nonsense", "$")]
    public async Task Refuses_what_is_missing_or_odd(string json, params string[] fields)
    {
        var problem = await ProblemAsync(HttpStatusCode.BadRequest, PostAsync(Address, json));

        Assert.Equal(fields.Order(), problem.GetProperty("errors").EnumerateObject().Select(error => error.Name).Order());
    }

    [Fact]
    public async Task The_oldest_period_that_can_be_told_is_looked_at()
    {
        await EvaluatedAsync(1, 0.1, 10m, "EUR");

        var answer = await RunAsync("fraud_score < 0.05", from: "0001-01-01T00:00:00Z", to: "9999-12-31T23:59:59.9999999Z");

        Assert.Equal(["PAYMENT-1 pass fail"], Changed(answer));
    }

    async Task<List<string>> PagesAsync(string expression, int limit, string counts)
    {
        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var answer = await RunAsync(expression, $", \"limit\": {limit}" + (cursor is null ? "" : $", \"cursor\": \"{cursor}\""));
            Assert.Equal(counts, Counts(answer));
            Assert.InRange(answer.GetProperty("changed").GetArrayLength(), 1, limit);
            seen.AddRange(Changed(answer));
            cursor = answer.GetProperty("nextCursor").GetString();
        }
        while (cursor is not null);

        return seen;
    }

    Task EvaluatedAsync(int number, double score, decimal amount, string currency, int? second = null) => RecordedAsync(
        number,
        Entry(
            string.Create(CultureInfo.InvariantCulture, $$"""{"fraud_score":{{score}},"amount":{{amount}},"currency":"{{currency}}"}"""),
            score < 0.3 ? "pass" : "fail"),
        second: second);

    async Task RecordedAsync(int number, string entries, string type = "payment", int? second = null)
    {
        await Rows.AddWorkflowAsync(Id(number), Cancel, type, key: $"PAYMENT-{number}");
        await Rows.AddStepAsync(
            Id(number), second ?? number, "Pending", "ValidateCard",
            $$"""[{"kind":"stateChanged","from":"Pending","to":"ValidateCard"},{{entries}}]""", Cancel);
    }

    static string Entry(string values, string verdict, string rule = "fraud_score") =>
        $$"""
        {"kind":"ruleEvaluated","rule":"{{rule}}","version":1,"expression":"x","values":{{values}},"verdict":"{{verdict}}","reason":null}
        """;

    Task<JsonElement> RunAsync(
        string expression, string more = "", string from = "2026-01-01T00:00:00Z", string to = "2026-02-01T00:00:00Z") =>
        OkAsync(PostAsync(Address, Body(expression, more, from, to)));

    static string Body(string expression, string more = "", string from = "2026-01-01T00:00:00Z", string to = "2026-02-01T00:00:00Z") =>
        $$"""{ "expression": "{{expression}}", "from": "{{from}}", "to": "{{to}}"{{more}} }""";

    static string Counts(JsonElement answer) =>
        $"{answer.GetProperty("evaluations")} evaluated, {answer.GetProperty("passToFail")} pass to fail, "
        + $"{answer.GetProperty("failToPass")} fail to pass, {answer.GetProperty("undecided")} undecided";

    static IEnumerable<string> Changed(JsonElement answer) => answer.GetProperty("changed").EnumerateArray()
        .Select(change => $"{change.GetProperty("key")} {change.GetProperty("was")} {change.GetProperty("becomes")}");
}

public sealed class WhatIfBeforePublishingTests : GatewayFixture
{
    const string Address = "/api/rules/payment/fraud_score";

    protected override bool RequireWhatIf => true;

    [Fact]
    public async Task A_version_that_was_not_tried_is_refused_until_it_was()
    {
        var problem = await ProblemAsync(HttpStatusCode.Conflict, PublishAsync("fraud_score < 0.2"));
        Assert.Contains("POST /api/rules/payment/fraud_score/what-if", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal(1, PaymentRules.FraudScore.Version.Number);

        await TryAsync("fraud_score < 0.2");

        await OkAsync(PublishAsync("fraud_score < 0.2"));
        Assert.Equal("fraud_score < 0.2", PaymentRules.FraudScore.Version.Text.Expression);
    }

    [Fact]
    public async Task Neither_another_candidate_nor_another_rule_counts()
    {
        await TryAsync("fraud_score < 0.25");
        await TryAsync("fraud_score < 0.2", "/api/rules/payment/fraud_review");

        await ProblemAsync(HttpStatusCode.Conflict, PublishAsync("fraud_score < 0.2"));
    }

    [Fact]
    public async Task A_what_if_that_is_older_than_the_last_version_does_not_count()
    {
        await TryAsync("fraud_score < 0.2");
        await TryAsync("fraud_score < 0.25");
        await OkAsync(PublishAsync("fraud_score < 0.25"));

        await ProblemAsync(HttpStatusCode.Conflict, PublishAsync("fraud_score < 0.2"));

        await TryAsync("fraud_score < 0.2");
        await OkAsync(PublishAsync("fraud_score < 0.2"));
    }

    [Fact]
    public async Task What_decides_already_needs_none()
    {
        var answer = await OkAsync(PublishAsync("fraud_score < 0.3"));

        Assert.Equal(1, answer.GetProperty("version").GetInt32());
    }

    Task<JsonElement> TryAsync(string expression, string rule = Address) => OkAsync(
        PostAsync($"{rule}/what-if", $$"""{ "expression": "{{expression}}", "from": "2026-01-01T00:00:00Z" }"""));

    Task<HttpResponseMessage> PublishAsync(string expression) =>
        PutAsync(Address, $$"""{ "expression": "{{expression}}", "author": "Ada", "reason": "why" }""");
}
