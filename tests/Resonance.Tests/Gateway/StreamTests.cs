using System.Net;
using Resonance.Contracts.Audit;
using Resonance.Tests.Audit;
using Xunit;

namespace Resonance.Tests.Gateway;

public sealed class StreamTests : AuditGateway
{
    [Fact]
    public async Task Tells_of_steps_as_they_are_witnessed_in_the_form_of_the_trail()
    {
        await WitnessAsync(Step(1));
        await using var stream = await OpenAsync("/api/audit/stream");
        Assert.Equal(["retry: 1000", "id: 0"], await stream.NextAsync());

        await WitnessAsync(Step(2));

        var told = await stream.NextAsync();
        Assert.Equal(["id: 1", "event: step"], told.Take(2));
        var item = (await GetAsync("/api/audit/trail?limit=1")).GetProperty("items")[0];
        Assert.Equal($"data: {item.GetRawText()}", told[2]);
        Assert.Equal(3, told.Count);
    }

    [Fact]
    public async Task Who_comes_back_with_the_last_id_goes_on_there_without_a_gap_and_without_a_repetition()
    {
        await WitnessAsync(Step(1), Step(2), Step(3));
        await using (var stream = await OpenAsync("/api/audit/stream?after=-1"))
        {
            Assert.Equal(["retry: 1000", "id: -1"], await stream.NextAsync());
            Assert.Equal("id: 0", (await stream.NextAsync())[0]);
            Assert.Equal("id: 1", (await stream.NextAsync())[0]);
        }

        await WitnessAsync(Step(4));

        // Its address still says where it once began.
        await using var again = await OpenAsync("/api/audit/stream?after=-1", lastEventId: "1");
        await again.NextAsync();
        await WitnessAsync(Step(5));
        Assert.Equal("id: 2", (await again.NextAsync())[0]);
        Assert.Equal("id: 3", (await again.NextAsync())[0]);
        Assert.Equal("id: 4", (await again.NextAsync())[0]);
    }

    [Fact]
    public async Task Tells_of_what_is_asked_for_and_in_the_lines_of_the_console()
    {
        await WitnessAsync();
        await using var stream = await OpenAsync("/api/audit/stream?type=payment&kind=suspended&text=true");
        await stream.NextAsync();

        var steps = await WitnessAsync(
            Step(1), StepHistories.Step(Id(2), 1, "Initial", "Pending", StepHistories.Epoch, "payment", kinds: ["suspended"]),
            StepHistories.Step(Id(3), 1, "Initial", "Pending", StepHistories.Epoch, "payment"));

        Assert.Equal(
            [
                "id: 1", "event: step", $"data: [09:15:43.105] [INFO] Workflow {steps[1].Key} started in PENDING.",
                $"data: [09:15:43.105] [WARN] Workflow {steps[1].Key} suspended: the card provider does not answer.",
            ],
            await stream.NextAsync());
    }

    [Fact]
    public async Task Where_nothing_comes_a_comment_keeps_the_connection_and_its_id_the_place()
    {
        await WitnessAsync();
        await using var stream = await OpenAsync("/api/audit/stream?type=payment");
        await stream.NextAsync();
        await WitnessAsync(Step(1), Step(2));

        var next = stream.NextAsync();
        while (!next.IsCompleted)
        {
            Now.Advance(TimeSpan.FromSeconds(5));
            await Task.Yield();
        }

        Assert.Equal(": nothing new", (await next)[0]);
        while ((await next)[1] != "id: 1")
        {
            next = stream.NextAsync();
            while (!next.IsCompleted)
            {
                Now.Advance(TimeSpan.FromSeconds(5));
                await Task.Yield();
            }
        }
    }

    [Theory]
    [InlineData("?after=x", null, "after")]
    [InlineData("?after=-2", null, "after")]
    [InlineData("?after=3", "three", "Last-Event-ID")]
    [InlineData("?text=yes", null, "text")]
    [InlineData("?kind=odd", null, "kind")]
    [InlineData("?type=refund", null, "type")]
    public async Task Refuses_what_it_does_not_know(string query, string? lastEventId, string name)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/audit/stream{query}");
        if (lastEventId is not null)
            request.Headers.Add("Last-Event-ID", lastEventId);

        var problem = await ProblemAsync(HttpStatusCode.BadRequest, Http.SendAsync(request, Cancel));

        Assert.Equal([name], problem.GetProperty("errors").EnumerateObject().Select(error => error.Name));
    }

    static CommittedStep Step(int number) => StepHistories.Step(Id(number), 1, "Initial", "Pending", StepHistories.Epoch, "order");

    async Task<EventStream> OpenAsync(string address, string? lastEventId = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        if (lastEventId is not null)
            request.Headers.Add("Last-Event-ID", lastEventId);
        var answer = await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancel);
        Assert.Equal((HttpStatusCode.OK, "text/event-stream"), (answer.StatusCode, answer.Content.Headers.ContentType?.ToString()));
        return new EventStream(answer, new StreamReader(await answer.Content.ReadAsStreamAsync(Cancel)));
    }

    /// <summary>Reads server-sent events, a block of lines at a time.</summary>
    sealed class EventStream(HttpResponseMessage answer, StreamReader reader) : IAsyncDisposable
    {
        public async Task<IReadOnlyList<string>> NextAsync()
        {
            var lines = new List<string>();
            while (await reader.ReadLineAsync(Cancel) is { Length: > 0 } line)
                lines.Add(line);
            return lines;
        }

        public ValueTask DisposeAsync()
        {
            reader.Dispose();
            answer.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
