using System.Text;
using Resonance.Contracts.Reconciliation;
using Resonance.Engine.Definitions;
using Xunit;

namespace Resonance.Tests.Workflows.Reconciliation;

public sealed class ReconciliationContractTests
{
    const string Id = "3f2504e0-4f89-41d3-9a0c-0305e82c3301";

    [Fact]
    public void A_day_in_UTC_is_a_period()
    {
        var start = Assert.IsType<StartReconciliation>(Read<StartReconciliation>(Start("2026-11-22T00:00:00Z", "2026-11-23T00:00:00Z")).Message);

        Assert.Equal(TimeSpan.FromDays(1), start.To - start.From);
        Assert.Equal("simulated", start.Provider);
    }

    [Theory]
    [InlineData("2026-11-23T00:00:00Z", "2026-11-23T00:00:00Z", "to", "The period must end after it begins; set 'to' to a later time than 'from'.")]
    [InlineData("2026-11-24T00:00:00Z", "2026-11-23T00:00:00Z", "to", "The period must end after it begins; set 'to' to a later time than 'from'.")]
    [InlineData("2026-11-22T00:00:00+01:00", "2026-11-23T00:00:00Z", "from", "must be a time in UTC such as 2026-01-31T09:15:43Z.")]
    [InlineData("yesterday", "2026-11-23T00:00:00Z", "from", "a time of ISO 8601")]
    public void A_period_that_is_none_is_refused_in_words(string from, string to, string field, string problem)
    {
        var (name, errors) = Assert.Single(Read<StartReconciliation>(Start(from, to)).Errors);

        Assert.Equal(field, name);
        Assert.Contains(problem, Assert.Single(errors), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("a\\u0007b")]
    public void A_provider_has_a_name(string provider) => Assert.Equal(
        ["provider"], Read<StartReconciliation>(Start("2026-11-22T00:00:00Z", "2026-11-23T00:00:00Z", provider)).Errors.Keys);

    [Theory]
    [InlineData("")]
    [InlineData(""", "lines": null""")]
    public void A_resolution_without_lines_is_about_all_that_are_open(string lines)
    {
        var resolution = Assert.IsType<ResolveReconciliationLines>(Read<ResolveReconciliationLines>(Resolve(lines)).Message);

        Assert.Null(resolution.Lines);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("[null]")]
    [InlineData("7")]
    public void A_list_of_lines_that_is_none_is_refused(string lines) =>
        Assert.NotEmpty(Read<ResolveReconciliationLines>(Resolve($", \"lines\": {lines}")).Errors);

    [Fact]
    public void A_resolution_says_who_and_why() => Assert.Equal(
        ["operator", "reason"],
        Read<ResolveReconciliationLines>($$"""{ "reconciliationId": "{{Id}}" }""").Errors.Keys.Order());

    static string Start(string from, string to, string provider = "simulated") =>
        $$"""{ "reconciliationId": "{{Id}}", "provider": "{{provider}}", "from": "{{from}}", "to": "{{to}}" }""";

    static string Resolve(string lines) => $$"""{ "reconciliationId": "{{Id}}", "operator": "ann", "reason": "seen"{{lines}} }""";

    static ContractResult Read<T>(string json) => ContractReader.Read(typeof(T), Encoding.UTF8.GetBytes(json));
}
