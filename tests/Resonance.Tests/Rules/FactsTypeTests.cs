using Resonance.Engine.Rules.Language;
using Xunit;

namespace Resonance.Tests.Rules;

public sealed class FactsTypeTests
{
    sealed record Loop(string Name, Loop? Next);

    sealed record Reserved(bool For);

    sealed record Unknown(Uri Address);

    sealed record Nothing;

    [Theory]
    [InlineData("express", "bool")]
    [InlineData("attempts", "int")]
    [InlineData("serial", "uint")]
    [InlineData("amount", "double")]
    [InlineData("note", "string or null")]
    [InlineData("rating", "int or null")]
    [InlineData("channel", "string")]
    [InlineData("id", "string")]
    [InlineData("signature", "bytes")]
    [InlineData("placed_at", "timestamp")]
    [InlineData("waited", "duration")]
    [InlineData("customer", "sample_customer")]
    [InlineData("referrer", "sample_customer or null")]
    [InlineData("lines", "list(sample_line)")]
    [InlineData("tags", "list(string)")]
    [InlineData("marks", "list(int or null)")]
    [InlineData("labels", "map(string, string)")]
    public void A_property_is_a_fact_of_the_type_that_stands_for_its_own(string fact, string type) =>
        Assert.Equal(type, FactsType.Of<SampleFacts>().TypeOf(fact));

    [Fact]
    public void What_cannot_be_facts_is_refused_when_it_is_declared()
    {
        Assert.Equal("Loop.Next: Loop contains itself, so it cannot be a fact.", Refusal<Loop>());
        Assert.Equal("Reserved.For would be the fact 'for', which is a reserved word.", Refusal<Reserved>());
        Assert.Equal("Unknown.Address: the language has nothing for System.Uri.", Refusal<Unknown>());
        Assert.EndsWith("has no properties that could be facts.", Refusal<Nothing>(), StringComparison.Ordinal);
    }

    static string Refusal<T>() where T : class => Assert.Throws<ArgumentException>(FactsType.Of<T>).Message;

    // Members of the objects themselves are out of reach, whatever they are called.
    [Theory]
    [InlineData("customer.get_type() == 1")]
    [InlineData("customer.GetType() == 1")]
    [InlineData("customer.equality_contract == 1")]
    [InlineData("dyn(customer).GetHashCode == 1")]
    [InlineData("dyn(lines).count == 3")]
    [InlineData("tags.length == 3")]
    [InlineData("currency.length == 3")]
    [InlineData("labels.keys == 1")]
    public void Nothing_of_an_object_can_be_reached_but_what_is_declared(string source)
    {
        var rule = RuleExpression<SampleFacts>.Load(source, out var errors);

        Assert.True(errors.Count > 0 || rule!.Evaluate(SampleFacts.Typical).Error is not null);
    }
}
