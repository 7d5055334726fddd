using System.Net;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Resonance.Contracts.Orders;
using Resonance.Engine.Definitions;
using Resonance.Tests.Approved;
using Xunit;

namespace Resonance.Tests.Gateway;

public sealed class AsyncApiTests : GatewayFixture
{
    static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    [Fact]
    public async Task The_messages_are_what_was_approved() => await ApprovedFile.AssertAsync(
        "asyncapi.json", JsonSerializer.Serialize(await GetAsync("/asyncapi.json"), Indented), Cancel);

    [Fact]
    public async Task It_has_the_structure_that_AsyncAPI_demands()
    {
        var document = await GetAsync("/asyncapi.json");

        Assert.Equal("3.0.0", document.GetProperty("asyncapi").GetString());
        Assert.Subset(
            new HashSet<string> { "asyncapi", "id", "info", "servers", "defaultContentType", "channels", "operations", "components" },
            document.EnumerateObject().Select(member => member.Name).ToHashSet());
        Assert.NotEmpty(document.GetProperty("info").GetProperty("title").GetString()!);
        Assert.NotEmpty(document.GetProperty("info").GetProperty("version").GetString()!);
        Assert.All(document.GetProperty("components").GetProperty("schemas").EnumerateObject(), schema => Assert.Matches("^[a-zA-Z0-9._-]+$", schema.Name));
        Assert.All(document.GetProperty("channels").EnumerateObject(), channel => AssertChannel(channel.Value));
        Assert.All(document.GetProperty("operations").EnumerateObject(), operation => AssertOperation(document, operation.Value));
        Assert.All(References(document), pointer => Assert.True(Resolve(document, pointer) is not null, $"{pointer} leads nowhere"));
    }

    [Fact]
    public async Task Every_example_is_a_message_that_is_taken()
    {
        var document = await GetAsync("/asyncapi.json");

        foreach (var channel in document.GetProperty("channels").EnumerateObject())
        {
            var contract = typeof(SubmitOrder).Assembly.GetType(channel.Name)!;
            var messages = channel.Value.GetProperty("messages");
            var bare = messages.GetProperty("json").GetProperty("examples")[0].GetProperty("payload");
            var wrapped = messages.GetProperty("envelope").GetProperty("examples")[0].GetProperty("payload").GetProperty("message");
            foreach (var example in (JsonElement[])[bare, wrapped])
            {
                var read = ContractReader.Read(contract, Encoding.UTF8.GetBytes(example.GetRawText()));
                Assert.True(read.Message is not null, $"{channel.Name}: {JsonSerializer.Serialize(read.Errors)} in {example}");
            }
        }
    }

    [Fact]
    public async Task A_message_goes_to_the_exchange_of_its_contract()
    {
        var document = await GetAsync("/asyncapi.json");

        var channel = document.GetProperty("channels").GetProperty("Resonance.Contracts.Orders.SubmitOrder");
        Assert.Equal("Resonance.Contracts.Orders:SubmitOrder", channel.GetProperty("address").GetString());
        Assert.True(document.GetProperty("operations").TryGetProperty("engine.receive.Resonance.Contracts.Orders.SubmitOrder", out _));
        Assert.True(document.GetProperty("operations").TryGetProperty("workers.receive.Resonance.Contracts.Inventory.ReserveInventory", out _));
        Assert.True(document.GetProperty("operations").TryGetProperty("audit.receive.Resonance.Contracts.Audit.StepsCommitted", out _));
        Assert.False(document.GetProperty("channels").TryGetProperty("Resonance.Contracts.Orders.OrderLine", out _));
    }

    [Fact]
    public async Task The_page_of_documentation_needs_nothing_from_elsewhere()
    {
        using var page = await Http.GetAsync("/docs", Cancel);
        using var followed = page.StatusCode == HttpStatusCode.OK ? page : await Http.GetAsync("/docs/", Cancel);

        var html = await followed.Content.ReadAsStringAsync(Cancel);
        Assert.Equal(HttpStatusCode.OK, followed.StatusCode);
        Assert.Contains("scalar", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotMatch("(src|href)=\"(https?:)?//", html);
        Assert.DoesNotContain("cdn.", html, StringComparison.OrdinalIgnoreCase);
    }

    static void AssertChannel(JsonElement channel)
    {
        Assert.NotEmpty(channel.GetProperty("address").GetString()!);
        Assert.NotEmpty(channel.GetProperty("messages").EnumerateObject());
        Assert.All(channel.GetProperty("messages").EnumerateObject(), message =>
        {
            Assert.Subset(
                new HashSet<string>
                {
                    "headers", "payload", "correlationId", "contentType", "name", "title", "summary", "description", "tags", "bindings", "examples",
                },
                message.Value.EnumerateObject().Select(member => member.Name).ToHashSet());
            Assert.All(message.Value.GetProperty("examples").EnumerateArray(), example => Assert.True(example.TryGetProperty("payload", out _)));
        });
        var amqp = channel.GetProperty("bindings").GetProperty("amqp");
        Assert.Contains(amqp.GetProperty("is").GetString()!, (string[])["queue", "routingKey"]);
        Assert.Contains(amqp.GetProperty("exchange").GetProperty("type").GetString()!, (string[])["topic", "direct", "fanout", "default", "headers"]);
    }

    static void AssertOperation(JsonElement document, JsonElement operation)
    {
        Assert.Contains(operation.GetProperty("action").GetString()!, (string[])["send", "receive"]);
        var channel = operation.GetProperty("channel").GetProperty("$ref").GetString()!;
        Assert.StartsWith("#/channels/", channel, StringComparison.Ordinal);
        Assert.NotNull(Resolve(document, channel));

        // Messages of an operation must be those of its channel, and refer to them there.
        Assert.All(
            operation.GetProperty("messages").EnumerateArray(),
            message => Assert.StartsWith($"{channel}/messages/", message.GetProperty("$ref").GetString(), StringComparison.Ordinal));
    }

    static IEnumerable<string> References(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(member =>
            member.Name == "$ref" ? [member.Value.GetString()!] : References(member.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(References),
        _ => [],
    };

    static JsonElement? Resolve(JsonElement document, string pointer)
    {
        var found = document;
        foreach (var part in pointer.Split('/').Skip(1))
        {
            if (found.ValueKind != JsonValueKind.Object || !found.TryGetProperty(part, out found))
                return null;
        }

        return found;
    }
}
