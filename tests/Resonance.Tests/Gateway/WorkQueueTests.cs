using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Resonance.Engine.Queues;
using Xunit;

namespace Resonance.Tests.Gateway;

public sealed class WorkQueueTests : AuditGateway
{
    const string Address = "/api/queues/shipments";

    const string Ann = """{ "author": "ann", "reason": "the carrier is down" }""";

    IWorkQueueStore Work => Services.GetRequiredService<IWorkQueueStore>();

    [Fact]
    public async Task Queues_are_listed_with_what_holds_them_back()
    {
        await DeclareAsync(new WorkQueueSettings { Concurrency = 1 });
        await SendAsync(Item(1) with { GroupId = "C-1" }, Item(2) with { GroupId = "C-1" }, Item(3), Item(4) with { Delay = TimeSpan.FromMinutes(1) });
        await Work.ReceiveAsync("shipments", 1, null, Cancel);

        var listed = Assert.Single((await GetAsync("/api/queues")).GetProperty("workQueues").EnumerateArray());

        Assert.Equal(
            """
            {"name":"shipments","paused":null,"waiting":2,"behindGroup":1,"limitedByKey":0,"limitedBy":"concurrency","inFlight":1,"delayed":1,
            "deadLetters":0,"oldestAt":"2026-01-31T09:15:43.105+00:00","enqueuedPerMinute":4,"dequeuedPerMinute":1,
            "topKeys":[{"kind":"group","key":"C-1","waiting":1,"inFlight":1}]}
            """.ReplaceLineEndings(""),
            listed.GetRawText());
    }

    [Fact]
    public async Task A_queue_is_shown_with_its_settings_and_who_changed_it()
    {
        await DeclareAsync();
        using var before = await Http.GetAsync(Address, Cancel);

        var put = await OkAsync(PutAsync(Address, """{ "rateLimit": 5, "ratePeriodSeconds": 0.5, "author": "ann", "reason": "as agreed" }"""));

        Assert.Equal(
            """
            {"creditPerLevelSeconds":60,"visibilityTimeoutSeconds":30,"maxReceiveCount":null,"deduplicationWindowSeconds":300,"concurrency":null,
            "keyConcurrency":null,"rateLimit":5,"ratePeriodSeconds":0.5}
            """.ReplaceLineEndings(""),
            put.GetProperty("settings").GetRawText());
        using var after = await Http.GetAsync($"{Address}?topKeys=0", Cancel);
        Assert.NotEqual(before.Headers.ETag, after.Headers.ETag);
        var shown = JsonElement.Parse(await after.Content.ReadAsStringAsync(Cancel));
        Assert.Equal(put.GetRawText(), shown.GetProperty("queue").GetRawText());
        var change = Assert.Single(shown.GetProperty("changes").EnumerateArray());
        Assert.Equal(("put", "ann", "as agreed"), (Text(change, "action"), Text(change, "author"), Text(change, "reason")));
    }

    [Fact]
    public async Task Only_what_was_looked_at_is_changed()
    {
        await DeclareAsync();
        using var seen = await Http.GetAsync(Address, Cancel);
        var tag = seen.Headers.ETag!.ToString();
        await OkAsync(PostAsync($"{Address}/pause", Ann));

        foreach (var (method, address) in new[] { (HttpMethod.Put, Address), (HttpMethod.Post, $"{Address}/resume") })
        {
            var request = new HttpRequestMessage(method, address) { Content = new StringContent(Ann, Encoding.UTF8, "application/json") };
            request.Headers.TryAddWithoutValidation("If-Match", tag);
            await ProblemAsync(HttpStatusCode.PreconditionFailed, Http.SendAsync(request, Cancel));
        }
    }

