using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using RabbitMQ.Client.Exceptions;
using Resonance.Engine.Delivery;
using Xunit;

namespace Resonance.Tests.Gateway;

public sealed class QueueTests : GatewayFixture
{
    readonly ScriptedQueues _queues = new();

    private protected override void AddServices(IServiceCollection services) =>
        services.AddSingleton<QueueWatch>(_queues.Watch).AddSingleton<KeptMessages>(_queues);

    [Fact]
    public async Task Lists_queues_with_what_was_set_aside_and_counts_the_outbox()
    {
        _queues.Watch.States["payment"] = new QueueState(2, 7);
        _queues.Watch.States["payment_error"] = new QueueState(0, 1);
        _queues.Watch.States["somebody_elses"] = new QueueState(0, 1);
        await Rows.AddMessageAsync(Id(1), Cancel);
        await Rows.AddMessageAsync(Id(2), Cancel, dueAfter: 1_000_000_000);
        await Rows.AddMessageAsync(Id(3), Cancel, setAsideAfter: 1);

        var answer = await GetAsync("/api/queues");

        Assert.Equal(
            """
            {"queues":[{"name":"payment","ready":7,"consumers":2,"keptOf":null},
            {"name":"payment_error","ready":1,"consumers":0,"keptOf":"payment"}],
            "workQueues":[],"outbox":{"waiting":1,"timers":1,"setAside":1},"note":null}
            """.Replace("\n", "", StringComparison.Ordinal),
            answer.GetRawText());
    }

    [Fact]
    public async Task A_broker_that_is_away_is_told_and_the_outbox_is_counted_all_the_same()
    {
        _queues.Fails = true;

        var answer = await GetAsync("/api/queues");

        Assert.Equal(0, answer.GetProperty("outbox").GetProperty("waiting").GetInt64());
        Assert.StartsWith("The broker does not answer", answer.GetProperty("note").GetString(), StringComparison.Ordinal);
        await ProblemAsync(HttpStatusCode.ServiceUnavailable, Http.GetAsync("/api/queues/payment_error/messages", Cancel));
        await ProblemAsync(HttpStatusCode.ServiceUnavailable, PostAsync("/api/queues/payment_error/redrive", "{}"));
    }

    [Fact]
    public async Task Shows_a_message_with_its_reason()
    {
        _queues.Messages.Add(new KeptMessage
        {
            MessageId = "m-1",
            ContentType = "application/json",
            Headers = new Dictionary<string, string> { ["MT-Fault-Message"] = "amount is missing", ["MT-Fault-ExceptionType"] = "X" },
            Body = "{}",
            BodyBytes = 2,
            IsCut = false,
            Redelivered = false,
        });

        var answer = await GetAsync("/api/queues/payment_error/messages?limit=5");

        Assert.Equal(5, _queues.Limit);
        Assert.Equal(
            """
            {"items":[{"messageId":"m-1","reason":"amount is missing","exception":"X","contentType":"application/json",
            "headers":{"MT-Fault-Message":"amount is missing","MT-Fault-ExceptionType":"X"},"body":"{}","bodyBytes":2,"isCut":false,
            "redelivered":false,"sentAt":null}],"note":null}
            """.Replace("\n", "", StringComparison.Ordinal),
            answer.GetRawText());
    }

    [Theory]
    [InlineData("{}", null, 1000)]
    [InlineData("""{"limit":3}""", null, 3)]
    [InlineData("""{"messageId":"m-1"}""", "m-1", 1000)]
    public async Task Sends_messages_to_their_queue_again(string body, string? messageId, int limit)
    {
        _queues.Answer = new RedriveResult(2, 5, true, null);

        var answer = await OkAsync(PostAsync("/api/queues/payment_error/redrive", body));

        Assert.Equal("""{"queue":"payment_error","to":"payment","redriven":2,"left":5,"problem":null}""", answer.GetRawText());
        Assert.Equal((messageId, limit), (_queues.MessageId, _queues.Limit));
    }

