using System.ComponentModel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Resonance.Audit.Projections;
using Resonance.Engine.Definitions;
using Resonance.Gateway.Access;
using Resonance.Gateway.Metrics;

namespace Resonance.Gateway.Diagrams;

/// <param name="MeanMs">The mean in milliseconds.</param>
/// <param name="P50Ms">Half stayed no longer.</param>
/// <param name="P99Ms">99 of 100 stayed no longer.</param>
sealed record StayAnswer(long MeanMs, long P50Ms, long P99Ms);

/// <param name="State">As on screen.</param>
/// <param name="Status">The status of an instance in it.</param>
/// <param name="Instances">How many instances are in it now.</param>
/// <param name="Left">How often an instance left it in the window.</param>
/// <param name="Stay">How long those had been in it who left; null when none did, or it is not known of any.</param>
/// <param name="FailedAttempts">Attempts that failed in it in the window.</param>
/// <param name="FailureRate">0 to 1: the share of what was attempted in it that failed; null when nothing was.</param>
sealed record StateFiguresAnswer(
    string State, string Status, long Instances, long Left, StayAnswer? Stay, long FailedAttempts, double? FailureRate);

/// <param name="From">As on screen; <c>[*]</c> for the start.</param>
/// <param name="To">As on screen.</param>
/// <param name="Events">What caused it in the window: names of contracts.</param>
/// <param name="Taken">How often it was taken in the window.</param>
/// <param name="Share">0 to 1: of all that left the state, those that went this way; null when none left it.</param>
/// <param name="FailedAttempts">Attempts that failed in the steps that took it.</param>
/// <param name="Retries">Attempts that were scheduled in them.</param>
/// <param name="IsDefined">False for ways that only operators and failures lead, which stand in no definition.</param>
sealed record TransitionFiguresAnswer(
    string From, string To, IReadOnlyList<string> Events, long Taken, double? Share, long FailedAttempts, long Retries, bool IsDefined);

/// <param name="Type">The workflow.</param>
/// <param name="Window">As asked.</param>
/// <param name="From">When the window begins, a whole minute.</param>
/// <param name="To">When it ends: now.</param>
/// <param name="States">Every state, the first one first.</param>
/// <param name="Transitions">Every way of the definition, and those that were gone besides.</param>
sealed record MachineFiguresAnswer(
    string Type, string Window, DateTimeOffset From, DateTimeOffset To, IReadOnlyList<StateFiguresAnswer> States,
    IReadOnlyList<TransitionFiguresAnswer> Transitions);

/// <summary><c>GET /api/workflow-types/{type}/figures</c>.</summary>
static class FiguresEndpoint
{
    public static void Map(IEndpointRouteBuilder api) => api
        .MapGet("/workflow-types/{type}/figures", GetAsync)
        .RequireRole(Role.Viewer)
        .WithName("GetWorkflowTypeFigures")
        .WithTags("Workflow types")
        .WithSummary("Says how the instances of a workflow fared in each of its states")
        .WithDescription(
            "How many are in each state now; and of the steps that the saga audit witnessed in the window: how long instances stayed in the " +
            "states that they left, how often each transition was taken, and what failed. Percentiles come from a histogram of all stays in " +
            "the window (exact below 256 ms, otherwise at most 0.4 % off).")
        .Produces<MachineFiguresAnswer>()
        .ProducesValidationProblem()
        .ProducesProblem(StatusCodes.Status404NotFound);

    static async Task<IResult> GetAsync(
        string type,
        [FromServices] ProjectedMachines machines,
        WorkflowCatalog catalog,
        TimeProvider clock,
        [Description("How far back: 1m to 24h, e.g. 30m, 1h or PT90M.")] string? window,
        CancellationToken cancellationToken)
    {
        if (catalog.Find(type) is not { } workflow)
            return DiagramEndpoints.NoSuchType(type, catalog);

        var asked = QueryValues.Given(window) ?? MetricsWindow.Default;
        if (MetricsWindow.Parse(asked) is not { } length)
        {
            var query = new QueryValues();
            query.Refuse("window", "window must be a duration from 1m to 24h, e.g. 30m, 1h or PT90M.");
            return Problems.Invalid(query.Errors, "The query has values that are not known.");
        }

        var now = clock.GetUtcNow();
        var from = now - length;
        from = from.AddTicks(-(from.UtcTicks % TimeSpan.TicksPerMinute));
        var graph = MachineGraph.Of(workflow);
        var use = MachineUse.Of(graph, workflow, await machines.ReadAsync(type, from, now, cancellationToken));
        return TypedResults.Ok(new MachineFiguresAnswer(
            type, asked, from, now,
            [.. graph.States.Select(state => StateOf(state, use.States[state.Name]))],
            [.. TransitionsOf(graph, use)]));
    }

    static StateFiguresAnswer StateOf(MachineState state, StateUse use) => new(
        state.Name, state.Status, use.Instances, use.Left,
        use.Stay is { } stay ? new StayAnswer(stay.AverageMs, stay.P50Ms, stay.P99Ms) : null,
        use.Failed, use.FailureRate);

    static IEnumerable<TransitionFiguresAnswer> TransitionsOf(MachineGraph graph, MachineUse use)
    {
        var defined = graph.Transitions.Select(way => (way.From, way.To)).ToHashSet();
        foreach (var way in defined.Concat(use.Ways.Keys.Where(way => !defined.Contains(way)).Order()))
        {
            var taken = use.Ways.GetValueOrDefault(way) ?? new WayUse([], 0, 0, 0, null);
            yield return new TransitionFiguresAnswer(
                way.From, way.To, taken.Events, taken.Taken, taken.Share, taken.Failed, taken.Retried, defined.Contains(way));
        }
    }
}
