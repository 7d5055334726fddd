using System.Text.Json;
using System.Text.Json.Nodes;
using MassTransit;
using Resonance.Contracts.Notifications;
using Resonance.Contracts.Orders;
using Resonance.Contracts.Payments;
using Resonance.Engine.Definitions;
using Resonance.Engine.Journal;
using Resonance.Engine.Storage;
using Resonance.Tests.Support;
using Resonance.Workflows;
using Xunit;

namespace Resonance.Tests.Golden;

/// <summary>
/// Writes down the steps of a release: <c>RESONANCE_GOLDEN=0.2 dotnet test ...</c> makes <c>Golden/Releases/0.2.json</c>, which stays from
/// then on. What is written is one step for each state, event and outcome that the runs below come through.
/// </summary>
public sealed class GoldenRecorderTests
{
    static readonly WorkflowTimes Quick = new()
    {
        CardProvider = TimeSpan.FromMilliseconds(300),
        CardRetry = TimeSpan.FromMilliseconds(50),
        NotificationRetry = TimeSpan.FromMilliseconds(50),
        ReconciliationRecovery = TimeSpan.FromMilliseconds(50),
    };

    static readonly DateTimeOffset LongAgo = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Records_the_steps_of_every_workflow()
    {
        var release = Environment.GetEnvironmentVariable("RESONANCE_GOLDEN");
        Assert.SkipWhen(string.IsNullOrEmpty(release), "RESONANCE_GOLDEN names the release whose steps are to be recorded.");
        using var folder = new TemporaryFolder();
        await using var harness = await WorkflowHarness.StartAsync(times: Quick, file: Path.Combine(folder.Path, "store.db"));

        foreach (var (type, start, state) in Starts())
        {
            var started = await harness.Client.StartAsync(type, start, Cancellation);
            await harness.UntilStateAsync(started.Id, state);
            if (state == "Suspended")
                await ActAsync(harness, started.Id);
        }

        await harness.Bus.InactivityTask;
        var steps = Steps(harness).OrderBy(step => step.ToString(), StringComparer.Ordinal).ToArray();
        Assert.True(steps.Length > 20, $"Only {steps.Length} steps were seen.");
        await File.WriteAllTextAsync(GoldenReleases.PathOf(release!), JsonSerializer.Serialize(steps, GoldenStep.Json) + "\n", Cancellation);
    }

    static IEnumerable<(string Type, object Start, string State)> Starts()
    {
        yield return ("order", Orders.Good(), "Completed");
        yield return ("order", Orders.Good() with { CustomerId = "noship-1" }, "Cancelled");
        yield return ("order", Orders.Good(cardToken: "tok_declined"), "Cancelled");
        yield return ("order", Orders.Good(unitPrice: 5001m), "Suspended");
        yield return ("order", Orders.Good() with { Lines = [new OrderLine { Sku = "SKU-OUT", Quantity = 1, UnitPrice = 1 }] }, "Cancelled");
        foreach (var (card, state) in new[] { ("tok_timeout_once", "Completed"), ("tok_timeout", "Suspended"), ("tok_review", "Suspended"), ("tok_fraud", "Declined") })
        {
            var payment = new StartPayment { PaymentId = NewId.NextGuid(), Reference = "r", Amount = 10, Currency = "EUR", CardToken = card };
            yield return ("payment", payment, state);
        }

        yield return ("notification", Notification(), "Failed");
        yield return ("reconciliation", Reconciliations.OfTheDay() with { From = LongAgo, To = LongAgo.AddDays(1) }, "Verified");
        var now = TimeProvider.System.GetUtcNow();
        yield return ("reporting", Reports.Of() with { From = now.AddDays(-1), To = now.AddDays(1) }, "Published");
    }

    static SendNotification Notification() => new()
    {
        NotificationId = NewId.NextGuid(),
        Template = NotificationTemplates.Message,
        Recipient = new NotificationRecipient { Email = "ann@example.org", Url = "http://127.0.0.1:9/hook" },
        Channels = [NotificationChannels.Email, NotificationChannels.Webhook],
        Data = new Dictionary<string, string> { ["subject"] = "s", ["text"] = "t" },
    };

    static async Task ActAsync(WorkflowHarness harness, Guid id)
    {
        var workflow = harness.StepsOf(id)[^1].Workflow;
        var retries = workflow.Data.Contains("AssessCard failed", StringComparison.Ordinal);
        await harness.Client.ActAsync(id, retries ? OperatorActions.Retry : OperatorActions.Resume, "ann", "why", Cancellation);
        if (retries)
            await harness.UntilAsync(id, step => step.Journal.Event == "RetryWorkflow");
        else
            await harness.UntilStateAsync(id, "Completed");
    }

    static IEnumerable<GoldenStep> Steps(WorkflowHarness harness)
    {
        var messages = harness.Bus.Consumed.Select(_ => true, new CancellationToken(canceled: true))
            .Where(message => message.Context.MessageId is not null)
            .GroupBy(message => message.Context.MessageId!.Value).ToDictionary(group => group.Key, group => group.First());
        var seen = new HashSet<string>();
        foreach (var instance in harness.Steps().GroupBy(step => step.Workflow.Id))
        {
            StepCommit? before = null;
            foreach (var step in instance.OrderBy(step => step.Journal.Sequence))
            {
                if (before is not null && messages.TryGetValue(step.Journal.MessageId, out var message))
                {
                    var golden = Of(before, step, message.MessageType, message.MessageObject);
                    if (seen.Add(golden.ToString()))
                        yield return golden;
                }

                before = step;
            }
        }
    }

    static GoldenStep Of(StepCommit before, StepCommit step, Type contract, object message) => new()
    {
        Id = step.Workflow.Id,
        Type = step.Workflow.Type,
        From = before.Workflow.State,
        Status = before.Workflow.Status,
        Data = JsonNode.Parse(before.Workflow.Data)!,
        Contract = contract.FullName!,
        Message = JsonSerializer.SerializeToNode(message, contract, GoldenStep.Json)!,
        To = step.Workflow.State,
        Rejected = JournalEntry.ReadAll(step.Journal.Entries).OfType<EventRejected>().FirstOrDefault()?.Event,
    };
}
