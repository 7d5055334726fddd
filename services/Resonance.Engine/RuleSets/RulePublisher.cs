using Resonance.Engine.Rules;
using Resonance.Engine.Rules.Language;

namespace Resonance.Engine.RuleSets;

/// <summary>A new text for a rule, and who answers for it.</summary>
/// <param name="Expression">What it is to say.</param>
/// <param name="Description">What the rule is for; null for what the last version says.</param>
/// <param name="FailMeans">What a fail means; null for what the last version says.</param>
/// <param name="Author">Who asks.</param>
/// <param name="Reason">Why.</param>
/// <param name="BasedOn">The version that the author saw; null not to care.</param>
public sealed record RulePublication(
    string Expression, string? Description, string? FailMeans, string Author, string Reason, int? BasedOn)
{
    internal RuleText After(RuleText last) => new(Expression, Description ?? last.Description, FailMeans ?? last.FailMeans);
}

/// <summary>What became of a publication.</summary>
public enum PublishOutcome
{
    /// <summary>It decides from now on, here at once and elsewhere within a second or so.</summary>
    Published,

    /// <summary>The last version says just that already; nothing was stored.</summary>
    Unchanged,

    /// <summary>The expression is wrong.</summary>
    Refused,

    /// <summary>Another version was published since the one that the author saw.</summary>
    Outdated,

    /// <summary>No what-if of this expression is young enough.</summary>
    WhatIfMissing,
}

/// <param name="Outcome">What happened.</param>
/// <param name="Version">The last version now.</param>
/// <param name="Errors">What is wrong with the expression.</param>
public sealed record PublishResult(PublishOutcome Outcome, RuleVersion Version, IReadOnlyList<ExpressionError> Errors);

/// <summary>Publishes new versions of rules while the system runs.</summary>
public sealed class RulePublisher
{
    readonly RuleVersions _versions;
    readonly RuleSetRefresh _refresh;
    readonly WhatIfRecords _whatIfs;
    readonly RuleSetOptions _options;

    internal RulePublisher(RuleVersions versions, RuleSetRefresh refresh, WhatIfRecords whatIfs, RuleSetOptions options)
    {
        _versions = versions;
        _refresh = refresh;
        _whatIfs = whatIfs;
        _options = options;
    }

    /// <summary>The versions of a rule, the first one first.</summary>
    public Task<IReadOnlyList<RuleVersion>> VersionsAsync(WorkflowRule rule, CancellationToken cancellationToken) =>
        _versions.OfAsync(rule, cancellationToken);

    /// <summary>Publishes a new version of a rule.</summary>
    public async Task<PublishResult> PublishAsync(WorkflowRule rule, RulePublication publication, CancellationToken cancellationToken)
    {
        while (true)
        {
            var last = (await _versions.OfAsync(rule, cancellationToken))[^1];
            var text = publication.After(last.Text);
            if (rule.Rule.Check(text.Expression) is { Count: > 0 } errors)
                return new PublishResult(PublishOutcome.Refused, last, errors);
            if (publication.BasedOn is { } seen && seen != last.Number)
                return new PublishResult(PublishOutcome.Outdated, last, []);
            if (last.Text == text)
                return new PublishResult(PublishOutcome.Unchanged, last, []);
            if (_options.RequireWhatIf && !await _whatIfs.ExistsAsync(rule, text.Expression, last.PublishedAt, cancellationToken))
                return new PublishResult(PublishOutcome.WhatIfMissing, last, []);

            var published = await _versions.AppendAsync(
                rule, text, RuleOrigin.Published, publication.Author, publication.Reason, last.Number, cancellationToken);
            if (published is null)
                continue;

            await _refresh.RefreshAsync(cancellationToken);
            return new PublishResult(PublishOutcome.Published, published, []);
        }
    }
}
