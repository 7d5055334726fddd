using System.ComponentModel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Resonance.Engine.Definitions;
using Resonance.Gateway.Access;

namespace Resonance.Gateway.Workflows;

/// <param name="Type">Name, e.g. <c>order</c>.</param>
/// <param name="StartContract">Full name of the contract that starts an instance.</param>
/// <param name="States">Every state as on screen, the first one first.</param>
/// <param name="Events">Names of the contracts of the events from outside that its instances accept at some time.</param>
/// <param name="DefinitionHash">Changes with the graph.</param>
/// <param name="Diagram">The graph as a Mermaid state diagram.</param>
sealed record WorkflowTypeAnswer(
    string Type, string? StartContract, IReadOnlyList<string> States, IReadOnlyList<string> Events, string DefinitionHash, string Diagram);

/// <summary><c>GET /api/workflow-types</c>.</summary>
static class TypesEndpoint
{
    static readonly WholeList<WorkflowDescription> Types = new("type", ("type", workflow => ListPlace.By(workflow.Type)));

    public static void Map(IEndpointRouteBuilder api) => api
        .MapGet("/workflow-types", List)
        .RequireRole(Role.Viewer)
        .WithName("ListWorkflowTypes")
        .WithTags("Workflow types")
        .WithSummary("Lists the workflows that can be started, with their state graphs")
        .Produces<ListAnswer<WorkflowTypeAnswer>>()
        .ProducesValidationProblem()
        .AddOpenApiOperationTransformer(OpenApi.DescribeLimitAsync);

    static IResult List(
        WorkflowCatalog catalog,
        [Description("The type, or how it begins with a * at the end, e.g. re*.")] string? type,
        [Description("type (the default) or -type.")] string? sort,
        [Description("Most items of one answer.")] string? limit,
        [Description("The nextCursor of the answer before; it belongs to the order of that list.")] string? cursor)
    {
        var query = new QueryValues();
        var asked = Types.Read(query, sort, limit, cursor);
        var named = query.Text("type", type);
        return query.Errors.Count > 0
            ? Problems.Invalid(query.Errors, "The query has values that are not known.")
            : TypedResults.Ok(asked.PageOf(catalog.All.Where(workflow => QueryValues.IsNamed(workflow.Type, named)), Show));
    }

    static WorkflowTypeAnswer Show(WorkflowDescription workflow) => new(
        workflow.Type,
        workflow.StartContract.FullName,
        [.. workflow.States.Select(StateNames.ToScreen)],
        [.. workflow.Events.Select(known => known.Contract.Name)],
        workflow.Hash,
        workflow.Diagram);
}
