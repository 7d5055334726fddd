using Resonance.AcceptanceTests.Support;
using Xunit;

namespace Resonance.AcceptanceTests.Rules;

public sealed class A_rules_folder_overrides_the_code : IDisposable
{
    readonly TestDirectory _directory = new();

    string Folder => Path.Combine(_directory.Path, "our-rules");

    HostSettings Settings => HostSettings.Embedded(_directory).With("Rules__Directory", Folder);

    [Fact]
    public async Task An_order_is_decided_by_the_rule_of_the_folder()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await WriteAsync("order.yaml", """
            workflow: order
            rules:
              - name: order_limit
                expression: >
                  currency == 'EUR' && total <= 30
                fail_means: more than we let through these days
            """);
        await using var host = await HostProcess.StartAsync(Settings, cancellationToken);
        var api = new WorkflowApi(host.Client);

        var order = await api.StartAsync(new OrderForm(), cancellationToken);

        var suspended = await api.SeeAsync(order.Id, "SUSPENDED", cancellationToken);
        Assert.StartsWith(
            "more than we let through these days (total <= 30; ", Assert.Single(suspended.WaitingFor).What, StringComparison.Ordinal);
        Assert.Equal("file", (await new RuleApi(host.Client).GetAsync("order/order_limit", cancellationToken)).Rule.Current.Origin);
    }

    [Fact]
    public async Task A_host_says_all_that_is_wrong_with_it_and_does_not_start()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await WriteAsync("order.yaml", """
            workflow: order
            rules:
              - name: order_limit
                expression: totl <= 30
              - name: order_limits
                expression: total <= 30
            """);
        await WriteAsync("payment.yaml", "workflow: payment\nrules:\n  - name: [\n");
        await using var host = HostProcess.Launch(Settings);

        Assert.Equal(2, await host.WaitForExitAsync(cancellationToken, TimeSpan.FromSeconds(60)));

        await host.WaitForLineAsync(
            line => line == "- order.yaml:3:5: rule order/order_limit: 1:1: there is no fact 'totl'; did you mean 'total'?",
            Eventually.Patience, cancellationToken);
        await host.WaitForLineAsync(
            line => line.StartsWith("- order.yaml:5:5: there is no rule order/order_limits.", StringComparison.Ordinal),
            Eventually.Patience, cancellationToken);
        await host.WaitForLineAsync(
            line => line.StartsWith("- payment.yaml:4:1: ", StringComparison.Ordinal), Eventually.Patience, cancellationToken);
    }

    public void Dispose() => _directory.Dispose();

    async Task WriteAsync(string file, string yaml)
    {
        Directory.CreateDirectory(Folder);
        await File.WriteAllTextAsync(Path.Combine(Folder, file), yaml, TestContext.Current.CancellationToken);
    }
}
