using System.Text.Json;
using MassTransit;
using Resonance.Contracts.Audit;
using Resonance.Engine.Definitions;
using Resonance.Engine.Journal;
using Resonance.Engine.Storage;
using Xunit;

namespace Resonance.Tests.Audit;

/// <summary>Makes of a step that is told the step that an engine would have stored.</summary>
static class StoredSteps
{
    /// <summary>Has an engine take the steps: each instance's in their order.</summary>
    /// <returns>The steps as the engine tells of them.</returns>
    public static async Task<IReadOnlyList<CommittedStep>> CommitAsync(
        IWorkflowStore store, IReadOnlyList<CommittedStep> history, CancellationToken cancellationToken)
    {
        var told = new List<CommittedStep>(history.Count);
        var heads = new Dictionary<Guid, WorkflowRow>();
        foreach (var round in history.GroupBy(step => step.Sequence).OrderBy(round => round.Key))
        {
            foreach (var group in round.Chunk(500))
            {
                StepCommit[] commits = [.. group.Select(step => Next(heads.GetValueOrDefault(step.WorkflowId), step))];
                var results = await store.CommitAsync(new StepGroup(commits), TimeSpan.FromSeconds(30), cancellationToken);
                Assert.All(results.Steps, result => Assert.Equal(StepOutcome.Committed, result.Outcome));
                foreach (var commit in commits)
                {
                    heads[commit.Workflow.Id] = commit.Workflow;
                    told.Add(StepSummary.Of(commit.Workflow.Type, commit.Workflow.Key, commit.Journal));
                }
            }
        }

        return told;
    }

    /// <param name="before">The instance before the step; null when it is its first.</param>
    /// <param name="step">What is told of it; its hash and its trace are not read.</param>
    public static StepCommit Next(WorkflowRow? before, CommittedStep step)
    {
        var journal = new JournalRow
        {
            WorkflowId = step.WorkflowId,
            Sequence = step.Sequence,
            MessageId = NewId.NextGuid(),
            Event = step.Event,
            From = step.From,
            To = step.To,
            Entries = $"[{string.Join(',', EntriesOf(step))}]",
            Data = """{"total":12.50}""",
            OccurredAt = step.OccurredAt,
            TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            PreviousHash = before?.HeadHash ?? ChainHash.Origin,
            Hash = ChainHash.Origin,
        };
        journal = journal with { Hash = ChainHash.Compute(journal) };
        return new StepCommit
        {
            Workflow = new WorkflowRow
            {
                Id = step.WorkflowId,
                Type = step.Type,
                Key = step.Key,
                State = step.To,
                Status = step.Outcome ?? WorkflowStatus.Running,
                Version = step.Sequence,
                Data = journal.Data,
                DefinitionHash = new string('a', 64),
                Priority = 3,
                TraceId = new string('b', 32),
                StartedAt = before?.StartedAt ?? step.OccurredAt,
                UpdatedAt = step.OccurredAt,
                FinishedAt = step.Outcome is null ? null : step.OccurredAt,
                HeadHash = journal.Hash,
            },
            Journal = journal,
            Messages = [],
            CancelledTimers = [],
        };
    }

    static IEnumerable<string> EntriesOf(CommittedStep step)
    {
        if (step.From != step.To)
            yield return JsonSerializer.Serialize(new { kind = "stateChanged", from = step.From, to = step.To, stayedMs = step.StayedMs });
        foreach (var kind in step.Kinds.Where(kind => kind is not ("stateChanged" or "finished")))
            yield return EntryOf(kind);
        if (step.Outcome is not null)
            yield return JsonSerializer.Serialize(new { kind = "finished", outcome = step.Outcome, durationMs = step.DurationMs });
    }

    static string EntryOf(string kind) => kind switch
    {
        "retryScheduled" => """{"kind":"retryScheduled","activity":"AssessCard","retry":1,"delayMs":2000,"policy":"2 s","cause":"timeout"}""",
        "attemptFailed" => """{"kind":"attemptFailed","activity":"AssessCard","attempt":1,"errorKind":"timeout","error":"no answer within 5 s"}""",
        "compensationStarted" => """{"kind":"compensationStarted","activity":"ReserveInventory","reason":"out of stock"}""",
        "suspended" => """{"kind":"suspended","cause":"the card provider does not answer","activity":"AssessCard","attempts":5}""",
        "eventRejected" => """{"kind":"eventRejected","event":"CardCaptured","state":"Pending","reason":"the state does not accept it"}""",
        "ruleEvaluated" =>
            """
            {"kind":"ruleEvaluated","rule":"fraud_score","version":1,"expression":"fraud_score < 0.3","values":{"fraud_score":0.1},"verdict":"pass"}
            """,
        "commandSent" =>
            """
            {"kind":"commandSent","activity":"AssessCard","command":"AssessCard","destination":"exchange:card-provider","idempotencyKey":"1",
             "attempt":1,"messageId":"0190abcd-0000-7000-8000-000000000001"}
            """,
        _ => $$"""{"kind":"{{kind}}"}""",
    };
}
