using System.Net;
using System.Text;
using Resonance.AcceptanceTests.Support;
using Xunit;
using NewId = MassTransit.NewId;

namespace Resonance.AcceptanceTests.Http;

[Collection<OnARunningHost>]
public sealed class The_same_request_under_one_key_is_done_once(RunningHost host)
{
    [Fact]
    public async Task And_gets_the_first_answer_again()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var key = NewId.NextGuid().ToString();
        var order = new OrderForm().ToJson();

        using var first = await SendAsync(order, key, cancellationToken);
        using var again = await SendAsync(order, key, cancellationToken);
        using var other = await SendAsync(new OrderForm { OrderId = NewId.NextGuid() }.ToJson(), key, cancellationToken);

        Assert.Equal(HttpStatusCode.Accepted, first.StatusCode);
        Assert.Equal(HttpStatusCode.Accepted, again.StatusCode);
        Assert.Equal("true", Assert.Single(again.Headers.GetValues("Idempotency-Replayed")));
        Assert.Equal(
            await first.Content.ReadAsStringAsync(cancellationToken), await again.Content.ReadAsStringAsync(cancellationToken));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, other.StatusCode);
    }

    async Task<HttpResponseMessage> SendAsync(string order, string key, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/workflows/order");
        request.Content = new StringContent(order, Encoding.UTF8, "application/json");
        request.Headers.Add("Idempotency-Key", key);
        return await host.Process.Client.SendAsync(request, cancellationToken);
    }
}
