using Resonance.AcceptanceTests.Support;
using Xunit;

namespace Resonance.AcceptanceTests.Payments;

[Collection<OnAnImpatientHost>]
public sealed class A_payment_that_is_never_answered_is_suspended(ImpatientHost host)
{
    const int MostAttempts = 5;

    [Fact]
    public async Task After_five_attempts_with_growing_waits_between_them()
    {
        var cancellationToken = TestContext.Current.CancellationToken;

        var payment = await host.Api.StartAsync(new PaymentForm { CardToken = "tok_timeout" }, cancellationToken);

        var suspended = await host.Api.SeeAsync(payment.Id, "SUSPENDED", cancellationToken, TimeSpan.FromSeconds(90));
        Assert.Equal("suspended", suspended.Status);
        var wait = Assert.Single(suspended.WaitingFor);
        Assert.Equal("AssessCard failed 5 times: no answer within 0.5 s", wait.What);

        var history = await host.Api.HistoryAsync(payment.Id, cancellationToken);
        Assert.Equal(MostAttempts, history.OfKind("attemptFailed").Count);
        var delays = history.OfKind("retryScheduled").Select(retry => long.Parse(retry.Text("delayMs"), null)).ToArray();
        Assert.Equal(MostAttempts - 1, delays.Length);

        // 0.2, 0.4, 0.8 and 1.6 s, each up to a tenth shorter or longer.
        for (var retry = 0; retry < delays.Length; retry++)
            Assert.InRange(delays[retry], 180L << retry, 220L << retry);

        // The wait that was announced was kept: the next attempt was not made before it was over.
        var failures = history.Where(step => step.Entries.Any(entry => entry.Text("kind") == "retryScheduled")).ToArray();
        for (var retry = 0; retry < failures.Length; retry++)
        {
            var next = history.First(step => step.Sequence > failures[retry].Sequence && step.Event == "ActivityRetryDue");
            Assert.True(next.OccurredAt - failures[retry].OccurredAt >= TimeSpan.FromMilliseconds(delays[retry] - 1));
        }

        Assert.Equal(["assess"], (await host.Effects.CardOperationsAsync(payment.Id, cancellationToken)).Select(done => done.Operation));
    }
}
