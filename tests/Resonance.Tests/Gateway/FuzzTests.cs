using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.DependencyInjection;
using Resonance.Engine.Definitions;
using Resonance.Engine.Delivery;
using Resonance.Engine.Queues;
using Xunit;

namespace Resonance.Tests.Gateway;

/// <summary>Whatever is sent to whichever endpoint of the document, the answer is no fault of this program.</summary>
public sealed class FuzzTests : AuditGateway
{
    const int RequestsForEach = 60;

    // Faults of the gateway's own making and not of its doubles: these need a workflow that is really there.
    static readonly string[] NeedsARealWorkflow = ["ExplainWorkflow"];

    // Bulk actions are sent over a bus, which there is none of here.
    static readonly string[] NeedsABus = ["GetBulkAction", "StopBulkAction"];

    static readonly string[] Nasty =
    [
        "", " ", "\0", "'", "\"", "' OR 1=1 --", "%", "*", "../..", "{}", "null", "-1", "0", "99999999999999999999", "1e400", "NaN",
        "true", "\ud800", "\U0010FFFF", "$.a eq 1", "$.a[0] gt 'x'", "$.", "2026-01-31T09:15:43Z", "9999-12-31T23:59:59+14:00",
        "0001-01-01T00:00:00-14:00", "payment/AssessCard/timeout", "////", "AAAA", "_______________________________________",
        "order", "payment", "running", "-startedAt", "key", "ORDER-*", Missing, Existing, new string('a', 3000), "application/json", "text/plain",
    ];

    static readonly string[] Bodies =
    [
        "", "{", "[]", "null", "0", "\"\"", "{}", """{"reason":"r"}""", """{"reason":"r","operator":"o","data":{},"reply":{},"state":"X"}""",
        """{"author":"a","reason":"r"}""", """{"expression":"(((","from":"2026-01-01","to":"9999-12-31T23:59:59Z","author":"a","reason":"r"}""",
        """{"expression":"fraud_score < 0.2","from":"0001-01-01T00:00:00Z"}""", """{"limit":1000,"messageId":"x"}""",
        """{"workflow":"payment","start":{},"cron":"* * * * *","timeZone":"Nowhere/At/All","author":"a","reason":"r"}""",
        """{"name":"n","role":"viewer","expiresInDays":1}""", """{"reason":"\u0000"}""", """{"reason":"\ud800"}""",
        """{"reason":"r","fingerprint":"a/b/c","perSecond":1000}""", $$"""{"reason":"{{new string('r', 5000)}}"}""",
        """{"concurrency":1,"ratePeriodSeconds":0.5,"author":"a","reason":"r"}""",
        """{"rateLimit":-1,"creditPerLevelSeconds":1e400,"author":"a","reason":"r"}""", $$"""{"messageId":"{{Existing}}","author":"a","reason":"r"}""",
    ];

    const string Existing = "0190abcd-0000-7000-8000-000000000001";
    const string Missing = "0190abcd-0000-7000-8000-0000000000ff";

    [Fact]
    public async Task No_request_is_answered_with_a_fault()
    {
        await Rows.AddWorkflowAsync(Id(1), Cancel, key: "PAYMENT-8923", data: """{"amount":12.5}""");
        StartAnswers = () => new StartResult(StartOutcome.Accepted, Id(1), "PAYMENT-8923");
        ActAnswers = () => new ActionResult(ActionOutcome.Accepted, "Pending", OperatorActions.All);
        RaiseAnswers = () => new RaiseResult(RaiseOutcome.Accepted, "Pending", []);
        await WitnessAsync();
        await Services.GetRequiredService<IWorkQueueStore>().DeclareAsync("order", new WorkQueueSettings(), Cancel);
        await Services.GetRequiredService<IWorkQueueStore>().SendAsync("order", [new WorkItem { Id = Id(1) }], Cancel);
        var document = await GetAsync("/openapi/v1.json");
        var faults = new SortedSet<string>(StringComparer.Ordinal);

        foreach (var path in document.GetProperty("paths").EnumerateObject())
        {
            foreach (var operation in path.Value.EnumerateObject().Where(operation => !NeedsABus.Contains(NameOf(operation))))
            {
                foreach (var choices in Gen.Sample(Choices, RequestsForEach, 20))
                {
                    if (await FaultOfAsync(path.Name, operation, new Picker(choices)) is { } fault)
                        faults.Add(fault);
                }
            }
        }

        Assert.Empty(faults);
    }

