using System.Text.Json;
using MassTransit;
using Resonance.Contracts.Audit;
using Resonance.Engine.Definitions;
using Resonance.Engine.Journal;
using Resonance.Engine.Storage;

namespace Resonance.Tests.Audit;

/// <summary>Makes of a step that is told the step that an engine would have stored.</summary>
static class StoredSteps
{
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
            yield return JsonSerializer.Serialize(new { kind = "stateChanged", from = step.From, to = step.To });
        foreach (var kind in step.Kinds.Where(kind => kind is not ("stateChanged" or "finished")))
            yield return EntryOf(kind);
        if (step.Outcome is not null)
            yield return JsonSerializer.Serialize(new { kind = "finished", outcome = step.Outcome, durationMs = step.DurationMs });
    }

    static string EntryOf(string kind) => kind switch
    {
        "retryScheduled" => """{"kind":"retryScheduled","activity":"AssessCard","retry":1,"delayMs":2000,"policy":"2 s","cause":"timeout"}""",
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
