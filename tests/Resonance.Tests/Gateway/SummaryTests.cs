using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Resonance.Engine.Operations;
using Resonance.Tests.Audit;
using Xunit;

namespace Resonance.Tests.Gateway;

public sealed class SummaryTests : AuditGateway
{
    // 09:15:43.105; a window of two minutes begins at 09:13.
    static readonly DateTimeOffset Epoch = StepHistories.Epoch;

    [Fact]
    public async Task Sums_the_window_up_in_all_and_by_workflow_and_by_minute()
    {
        Queues.Messages["order"] = 3;
        Queues.Messages["payment"] = 4;
        Queues.Messages["operator-commands"] = 10;
        await Rows.AddMessageAsync(Id(90), Cancel);
        await Rows.AddMessageAsync(Id(91), Cancel, dueAfter: 60);
        await Rows.AddMessageAsync(Id(92), Cancel, setAsideAfter: 0);
        await WitnessAsync(
            StepHistories.Step(Id(1), 1, "Initial", "Pending", Epoch.AddMinutes(-3), "payment"),
            StepHistories.Step(Id(1), 2, "Pending", "Completed", Epoch.AddMinutes(-3), "payment", "completed", 9_999),
            StepHistories.Step(Id(2), 1, "Initial", "Pending", Epoch.AddMinutes(-2), "payment", kinds: ["retryScheduled", "retryScheduled"]),
            StepHistories.Step(Id(2), 2, "Pending", "Completed", Epoch.AddMinutes(-1), "payment", "completed", 100),
            StepHistories.Step(Id(3), 1, "Initial", "Pending", Epoch.AddMinutes(-1), "payment", kinds: ["compensationStarted"]),
            StepHistories.Step(Id(3), 2, "Pending", "Failed", Epoch, "payment", "failed", 200),
            StepHistories.Step(Id(4), 1, "Initial", "ValidateCard", Epoch, "payment", kinds: ["suspended"]));

        var answer = await GetAsync("/api/metrics/summary?window=2m");

        Assert.Equal(
            """
            {"window":"2m","from":"2026-01-31T09:13:00+00:00","to":"2026-01-31T09:15:43.105+00:00",
            "witnessedTo":"2026-01-31T09:15:43.105+00:00","workflowsProcessed":2,"successRate":0.5,"averageLatencyMs":150,"p50LatencyMs":100,
            "p99LatencyMs":200,"retries":2,"compensations":1,"incidents":1,"queueDepth":18,"queueDepthNote":null,"byWorkflow":[
            {"type":"order","running":0,"suspended":0,"queued":3,"processed":0,"successRate":null,"averageLatencyMs":null,
            "p50LatencyMs":null,"p99LatencyMs":null,"states":{}},
            {"type":"payment","running":2,"suspended":0,"queued":5,"processed":2,"successRate":0.5,"averageLatencyMs":150,
            "p50LatencyMs":100,"p99LatencyMs":200,"states":{"FAILED":1,"VALIDATE_CARD":1}}],"series":[
            {"minute":"2026-01-31T09:13:00+00:00","started":1,"processed":0,"completed":0,"failed":0,"retries":2,"averageLatencyMs":null,
            "p99LatencyMs":null},
            {"minute":"2026-01-31T09:14:00+00:00","started":1,"processed":1,"completed":1,"failed":0,"retries":0,"averageLatencyMs":100,
            "p99LatencyMs":100},
            {"minute":"2026-01-31T09:15:00+00:00","started":1,"processed":1,"completed":0,"failed":1,"retries":0,"averageLatencyMs":200,
            "p99LatencyMs":200}]}
            """.Replace("\n", "", StringComparison.Ordinal),
            answer.GetRawText());
    }

    [Fact]
    public async Task Where_nothing_was_processed_there_is_no_rate_and_no_latency_and_every_workflow_is_listed()
    {
        await WitnessAsync();

        var answer = await GetAsync("/api/metrics/summary");

        Assert.Equal(("1h", 0), (answer.GetProperty("window").GetString(), answer.GetProperty("workflowsProcessed").GetInt64()));
        Assert.All(
            ["successRate", "averageLatencyMs", "p50LatencyMs", "p99LatencyMs", "witnessedTo"],
            name => Assert.Equal(JsonValueKind.Null, answer.GetProperty(name).ValueKind));
        Assert.Equal(["order", "payment"], answer.GetProperty("byWorkflow").EnumerateArray().Select(workflow => workflow.GetProperty("type").GetString()));
        Assert.Equal(61, answer.GetProperty("series").GetArrayLength());
    }

