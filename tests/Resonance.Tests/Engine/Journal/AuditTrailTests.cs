using System.Text.Json;
using Resonance.Engine.Journal;
using Xunit;

namespace Resonance.Tests.Engine.Journal;

public sealed class AuditTrailTests
{
    static readonly DateTimeOffset Time = new(2026, 11, 23, 9, 15, 43, 105, TimeSpan.Zero);

    [Fact]
    public void A_transition_is_told_in_one_sentence() => Assert.Equal(
        ["[09:15:43.105] [INFO] Workflow ORDER-12401 transitioned from PENDING to PROCESSING."],
        Lines("ORDER-12401", "Pending", "Processing", new StateChanged("Pending", "Processing")));

    [Fact]
    public void A_retry_that_resets_the_state_tells_both_at_once() => Assert.Equal(
        [
            "[09:15:43.105] [WARN] Workflow PAYMENT-8923 AssessCard attempt 1 failed: no answer within 5 s.",
            "[09:15:43.105] [INFO] Workflow PAYMENT-8923 retry #1 after timeout. State reset to PENDING. Next attempt in 2.1 s.",
        ],
        Lines(
            "PAYMENT-8923", "ValidateCard", "Pending",
            new AttemptFailed("AssessCard", 1, "timeout", "no answer within 5 s"),
            new RetryScheduled("AssessCard", 1, 2100, "5 attempts", "timeout"),
            new StateChanged("ValidateCard", "Pending")));

    [Fact]
    public void A_rule_is_told_with_the_state_that_it_was_checked_in() => Assert.Equal(
        ["[09:15:43.105] [INFO] Workflow PAYMENT-8923 executing state: VALIDATE_CARD. Rules check: fraud_score < 0.3. Result: PASS."],
        Lines(
            "PAYMENT-8923", "ValidateCard", "ValidateCard",
            new RuleEvaluated("fraud_score", 1, "fraud_score < 0.3", new Dictionary<string, object?> { ["fraud_score"] = 0.05 }, "pass", null)));

    [Theory]
    [InlineData(2000, "2")]
    [InlineData(500, "0.5")]
    public void A_recovery_is_told_with_its_delay(long delayMs, string seconds) => Assert.Equal(
        [
            "[09:15:43.105] [INFO] Workflow RECONCILIATION-102 transitioned from MATCHING to EXCEPTION_HANDLING.",
            $"[09:15:43.105] [INFO] Workflow RECONCILIATION-102 state: EXCEPTION_HANDLING. Auto-recovery triggered with {seconds}-second delay.",
        ],
        Lines(
            "RECONCILIATION-102", "Matching", "ExceptionHandling",
            new StateChanged("Matching", "ExceptionHandling"),
            new RecoveryTriggered("MatchStatement", 1, delayMs, "4 attempts, 2 s x 2")));

    [Fact]
    public void An_end_is_told_with_its_duration() => Assert.Equal(
        ["[09:15:43.105] [INFO] Workflow ORDER-1 completed after 1.25 s."],
        Lines("ORDER-1", "Shipping", "Completed", new Finished("completed", 1250)));

    static IEnumerable<string> Lines(string key, string from, string to, params JournalEntry[] entries) => AuditTrail.Lines(key, new JournalRow
    {
        WorkflowId = Guid.Empty,
        Sequence = 1,
        MessageId = Guid.Empty,
        Event = "Event",
        From = from,
        To = to,
        Entries = JsonSerializer.Serialize(entries, JsonSerializerOptions.Web),
        Data = "{}",
        OccurredAt = Time,
        PreviousHash = [],
        Hash = [],
    });
}
