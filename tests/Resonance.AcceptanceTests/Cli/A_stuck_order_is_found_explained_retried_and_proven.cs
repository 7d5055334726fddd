using System.Text.Json.Nodes;
using Resonance.AcceptanceTests.Support;
using Xunit;

namespace Resonance.AcceptanceTests.Cli;

/// <summary>Somebody who has nothing but the tool and the address of a server.</summary>
public sealed class A_stuck_order_is_found_explained_retried_and_proven
{
    [Fact]
    public async Task From_the_command_line_alone()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        using var directory = new TestDirectory();
        var settings = HostSettings.Embedded(directory)
            .With("Workflows__CardProvider", "00:00:00.5").With("Workflows__CardRetry", "00:00:00.01").With("Audit__CheckpointInterval", "00:00:01");
        await using var host = await HostProcess.StartAsync(settings, cancellationToken);
        Task<CliAnswer> Run(params string[] args) => CliProcess.RunAsync(host.Address, cancellationToken, args);
        const string Order =
            """
            {"orderId":"{id}","orderNumber":"ORDER-7","customerId":"c-1","currency":"EUR","cardToken":"tok_timeout",
             "lines":[{"sku":"SKU-1001","quantity":1,"unitPrice":5}]}
            """;

        var started = await Run("start", "order", "--data", Order);
        Assert.True(started.Exit == 0, started.Error);
        var payment = await Eventually.SeeAsync(
            async _ => (string?)JsonNode.Parse((await Run("list", "--status", "suspended", "--json")).Output)!["items"]!.AsArray().FirstOrDefault()?["key"],
            key => key is not null, cancellationToken);

        var order = await Run("explain", "ORDER-7");
        var why = await Run("explain", payment!);
        var retried = await Run("retry", payment!, "--reason", "the customer gave another card", "--data", """{"cardToken":"tok_visa"}""");
        var shown = await Eventually.SeeAsync(
            async _ => await Run("show", "ORDER-7"), answer => answer.Output.Contains("completed", StringComparison.Ordinal), cancellationToken);
        var paid = await Run("show", payment!);
        var proven = await Run("verify", "--workflow", payment!);
        var ledger = await Run("verify");
        var missing = await Run("show", "ORDER-8");

        Assert.Contains($"It waits for {payment}, which is in SUSPENDED", order.Output, StringComparison.Ordinal);
        Assert.Contains("It waits for a person", why.Output, StringComparison.Ordinal);
        Assert.Contains($"resonance retry {payment} --reason", why.Output, StringComparison.Ordinal);
        Assert.Equal((0, ""), (retried.Exit, retried.Error));
        Assert.Contains("-> COMPLETED", shown!.Output, StringComparison.Ordinal);
        Assert.Contains("maria asked to retry: the customer gave another card", paid.Output, StringComparison.Ordinal);
        Assert.True(proven.Exit == 0, proven.Output + proven.Error);
        Assert.Contains("in the ledger that was signed, without a gap.\nVerified.", proven.Output, StringComparison.Ordinal);
        Assert.True(ledger.Exit == 0, ledger.Output + ledger.Error);
        Assert.Equal((5, "There is no instance with the key 'ORDER-8'."), (missing.Exit, missing.Error.Split('\n')[0].TrimEnd()));
    }
}
