using System.Text.Encodings.Web;
using System.Text.Json;
using Resonance.Tests.Approved;
using Xunit;

namespace Resonance.Tests.Gateway;

public sealed class OpenApiTests : GatewayFixture
{
    static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    [Fact]
    public async Task The_api_is_what_was_approved()
    {
        var document = await GetAsync("/openapi/v1.json");

        await ApprovedFile.AssertAsync("openapi.v1.json", JsonSerializer.Serialize(document, Indented), Cancel);
    }

    [Fact]
    public async Task Workflow_types_show_their_states_and_graph()
    {
        var types = await ItemsAsync("/api/workflow-types");

        Assert.Equal(["order", "payment"], types.EnumerateArray().Select(type => type.GetProperty("type").GetString()));
        var order = types[0];
        Assert.Equal("Resonance.Contracts.Orders.SubmitOrder", order.GetProperty("startContract").GetString());
        Assert.Equal("""["PENDING","AWAITING_PAYMENT","COMPLETED"]""", order.GetProperty("states").GetRawText());
        Assert.Equal("[]", order.GetProperty("events").GetRawText());
        Assert.Equal("""["RefundPayment"]""", types[1].GetProperty("events").GetRawText());
        Assert.Equal("0a", order.GetProperty("definitionHash").GetString());
        Assert.Equal("stateDiagram-v2\n    [*] --> Pending", order.GetProperty("diagram").GetString());
    }
}
