using Resonance.Engine.Definitions;
using Resonance.Tests.House;
using Resonance.Tests.Workflows;
using Xunit;

namespace Resonance.Tests.Docs;

/// <summary>docs/workflows.md shows every workflow as it is.</summary>
public sealed class WorkflowsPageTests
{
    [Theory]
    [MemberData(nameof(DefinitionTests.Types), MemberType = typeof(DefinitionTests))]
    public async Task The_page_has_the_diagram_the_start_the_rules_and_the_ends(string type)
    {
        var root = SourceTree.FindRoot(AppContext.BaseDirectory);
        var page = (await File.ReadAllTextAsync(Path.Combine(root, "docs/workflows.md"), TestContext.Current.CancellationToken))
            .ReplaceLineEndings("\n");
        var workflow = DefinitionTests.Find(type).Description;

        var section = page.Split("\n## ").Single(part => part.StartsWith(type, StringComparison.OrdinalIgnoreCase));

        Assert.Contains($"```mermaid\n{workflow.Diagram.TrimEnd()}\n```", section);
        Assert.Contains($"`{workflow.StartContract.FullName}`", section);
        Assert.All(workflow.Rules, rule => Assert.Contains($"`{rule.Name}`", section));
        Assert.All(
            workflow.States.Where(state => state != "Cancelled" && WorkflowStatus.IsEnd(workflow.StatusIn(state))),
            end => Assert.Contains(StateNames.ToScreen(end), section));
    }
}
