using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Resonance.Contracts.Notifications;
using Resonance.Engine.Definitions;
using Resonance.Engine.Delivery;
using Resonance.Workflows.Notifications;
using Xunit;

namespace Resonance.Tests.Workflows.Notifications;

/// <summary>Which notifications are taken at all, and what becomes of a template.</summary>
public sealed class NotificationContractTests
{
    [Fact]
    public void A_notification_for_every_channel_is_taken() => Assert.Empty(Read(_ => { }));

    [Theory]
    [InlineData("""{ "template": "hello" }""", "template")]
    [InlineData("""{ "template": "" }""", "template")]
    [InlineData("""{ "channels": [] }""", "channels")]
    [InlineData("""{ "channels": ["fax"] }""", "channels")]
    [InlineData("""{ "channels": ["email", "email"] }""", "channels")]
    [InlineData("""{ "recipient": { "email": "ann@example.org" } }""", "channels")]
    [InlineData("""{ "recipient": { "url": "https://example.org/" } }""", "channels")]
    [InlineData("""{ "recipient": { "email": "Ann <ann@example.org>", "url": "https://example.org/" } }""", "recipient.email")]
    [InlineData("""{ "recipient": { "email": "ann@example.org,bob@example.org", "url": "https://example.org/" } }""", "recipient.email")]
    [InlineData("""{ "recipient": { "email": "ann@example.org\r\nBcc: b@x", "url": "https://example.org/" } }""", "recipient.email")]
    [InlineData("""{ "recipient": { "email": "ann@example.org", "url": "ftp://example.org/" } }""", "recipient.url")]
    [InlineData("""{ "recipient": { "email": "ann@example.org", "url": "/hooks" } }""", "recipient.url")]
    [InlineData("""{ "recipient": { "email": "ann@example.org", "url": "https://user:pass@example.org/" } }""", "recipient.url")]
    [InlineData("""{ "data": { "a": "\u0001" } }""", "data")]
    [InlineData("""{ "data": { "": "x" } }""", "data")]
    [InlineData("""{ "priority": 10 }""", "priority")]
    [InlineData("""{ "notificationId": "00000000-0000-0000-0000-000000000000" }""", "notificationId")]
    public void A_notification_that_cannot_be_sent_is_refused(string change, string field)
    {
        var errors = Read(start =>
        {
            foreach (var (name, value) in JsonNode.Parse(change)!.AsObject())
                start[name] = value?.DeepClone();
        });

        Assert.Equal([field], errors.Keys);
    }

    [Fact]
    public void Data_has_its_limits()
    {
        var text = new string('x', NotificationDataAttribute.ValueMax + 1);
        var names = Enumerable.Range(0, NotificationDataAttribute.ValuesMax + 1).Select(number => $"v{number}");

        Assert.NotEmpty(Read(start => start["data"] = new JsonObject { ["text"] = text }));
        Assert.NotEmpty(Read(start => start["data"] = new JsonObject(names.Select(name => KeyValuePair.Create(name, (JsonNode?)"x")))));
        Assert.Empty(Read(start => start["data"] = new JsonObject { ["text"] = "two\r\n\tlines" }));
    }

    [Fact]
    public void Every_template_of_the_contract_is_there_and_no_other() => Assert.All(
        MessageTemplate.Names.Append("message"), name => Assert.True(new NotificationTemplateAttribute().IsValid(name), name));

    [Theory]
    [InlineData(NotificationTemplates.Message, "subject, text")]
    [InlineData(NotificationTemplates.OrderCompleted, "orderNumber, trackingNumber")]
    [InlineData(NotificationTemplates.OrderCancelled, "orderNumber, reason")]
    [InlineData(NotificationTemplates.PaymentDeclined, "reference, reason")]
    [InlineData(NotificationTemplates.PaymentRefunded, "reference, amount, currency")]
    public void A_template_names_the_values_that_are_missing(string template, string values) => Assert.Equal(
        $"The template '{template}' needs a value for {values}.",
        MessageTemplate.Render(template, new Dictionary<string, string>()).Problem);

    [Fact]
    public void A_template_that_nobody_wrote_is_named() => Assert.Equal(
        "There is no template 'hello'. Known templates: message, order-cancelled, order-completed, payment-declined, payment-refunded.",
        MessageTemplate.Render("hello", new Dictionary<string, string>()).Problem);

    [Fact]
    public void Values_are_text_and_nothing_else()
    {
        var outcome = MessageTemplate.Render(
            NotificationTemplates.Message, new Dictionary<string, string> { ["subject"] = "a\r\nBcc: b@x", ["text"] = "{subject}" });

        Assert.Equal(new NotificationText("a  Bcc: b@x", "{subject}\n"), outcome.Text);
    }

    static IReadOnlyDictionary<string, string[]> Read(Action<JsonObject> change)
    {
        var good = Support.Notifications.To("ann@example.org", "https://example.org/hooks", "email", "webhook");
        var json = JsonSerializer.SerializeToNode(good, ContractSerializer.Options)!.AsObject();
        change(json);
        return ContractReader.Read(typeof(SendNotification), Encoding.UTF8.GetBytes(json.ToJsonString())).Errors;
    }
}
