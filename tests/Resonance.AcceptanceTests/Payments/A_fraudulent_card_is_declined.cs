using System.Text.RegularExpressions;
using Resonance.AcceptanceTests.Support;
using Xunit;

namespace Resonance.AcceptanceTests.Payments;

[Collection<OnARunningHost>]
public sealed class A_fraudulent_card_is_declined(RunningHost host)
{
    [Fact]
    public async Task By_the_rule_and_with_its_reason()
    {
        var cancellationToken = TestContext.Current.CancellationToken;

        var payment = await host.Api.StartAsync(new PaymentForm { CardToken = "tok_fraud" }, cancellationToken);

        var declined = await host.Api.SeeAsync(payment.Id, "DECLINED", cancellationToken);
        Assert.Equal("failed", declined.Status);
        var rules = (await host.Api.HistoryAsync(payment.Id, cancellationToken)).OfKind("ruleEvaluated");
        Assert.Equal(["fraud_score", "fraud_review"], rules.Select(rule => rule.Text("rule")));
        Assert.All(rules, rule => Assert.Equal("fail", rule.Text("verdict")));
        Assert.All(rules, rule => Assert.Contains("0.91", rule["values"]!.ToJsonString(), StringComparison.Ordinal));
        Assert.Equal(["assess"], (await host.Effects.CardOperationsAsync(payment.Id, cancellationToken)).Select(done => done.Operation));

        var trail =
            @"^\[\d{2}:\d{2}:\d{2}\.\d{3}\] \[INFO\] Workflow " + payment.Key +
            @" executing state: VALIDATE_CARD\. Rules check: fraud_score < 0\.3\. Result: FAIL\.$";
        await host.Process.WaitForLineAsync(line => Regex.IsMatch(line, trail), Eventually.Patience, cancellationToken);
    }
}
