using System.ComponentModel.DataAnnotations;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Resonance.Contracts.Reporting;
using Resonance.Engine.Definitions;
using Resonance.Engine.Delivery;
using Resonance.Tests.Support;
using Xunit;

namespace Resonance.Tests.Workflows.Reporting;

/// <summary>Which reports are made at all.</summary>
public sealed class ReportContractTests
{
    [Theory]
    [InlineData("""{ }""")]
    [InlineData("""{ "kind": "order", "format": "csv" }""")]
    [InlineData("""{ "from": "2025-11-22T00:00:00Z", "to": "2026-11-23T00:00:00Z" }""")]
    [InlineData("""{ "from": "2026-11-22T00:00:00+01:00", "to": "2026-11-22T00:00:00Z" }""")]
    public void A_report_that_can_be_made_is_taken(string change) => Assert.Empty(Read(change));

    [Theory]
    [InlineData("""{ "kind": "" }""", "kind")]
    [InlineData("""{ "kind": "Order" }""", "kind")]
    [InlineData("""{ "kind": "../order" }""", "kind")]
    [InlineData("""{ "kind": "all workflows" }""", "kind")]
    [InlineData("""{ "format": "HTML" }""", "format")]
    [InlineData("""{ "format": "pdf" }""", "format")]
    [InlineData("""{ "to": "2026-11-22T00:00:00Z" }""", "to")]
    [InlineData("""{ "to": "2026-11-21T00:00:00Z" }""", "to")]
    [InlineData("""{ "from": "2025-11-21T23:59:59Z" }""", "to")]
    [InlineData("""{ "from": "yesterday" }""", "from")]
    [InlineData("""{ "reportId": "00000000-0000-0000-0000-000000000000" }""", "reportId")]
    public void A_report_that_cannot_be_made_is_refused(string change, string field) => Assert.Equal([field], Read(change).Keys);

    [Fact]
    public void Timelines_that_cannot_be_added_up_are_refused()
    {
        var (one, other) = (Reports.Figures("order"), Reports.Figures("payment"));

        Assert.Empty(Problems(Reports.Rendering(one, other)));
        Assert.NotEmpty(Problems(Reports.Rendering(one, other with { Timeline = other.Timeline with { SlotSeconds = 86400 } })));
        Assert.NotEmpty(Problems(Reports.Rendering(one, other with { Timeline = other.Timeline with { Finished = [1] } })));
        Assert.NotEmpty(Problems(Reports.Rendering(one with { Timeline = one.Timeline with { Finished = [1] } })));
        Assert.NotEmpty(Problems(Reports.Rendering(one, other with { Timeline = null! })));
        Assert.NotEmpty(Problems(Reports.Rendering(one with { Timeline = one.Timeline with { Started = null! } })));
        Assert.NotEmpty(Problems(Reports.Rendering()));
    }

    static List<ValidationResult> Problems(RenderReport report)
    {
        var problems = new List<ValidationResult>();
        Validator.TryValidateObject(report, new ValidationContext(report), problems, validateAllProperties: true);
        return problems;
    }

    static IReadOnlyDictionary<string, string[]> Read(string change)
    {
        var start = JsonSerializer.SerializeToNode(Reports.Of(), ContractSerializer.Options)!.AsObject();
        foreach (var (name, value) in JsonNode.Parse(change)!.AsObject())
            start[name] = value?.DeepClone();
        return ContractReader.Read(typeof(GenerateReport), Encoding.UTF8.GetBytes(start.ToJsonString())).Errors;
    }
}
