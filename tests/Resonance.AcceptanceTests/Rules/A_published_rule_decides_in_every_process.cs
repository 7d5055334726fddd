using Resonance.AcceptanceTests.Support;
using Xunit;

namespace Resonance.AcceptanceTests.Rules;

public sealed class A_published_rule_decides_in_every_process(Servers servers) : IAsyncLifetime
{
    const string OrderLimit = "order/order_limit";

    TestDatabase? _database;
    TestBroker? _broker;
    HostProcess? _gateway;
    HostProcess? _other;

    HostSettings Settings => HostSettings.OnServers(_database!, _broker!);

    public async ValueTask InitializeAsync()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        _database = await TestDatabase.CreateAsync(servers, cancellationToken);
        _broker = await TestBroker.CreateAsync(servers, cancellationToken);
        // This one decides nothing itself, so that what is seen of orders is always the other one's doing.
        _gateway = HostProcess.Launch(Settings.With("Resonance__Roles", "gateway"));
        _other = HostProcess.Launch(Settings);
        await _gateway.WaitUntilReadyAsync(cancellationToken);
        await _other.WaitUntilReadyAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var part in new IAsyncDisposable?[] { _gateway, _other, _broker, _database })
        {
            if (part is not null)
                await part.DisposeAsync();
        }
    }

    [Fact]
    public async Task An_order_that_another_process_takes_is_decided_by_the_new_version()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var api = new WorkflowApi(_other!.Client);
        var before = await api.StartAsync(new OrderForm(), cancellationToken);
        await api.SeeAsync(before.Id, "COMPLETED", cancellationToken);

        var published = await new RuleApi(_gateway!.Client).PublishAsync(OrderLimit, "total <= 30", cancellationToken);
        await SeeVersionAsync(_other, 2, cancellationToken);
        var after = await api.StartAsync(new OrderForm(), cancellationToken);
        await api.SeeAsync(after.Id, "SUSPENDED", cancellationToken);

        Assert.Equal(
            (2, "published", "Ada", "the board decided"), (published.Version, published.Origin, published.Author, published.Reason));
        Assert.Equal(("1", "total <= 10000", "pass"), await VerdictAsync(api, before.Id, cancellationToken));
        Assert.Equal(("2", "total <= 30", "fail"), await VerdictAsync(api, after.Id, cancellationToken));
    }

    [Fact]
    public async Task Publications_through_several_processes_at_once_are_a_version_each()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        RuleApi[] apis = [new(_gateway!.Client), new(_other!.Client)];

        var published = await Task.WhenAll(Enumerable.Range(0, 20).Select(
            number => apis[number % 2].PublishAsync(OrderLimit, $"total <= {1000 + number}", cancellationToken)));
        await SeeVersionAsync(_gateway, 21, cancellationToken);
        await SeeVersionAsync(_other, 21, cancellationToken);

        Assert.Equal(Enumerable.Range(2, 20), published.Select(version => version.Version).Order());
        var versions = (await apis[0].GetAsync(OrderLimit, cancellationToken)).Versions;
        Assert.Equal(published.OrderByDescending(version => version.Version), versions.SkipLast(1));
    }

    static Task<SeenRule> SeeVersionAsync(HostProcess host, int number, CancellationToken cancellationToken) => Eventually.SeeAsync(
        token => new RuleApi(host.Client).GetAsync(OrderLimit, token), rule => rule.Rule.Current.Version == number, cancellationToken);

    static async Task<(string Version, string Expression, string Verdict)> VerdictAsync(
        WorkflowApi api, Guid order, CancellationToken cancellationToken)
    {
        var entry = Assert.Single(
            (await api.HistoryAsync(order, cancellationToken)).OfKind("ruleEvaluated"), entry => entry.Text("rule") == "order_limit");
        return (entry.Text("version"), entry.Text("expression"), entry.Text("verdict"));
    }
}
