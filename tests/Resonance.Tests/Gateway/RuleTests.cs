using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Resonance.Engine.Rules;
using Resonance.Engine.RuleSets;
using Resonance.Workflows.Payments;
using Xunit;

namespace Resonance.Tests.Gateway;

public sealed class RuleTests : GatewayFixture
{
    const string Address = "/api/rules/payment/fraud_score";

    [Fact]
    public async Task Lists_every_rule_with_the_version_that_decides_and_what_it_may_be_about()
    {
        var rules = await ItemsAsync("/api/rules");

        Assert.Equal(
            ["payment/fraud_review", "payment/fraud_score"],
            rules.EnumerateArray().Select(rule => $"{Text(rule, "workflow")}/{Text(rule, "name")}"));
        var score = rules[1];
        Assert.Equal(
            """[{"name":"fraud_score","type":"double"},{"name":"amount","type":"double"},{"name":"currency","type":"string"}]""",
            score.GetProperty("facts").GetRawText());
        var current = score.GetProperty("current");
        Assert.Equal((1, "fraud_score < 0.3", "code"), (Number(current, "version"), Text(current, "expression"), Text(current, "origin")));
        Assert.Equal(PaymentRules.FraudScore.Default.Hash(), Text(current, "hash"));
    }

    [Fact]
    public async Task Publishes_a_new_version_that_decides_at_once()
    {
        var published = await PublishAsync("fraud_score < 0.25", ", \"description\": \"Unseen.\", \"failMeans\": \"too risky\"");

        Assert.Equal(
            (2, "fraud_score < 0.25", "Unseen.", "too risky"),
            (Number(published, "version"), Text(published, "expression"), Text(published, "description"), Text(published, "failMeans")));
        Assert.Equal(
            ("published", "Ada", "fewer frauds"), (Text(published, "origin"), Text(published, "author"), Text(published, "reason")));
        Assert.Equal(new RuleText("fraud_score < 0.25", "Unseen.", "too risky").Hash(), Text(published, "hash"));
        var verdict = PaymentRules.FraudScore.Evaluate(new FraudFacts(0.27, 10, "EUR"));
        Assert.Equal((2, false), (verdict.Version, verdict.Passed));
    }

    [Fact]
    public async Task Shows_a_rule_with_every_version_the_last_one_first()
    {
        await PublishAsync("fraud_score < 0.25");
        await PublishAsync("fraud_score < 0.2");

        var history = await GetAsync(Address);

        Assert.Equal("fraud_score < 0.2", Text(history.GetProperty("rule").GetProperty("current"), "expression"));
        Assert.Equal(
            ["3 published fraud_score < 0.2", "2 published fraud_score < 0.25", "1 code fraud_score < 0.3"],
            history.GetProperty("versions").EnumerateArray()
                .Select(version => $"{Number(version, "version")} {Text(version, "origin")} {Text(version, "expression")}"));
    }

    [Fact]
    public async Task The_same_text_again_changes_nothing()
    {
        var first = await PublishAsync("fraud_score < 0.25");

        var second = await PublishAsync("fraud_score < 0.25");

        Assert.Equal(first.GetRawText(), second.GetRawText());
        Assert.Equal(2, (await GetAsync(Address)).GetProperty("versions").GetArrayLength());
    }

    [Fact]
    public async Task What_is_left_out_stays_as_in_the_last_version_wherever_that_was_published()
    {
        var rule = Services.GetRequiredService<RuleBook>().Find("payment", "fraud_score")!;
        var elsewhere = new RuleText("fraud_score < 0.29", "As said elsewhere.", "as meant elsewhere");
        await Services.GetRequiredService<RuleVersions>().AppendAsync(rule, elsewhere, RuleOrigin.Published, "Bob", "why", 1, Cancel);

        var published = await PublishAsync("fraud_score < 0.25");

        Assert.Equal(
            (3, "As said elsewhere.", "as meant elsewhere"),
            (Number(published, "version"), Text(published, "description"), Text(published, "failMeans")));
    }

