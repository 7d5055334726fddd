using System.Net;
using System.Net.Http.Json;
using Resonance.AcceptanceTests.Support;
using Xunit;
using NewId = MassTransit.NewId;

namespace Resonance.AcceptanceTests.Http;

[Collection<OnARunningHost>]
public sealed class The_same_start_posted_twice_starts_one_order(RunningHost host)
{
    [Fact]
    public async Task Both_are_answered_with_the_same_instance()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var order = new OrderForm();

        using var first = await host.Api.PostAsync("order", order.ToJson(), cancellationToken);
        using var second = await host.Api.PostAsync("order", order.ToJson(), cancellationToken);
        await host.Api.SeeAsync(order.OrderId, "COMPLETED", cancellationToken);
        using var third = await host.Api.PostAsync("order", order.ToJson(), cancellationToken);

        Assert.Equal(HttpStatusCode.Accepted, first.StatusCode);
        Assert.Equal($"/api/workflows/{order.OrderId}", first.Headers.Location!.ToString());
        var started = await first.Content.ReadFromJsonAsync<StartedWorkflow>(cancellationToken);
        Assert.Equal(started, await second.Content.ReadFromJsonAsync<StartedWorkflow>(cancellationToken));
        Assert.Equal(started, await third.Content.ReadFromJsonAsync<StartedWorkflow>(cancellationToken));
        Assert.Single((await host.Api.HistoryAsync(order.OrderId, cancellationToken)), step => step.Event == "SubmitOrder");
        Assert.Equal(2, await host.Effects.ReservedAsync(order.OrderId, cancellationToken));
    }

    [Fact]
    public async Task Many_at_the_same_moment_are_answered_with_the_same_instance()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var order = new OrderForm();

        var started = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => host.Api.StartAsync(order, cancellationToken)));

        Assert.Single(started.Distinct());
        await host.Api.SeeAsync(order.OrderId, "COMPLETED", cancellationToken);
        Assert.Equal(2, await host.Effects.ReservedAsync(order.OrderId, cancellationToken));
    }

    [Fact]
    public async Task One_that_was_published_before_is_answered_with_its_key()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var order = new OrderForm { OrderNumber = $"BOTH-{NewId.NextGuid():n}" };
        await host.Broker.PublishAsync("Resonance.Contracts.Orders:SubmitOrder", order.ToJson(), cancellationToken: cancellationToken);
        await host.Api.SeeAsync(order.OrderId, "COMPLETED", cancellationToken);

        var started = await host.Api.StartAsync(order, cancellationToken);

        Assert.Equal(new StartedWorkflow(order.OrderId, order.OrderNumber), started);
    }
}
