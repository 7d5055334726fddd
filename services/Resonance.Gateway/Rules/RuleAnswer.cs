using Resonance.Engine.Rules;
using Resonance.Engine.Rules.Language;
using Resonance.Engine.RuleSets;

namespace Resonance.Gateway.Rules;

/// <param name="Name">As rules write it.</param>
/// <param name="Type">As people write it, e.g. <c>list(inventory_availability)</c>.</param>
sealed record FactAnswer(string Name, string Type);

/// <summary>One version of a rule.</summary>
sealed record RuleVersionAnswer
{
    /// <summary>From 1; the highest one decides.</summary>
    public required int Version { get; init; }

    /// <summary>In the rule language: true is a pass.</summary>
    public required string Expression { get; init; }

    public required string Description { get; init; }

    /// <summary>What a fail means, for people.</summary>
    public required string FailMeans { get; init; }

    /// <summary><c>code</c>, <c>file</c> or <c>published</c>.</summary>
    public required string Origin { get; init; }

    public required string Author { get; init; }

    public required string Reason { get; init; }

    public required DateTimeOffset PublishedAt { get; init; }

    /// <summary>SHA-256 of expression, description and meaning: 64 hexadecimal digits.</summary>
    public required string Hash { get; init; }

    public static RuleVersionAnswer Of(RuleVersion version) => new()
    {
        Version = version.Number,
        Expression = version.Text.Expression,
        Description = version.Text.Description,
        FailMeans = version.Text.FailMeans,
        Origin = version.Origin,
        Author = version.Author,
        Reason = version.Reason,
        PublishedAt = version.PublishedAt,
        Hash = version.Hash,
    };
}

/// <summary>A rule as it decides now.</summary>
sealed record RuleAnswer
{
    public required string Workflow { get; init; }

    public required string Name { get; init; }

    /// <summary>The version that decides.</summary>
    public required RuleVersionAnswer Current { get; init; }

    /// <summary>What the rule may be about.</summary>
    public required IReadOnlyList<FactAnswer> Facts { get; init; }

    public static RuleAnswer Of(WorkflowRule rule) => new()
    {
        Workflow = rule.Workflow,
        Name = rule.Rule.Name,
        Current = RuleVersionAnswer.Of(rule.Rule.Version),
        Facts = [.. rule.Rule.Facts.Names.Select(name => new FactAnswer(name, rule.Rule.Facts.TypeOf(name)!))],
    };
}

/// <summary>What is wrong with an expression.</summary>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1.</param>
/// <param name="Message">What was expected, for people.</param>
/// <param name="Suggestion">The name that was probably meant.</param>
sealed record ExpressionErrorAnswer(int Line, int Column, string Message, string? Suggestion)
{
    public static ExpressionErrorAnswer Of(ExpressionError error) => new(error.Line, error.Column, error.Message, error.Suggestion);
}
