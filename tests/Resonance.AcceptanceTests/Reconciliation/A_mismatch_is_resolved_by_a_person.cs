using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Resonance.AcceptanceTests.Support;
using Xunit;

namespace Resonance.AcceptanceTests.Reconciliation;

public sealed class A_mismatch_is_resolved_by_a_person(Servers servers)
{
    const string Resolve = "ResolveReconciliationLines";

    [Fact]
    public async Task Line_by_line_over_HTTP_until_the_period_is_verified()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var database = await TestDatabase.CreateAsync(servers, cancellationToken);
        await using var broker = await TestBroker.CreateAsync(servers, cancellationToken);
        await using var host = await HostProcess.StartAsync(
            HostSettings.OnServers(database, broker).With("Workflows__ReconciliationRecovery", "00:00:00.1"), cancellationToken);
        var api = new WorkflowApi(host.Client);
        var effects = new Effects(database);
        await PayAsync(api, effects, 10m, cancellationToken);
        await PayAsync(api, effects, 20m, cancellationToken);
        var reconciliation = await api.StartAsync(new ReconciliationForm(), cancellationToken);

        var suspended = await api.SeeAsync(reconciliation.Id, "SUSPENDED", cancellationToken);
        Assert.StartsWith("2 lines need a person: ", Assert.Single(suspended.WaitingFor).What, StringComparison.Ordinal);
        var lines = Open(suspended);
        Assert.All(lines, line => Assert.Equal("amount_differs", line.Text("kind")));
        Assert.Equal("0.02", suspended.Data.Text("difference"));

        await api.RaiseAsync(reconciliation.Id, Resolve, Resolution("the provider corrects it", lines[0].Text("lineId")), cancellationToken);
        var half = await SeeOpenAsync(api, reconciliation.Id, 1, cancellationToken);
        Assert.Equal(lines[1].Text("lineId"), Assert.Single(Open(half)).Text("lineId"));

        await api.RaiseAsync(reconciliation.Id, Resolve, Resolution("we corrected it", lines: null), cancellationToken);
        var verified = await api.SeeAsync(reconciliation.Id, "VERIFIED", cancellationToken);
        Assert.Equal("2", verified.Data.Text("resolvedLines"));

        var history = await api.HistoryAsync(reconciliation.Id, cancellationToken);
        Assert.Equal(["100", "200", "400"], history.OfKind("recoveryTriggered").Select(recovery => recovery.Text("delayMs")));
        Assert.Equal(
            [("resolve", "ann", "the provider corrects it"), ("resolve", "ann", "we corrected it")],
            history.OfKind("operatorAction").Select(action => (action.Text("action"), action.Text("operator"), action.Text("reason"))));
        await StoredJournal.AssertChainAsync(database, reconciliation.Id, cancellationToken);
        await AssertRefusedAsync(api, host.Client, reconciliation.Id, cancellationToken);
    }

    [Fact]
    public async Task A_line_that_does_not_exist_is_refused_in_words()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var database = await TestDatabase.CreateAsync(servers, cancellationToken);
        await using var broker = await TestBroker.CreateAsync(servers, cancellationToken);
        await using var host = await HostProcess.StartAsync(
            HostSettings.OnServers(database, broker).With("Workflows__ReconciliationRecovery", "00:00:00.1"), cancellationToken);
        var api = new WorkflowApi(host.Client);
        await PayAsync(api, new Effects(database), 10m, cancellationToken);
        var reconciliation = await api.StartAsync(new ReconciliationForm(), cancellationToken);
        await api.SeeAsync(reconciliation.Id, "SUSPENDED", cancellationToken);

        await api.RaiseAsync(reconciliation.Id, Resolve, Resolution("a guess", "no such line"), cancellationToken);
        var history = await api.SeeHistoryAsync(reconciliation.Id, steps => steps.OfKind("suspended").Count == 2, cancellationToken);

        Assert.Equal(
            "1 line needs a person: the last resolution was refused: There is no line 'no such line'; nothing was resolved. " +
            "Name lines by their lineId.",
            history.OfKind("suspended")[^1].Text("cause"));
        Assert.Single(Open(await api.SeeAsync(reconciliation.Id, "SUSPENDED", cancellationToken)));
    }

    /// <summary>What is verified takes no resolution any more, and the types say what could be sent at all.</summary>
    static async Task AssertRefusedAsync(WorkflowApi api, HttpClient client, Guid id, CancellationToken cancellationToken)
    {
        using var late = await api.SendEventAsync(id, Resolve, Resolution("too late", lines: null), cancellationToken);
        Assert.Equal(HttpStatusCode.Conflict, late.StatusCode);
        using var unknown = await api.SendEventAsync(id, "ResolveEverything", "{}", cancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        Assert.Contains(Resolve, await unknown.Content.ReadAsStringAsync(cancellationToken), StringComparison.Ordinal);

        var types = (await client.GetFromJsonAsync<JsonNode>("api/workflow-types", cancellationToken))!["items"]!.AsArray();
        var type = types.Single(candidate => candidate!["type"]!.GetValue<string>() == "reconciliation")!;
        Assert.Equal($"[\"{Resolve}\"]", type["events"]!.ToJsonString());
    }

    static async Task PayAsync(WorkflowApi api, Effects effects, decimal amount, CancellationToken cancellationToken)
    {
        var payment = await api.StartAsync(new PaymentForm { CardToken = "tok_misposted", Amount = amount }, cancellationToken);
        await Eventually.SeeAsync(token => effects.LedgerAsync(payment.Id, token), booked => booked is ["capture"], cancellationToken);
    }

    static Task<SeenWorkflow?> SeeOpenAsync(WorkflowApi api, Guid id, int lines, CancellationToken cancellationToken) => Eventually.SeeAsync(
        token => api.FindAsync(id, token),
        workflow => workflow is { State: "SUSPENDED" } && Open(workflow).Length == lines,
        cancellationToken);

    static JsonObject[] Open(SeenWorkflow? workflow) => [.. workflow!.Data["open"]!.AsArray().Select(line => line!.AsObject())];

    static string Resolution(string reason, params string[]? lines) =>
        JsonSerializer.Serialize(new { lines, @operator = "ann", reason });
}