    [Fact]
    public async Task An_expression_that_is_wrong_is_refused_with_all_places_and_what_was_probably_meant()
    {
        var problem = await ProblemAsync(
            HttpStatusCode.BadRequest, PutAsync(Address, Body("fraud_scor < 0.3 &&\\n  amount == 'much'")));

        Assert.Equal("The rule was not published.", Text(problem, "detail"));
        Assert.Equal(
            ["1:1: there is no fact 'fraud_scor'; did you mean 'fraud_score'?", "2:10: '==' cannot be used between a double and a string"],
            problem.GetProperty("errors").GetProperty("expression").EnumerateArray().Select(error => error.GetString()!));
        Assert.Equal(
            """
            [{"line":1,"column":1,"message":"there is no fact 'fraud_scor'","suggestion":"fraud_score"},
            {"line":2,"column":10,"message":"'==' cannot be used between a double and a string","suggestion":null}]
            """.Replace("\n", "", StringComparison.Ordinal),
            problem.GetProperty("expressionErrors").GetRawText().Replace("\\u0027", "'", StringComparison.Ordinal));
        Assert.Equal((1, "fraud_score < 0.3"), (PaymentRules.FraudScore.Version.Number, PaymentRules.FraudScore.Version.Text.Expression));
    }

    [Theory]
    [InlineData("GET", "/api/rules/payment/fraud")]
    [InlineData("GET", "/api/rules/order/fraud_score")]
    [InlineData("PUT", "/api/rules/payment/fraud")]
    [InlineData("POST", "/api/rules/payment/fraud/what-if")]
    public async Task A_rule_that_is_not_there_is_answered_with_the_ones_that_are(string method, string address)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), address);

        var problem = await ProblemAsync(HttpStatusCode.NotFound, Http.SendAsync(request, Cancel));

        Assert.Equal("""["payment/fraud_review","payment/fraud_score"]""", problem.GetProperty("rules").GetRawText());
    }

    [Fact]
    public async Task A_version_on_top_of_one_that_is_not_the_last_is_refused_with_the_last()
    {
        await PublishAsync("fraud_score < 0.25", ", \"basedOn\": 1");

        var problem = await ProblemAsync(HttpStatusCode.Conflict, PutAsync(Address, Body("fraud_score < 0.2", ", \"basedOn\": 1")));

        Assert.Equal(2, Number(problem, "version"));
        Assert.Equal(
            "Version 2 of payment/fraud_score was published by Ada meanwhile. Look at it, then publish on top of it.",
            Text(problem, "detail"));
        Assert.Equal(2, PaymentRules.FraudScore.Version.Number);
        Assert.Equal(3, Number(await PublishAsync("fraud_score < 0.2", ", \"basedOn\": 2"), "version"));
    }

    [Theory]
    [InlineData("{}", "expression", "author", "reason")]
    [InlineData("""{ "expression": "", "author": "Ada", "reason": "why" }""", "expression")]
    [InlineData("""{ "expression": "true", "author": " ", "reason": "why" }""", "author")]
    [InlineData("""{ "expression": "true", "author": "Ada", "reason": "a\nb" }""", "reason")]
    [InlineData(
        """{ "expression": "true", "author": "Ada", "reason": "why", "description": "", "failMeans": "" }""", "description", "failMeans")]
    [InlineData("""{ "expression": "true", "author": "Ada", "reason": "why", "basedOn": 0 }""", "basedOn")]
    [InlineData("nonsense", "$")]
    public async Task Who_publishes_says_what_who_and_why(string json, params string[] fields)
    {
        var problem = await ProblemAsync(HttpStatusCode.BadRequest, PutAsync(Address, json));

        Assert.Equal(fields.Order(), problem.GetProperty("errors").EnumerateObject().Select(error => error.Name).Order());
        Assert.Equal(1, PaymentRules.FraudScore.Version.Number);
    }

    [Fact]
    public async Task Takes_nothing_but_json() => await ProblemAsync(
        HttpStatusCode.UnsupportedMediaType, Http.PutAsync(Address, new StringContent("fraud_score < 0.1"), Cancel));

    async Task<JsonElement> PublishAsync(string expression, string more = "") => await OkAsync(PutAsync(Address, Body(expression, more)));

    static string Body(string expression, string more = "") =>
        $$"""{ "expression": "{{expression}}", "author": "Ada", "reason": "fewer frauds"{{more}} }""";

    static string? Text(JsonElement json, string member) => json.GetProperty(member).GetString();

    static int Number(JsonElement json, string member) => json.GetProperty(member).GetInt32();
}
