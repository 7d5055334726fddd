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
    public static void Map(IEndpointRouteBuilder api) => api
        .MapGet("/workflow-types", List)
        .RequireRole(Role.Viewer)
        .WithName("ListWorkflowTypes")
        .WithTags("Workflow types")
        .WithSummary("Lists the workflows that can be started, with their state graphs")
        .Produces<WorkflowTypeAnswer[]>();

    static IResult List(WorkflowCatalog catalog) => TypedResults.Ok(catalog.All
        .OrderBy(workflow => workflow.Type, StringComparer.Ordinal)
        .Select(workflow => new WorkflowTypeAnswer(
            workflow.Type,
            workflow.StartContract.FullName,
            [.. workflow.States.Select(StateNames.ToScreen)],
            [.. workflow.Events.Select(known => known.Contract.Name)],
            workflow.Hash,
            workflow.Diagram))
        .ToArray());
}
