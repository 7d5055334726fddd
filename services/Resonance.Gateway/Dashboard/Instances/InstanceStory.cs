using Resonance.Audit.Checkpoints;
using Resonance.Audit.Trail;
using Resonance.Engine.Definitions;
using Resonance.Engine.Journal;
using Resonance.Engine.Operations;
using Resonance.Engine.Storage;
using Resonance.Engine.Storage.Queries;
using Resonance.Gateway.Access;
using Resonance.Gateway.Diagrams;

namespace Resonance.Gateway.Dashboard.Instances;

/// <summary>All that there is to be told of one instance, as of one moment.</summary>
public sealed record InstanceStory
{
    /// <summary>The instance.</summary>
    public required WorkflowRow Row { get; init; }

    /// <summary>Its workflow; null when this process does not know it.</summary>
    public required WorkflowDescription? Workflow { get; init; }

    /// <summary>Why it is where it is; null when this process does not know its workflow.</summary>
    public required Explanation? Explanation { get; init; }

    /// <summary>Every step that the journal has, in order.</summary>
    public required IReadOnlyList<StoryStep> Steps { get; init; }

    /// <summary>Its machine with the way that it went, as SVG; null when this process does not know its workflow.</summary>
    public required string? Picture { get; init; }

    /// <summary>What is wrong with the chain of the journal's hashes; null when it is whole.</summary>
    public required string? ChainComplaint { get; init; }

    /// <summary>The newest of its steps that the ledger has; null when it has none.</summary>
    public required TrailStep? Witnessed { get; init; }

    /// <summary>The newest signed checkpoint of the ledger; null when there is none.</summary>
    public required SignedCheckpoint? Checkpoint { get; init; }
}

/// <summary>One step of an instance.</summary>
/// <param name="Row">As the journal has it.</param>
/// <param name="Entries">What happened in it.</param>
public sealed record StoryStep(JournalRow Row, IReadOnlyList<JournalEntry> Entries);

/// <summary>Reads stories.</summary>
sealed class StoryReader(
    JournalScan journal, Explanations explanations, AuditTrailReader trail, LedgerProofs proofs, WorkflowCatalog catalog, SensitiveData sensitive)
{
    /// <param name="id">The instance.</param>
    /// <param name="reader">Who reads it: what is sensitive is hidden from who may not see it.</param>
    /// <param name="cancellationToken">Stops waiting for the store.</param>
    /// <returns>Null when there is no such instance.</returns>
    public async Task<InstanceStory?> ReadAsync(Guid id, Actor reader, CancellationToken cancellationToken)
    {
        ScannedInstance? found = null;
        await foreach (var instance in journal.ReadAllAsync(id, cancellationToken))
            found = instance;
        if (found?.Row is not { } row)
            return null;

        var page = await trail.ReadAsync(new TrailFilter { Workflow = id.ToString("D") }, 1, before: null, cancellationToken);
        var story = new InstanceStory
        {
            Row = row,
            Workflow = catalog.Find(row.Type),
            Explanation = await explanations.ExplainAsync(id, cancellationToken),
            Steps = [.. found.Journal.Select(step => new StoryStep(step, JournalEntry.ReadAll(step.Entries)))],
            Picture = catalog.Find(row.Type) is { } workflow ? Draw(workflow, row, found.Journal) : null,
            ChainComplaint = Complaint(row, found.Journal),
            Witnessed = page.Steps.FirstOrDefault(),
            Checkpoint = await proofs.FindNewestAsync(cancellationToken),
        };
        return SensitiveData.IsHiddenFrom(reader) ? Hide(story) : story;
    }

    /// <summary>After the chain was checked: what is hidden has another hash.</summary>
    InstanceStory Hide(InstanceStory story)
    {
        var values = sensitive.ValuesIn(story.Row.Data);
        return story with
        {
            Row = story.Row with { Data = sensitive.HideIn(story.Row.Data) },
            Explanation = story.Explanation is { } explanation ? Hide(explanation) : null,
            Steps =
            [
                .. story.Steps.Select(step => step.Row with { Data = sensitive.HideIn(step.Row.Data), Entries = Said(sensitive.HideIn(step.Row.Entries)) })
                    .Select(row => new StoryStep(row, JournalEntry.ReadAll(row.Entries))),
            ],
        };

        Explanation Hide(Explanation told) => told with
        {
            MovesOn = [.. told.MovesOn.Select(Said)],
            Activities =
            [
                .. told.Activities.Select(activity => activity with
                {
                    Situation = activity.Situation with { LastError = activity.Situation.LastError is { } error ? Said(error) : null },
                }),
            ],
            Situation = told.Situation is not { Suspension: { } suspension } situation
                ? told.Situation
                : situation with { Suspension = suspension with { Cause = Said(suspension.Cause) } },
        };

        string Said(string text) => SensitiveData.Without(text, values);
    }

    static string Draw(WorkflowDescription workflow, WorkflowRow row, IReadOnlyList<JournalRow> journal)
    {
        var history = journal.Select(step => new HistoryStep
        {
            Sequence = step.Sequence,
            MessageId = step.MessageId,
            OccurredAt = step.OccurredAt,
            Event = step.Event,
            From = step.From,
            To = step.To,
            Entries = step.Entries,
            Hash = step.Hash,
        });
        return SvgDiagram.Render(MachineGraph.Of(workflow), InstanceOverlay.Of(workflow, row.Version == 0 ? null : row.State, history));
    }

    static string? Complaint(WorkflowRow row, IReadOnlyList<JournalRow> journal)
    {
        var previous = journal is [{ Sequence: > 1 } first, ..] ? first.PreviousHash : ChainHash.Origin;
        var expected = journal is [var begin, ..] ? begin.Sequence : 1;
        foreach (var step in journal)
        {
            if (step.Sequence != expected)
                return $"Step {expected} is missing.";
            if (!step.PreviousHash.AsSpan().SequenceEqual(previous))
                return $"Step {step.Sequence} does not go on from the step before it.";
            if (!ChainHash.Compute(step).AsSpan().SequenceEqual(step.Hash))
                return $"Step {step.Sequence} was edited: its hash is not that of what it says.";
            (previous, expected) = (step.Hash, step.Sequence + 1);
        }

        return row.Version == 0 || journal.Count == 0 || row.HeadHash.AsSpan().SequenceEqual(previous)
            ? null
            : "The instance does not stand where its last step left it.";
    }
}