    static Gen<int[]> Choices => Gen.ArrayOf(Gen.Choose(0, int.MaxValue - 1), 24);

    async Task<string?> FaultOfAsync(string path, JsonProperty operation, Picker pick)
    {
        using var request = RequestFor(path, operation, pick);
        using var answer = await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancel);
        var told = $"{request.Method} {request.RequestUri} with '{pick.Body}' was answered with {(int)answer.StatusCode}";
        if (answer.StatusCode >= HttpStatusCode.InternalServerError)
            return told;
        if (answer.StatusCode < HttpStatusCode.BadRequest)
            return null;

        var text = await answer.Content.ReadAsStringAsync(Cancel);
        return answer.Content.Headers.ContentType?.MediaType == "application/problem+json" && !text.Contains("   at ", StringComparison.Ordinal)
            ? null
            : $"{told}: {text}";
    }

    static HttpRequestMessage RequestFor(string path, JsonProperty operation, Picker pick)
    {
        var query = new List<string>();
        var headers = new List<(string Name, string Value)>();
        var needsReal = NeedsARealWorkflow.Contains(NameOf(operation));
        foreach (var parameter in ParametersOf(operation.Value))
        {
            var (name, place) = (parameter.GetProperty("name").GetString()!, parameter.GetProperty("in").GetString());
            var value = pick.From(Known(parameter));
            if (needsReal && value == Existing)
                value = Missing;
            // The server itself refuses a path with a zero.
            if (place == "path")
                path = path.Replace($"{{{name}}}", Escaped(value is "" or "../.." or "\0" ? Missing : value), StringComparison.Ordinal);
            else if (place == "header")
                headers.Add((name, value));
            else if (pick.Next() % 2 == 0)
                query.Add($"{name}={Escaped(value)}");
        }

        var address = query.Count == 0 ? path : $"{path}?{string.Join('&', query)}";
        var request = new HttpRequestMessage(HttpMethod.Parse(operation.Name), address);
        headers.Add(("If-None-Match", pick.From(Nasty)));
        headers.Add(("If-Match", pick.From(["*", "\"3\"", "odd"])));
        headers.Add(("Accept", pick.From(["*/*", "application/json", "text/plain", "odd"])));
        foreach (var (name, value) in headers.Where(header => pick.Next() % 4 == 0 && header.Value.All(letter => letter is >= ' ' and <= '~')))
            request.Headers.TryAddWithoutValidation(name, value);
        if (operation.Name is "post" or "put")
        {
            pick.Body = pick.From(Bodies);
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(pick.Body));
            request.Content.Headers.ContentType = pick.Next() % 8 == 0 ? null : new MediaTypeHeaderValue("application/json");
        }

        return request;
    }

    /// <summary>Half of the values that a parameter takes, and half of what it does not expect.</summary>
    static string[] Known(JsonElement parameter) =>
        parameter.TryGetProperty("schema", out var schema) && schema.TryGetProperty("enum", out var values)
            ? [.. values.EnumerateArray().Select(value => value.GetString()!), .. Nasty[..6]]
            : Nasty;

    static string? NameOf(JsonProperty operation) =>
        operation.Value.TryGetProperty("operationId", out var name) ? name.GetString() : null;

    static IEnumerable<JsonElement> ParametersOf(JsonElement operation) =>
        operation.TryGetProperty("parameters", out var parameters) ? parameters.EnumerateArray() : [];

    /// <summary>Half a surrogate pair has no UTF-8 form; as these bytes it can be sent all the same.</summary>
    static string Escaped(string value) => value == "\ud800" ? "%ED%A0%80" : Uri.EscapeDataString(value);

    sealed class Picker(int[] choices)
    {
        int _at;

        public string Body { get; set; } = "";

        public int Next() => choices[_at++ % choices.Length];

        public string From(string[] values) => values[Next() % values.Length];
    }
}