    [Fact]
    public async Task Says_why_a_message_could_not_be_sent()
    {
        _queues.Answer = new RedriveResult(0, 5, true, "There is no queue 'payment'.");

        var problem = await ProblemAsync(HttpStatusCode.Conflict, PostAsync("/api/queues/payment_error/redrive", "{}"));

        Assert.Equal("There is no queue 'payment'. The messages are still in 'payment_error'.", problem.GetProperty("detail").GetString());
        Assert.Equal(5, problem.GetProperty("left").GetInt64());
    }

    [Fact]
    public async Task A_message_that_is_not_there_is_not_found()
    {
        _queues.Answer = new RedriveResult(0, 5, false, null);

        await ProblemAsync(HttpStatusCode.NotFound, PostAsync("/api/queues/payment_error/redrive", """{"messageId":"m-9"}"""));
    }

    [Theory]
    [InlineData("payment")]
    [InlineData("_error")]
    [InlineData("somebody_elses_error")]
    public async Task Only_queues_of_messages_set_aside_can_be_looked_into(string name)
    {
        await ProblemAsync(HttpStatusCode.NotFound, Http.GetAsync($"/api/queues/{name}/messages", Cancel));
        await ProblemAsync(HttpStatusCode.NotFound, PostAsync($"/api/queues/{name}/redrive", "{}"));
    }

    [Theory]
    [InlineData("""{"limit":0}""", "limit")]
    [InlineData("""{"limit":1001}""", "limit")]
    [InlineData("""{"messageId":""}""", "messageId")]
    public async Task Names_what_is_wrong_with_a_request(string body, string member)
    {
        var problem = await ProblemAsync(HttpStatusCode.BadRequest, PostAsync("/api/queues/payment_error/redrive", body));

        Assert.True(problem.GetProperty("errors").TryGetProperty(member, out _));
    }

    sealed class ScriptedQueues : KeptMessages
    {
        public ScriptedQueues() => Watch = new ScriptedWatch(this);

        public ScriptedWatch Watch { get; }

        public List<KeptMessage> Messages { get; } = [];

        public RedriveResult Answer { get; set; } = new(0, 0, true, null);

        public bool Fails { get; set; }

        public string? MessageId { get; private set; }

        public int Limit { get; private set; }

        public override string? WhyNone => null;

        public override Task<IReadOnlyList<KeptMessage>> PeekAsync(string queue, int limit, CancellationToken cancellationToken)
        {
            Limit = limit;
            return Fails ? throw new BrokerUnreachableException(new IOException()) : Task.FromResult<IReadOnlyList<KeptMessage>>(Messages);
        }

        public override Task<RedriveResult> RedriveAsync(string queue, string? messageId, int limit, CancellationToken cancellationToken)
        {
            (MessageId, Limit) = (messageId, limit);
            return Fails ? throw new BrokerUnreachableException(new IOException()) : Task.FromResult(Answer);
        }
    }

    sealed class ScriptedWatch(ScriptedQueues owner) : QueueWatch
    {
        public Dictionary<string, QueueState> States { get; } = [];

        public override Task<QueueState?> LookAsync(string queue, CancellationToken cancellationToken) =>
            owner.Fails ? throw new BrokerUnreachableException(new IOException()) : Task.FromResult(States.GetValueOrDefault(queue));
    }
}

public sealed class MemoryQueueTests : GatewayFixture
{
    [Fact]
    public async Task The_broker_in_memory_says_where_to_look_instead()
    {
        var list = await GetAsync("/api/queues");
        var messages = await GetAsync("/api/queues/payment_error/messages");

        Assert.Contains("GET /api/dead-letters", list.GetProperty("note").GetString(), StringComparison.Ordinal);
        Assert.Equal(JsonValueKind.Array, messages.GetProperty("items").ValueKind);
        Assert.Contains("GET /api/dead-letters", messages.GetProperty("note").GetString(), StringComparison.Ordinal);
    }
}
