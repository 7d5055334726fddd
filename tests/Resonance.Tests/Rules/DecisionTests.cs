using System.Text.Json;
using Resonance.Engine.Rules.Language;
using Xunit;

namespace Resonance.Tests.Rules;

/// <summary>A rule that fails says which part of it failed, and on what.</summary>
public sealed class DecisionTests
{
    [Theory]
    [InlineData("fraud_score < 0.1", "fraud_score < 0.1")]
    [InlineData("express && attempts < 9 && currency == 'USD' && total > 1", "currency == 'USD'")]
    [InlineData("express && (total > 1 && !express)", "!express")]
    [InlineData("total < 1 || attempts > 5", "total < 1 || attempts > 5")]
    [InlineData("express ? total < 1 && true : attempts > 5", "total < 1")]
    [InlineData(
        "lines.all(l, l.quantity > 0 && l.available >= l.quantity)",
        "l.available >= l.quantity, for l = {sku: 'B-2', quantity: 3, available: 1, price: 20}")]
    [InlineData("lines.exists(l, l.quantity > 100)", "lines.exists(l, l.quantity > 100)")]
    public void The_part_that_decided_is_the_smallest_that_is_false(string source, string expected)
    {
        var rule = RuleExpression<SampleFacts>.Load(source, out _)!;

        Assert.False(rule.Evaluate(SampleFacts.Typical).Passed);
        Assert.Equal(expected, rule.Explain(SampleFacts.Typical)?.ToString());
    }

    [Theory]
    [InlineData("express")]
    [InlineData("attempts / 0 == 1")]
    public void What_passed_or_gave_an_error_has_no_part_that_decided(string source) =>
        Assert.Null(RuleExpression<SampleFacts>.Load(source, out _)!.Explain(SampleFacts.Typical));

    [Fact]
    public void The_facts_that_were_read_are_told_with_their_values()
    {
        var rule = RuleExpression<SampleFacts>.Load(
            "fraud_score > 0.5 && total > 0 || lines.exists(l, l.available == 1) && waited > duration('1m')", out _)!;
        var verdict = rule.Evaluate(SampleFacts.Typical);

        var read = rule.FactsRead(verdict, SampleFacts.Typical);

        // Not the total: the first part was false without it.
        Assert.Equal(["fraud_score", "waited", "lines"], read.Select(fact => fact.Name));
        var scalars = JsonSerializer.Serialize(read.Take(2).ToDictionary(fact => fact.Name, fact => fact.Value));
        Assert.Equal("""{"fraud_score":0.25,"waited":"90.5s"}""", scalars);
        var lines = JsonSerializer.Serialize(read[2].Value);
        Assert.StartsWith("""[{"sku":"A-1","quantity":2,"available":5,"price":9.5}""", lines, StringComparison.Ordinal);
    }

    [Fact]
    public void A_recorded_evaluation_that_lacks_a_fact_is_an_error_only_where_it_is_read()
    {
        var rule = RuleExpression.Load("fraud_score < 0.3 || total < 10", FactsType.Of<SampleFacts>(), out _)!;

        Assert.True(rule.Evaluate(JsonElement.Parse("""{"fraud_score": 0.2}""")).Passed);
        var lacking = rule.Evaluate(JsonElement.Parse("""{"fraud_score": 0.4}"""));
        Assert.Equal((false, "the fact 'total' is not in the record"), (lacking.Passed, lacking.Error?.Message));
        var wrong = rule.Evaluate(JsonElement.Parse("""{"fraud_score": true}"""));
        Assert.Equal("a double is expected in the record, and there is a true", wrong.Error?.Message);
    }
}