    [Fact]
    public async Task A_queue_is_paused_and_resumed_by_somebody_for_a_reason()
    {
        await DeclareAsync();
        await SendAsync(Item(1));

        var paused = await OkAsync(PostAsync($"{Address}/pause", Ann));
        await OkAsync(PostAsync($"{Address}/pause", """{ "author": "bob", "reason": "me too" }"""));

        Assert.Equal(
            """{"by":"ann","reason":"the carrier is down","at":"2026-01-31T09:15:43.105+00:00"}""", paused.GetProperty("paused").GetRawText());
        Assert.Empty(await Work.ReceiveAsync("shipments", 1, null, Cancel));
        Assert.Equal("paused", Text((await GetAsync(Address)).GetProperty("figures"), "limitedBy"));
        var resumed = await OkAsync(PostAsync($"{Address}/resume", Ann));
        Assert.Equal(JsonValueKind.Null, resumed.GetProperty("paused").ValueKind);
        Assert.Single(await Work.ReceiveAsync("shipments", 1, null, Cancel));
        Assert.Equal(
            ["resumed by ann", "paused by ann"],
            (await GetAsync(Address)).GetProperty("changes").EnumerateArray().Select(change => $"{Text(change, "action")} by {Text(change, "author")}"));
    }

    [Fact]
    public async Task Items_come_in_pages_with_their_bodies()
    {
        await DeclareAsync();
        await SendAsync(Item(1, """{"order":1}"""), Item(2, "plain"), Item(3, "{\"a\":\"\\ud800\"}"), Item(4, "[1]"), Item(5, ""));

        var first = await GetAsync($"{Address}/items?limit=3");
        var second = await GetAsync($"{Address}/items?limit=3&cursor={Text(first, "nextCursor")}");

        Assert.Equal(
            ["""{"order":1} """, "null plain", "null {\"a\":\"\\ud800\"}", "[1] ", "null "],
            first.GetProperty("items").EnumerateArray().Concat(second.GetProperty("items").EnumerateArray())
                .Select(item => $"{item.GetProperty("body").GetRawText()} {Text(item, "bodyText")}"));
        Assert.Equal(JsonValueKind.Null, second.GetProperty("nextCursor").ValueKind);
        Assert.Empty((await ItemsAsync($"{Address}/items?state=in_flight")).EnumerateArray());
        var place = await GetAsync($"{Address}/items/{Id(2)}");
        Assert.Equal(("ready", 1), (Text(place, "state"), place.GetProperty("ahead").GetInt64()));
        await ProblemAsync(HttpStatusCode.NotFound, Http.GetAsync($"{Address}/items/{Id(99)}", Cancel));
    }

    [Fact]
    public async Task Dead_letters_are_sent_again()
    {
        await DeclareAsync(new WorkQueueSettings { MaxReceiveCount = 1 });
        await SendAsync(Item(1), Item(2), Item(3));
        await Work.ReceiveAsync("shipments", 3, TimeSpan.Zero, Cancel);
        Assert.Empty(await Work.ReceiveAsync("shipments", 3, TimeSpan.Zero, Cancel));
        Assert.Equal(3, (await ItemsAsync($"{Address}/items?state=dead")).GetArrayLength());

        var one = await OkAsync(PostAsync($"{Address}/redrive", $$"""{ "messageId": "{{Id(2)}}", "author": "ann", "reason": "fixed" }"""));
        var rest = await OkAsync(PostAsync($"{Address}/redrive?kind=work", Ann));

        Assert.Equal("""{"queue":"shipments","to":"shipments","redriven":1,"left":2,"problem":null}""", one.GetRawText());
        Assert.Equal((2, 0), (rest.GetProperty("redriven").GetInt32(), rest.GetProperty("left").GetInt32()));
        Assert.Equal([Id(2), Id(1), Id(3)], (await Work.ReceiveAsync("shipments", 3, null, Cancel)).Select(item => item.Receipt.ItemId));
        await ProblemAsync(
            HttpStatusCode.NotFound, PostAsync($"{Address}/redrive", $$"""{ "messageId": "{{Id(2)}}", "author": "ann", "reason": "again" }"""));
    }

