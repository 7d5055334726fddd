using Resonance.AcceptanceTests.Faults;
using Resonance.AcceptanceTests.Support;
using Xunit;

namespace Resonance.AcceptanceTests.Rules;

public sealed class A_published_rule_survives_a_restart(Servers servers)
{
    const string FraudScore = "payment/fraud_score";

    [Fact]
    public async Task On_servers()
    {
        await using var installation = await Installation.OnServersAsync(servers, TestContext.Current.CancellationToken);
        await RestartAsync(installation);
    }

    [Fact]
    public async Task In_one_process()
    {
        await using var installation = Installation.Embedded();
        await RestartAsync(installation);
    }

    static async Task RestartAsync(Installation installation)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        SeenRule before;
        await using (var first = await HostProcess.StartAsync(installation.Settings, cancellationToken))
        {
            await new RuleApi(first.Client).PublishAsync(FraudScore, "fraud_score < 0.5 && amount < 50.0", cancellationToken);
            before = await new RuleApi(first.Client).GetAsync(FraudScore, cancellationToken);
            await first.KillAsync();
        }

        await using var second = await HostProcess.StartAsync(installation.Settings, cancellationToken);

        var after = await new RuleApi(second.Client).GetAsync(FraudScore, cancellationToken);
        Assert.Equal(before.Rule, after.Rule);
        Assert.Equal(before.Versions, after.Versions);
        Assert.Equal([2, 1], after.Versions.Select(version => version.Version));

        // Its score is 0.45: a person was asked before.
        var api = new WorkflowApi(second.Client);
        var payment = await api.StartAsync(new PaymentForm { CardToken = "tok_review" }, cancellationToken);
        await api.SeeAsync(payment.Id, "COMPLETED", cancellationToken);
        var verdict = Assert.Single((await api.HistoryAsync(payment.Id, cancellationToken)).OfKind("ruleEvaluated"));
        Assert.Equal(("2", "pass"), (verdict.Text("version"), verdict.Text("verdict")));
    }
}
