using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using Resonance.Contracts.Payments;
using Resonance.Engine.Delivery;
using Resonance.Tests.Engine.Storage;
using Xunit;

namespace Resonance.Tests.Gateway;

public sealed class ScheduleTests : GatewayFixture
{
    const string Address = "/api/schedules/nightly";

    const string Start =
        """{ "paymentId": "{id}", "reference": "{previousDueAt} to {dueAt}", "amount": 10, "currency": "EUR", "cardToken": "tok_visa" }""";

    const string Ann = """{ "author": "ann", "reason": "the board decided" }""";

    readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 3, 4, 9, 15, 43, TimeSpan.Zero));

    protected override TimeProvider Clock => _clock;

    [Fact]
    public async Task Stores_a_schedule_with_what_is_left_out_as_usual()
    {
        var put = await PutAsync();

        Assert.Equal(
            """
            "cron":"*/5 * * * *","timeZone":"UTC","jitterSeconds":0,"overlap":"skip","catchUpSeconds":86400,
            "nextDueAt":"2026-03-04T09:20:00+00:00","nextStartAt":"2026-03-04T09:20:00+00:00","lastWorkflowId":null,"queuedDueAt":null,"paused":null}
            """.ReplaceLineEndings(""),
            put.GetRawText()[put.GetRawText().IndexOf("\"cron\"", StringComparison.Ordinal)..]);
        Assert.Equal(("nightly", "payment"), (Text(put, "name"), Text(put, "workflow")));
        Assert.Equal("{id}", Text(put.GetProperty("start"), "paymentId"));
        Assert.Equal(put.GetRawText(), Assert.Single((await ItemsAsync("/api/schedules")).EnumerateArray()).GetRawText());
    }

    [Fact]
    public async Task Shows_a_schedule_with_its_next_times_and_who_changed_it()
    {
        await PutAsync(""", "timeZone": "Europe/Berlin", "jitterSeconds": 60, "overlap": "queueOne", "catchUpSeconds": 0""");
        await OkAsync(PostAsync($"{Address}/pause", """{ "author": "bob", "reason": "too much" }"""));

        var shown = await GetAsync(Address);

        var schedule = shown.GetProperty("schedule");
        Assert.Equal(
            ("Europe/Berlin", 60, "queueOne", 0),
            (Text(schedule, "timeZone"), schedule.GetProperty("jitterSeconds").GetInt32(), Text(schedule, "overlap"),
                schedule.GetProperty("catchUpSeconds").GetInt32()));
        Assert.Equal("""{"by":"bob","reason":"too much","at":"2026-03-04T09:15:43+00:00"}""", schedule.GetProperty("paused").GetRawText());
        Assert.Equal(JsonValueKind.Null, schedule.GetProperty("nextStartAt").ValueKind);
        Assert.Equal(
            ["09:20", "09:25", "09:30", "09:35", "09:40"],
            shown.GetProperty("nextTimes").EnumerateArray().Select(time => $"{time.GetDateTimeOffset():HH:mm}"));
        Assert.Equal(
            ["paused by bob: too much", "put by ann: the board decided"],
            shown.GetProperty("changes").EnumerateArray()
                .Select(change => $"{Text(change, "action")} by {Text(change, "author")}: {Text(change, "reason")}"));
        Assert.Empty(shown.GetProperty("firings").EnumerateArray());
    }

    [Fact]
    public async Task A_paused_schedule_goes_on_with_its_next_time_when_it_is_resumed()
    {
        await PutAsync();
        await OkAsync(PostAsync($"{Address}/pause", Ann));
        _clock.Advance(TimeSpan.FromMinutes(20));

        var resumed = await OkAsync(PostAsync($"{Address}/resume", Ann));

        Assert.Equal(JsonValueKind.Null, resumed.GetProperty("paused").ValueKind);
        Assert.Equal("2026-03-04T09:40:00+00:00", Text(resumed, "nextDueAt"));
    }

    [Fact]
    public async Task A_trigger_starts_an_instance_and_says_what_became_of_it()
    {
        await PutAsync();
        var instance = new SampleInstance(type: "payment");
        StartAnswers = () => new StartResult(StartOutcome.Accepted, instance.Id, "PAYMENT-1");

        var started = await OkAsync(PostAsync($"{Address}/trigger", Ann));
        Store.Instances.Add(instance.Row);
        _clock.Advance(TimeSpan.FromSeconds(1));
        var skipped = await OkAsync(PostAsync($"{Address}/trigger", Ann));

        var (type, start) = Assert.Single(Starts);
        Assert.Equal(("payment", "2026-03-04T09:15:00Z to 2026-03-04T09:15:43.000001Z"), (type, ((StartPayment)start).Reference));
        Assert.Equal(
            ("started", instance.Id, "triggered by ann: the board decided"),
            (Text(started, "outcome"), started.GetProperty("workflowId").GetGuid(), Text(started, "reason")));
        Assert.Equal(("skipped", "the instance before still runs"), (Text(skipped, "outcome"), Text(skipped, "reason")));
        Assert.Equal(
            ["skipped", "started"],
            (await GetAsync(Address)).GetProperty("firings").EnumerateArray().Select(firing => Text(firing, "outcome")));
    }

    [Fact]
    public async Task A_schedule_is_deleted_by_somebody_for_a_reason()
    {
        await PutAsync();
        var problem = await ProblemAsync(HttpStatusCode.BadRequest, Http.DeleteAsync($"{Address}?author=%0A", Cancel));
        Assert.Equal(["author", "reason"], Fields(problem));

        using var deleted = await Http.DeleteAsync($"{Address}?author=ann&reason=done%20with", Cancel);

        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        Assert.Empty((await ItemsAsync("/api/schedules")).EnumerateArray());
        await ProblemAsync(HttpStatusCode.NotFound, Http.DeleteAsync($"{Address}?author=ann&reason=done%20with", Cancel));
    }

    [Theory]
    [InlineData("{}", "author", "cron", "reason", "start", "workflow")]
    [InlineData(
        """{ "workflow": "paiment", "start": {}, "cron": "soon", "timeZone": "Mars/Base", "overlap": "never", "reason": "why" }""",
        "author", "cron", "overlap", "timeZone", "workflow")]
    [InlineData("""{ "workflow": "payment", "start": { "paymentId": "{id}" }, "cron": "0 0 * * *", "author": "a", "reason": "b" }""",
        "start.amount", "start.cardToken", "start.currency", "start.reference")]
    [InlineData("""{ "workflow": "payment", "start": 1, "cron": "0 0 * * *", "author": "a", "reason": "b" }""", "start")]
    [InlineData(
        """{ "workflow": "payment", "start": {}, "cron": "0 0 * * *", "jitterSeconds": 3601, "catchUpSeconds": -1, "author": "a", "reason": "b" }""",
        "catchUpSeconds", "jitterSeconds")]
    [InlineData("nonsense", "$")]
    public async Task Everything_that_is_wrong_is_told_at_once_and_nothing_is_stored(string json, params string[] fields)
    {
        var problem = await ProblemAsync(HttpStatusCode.BadRequest, PutAsync(Address, json));

        Assert.Equal("The schedule was not stored.", Text(problem, "detail"));
        Assert.Equal(fields, Fields(problem));
        Assert.Empty((await ItemsAsync("/api/schedules")).EnumerateArray());
    }

    [Fact]
    public async Task A_name_is_plain()
    {
        var problem = await ProblemAsync(HttpStatusCode.BadRequest, PutAsync("/api/schedules/Nightly%20run", Body()));

        Assert.Equal(["name"], Fields(problem));
    }

    [Theory]
    [InlineData("GET", Address)]
    [InlineData("POST", Address + "/pause")]
    [InlineData("POST", Address + "/resume")]
    [InlineData("POST", Address + "/trigger")]
    public async Task A_schedule_that_is_not_there_is_answered_with_the_ones_that_are(string method, string address)
    {
        await OkAsync(PutAsync("/api/schedules/daily", Body()));
        using var request = new HttpRequestMessage(new HttpMethod(method), address);
        request.Content = method == "GET" ? null : new StringContent(Ann, System.Text.Encoding.UTF8, "application/json");

        var problem = await ProblemAsync(HttpStatusCode.NotFound, Http.SendAsync(request, Cancel));

        Assert.Equal("""["daily"]""", problem.GetProperty("schedules").GetRawText());
    }

    [Theory]
    [InlineData("pause")]
    [InlineData("resume")]
    [InlineData("trigger")]
    public async Task Who_does_something_says_who_and_why(string action)
    {
        await PutAsync();

        Assert.Equal(["author", "reason"], Fields(await ProblemAsync(HttpStatusCode.BadRequest, PostAsync($"{Address}/{action}", "{}"))));
        Assert.Equal("nightly", Text((await GetAsync(Address)).GetProperty("schedule"), "name"));
        Assert.Single((await GetAsync(Address)).GetProperty("changes").EnumerateArray());
    }

    async Task<JsonElement> PutAsync(string more = "") => await OkAsync(PutAsync(Address, Body(more)));

    static string Body(string more = "") =>
        $$"""{ "workflow": "payment", "start": {{Start}}, "cron": "*/5 * * * *", "author": "ann", "reason": "the board decided"{{more}} }""";

    static IEnumerable<string> Fields(JsonElement problem) =>
        problem.GetProperty("errors").EnumerateObject().Select(error => error.Name).Order(StringComparer.Ordinal);

    static string? Text(JsonElement json, string member) => json.GetProperty(member).GetString();
}
