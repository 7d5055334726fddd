using Resonance.Engine.Rules.Language;
using Xunit;

namespace Resonance.Tests.Rules;

/// <summary>What a person is told whose rule is refused.</summary>
public sealed class CheckErrorTests
{
    [Theory]
    [InlineData("totl > 3", "1:1: there is no fact 'totl'; did you mean 'total'?")]
    [InlineData("fruad_score < 0.3", "1:1: there is no fact 'fruad_score'; did you mean 'fraud_score'?")]
    [InlineData("customer.nmae == 'x'", "1:10: sample_customer has no field 'nmae'; did you mean 'name'?")]
    [InlineData("lines.all(line, line.sku == 'x' && lin.quantity > 1)", "1:36: there is no fact 'lin'; did you mean 'line'?")]
    [InlineData("currency.startWith('E')", "1:10: there is no function 'startWith'; did you mean 'startsWith'?")]
    [InlineData("lines.al(l, true)", "1:7: there is no function 'al'; did you mean 'all'?")]
    [InlineData("math.greatst(1, 2) == 2", "1:6: there is no function 'math.greatst'; did you mean 'math.greatest'?")]
    [InlineData("contains(currency, 'E')", "1:1: 'contains' is called upon a value: write value.contains(...)")]
    [InlineData(
        "attempts == 2.0",
        "1:10: '==' cannot be used between an int and a double: convert one with int(...), uint(...) or double(...)")]
    [InlineData("fraud_score == 1", "1:13: '==' cannot be used between a double and an int: write 1.0")]
    [InlineData("currency == 1", "1:10: '==' cannot be used between a string and an int")]
    [InlineData("currency + 1 == 'x'", "1:10: '+' cannot be used between a string and an int: convert one with string(...)")]
    [InlineData(
        "currency == null",
        "1:10: '==' cannot be used between a string and null: only a fact that may be absent can be compared with null")]
    [InlineData("attempts", "1:1: the expression has to give a bool, this gives an int")]
    [InlineData("attempts && express", "1:1: expected a bool on both sides of '&&', this is an int")]
    [InlineData("attempts.all(a, true)", "1:1: all goes over a list or the keys of a map, this is an int")]
    [InlineData("lines.all(l, l.sku)", "1:14: expected a bool as the condition of all, this is a string")]
    [InlineData("currency.matches('(')", "1:18: '(' is not a pattern: a '(' is not closed")]
    [InlineData("placed_at > timestamp('tomorrow')", "1:23: 'tomorrow' is not a timestamp such as 2026-01-31T12:00:00Z")]
    [InlineData("size == 3", "1:1: 'size' is a function: call it with brackets")]
    [InlineData("total = 3", "1:7: '=' assigns, which a rule cannot do: write '==' to compare")]
    [InlineData("express & true", "1:9: '&' is not an operator: write '&&' for 'and'")]
    [InlineData("(express", "1:9: expected ')' to close the bracket, found the end of the expression")]
    [InlineData("express\n  && ", "2:6: expected a value, found the end of the expression")]
    [InlineData("currency == 'EUR", "1:13: the text is not closed on its line")]
    [InlineData("currency == 'a\\sb'", "1:15: '\\s' is not an escape; write '\\\\' for a backslash, or a raw text: r'...'")]
    [InlineData("attempts > 9223372036854775808", "1:12: 9223372036854775808 is beyond what an int can hold")]
    [InlineData("for == 1", "1:1: 'for' is a reserved word and cannot be a name")]
    [InlineData("lines.all(1, true)", "1:11: expected a name for the element as the first argument of all, as in all(x, ...)")]
    [InlineData("has(express)", "1:5: has() asks for a field: expected something like has(order.note)")]
    public void An_error_says_where_it_is_and_what_was_expected(string source, string message)
    {
        Assert.Null(RuleExpression<SampleFacts>.Load(source, out var errors));

        Assert.Equal(message, Assert.Single(errors).ToString());
    }

    [Fact]
    public void All_errors_are_told_at_once()
    {
        Assert.Null(RuleExpression<SampleFacts>.Load("totl > 3 &&\n  curency == 'EUR' &&\n  attempts == 'two'", out var errors));

        Assert.Equal(
            ["1:1: there is no fact 'totl'; did you mean 'total'?", "2:3: there is no fact 'curency'; did you mean 'currency'?",
                "3:12: '==' cannot be used between an int and a string"],
            errors.Select(error => error.ToString()));
        Assert.Equal("curency", errors[1].Span.In("totl > 3 &&\n  curency == 'EUR' &&\n  attempts == 'two'"));
    }

    [Theory]
    [InlineData("kitten", "sitting", 3)]
    [InlineData("total", "toatl", 1)]
    [InlineData("", "abc", 3)]
    public void Swapped_letters_are_one_mistake(string first, string second, int distance) =>
        Assert.Equal(distance, Spelling.Distance(first, second));

    [Fact]
    public void A_name_that_is_nothing_like_any_gets_no_suggestion() => Assert.Null(Spelling.Closest("zebra", ["total", "currency"]));

    [Theory]
    [InlineData("attempts / (attempts - 2) == 1", "division by zero", "attempts / (attempts - 2)")]
    [InlineData("labels.weight == 'x'", "there is no key 'weight' in the map", "labels.weight")]
    [InlineData("express && lines[7].sku == 'x'", "there is no element 7 in a list of 3", "lines[7]")]
    [InlineData("rating + 1 > 2 && int(currency) > 3", "'EUR' is not an int", "int(currency)")]
    public void An_error_of_an_evaluation_says_where_it_came_from(string source, string message, string part)
    {
        var verdict = RuleExpression<SampleFacts>.Load(source, out _)!.Evaluate(SampleFacts.Typical);

        Assert.False(verdict.Passed);
        Assert.Equal((message, part), (verdict.Error?.Message, verdict.Error?.Span?.In(source)));
    }
}
