using System.Security.Cryptography;
using Resonance.Contracts.Audit;

namespace Resonance.Tests.Audit;

/// <summary>Histories of made-up instances: every way in which a step can count occurs in them.</summary>
static class StepHistories
{
    public static readonly DateTimeOffset Epoch = new(2026, 1, 31, 9, 15, 43, 105, TimeSpan.Zero);

    static readonly string[] Types = ["order", "payment", "notification"];
    static readonly string[] States = ["Pending", "Working", "Suspended", "Undoing"];
    static readonly string[] Events = ["Happened", "Arrived"];

    static readonly string[] Kinds =
        ["attemptFailed", "retryScheduled", "compensationStarted", "suspended", "eventRejected", "ruleEvaluated", "commandSent", "kindOfAnotherBuild"];

    static readonly string[] Outcomes = ["completed", "completed", "completed", "failed", "cancelled"];

    /// <summary>The steps of some instances, each instance's in order, over a few hours.</summary>
    public static IReadOnlyList<CommittedStep> Of(int seed, int instances)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(1, instances).SelectMany(number => Instance(random, seed, number))];
    }

    public static CommittedStep Step(
        Guid workflowId, long sequence, string from, string to, DateTimeOffset at, string type = "order", string? outcome = null,
        long? durationMs = null, params IReadOnlyList<string> kinds) => new()
        {
            WorkflowId = workflowId,
            Type = type,
            Key = $"{type.ToUpperInvariant()}-{workflowId:N}",
            Sequence = sequence,
            Event = "Happened",
            From = from,
            To = to,
            Kinds = kinds,
            Outcome = outcome,
            DurationMs = durationMs,
            Hash = Convert.ToHexStringLower(SHA256.HashData([.. workflowId.ToByteArray(), .. BitConverter.GetBytes(sequence)])),
            OccurredAt = at,
            TraceId = "0af7651916cd43dd8448eb211c80319c",
        };

    public static Guid Id(int seed, int number) => Guid.Parse($"0190abcd-{seed & 0xffff:x4}-7000-8000-{number:x12}");

    static IEnumerable<CommittedStep> Instance(Random random, int seed, int number)
    {
        var type = Types[random.Next(Types.Length)];
        var started = Epoch.AddMilliseconds(random.Next((int)TimeSpan.FromHours(3).TotalMilliseconds));
        var at = started;
        var state = "Initial";
        var last = random.Next(1, 9);
        for (var sequence = 1; sequence <= last; sequence++)
        {
            // Spread over milliseconds, seconds and minutes alike.
            at = at.AddMicroseconds(Math.Floor(Math.Pow(10, 3 + random.NextDouble() * 5)));
            var ends = sequence == last && random.Next(3) > 0;
            var outcome = ends ? Outcomes[random.Next(Outcomes.Length)] : null;
            var to = outcome is null ? States[random.Next(States.Length)] : $"{char.ToUpperInvariant(outcome[0])}{outcome[1..]}";
            yield return Step(
                Id(seed, number), sequence, state, to, at, type, outcome, ends ? (long)(at - started).TotalMilliseconds : null,
                [.. Enumerable.Range(0, random.Next(4)).Select(_ => Kinds[random.Next(Kinds.Length)])]) with
            {
                Event = Events[random.Next(Events.Length)],
                StayedMs = state != to && random.Next(4) > 0 ? (long)Math.Pow(10, random.NextDouble() * 6) : null,
            };
            state = to;
        }
    }
}
