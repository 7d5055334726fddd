using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;
using Resonance.Engine.Definitions;
using Resonance.Engine.Storage.Queries;
using Resonance.Gateway.Idempotency;
using Resonance.Gateway.Incidents;
using Resonance.Gateway.Queues;
using Resonance.Gateway.Workflows;

namespace Resonance.Gateway;

/// <summary>Describes what endpoints that read their own body and query cannot say by their signature.</summary>
static class OpenApi
{
    public static Task DescribeAsync(
        OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info.Title = "Resonance";
        document.Info.Version = "v1";
        document.Info.Description = "Starts, shows and steers workflow instances. Errors are problem documents (RFC 9457).";
        // The address under which a client reached this document is known to the client.
        document.Servers = [];
        foreach (var post in document.Paths.Values
            .Where(path => path.Operations?.ContainsKey(HttpMethod.Post) == true)
            .Select(path => path.Operations![HttpMethod.Post]))
        {
            DescribeIdempotency(post);
        }

        return Task.CompletedTask;
    }

    public static async Task DescribeStartAsync(
        OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var starts = new List<IOpenApiSchema>();
        var workflows = context.ApplicationServices.GetRequiredService<WorkflowCatalog>().All;
        foreach (var workflow in workflows)
        {
            var schema = await context.GetOrCreateSchemaAsync(workflow.StartContract, null, cancellationToken);
            schema.Title = $"{workflow.Type}: {workflow.StartContract.Name}";
            starts.Add(schema);
        }

        operation.RequestBody = JsonBodyOf(new OpenApiSchema { OneOf = starts });
        Choose(operation, "type", workflows.Select(workflow => workflow.Type));
    }

    public static async Task DescribeEventAsync(
        OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var events = new List<IOpenApiSchema>();
        var names = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var workflow in context.ApplicationServices.GetRequiredService<WorkflowCatalog>().All)
        {
            foreach (var known in workflow.Events)
            {
                var schema = await context.GetOrCreateSchemaAsync(known.Contract, null, cancellationToken);
                schema.Title = $"{workflow.Type}: {known.Contract.Name}";
                events.Add(schema);
                names.Add(known.Contract.Name);
            }
        }

        operation.RequestBody = JsonBodyOf(events.Count == 0
            ? new OpenApiSchema { Type = JsonSchemaType.Object }
            : new OpenApiSchema { OneOf = events });
        if (names.Count > 0)
            Choose(operation, "contract", names);
    }

    public static async Task DescribeActionAsync(
        OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        operation.RequestBody = JsonBodyOf(await context.GetOrCreateSchemaAsync(typeof(ActionRequest), null, cancellationToken));
        Choose(operation, "action", OperatorActions.All);
    }

    public static async Task DescribeBulkActionAsync(
        OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        await DescribeBodyAsync<BulkActionAsked>(operation, context, cancellationToken);
        Choose(operation, "action", OperatorActions.All);
    }

    public static async Task DescribeListActionAsync(
        OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        await DescribeBodyAsync<ListActionAsked>(operation, context, cancellationToken);
        Choose(operation, "action", OperatorActions.All);
    }

    public static async Task DescribeRedriveAsync(
        OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        await DescribeBodyAsync<RedriveAsked>(operation, context, cancellationToken);
        Choose(operation, "kind", QueueEndpoints.Kinds);
    }

    public static async Task DescribeWorkItemsAsync(
        OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        await DescribeLimitAsync(operation, context, cancellationToken);
        Choose(operation, "state", WorkItemEndpoints.States);
    }

    /// <summary>Describes a body that the endpoint reads itself.</summary>
    public static async Task DescribeBodyAsync<TBody>(
        OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken) =>
        operation.RequestBody = JsonBodyOf(await context.GetOrCreateSchemaAsync(typeof(TBody), null, cancellationToken));

    public static Task DescribeLimitAsync(
        OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        Replace(operation, "limit", new OpenApiSchema
        {
            Type = JsonSchemaType.Integer,
            Minimum = "1",
            Maximum = WorkflowFilter.LimitMax.ToString(CultureInfo.InvariantCulture),
            Default = WorkflowFilter.LimitDefault,
        });
        return Task.CompletedTask;
    }

    static void DescribeIdempotency(OpenApiOperation post)
    {
        post.Parameters ??= [];
        post.Parameters.Add(new OpenApiParameter
        {
            Name = IdempotencyFilter.HeaderName,
            In = ParameterLocation.Header,
            Description = "Names the request, so that it happens once however often it is sent: the first answer is given again for a day.",
            Schema = new OpenApiSchema { Type = JsonSchemaType.String },
        });
        post.Responses ??= [];
        post.Responses.TryAdd("409", new OpenApiResponse { Description = "A request with this Idempotency-Key is still under way." });
        post.Responses.TryAdd("422", new OpenApiResponse { Description = "This Idempotency-Key came with another request before." });
    }

    static void Choose(OpenApiOperation operation, string parameter, IEnumerable<string> values) =>
        Replace(operation, parameter, new OpenApiSchema
        {
            Type = JsonSchemaType.String,
            Enum = [.. values.Select(value => JsonValue.Create(value))],
        });

    static void Replace(OpenApiOperation operation, string parameter, IOpenApiSchema schema) =>
        operation.Parameters!.OfType<OpenApiParameter>().Single(candidate => candidate.Name == parameter).Schema = schema;

    static OpenApiRequestBody JsonBodyOf(IOpenApiSchema schema) => new()
    {
        Required = true,
        Content = new Dictionary<string, OpenApiMediaType> { ["application/json"] = new() { Schema = schema } },
    };
}
