using System.Net;
using Resonance.Gateway.Access;
using Xunit;

namespace Resonance.Tests.Gateway.Access;

public sealed class SensitiveConditionTests : GuardedGateway
{
    [Theory]
    [InlineData("$.cardToken eq 'tok_visa'")]
    [InlineData("$[\"card_token\"] ge 'tok_a'")]
    [InlineData("$.notify.email exists")]
    public async Task A_viewer_cannot_find_out_by_a_list_what_is_hidden(string condition)
    {
        var address = $"/api/workflows?data={Uri.EscapeDataString(condition)}";

        var problem = await ProblemAsync(HttpStatusCode.BadRequest, SendAsync(HttpMethod.Get, address, await KeyAsync(Role.Viewer)));
        using var answer = await SendAsync(HttpMethod.Get, address, await KeyAsync(Role.Operator));

        Assert.Contains("is sensitive", problem.GetProperty("errors").GetProperty("data")[0].GetString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task A_viewer_looks_for_what_is_not_hidden()
    {
        using var answer = await SendAsync(HttpMethod.Get, "/api/workflows?data=$.amount+gt+1", await KeyAsync(Role.Viewer));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }
}
