using Resonance.Engine.Definitions;
using Resonance.Engine.Rules;

namespace Resonance.Engine.RuleSets;

/// <summary>Every rule of every workflow that this process knows.</summary>
public sealed class RuleBook(WorkflowCatalog catalog)
{
    /// <summary>By workflow and name.</summary>
    public IReadOnlyList<WorkflowRule> All { get; } =
    [
        .. from workflow in catalog.All
           orderby workflow.Type
           from rule in workflow.Rules
           select new WorkflowRule(workflow.Type, rule),
    ];

    /// <returns>The rule; null when there is none.</returns>
    public WorkflowRule? Find(string workflow, string name) => All.FirstOrDefault(rule => rule.Workflow == workflow && rule.Rule.Name == name);
}

/// <param name="Workflow">Type of the workflow that it decides in.</param>
/// <param name="Rule">The rule.</param>
public sealed record WorkflowRule(string Workflow, Rule Rule)
{
    /// <summary>Such as <c>payment/fraud_score</c>.</summary>
    public override string ToString() => $"{Workflow}/{Rule.Name}";
}
