using System.Text.Json.Nodes;
using MassTransit;
using Resonance.Contracts.Audit;
using Resonance.Contracts.Workflows;
using Resonance.Engine.Definitions;

namespace Resonance.Gateway.AsyncApi;

/// <summary>Describes every contract as AsyncAPI 3.0: the exchange that it is published to, its JSON, and who sends and receives it.</summary>
static class AsyncApiDocument
{
    const string Bare = "json";
    const string Envelope = "envelope";
    const string UrnPrefix = "urn:message:";

    public static JsonObject Create(WorkflowCatalog catalog)
    {
        var (channels, operations, schemas) = (new JsonObject(), new JsonObject(), new JsonObject());
        foreach (var contract in ContractJson.Messages)
        {
            var name = contract.FullName!;
            channels[name] = ChannelOf(contract);
            schemas[name] = ContractJson.SchemaOf(contract);
            foreach (var (who, action) in RolesOf(contract, catalog))
                operations[$"{who}.{action}.{name}"] = OperationOf(contract, who, action);
        }

        return new JsonObject
        {
            ["asyncapi"] = "3.0.0",
            ["info"] = new JsonObject
            {
                ["title"] = "Resonance",
                ["version"] = "v1",
                ["description"] =
                    "The messages of all workflows on RabbitMQ. Publish the bare JSON of a contract to its exchange; the exchange says which " +
                    "contract it is. A message that is sent to a queue instead names its contract in the header MT-MessageType. MassTransit's " +
                    "envelope is understood too.",
            },
            ["defaultContentType"] = "application/json",
            ["channels"] = channels,
            ["operations"] = operations,
            ["components"] = new JsonObject { ["schemas"] = schemas },
        };
    }

    /// <summary>The name of a contract's exchange.</summary>
    public static string ExchangeOf(Type contract) => MessageUrn.ForTypeString(contract)[UrnPrefix.Length..];

    static JsonObject ChannelOf(Type contract) => new()
    {
        ["address"] = ExchangeOf(contract),
        ["title"] = contract.Name,
        ["messages"] = new JsonObject { [Bare] = BareOf(contract), [Envelope] = EnvelopeOf(contract) },
        ["bindings"] = new JsonObject
        {
            ["amqp"] = new JsonObject
            {
                ["is"] = "routingKey",
                ["exchange"] = new JsonObject
                {
                    ["name"] = ExchangeOf(contract),
                    ["type"] = "fanout",
                    ["durable"] = true,
                    ["autoDelete"] = false,
                },
                ["bindingVersion"] = "0.3.0",
            },
        },
    };

    static JsonObject BareOf(Type contract) => new()
    {
        ["name"] = contract.Name,
        ["title"] = contract.Name,
        ["contentType"] = "application/json",
        ["payload"] = SchemaRef(contract),
        ["examples"] = new JsonArray(new JsonObject { ["name"] = contract.Name, ["payload"] = ContractExample.Of(contract) }),
    };

    static JsonObject EnvelopeOf(Type contract) => new()
    {
        ["name"] = $"{contract.Name} in MassTransit's envelope",
        ["title"] = contract.Name,
        ["contentType"] = "application/vnd.masstransit+json",
        ["payload"] = new JsonObject
        {
            ["type"] = "object",
            ["properties"] = new JsonObject
            {
                ["messageType"] = new JsonObject
                {
                    ["type"] = "array",
                    ["items"] = new JsonObject { ["type"] = "string" },
                    ["contains"] = new JsonObject { ["const"] = MessageUrn.ForTypeString(contract) },
                },
                ["message"] = SchemaRef(contract),
            },
            ["required"] = new JsonArray("messageType", "message"),
        },
        ["examples"] = new JsonArray(new JsonObject
        {
            ["name"] = contract.Name,
            ["payload"] = new JsonObject
            {
                ["messageType"] = new JsonArray(MessageUrn.ForTypeString(contract)),
                ["message"] = ContractExample.Of(contract),
            },
        }),
    };

    static JsonObject OperationOf(Type contract, string who, string action)
    {
        var channel = $"#/channels/{contract.FullName}";
        string[] forms = action == "receive" ? [Bare, Envelope] : [Bare];
        return new JsonObject
        {
            ["action"] = action,
            ["channel"] = Ref(channel),
            ["messages"] = new JsonArray([.. forms.Select(form => (JsonNode)Ref($"{channel}/messages/{form}"))]),
            ["tags"] = new JsonArray(new JsonObject { ["name"] = who }),
        };
    }

    static IEnumerable<(string Who, string Action)> RolesOf(Type contract, WorkflowCatalog catalog)
    {
        if (contract == typeof(StepsCommitted))
            return [("engine", "send"), ("audit", "receive")];
        if (contract.IsAssignableTo(typeof(IActivityCommand)))
            return [("engine", "send"), ("workers", "receive")];

        // A reply of a workflow that another one runs as its child comes from an engine.
        if (contract == typeof(ChildWorkflowFinished) || IsOfTimers(contract))
            return [("engine", "send"), ("engine", "receive")];
        if (contract.IsAssignableTo(typeof(IActivityReply)))
            return [("workers", "send"), ("engine", "receive")];
        if (contract.IsAssignableTo(typeof(IOperatorCommand)))
            return [("engine", "receive"), ("gateway", "send")];
        return catalog.All.Any(workflow => workflow.StartContract == contract || workflow.Events.Any(known => known.Contract == contract))
            ? [("engine", "receive"), ("gateway", "send")]
            : [("engine", "send")];
    }

    static bool IsOfTimers(Type contract) =>
        contract == typeof(ActivityTimedOut) || contract == typeof(ActivityRetryDue) || contract == typeof(DeadlineExpired)
        || contract == typeof(RecoverWorkflow);

    static JsonObject SchemaRef(Type contract) => Ref($"#/components/schemas/{contract.FullName}");

    static JsonObject Ref(string pointer) => new() { ["$ref"] = pointer };
}