    [Fact]
    public async Task A_name_that_the_broker_has_too_has_to_be_told_apart()
    {
        await Work.DeclareAsync("payment_error", new WorkQueueSettings(), Cancel);

        var problem = await ProblemAsync(HttpStatusCode.BadRequest, PostAsync("/api/queues/payment_error/redrive", Ann));
        var work = await OkAsync(PostAsync("/api/queues/payment_error/redrive?kind=work", Ann));
        var broker = await OkAsync(PostAsync("/api/queues/payment_error/redrive?kind=broker", "{}"));

        Assert.Equal(["kind"], Fields(problem));
        Assert.Equal(("payment_error", "payment"), (Text(work, "to"), Text(broker, "to")));
    }

    [Fact]
    public async Task A_purge_deletes_what_waits()
    {
        await DeclareAsync();
        await SendAsync(Item(1), Item(2));

        var purged = await OkAsync(PostAsync($"{Address}/purge", Ann));

        Assert.Equal("""{"queue":"shipments","purged":2}""", purged.GetRawText());
        Assert.Empty((await ItemsAsync($"{Address}/items")).EnumerateArray());
    }

    [Theory]
    [InlineData("PUT", "", """{ "concurrency": 0, "keyConcurrency": 100001, "ratePeriodSeconds": 0, "visibilityTimeoutSeconds": 43201, "reason": "r" }""",
        "author", "concurrency", "keyConcurrency", "ratePeriodSeconds", "visibilityTimeoutSeconds")]
    [InlineData("PUT", "", """{ "concurrency": "many", "author": "ann" }""", "concurrency", "reason")]
    [InlineData("PUT", "", "{", "$")]
    [InlineData("POST", "/pause", "{}", "author", "reason")]
    [InlineData("POST", "/purge", """{ "author": "ann", "reason": "" }""", "reason")]
    [InlineData("POST", "/redrive", """{ "messageId": "m-1", "limit": 0 }""", "author", "limit")]
    [InlineData("POST", "/redrive", """{ "messageId": "m-1" }""", "author", "messageId", "reason")]
    [InlineData("POST", "/redrive?kind=both", Ann, "kind")]
    [InlineData("GET", "?topKeys=101", null, "topKeys")]
    [InlineData("GET", "/items?state=gone&limit=0&cursor=x", null, "cursor", "limit", "state")]
    public async Task Everything_that_is_wrong_is_told_at_once(string method, string path, string? json, params string[] fields)
    {
        await DeclareAsync();

        var problem = await ProblemAsync(HttpStatusCode.BadRequest, RequestAsync(method, Address + path, json));

        Assert.Equal(fields, Fields(problem).Order(StringComparer.Ordinal));
        Assert.Empty((await GetAsync(Address)).GetProperty("changes").EnumerateArray());
    }

    [Theory]
    [InlineData("GET", "")]
    [InlineData("GET", "/items")]
    [InlineData("PUT", "")]
    [InlineData("POST", "/pause")]
    [InlineData("POST", "/resume")]
    [InlineData("POST", "/purge")]
    public async Task A_queue_that_is_not_there_is_answered_with_those_that_are(string method, string path)
    {
        await Work.DeclareAsync("other", new WorkQueueSettings(), Cancel);

        var problem = await ProblemAsync(HttpStatusCode.NotFound, RequestAsync(method, Address + path, method == "GET" ? null : Ann));

        Assert.Equal("other", Assert.Single(problem.GetProperty("workQueues").EnumerateArray()).GetString());
    }

    Task DeclareAsync(WorkQueueSettings? settings = null) => Work.DeclareAsync("shipments", settings ?? new WorkQueueSettings(), Cancel);

    Task SendAsync(params WorkItem[] items) => Work.SendAsync("shipments", items, Cancel);

    static WorkItem Item(int number, string body = "{}") => new() { Id = Id(number), Body = Encoding.UTF8.GetBytes(body) };

    Task<HttpResponseMessage> RequestAsync(string method, string address, string? json) => Http.SendAsync(
        new HttpRequestMessage(new HttpMethod(method), address)
        {
            Content = json is null ? null : new StringContent(json, Encoding.UTF8, "application/json"),
        },
        Cancel);

    static string? Text(JsonElement of, string member) => of.GetProperty(member).GetString();

    static string[] Fields(JsonElement problem) => [.. problem.GetProperty("errors").EnumerateObject().Select(field => field.Name)];
}