    [Fact]
    public async Task A_broker_that_does_not_tell_leaves_the_outbox_to_count_and_says_so()
    {
        await WitnessAsync();
        Queues.Messages["order"] = null;
        await Rows.AddMessageAsync(Id(90), Cancel);

        var answer = await GetAsync("/api/metrics/summary");

        Assert.Equal(1, answer.GetProperty("queueDepth").GetInt64());
        Assert.Equal(
            "The broker in memory does not tell what waits in it. These are the messages in the outbox, where each stays until it is handled.",
            answer.GetProperty("queueDepthNote").GetString());
    }

    [Fact]
    public async Task A_broker_that_is_away_makes_the_depth_unknown_and_nothing_else()
    {
        await WitnessAsync(
            StepHistories.Step(Id(1), 1, "Initial", "Pending", Epoch, "payment"),
            StepHistories.Step(Id(1), 2, "Pending", "Completed", Epoch, "payment", "completed", 100));
        Queues.Fails = new IOException("None of the specified endpoints were reachable.");

        var answer = await GetAsync("/api/metrics/summary");

        Assert.Equal(1, answer.GetProperty("workflowsProcessed").GetInt64());
        Assert.Equal(JsonValueKind.Null, answer.GetProperty("queueDepth").ValueKind);
        Assert.Equal(JsonValueKind.Null, answer.GetProperty("byWorkflow")[0].GetProperty("queued").ValueKind);
        Assert.Equal(
            "The broker could not be asked, and 0 messages wait in the outbox: None of the specified endpoints were reachable.",
            answer.GetProperty("queueDepthNote").GetString());
    }

    [Fact]
    public async Task A_broker_that_does_not_answer_is_waited_for_a_second_and_no_longer()
    {
        await WitnessAsync();
        Queues.Hangs = true;

        var asked = GetAsync("/api/metrics/summary");
        while (!asked.IsCompleted)
        {
            Now.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Yield();
        }

        Assert.Contains("there was no answer within 1 s.", (await asked).GetProperty("queueDepthNote").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_broker_is_asked_once_a_second_however_many_ask_for_the_summary()
    {
        await WitnessAsync();
        var depths = Services.GetRequiredService<QueueDepths>();
        Queues.Messages["order"] = 1;

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => depths.MeasureAsync(Cancel)));
        Assert.Equal(3, Queues.Looks);
        Queues.Messages["order"] = 2;
        Assert.Equal(1, (await depths.MeasureAsync(Cancel)).ByQueue["order"]);

        Now.Advance(TimeSpan.FromMilliseconds(1_001));
        Assert.Equal(2, (await depths.MeasureAsync(Cancel)).ByQueue["order"]);
    }

    [Theory]
    [InlineData("1m", 2)]
    [InlineData("90s", 2)]
    [InlineData("PT90M", 91)]
    [InlineData("24h", 1441)]
    [InlineData("P1D", 1441)]
    [InlineData("1440m", 1441)]
    public async Task A_window_may_be_said_in_several_ways(string window, int minutes)
    {
        await WitnessAsync();

        var answer = await GetAsync($"/api/metrics/summary?window={window}");

        Assert.Equal(window, answer.GetProperty("window").GetString());
        Assert.Equal(minutes, answer.GetProperty("series").GetArrayLength());
    }

    [Theory]
    [InlineData("59s")]
    [InlineData("25h")]
    [InlineData("PT24H1S")]
    [InlineData("-PT1H")]
    [InlineData("1")]
    [InlineData("1d")]
    [InlineData("one hour")]
    [InlineData("999999999h")]
    [InlineData("P999999999Y")]
    public async Task Refuses_a_window_that_is_none(string window)
    {
        var problem = await ProblemAsync(HttpStatusCode.BadRequest, Http.GetAsync($"/api/metrics/summary?window={window}", Cancel));

        Assert.Equal(
            "window must be a duration from 1m to 24h, e.g. 30m, 1h or PT90M.", problem.GetProperty("errors").GetProperty("window")[0].GetString());
    }
}
