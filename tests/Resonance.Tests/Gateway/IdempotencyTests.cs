using System.Net;
using System.Text;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Time.Testing;
using Resonance.Engine.Definitions;
using Resonance.Engine.Delivery;
using Xunit;

namespace Resonance.Tests.Gateway;

public sealed class IdempotencyTests : GatewayFixture
{
    const string Why = """{"reason":"the provider is back","operator":"ada"}""";

    readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 1, 31, 9, 0, 0, TimeSpan.Zero));

    protected override TimeProvider Clock => _clock;

    static string Act => $"/api/workflows/{Id(1)}/actions/retry";

    [Theory]
    [InlineData("key-1", "key-1")]
    [InlineData("\"key-1\"", "key-1")]
    public async Task The_same_request_again_gets_the_first_answer_and_happens_once(string first, string again)
    {
        ActAnswers = Accept;

        using var one = await SendAsync(Act, Why, first);
        using var two = await SendAsync(Act, Why, again);

        Assert.Equal(HttpStatusCode.Accepted, one.StatusCode);
        Assert.Equal(HttpStatusCode.Accepted, two.StatusCode);
        Assert.Equal(one.Headers.Location, two.Headers.Location);
        Assert.Equal(one.Content.Headers.ContentType, two.Content.Headers.ContentType);
        var text = await one.Content.ReadAsStringAsync(Cancel);
        Assert.Equal($$"""{"id":"{{Id(1)}}","action":"retry"}""", text);
        Assert.Equal(text, await two.Content.ReadAsStringAsync(Cancel));
        Assert.False(one.Headers.Contains("Idempotency-Replayed"));
        Assert.True(two.Headers.Contains("Idempotency-Replayed"));
        Assert.NotNull(Assert.Single(Acts).Request.MessageId);
    }

    [Fact]
    public async Task Without_a_key_every_request_is_a_new_one()
    {
        ActAnswers = Accept;

        using var one = await PostAsync(Act, Why);
        using var two = await PostAsync(Act, Why);

        Assert.Equal(2, Acts.Count);
        Assert.All(Acts, act => Assert.Null(act.Request.MessageId));
    }

    [Theory]
    [InlineData("another body")]
    [InlineData("another address")]
    public async Task Another_request_under_the_same_key_is_refused(string what)
    {
        ActAnswers = Accept;
        using var first = await SendAsync(Act, Why, "key-1");

        var address = what == "another address" ? $"/api/workflows/{Id(2)}/actions/retry" : Act;
        var body = what == "another body" ? """{"reason":"other"}""" : Why;

        var problem = await ProblemAsync(HttpStatusCode.UnprocessableEntity, SendAsync(address, body, "key-1"));

        Assert.StartsWith("This Idempotency-Key came with another request before", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Single(Acts);
    }

    [Fact]
    public async Task A_refusal_is_not_kept_so_that_a_better_request_may_follow()
    {
        await ProblemAsync(HttpStatusCode.BadRequest, SendAsync(Act, "{}", "key-1"));
        ActAnswers = () => new ActionResult(ActionOutcome.NotAllowed, "Pending", []);
        await ProblemAsync(HttpStatusCode.Conflict, SendAsync(Act, Why, "key-1"));
        ActAnswers = Accept;

        using var answer = await SendAsync(Act, Why, "key-1");

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        Assert.False(answer.Headers.Contains("Idempotency-Replayed"));
    }

    [Fact]
    public async Task A_fault_frees_the_key()
    {
        ActAnswers = () => throw new StoreException("gone", isTransient: true);
        await ProblemAsync(HttpStatusCode.ServiceUnavailable, SendAsync(Act, Why, "key-1"));
        ActAnswers = Accept;

        using var answer = await SendAsync(Act, Why, "key-1");

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
    }

    [Fact]
    public async Task A_request_that_is_still_under_way_is_told_to_wait()
    {
        HttpResponseMessage? meanwhile = null;
        ActAnswers = () =>
        {
            // From inside the first request, so that it is under way for certain.
            ActAnswers = Accept;
            meanwhile = SendAsync(Act, Why, "key-1").GetAwaiter().GetResult();
            return Accept();
        };

        using var first = await SendAsync(Act, Why, "key-1");

        Assert.Equal(HttpStatusCode.Accepted, first.StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, meanwhile!.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(1), meanwhile.Headers.RetryAfter!.Delta);
        Assert.Single(Acts);
        meanwhile.Dispose();
    }

    [Fact]
    public async Task A_request_whose_process_was_killed_is_taken_over_under_the_same_message_id()
    {
        ActAnswers = Accept;
        using var first = await SendAsync(Act, Why, "key-1");
        await ForgetAnswerAsync();
        await ProblemAsync(HttpStatusCode.Conflict, SendAsync(Act, Why, "key-1"));
        _clock.Advance(TimeSpan.FromSeconds(61));

        using var second = await SendAsync(Act, Why, "key-1");

        Assert.Equal(HttpStatusCode.Accepted, second.StatusCode);
        Assert.Equal(2, Acts.Count);
        Assert.Equal(Acts[0].Request.MessageId, Acts[1].Request.MessageId);
    }

    [Fact]
    public async Task What_the_instance_has_taken_already_is_not_asked_again_although_it_is_no_longer_allowed()
    {
        ActAnswers = Accept;
        using var first = await SendAsync(Act, Why, "key-1");
        await Rows.AddMessageAsync(Acts[0].Request.MessageId!.Value, Cancel, Id(1));
        await ForgetAnswerAsync();
        _clock.Advance(TimeSpan.FromSeconds(61));
        ActAnswers = () => new ActionResult(ActionOutcome.NotAllowed, "Completed", []);

        using var second = await SendAsync(Act, Why, "key-1");

        Assert.Equal(HttpStatusCode.Accepted, second.StatusCode);
        Assert.Single(Acts);
    }

    [Fact]
    public async Task An_event_has_the_same_message_id_when_it_comes_again()
    {
        await Rows.AddWorkflowAsync(Id(1), Cancel);
        RaiseAnswers = () => new RaiseResult(RaiseOutcome.Accepted, "Pending", []);
        var address = $"/api/workflows/{Id(1)}/events/RefundPayment";
        const string body = """{"reason":"asked"}""";
        using var first = await SendAsync(address, body, "key-1");
        await ForgetAnswerAsync();
        _clock.Advance(TimeSpan.FromSeconds(61));

        using var second = await SendAsync(address, body, "key-1");

        Assert.Equal(HttpStatusCode.Accepted, first.StatusCode);
        Assert.Equal(HttpStatusCode.Accepted, second.StatusCode);
        Assert.Equal(2, RaisedUnder.Count);
        Assert.NotNull(RaisedUnder[0]);
        Assert.Equal(RaisedUnder[0], RaisedUnder[1]);
    }

    [Fact]
    public async Task After_a_day_the_key_is_free_again_and_what_expired_is_removed()
    {
        ActAnswers = Accept;
        using var first = await SendAsync(Act, Why, "key-1");
        using var other = await SendAsync(Act, Why, "key-2");
        _clock.Advance(TimeSpan.FromHours(24) + TimeSpan.FromSeconds(1));

        using var again = await SendAsync(Act, """{"reason":"a new one"}""", "key-1");

        Assert.Equal(HttpStatusCode.Accepted, again.StatusCode);
        Assert.Equal(3, Acts.Count);
        Assert.NotEqual(Acts[0].Request.MessageId, Acts[2].Request.MessageId);
        Assert.Equal(1, await ScalarAsync("SELECT count(*) FROM idempotency"));
    }

    [Fact]
    public async Task A_body_that_is_too_large_is_refused_as_without_a_key()
    {
        await ProblemAsync(HttpStatusCode.RequestEntityTooLarge, SendAsync(Act, new string(' ', 1024 * 1024 + 1), "key-1"));

        Assert.Equal(0, await ScalarAsync("SELECT count(*) FROM idempotency"));
    }

    [Theory]
    [InlineData("\"\"")]
    [InlineData("two words")]
    public async Task A_key_that_is_none_is_refused(string key)
    {
        var problem = await ProblemAsync(HttpStatusCode.BadRequest, SendAsync(Act, Why, key));

        Assert.True(problem.GetProperty("errors").TryGetProperty("Idempotency-Key", out _));
        Assert.Empty(Acts);
    }

    [Fact]
    public async Task Reading_needs_no_key_and_ignores_it()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/workflows");
        request.Headers.TryAddWithoutValidation("Idempotency-Key", "key-1");

        using var answer = await Http.SendAsync(request, Cancel);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(0, await ScalarAsync("SELECT count(*) FROM idempotency"));
    }

    static ActionResult Accept() => new(ActionOutcome.Accepted, "Pending", OperatorActions.All);

    async Task<HttpResponseMessage> SendAsync(string address, string body, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, address);
        request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        return await Http.SendAsync(request, Cancel);
    }

    /// <summary>As if the process had been killed after it had acted and before it kept the answer.</summary>
    Task<long> ForgetAnswerAsync() => ScalarAsync("UPDATE idempotency SET status = NULL, headers = NULL, body = NULL RETURNING 0");

    async Task<long> ScalarAsync(string sql)
    {
        await using var connection = new SqliteConnection(Rows.Options.ConnectionString);
        await connection.OpenAsync(Cancel);
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        return (long)(await command.ExecuteScalarAsync(Cancel))!;
    }
}
