using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Resonance.AcceptanceTests.Support;
using Xunit;
using NewId = MassTransit.NewId;

namespace Resonance.AcceptanceTests.Http;

[Collection<OnARunningHost>]
public sealed class A_message_that_was_set_aside_is_sent_again(RunningHost host)
{
    const string SubmitOrder = "Resonance.Contracts.Orders:SubmitOrder";
    const string Kept = "api/queues/order_error/messages?limit=200";

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task To_the_queue_that_it_came_from_with_its_contract()
    {
        var (id, other) = (await PublishAsync(), await PublishAsync());
        await SeeAsync(id, seen => seen is not null);
        await SeeAsync(other, seen => seen is not null);
        var before = await IdsAsync();

        var (status, answer) = await RedriveAsync(new { messageId = id });

        Assert.True(status == HttpStatusCode.OK, answer);
        Assert.Equal(1, JsonElement.Parse(answer).GetProperty("redriven").GetInt32());

        // It is as bad as before: it comes back, behind the others, and is refused for what is in it and not for want of a contract.
        var back = await Eventually.SeeAsync(
            async _ => await IdsAsync(), ids => ids.Count(seen => seen == id) == 1 && ids[^1] == id, Cancel);
        Assert.Equal(before.Where(seen => seen != id), back.Where(seen => before.Contains(seen) && seen != id));
        var message = (await FindAsync(id))!.Value;
        Assert.Contains("currency", message.GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain("which contract", message.GetProperty("reason").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task And_stays_where_it_is_while_it_is_looked_at()
    {
        var (first, second) = (await PublishAsync(), await PublishAsync());
        await SeeAsync(first, seen => seen is not null);
        await SeeAsync(second, seen => seen is not null);

        var before = await IdsAsync();
        var after = await IdsAsync();

        Assert.Equal(before, after.Take(before.Count));
        var message = (await FindAsync(first))!.Value;
        Assert.Equal("application/json", message.GetProperty("contentType").GetString());
        Assert.Contains("\"EURO\"", message.GetProperty("body").GetString(), StringComparison.Ordinal);
        var queues = await host.Process.Client.GetFromJsonAsync<JsonElement>("api/queues", Cancel);
        var listed = queues.GetProperty("queues").EnumerateArray().Single(queue => queue.GetProperty("name").GetString() == "order_error");
        Assert.Equal("order", listed.GetProperty("keptOf").GetString());
        Assert.True(listed.GetProperty("ready").GetInt64() >= 2);
    }

    [Fact]
    public async Task Unless_there_is_no_such_message()
    {
        var id = await PublishAsync();
        await SeeAsync(id, seen => seen is not null);
        var before = await IdsAsync();

        var (status, _) = await RedriveAsync(new { messageId = "nobody" });

        Assert.Equal(HttpStatusCode.NotFound, status);
        Assert.Equal(before, (await IdsAsync()).Take(before.Count));
    }

    async Task<string> PublishAsync()
    {
        var id = NewId.NextGuid().ToString();
        var order = $$"""
            { "orderId": "{{NewId.NextGuid()}}", "customerId": "c", "currency": "EURO", "cardToken": "tok_visa",
              "lines": [ { "sku": "SKU-1006", "quantity": 2, "unitPrice": 19.99 } ] }
            """;
        await host.Broker.PublishAsync(
            SubmitOrder, Encoding.UTF8.GetBytes(order),
            properties => (properties.MessageId, properties.ContentType) = (id, "application/json"), cancellationToken: Cancel);
        return id;
    }

    Task<JsonElement?> SeeAsync(string id, Func<JsonElement?, bool> until) => Eventually.SeeAsync(_ => FindAsync(id), until, Cancel);

    async Task<JsonElement?> FindAsync(string id)
    {
        var found = (await ItemsAsync()).Where(item => item.GetProperty("messageId").GetString() == id).ToArray();
        return found.Length == 0 ? null : found[0];
    }

    async Task<IReadOnlyList<string?>> IdsAsync() => [.. (await ItemsAsync()).Select(item => item.GetProperty("messageId").GetString())];

    async Task<IReadOnlyList<JsonElement>> ItemsAsync()
    {
        var answer = await host.Process.Client.GetFromJsonAsync<JsonElement>(Kept, Cancel);
        return [.. answer.GetProperty("items").EnumerateArray()];
    }

    async Task<(HttpStatusCode Status, string Answer)> RedriveAsync(object asked)
    {
        using var answer = await host.Process.Client.PostAsJsonAsync("api/queues/order_error/redrive", asked, Cancel);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(Cancel));
    }
}
