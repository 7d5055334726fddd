using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Resonance.Engine.Definitions;
using Resonance.Engine.Schedules;
using Resonance.Gateway.Access;

namespace Resonance.Gateway.Schedules;

/// <summary><c>POST /api/schedules/{name}/pause</c>, <c>resume</c> and <c>trigger</c>.</summary>
static class ScheduleActionEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        Describe<ScheduleAnswer>(api.MapPost("/schedules/{name}/pause", PauseAsync))
            .RequireRole(Role.Operator)
            .WithName("PauseSchedule")
            .WithSummary("Puts a schedule on hold")
            .WithDescription("Nothing is started until it is resumed; what would have come due meanwhile is not made up for.");
        Describe<ScheduleAnswer>(api.MapPost("/schedules/{name}/resume", ResumeAsync))
            .RequireRole(Role.Operator)
            .WithName("ResumeSchedule")
            .WithSummary("Lets a schedule go on with its next due time");
        Describe<FiringAnswer>(api.MapPost("/schedules/{name}/trigger", TriggerAsync))
            .RequireRole(Role.Operator)
            .WithName("TriggerSchedule")
            .WithSummary("Has a schedule fire once, now")
            .WithDescription("Also when it is paused. Its overlap policy holds: see the outcome.")
            .ProducesProblem(StatusCodes.Status409Conflict);
    }

    static RouteHandlerBuilder Describe<TAnswer>(RouteHandlerBuilder endpoint) => endpoint
        .WithTags("Schedules")
        .Produces<TAnswer>()
        .ProducesValidationProblem()
        .ProducesProblem(StatusCodes.Status404NotFound)
        .ProducesProblem(StatusCodes.Status412PreconditionFailed)
        .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
        .ProducesProblem(StatusCodes.Status415UnsupportedMediaType)
        .AddOpenApiOperationTransformer(OpenApi.DescribeBodyAsync<ScheduleActionRequest>);

    static Task<IResult> PauseAsync(
        string name, HttpRequest request, ScheduleBook book, Operator who, CancellationToken cancellationToken) =>
        ActAsync(
            name, request, book, who,
            async author => await book.PauseAsync(name, author, cancellationToken) is { } paused
                ? TypedResults.Ok(ScheduleAnswer.Of(paused, book))
                : null,
            cancellationToken);

    static Task<IResult> ResumeAsync(
        string name, HttpRequest request, ScheduleBook book, Operator who, CancellationToken cancellationToken) =>
        ActAsync(
            name, request, book, who,
            async author => await book.ResumeAsync(name, author, cancellationToken) is { } resumed
                ? TypedResults.Ok(ScheduleAnswer.Of(resumed, book))
                : null,
            cancellationToken);

    static async Task<IResult> TriggerAsync(
        string name, HttpRequest request, ScheduleBook book, WorkflowCatalog catalog, Operator who, CancellationToken cancellationToken)
    {
        if (await book.FindAsync(name, cancellationToken) is { } schedule && catalog.Find(schedule.Definition.Workflow) is null)
        {
            return Problems.Conflict(
                $"This build has no workflow '{schedule.Definition.Workflow}'. Ask a process of the release that has it.");
        }

        return await ActAsync(
            name, request, book, who,
            async author => await book.TriggerAsync(name, author, cancellationToken) is { } firing
                ? TypedResults.Ok(FiringAnswer.Of(firing))
                : null,
            cancellationToken);
    }

    /// <param name="name">The schedule.</param>
    /// <param name="request">Says who asks and why.</param>
    /// <param name="book">The schedules.</param>
    /// <param name="who">Who asks, unless access is open.</param>
    /// <param name="act">Gives null when there is no such schedule.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    static async Task<IResult> ActAsync(
        string name, HttpRequest request, ScheduleBook book, Operator who, Func<ScheduleAuthor, Task<IResult?>> act,
        CancellationToken cancellationToken)
    {
        var body = await JsonBody.ReadAsync(request, cancellationToken);
        if (body.Problem is not null)
            return body.Problem;

        var read = ContractReader.Read(typeof(ScheduleActionRequest), body.Json);
        var by = await who.AuthorAsync(body.Json);
        if (read.Message is not ScheduleActionRequest asked || by.Errors.Count > 0)
            return Problems.Invalid(by.With(read.Errors), "The schedule was not changed.");
        if (await ScheduleEndpoints.MovedOnAsync(name, request.HttpContext, book, cancellationToken) is { } movedOn)
            return movedOn;
        return await act(new ScheduleAuthor(by.Name, asked.Reason))
            ?? await ScheduleEndpoints.NoSuchScheduleAsync(name, book, cancellationToken);
    }
}
