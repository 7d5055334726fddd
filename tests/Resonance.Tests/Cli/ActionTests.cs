using Resonance.Engine.Delivery;
using Xunit;

namespace Resonance.Tests.Cli;

public sealed class ActionTests : CliFixture
{
    [Fact]
    public async Task Asks_an_instance_that_is_named_by_its_key_and_says_who_asks()
    {
        await AddSuspendedAsync(1, "PAYMENT-8923");
        ActAnswers = () => new ActionResult(ActionOutcome.Accepted, null, []);

        var run = await RunAsync("retry", "PAYMENT-8923", "--reason", "the card works", "--data", """{"amount":12}""");

        Assert.Equal((0, ""), (run.Exit, run.Error));
        var (id, request) = Assert.Single(Acts);
        Assert.Equal(
            (Id(1), "retry", "maria", "the card works", """{"amount":12}"""),
            (id, request.Action, request.Operator, request.Reason, request.Data?.GetRawText()));
    }

    [Fact]
    public async Task Takes_a_start_from_standard_input_and_gives_it_an_id()
    {
        StartAnswers = () => new StartResult(StartOutcome.Accepted, Id(7), "PAYMENT-7");

        var run = await RunAsync(
            ["start", "payment", "--data", "-"], null,
            """{"paymentId":"{id}","reference":"ORDER-1","amount":12,"currency":"EUR","cardToken":"tok_visa"}""");

        Assert.Equal((0, $"Started PAYMENT-7, id {Id(7)}.\n", ""), (run.Exit, run.Output, run.Error));
        Assert.NotEqual(Guid.Empty, Assert.IsType<Resonance.Contracts.Payments.StartPayment>(Assert.Single(Starts).Start).PaymentId);
    }

    [Fact]
    public async Task Tells_every_error_of_a_start_at_its_field()
    {
        var run = await RunAsync("start", "payment");

        Assert.Equal(2, run.Exit);
        Assert.Contains("nothing was started", run.Error, StringComparison.Ordinal);
        Assert.Contains("  paymentId is missing", run.Error, StringComparison.Ordinal);
        Assert.Contains("  cardToken is missing", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Says_why_an_action_is_refused_and_what_is_allowed()
    {
        await AddSuspendedAsync(1);
        ActAnswers = () => new ActionResult(ActionOutcome.NotAllowed, "ValidateCard", ["suspend"]);

        var run = await RunAsync("resume", Id(1).ToString(), "--reason", "why");

        Assert.Equal((1, ""), (run.Exit, run.Output));
        Assert.Equal("The instance is in state VALIDATE_CARD and does not allow 'resume' now. It allows: suspend.\n", run.Error);
    }

    [Fact]
    public async Task Asks_all_incidents_of_a_filter_so_many_a_second()
    {
        var run = await RunAsync("incidents", "retry", "payment/AssessCard/timeout", "--reason", "the provider is back", "--rate", "20", "--detach");

        Assert.Equal((0, ""), (run.Exit, run.Error));
        var (filter, request, perSecond) = Assert.Single(BulkActs);
        Assert.Equal(("payment/AssessCard/timeout", "retry", 20), (filter.Fingerprint?.ToString(), request.Action, perSecond));
        Assert.Contains("Asked 0 of 7 incidents to retry, 20 a second.", run.Output, StringComparison.Ordinal);
        Assert.Contains("2 incidents could not be asked:\n  SUSPENDED does not allow it.", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Does_not_ask_every_incident_by_accident()
    {
        var run = await RunAsync("incidents", "cancel", "--reason", "why");

        Assert.Equal(2, run.Exit);
        Assert.Contains("--everything", run.Error, StringComparison.Ordinal);
        Assert.Empty(BulkActs);
    }

    [Fact]
    public async Task Publishes_a_rule_and_tells_an_error_at_its_place()
    {
        var wrong = await RunAsync("rules", "test", "payment/fraud_score", "fraud_scor < 0.5");
        var right = await RunAsync("rules", "test", "payment/fraud_score", "fraud_score < 0.5");
        var published = await RunAsync("rules", "publish", "payment/fraud_score", "fraud_score < 0.5", "--reason", "fewer reviews");

        Assert.Equal(2, wrong.Exit);
        Assert.Contains("1:1", wrong.Error, StringComparison.Ordinal);
        Assert.Equal((0, "The text is a rule for payment/fraud_score.\n", ""), (right.Exit, right.Output, right.Error));
        Assert.Equal(("", 0), (published.Error, published.Exit));
        var now = (await GetAsync("/api/rules/payment/fraud_score")).GetProperty("rule").GetProperty("current");
        Assert.Equal(("fraud_score < 0.5", "maria"), (now.GetProperty("expression").GetString(), now.GetProperty("author").GetString()));
    }

    [Fact]
    public async Task Runs_a_schedule_through_its_life()
    {
        string[] start = ["--start", """{"paymentId":"{id}","reference":"ORDER-1","amount":1,"currency":"EUR","cardToken":"t"}"""];
        var set = await RunAsync(["schedules", "set", "nightly", "--workflow", "payment", .. start, "--cron", "0 3 * * *", "--reason", "because"]);
        var paused = await RunAsync("schedules", "pause", "nightly", "--reason", "holiday");
        var shown = await RunAsync("schedules", "show", "nightly");
        var resumed = await RunAsync("schedules", "resume", "nightly", "--reason", "back");
        var deleted = await RunAsync("schedules", "delete", "nightly", "--reason", "done");
        var gone = await RunAsync("schedules", "show", "nightly");

        Assert.Equal(
            (0, 0, 0, 0, 0, 5), (set.Exit, paused.Exit, shown.Exit, resumed.Exit, deleted.Exit, gone.Exit));
        Assert.Contains("Paused by maria", shown.Output, StringComparison.Ordinal);
        Assert.Equal("There is no schedule 'nightly'.\n", gone.Error);
    }

    [Fact]
    public async Task Puts_messages_back_into_delivery()
    {
        await Rows.AddMessageAsync(Id(90), Cancel, setAsideAfter: 0);
        Store.SetAside.Add(Id(90));

        var all = await RunAsync("dlq", "redrive", "--all");
        var missing = await RunAsync("dlq", "redrive", Id(91).ToString());
        var neither = await RunAsync("dlq", "redrive");

        Assert.Equal((0, "1 message is on the way again.\n"), (all.Exit, all.Output));
        Assert.Equal((5, $"No message with the id {Id(91)} is set aside.\n"), (missing.Exit, missing.Error));
        Assert.Equal(2, neither.Exit);
    }
}
