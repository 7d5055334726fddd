using System.ComponentModel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Resonance.Engine.Definitions;
using Resonance.Engine.Schedules;
using Resonance.Gateway.Access;

namespace Resonance.Gateway.Schedules;

/// <summary><c>GET /api/schedules</c>, <c>GET</c>, <c>PUT</c> and <c>DELETE /api/schedules/{name}</c>.</summary>
static class ScheduleEndpoints
{
    const int TimesShown = 5;

    static readonly WholeList<Schedule> All = new(
        "name",
        ("name", schedule => ListPlace.By(schedule.Definition.Name)),
        ("nextDueAt", schedule => ListPlace.At(schedule.Paused is null ? schedule.NextDueAt : null, schedule.Definition.Name)));

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/schedules", ListAsync)
            .RequireRole(Role.Viewer)
            .WithName("ListSchedules")
            .WithTags("Schedules")
            .WithSummary("Lists the schedules by name, unless sort says otherwise")
            .Produces<ListAnswer<ScheduleAnswer>>()
            .ProducesValidationProblem()
            .AddOpenApiOperationTransformer(OpenApi.DescribeLimitAsync);
        api.MapGet("/schedules/{name}", GetAsync)
            .RequireRole(Role.Viewer)
            .WithName("GetSchedule")
            .WithTags("Schedules")
            .WithSummary("Shows a schedule with its next times, what became of the last ones, and who changed it")
            .WithDescription("The ETag changes with the schedule and whenever it fires; PUT, DELETE and POST take it in If-Match.")
            .Produces<ScheduleDetailAnswer>()
            .Produces(StatusCodes.Status304NotModified)
            .ProducesProblem(StatusCodes.Status404NotFound);
        api.MapPut("/schedules/{name}", PutAsync)
            .RequireRole(Role.Admin)
            .WithName("PutSchedule")
            .WithTags("Schedules")
            .WithSummary("Creates or replaces a schedule")
            .WithDescription("Engines follow within five seconds. A schedule that keeps its calendar keeps its next due time.")
            .Produces<ScheduleAnswer>()
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status412PreconditionFailed)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status415UnsupportedMediaType)
            .AddOpenApiOperationTransformer(OpenApi.DescribeBodyAsync<PutScheduleRequest>);
        api.MapDelete("/schedules/{name}", DeleteAsync)
            .RequireRole(Role.Admin)
            .WithName("DeleteSchedule")
            .WithTags("Schedules")
            .WithSummary("Removes a schedule; instances that it started go on")
            .Produces(StatusCodes.Status204NoContent)
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status412PreconditionFailed);
    }

    /// <summary>A problem when the request is meant for the schedule as it was; null when it may go on.</summary>
    public static async Task<IResult?> MovedOnAsync(string name, HttpContext context, ScheduleBook book, CancellationToken cancellationToken)
    {
        if (!EntityTags.HasCondition(context.Request))
            return null;

        var schedule = await book.FindAsync(name, cancellationToken);
        return EntityTags.Unmet(context, schedule is null ? null : EntityTags.OfContent(schedule), "schedule");
    }

    public static async Task<IResult> NoSuchScheduleAsync(string name, ScheduleBook book, CancellationToken cancellationToken) =>
        Problems.NotFound(
            $"There is no schedule '{name}'.",
            "schedules",
            (await book.ListAsync(cancellationToken)).Select(schedule => schedule.Definition.Name));

    static async Task<IResult> ListAsync(
        ScheduleBook book,
        [Description("Schedules that start this workflow, e.g. reporting.")] string? workflow,
        [Description("The name, or how it begins with a * at the end, e.g. report*.")] string? name,
        [Description("true for those that are paused, false for all others.")] string? paused,
        [Description("name or nextDueAt; with a minus in front from the last to the first. name when left out.")] string? sort,
        [Description("Most items of one answer.")] string? limit,
        [Description("The nextCursor of the answer before; it belongs to the order of that list.")] string? cursor,
        CancellationToken cancellationToken)
    {
        var query = new QueryValues();
        var asked = All.Read(query, sort, limit, cursor);
        var (of, named, held) = (query.Text("workflow", workflow), query.Text("name", name), query.Flag("paused", paused));
        if (query.Errors.Count > 0)
            return Problems.Invalid(query.Errors, "The query has values that are not known.");

        var found = (await book.ListAsync(cancellationToken)).Where(schedule =>
            (of is null || schedule.Definition.Workflow == of) && QueryValues.IsNamed(schedule.Definition.Name, named)
            && (held is null || schedule.Paused is not null == held));
        return TypedResults.Ok(asked.PageOf(found, schedule => ScheduleAnswer.Of(schedule, book)));
    }

    static async Task<IResult> GetAsync(string name, HttpContext context, ScheduleBook book, CancellationToken cancellationToken)
    {
        if (await book.FindAsync(name, cancellationToken) is not { } schedule)
            return await NoSuchScheduleAsync(name, book, cancellationToken);

        var firings = await book.FiringsAsync(name, cancellationToken);
        var changes = await book.ChangesAsync(name, cancellationToken);
        var answer = new ScheduleDetailAnswer(
            ScheduleAnswer.Of(schedule, book),
            book.NextTimes(schedule, TimesShown),
            [.. firings.Select(FiringAnswer.Of)],
            [.. changes.Select(change => new ScheduleChangeAnswer(change.Action, change.Author, change.Reason, change.At))]);

        // The schedule alone, so that the times of one that is paused, which go on with the clock, stand in nobody's way.
        return EntityTags.Answer(context, EntityTags.OfContent(schedule), answer);
    }

    static async Task<IResult> PutAsync(
        string name, HttpRequest request, ScheduleBook book, Operator who, CancellationToken cancellationToken)
    {
        if (await MovedOnAsync(name, request.HttpContext, book, cancellationToken) is { } movedOn)
            return movedOn;

        var body = await JsonBody.ReadAsync(request, cancellationToken);
        if (body.Problem is not null)
            return body.Problem;

        // The schedule is looked at also when its author is missing, so that everything is told at once.
        var read = ContractReader.Read(typeof(PutScheduleRequest), body.Json);
        var by = await who.AuthorAsync(body.Json);
        var errors = by.With(read.Errors);
        if (ContractReader.Read(typeof(ScheduleBody), body.Json).Message is ScheduleBody asked)
        {
            foreach (var (field, problems) in book.Check(asked.ToDefinition(name)))
                errors.TryAdd(field, problems);
        }

        if (errors.Count > 0 || read.Message is not PutScheduleRequest put)
            return Problems.Invalid(errors, "The schedule was not stored.");

        var schedule = await book.PutAsync(put.ToDefinition(name), new ScheduleAuthor(by.Name, put.Reason), cancellationToken);
        return schedule is null
            ? Problems.Conflict($"Schedule '{name}' was deleted at the same moment.")
            : TypedResults.Ok(ScheduleAnswer.Of(schedule, book));
    }

    static async Task<IResult> DeleteAsync(
        string name,
        [Description("Who asks; needed while access is open. Otherwise whoever sends the request.")] string? author,
        [Description("Why.")] string? reason,
        HttpContext context,
        ScheduleBook book,
        Operator who,
        CancellationToken cancellationToken)
    {
        var query = new QueryValues();
        var by = await who.NameAsync(QueryValues.Given(author), "author");
        var isNamed = (await who.GetAsync()).IsNamed;
        var (asked, why) = (isNamed ? by.Name : Words(query, "author", author, 128), Words(query, "reason", reason, 512));
        if (query.Errors.Count > 0)
            return Problems.Invalid(query.Errors, "The schedule was not deleted.");
        if (by.Problem is not null)
            return by.Problem;
        if (await MovedOnAsync(name, context, book, cancellationToken) is { } movedOn)
            return movedOn;
        return await book.DeleteAsync(name, new ScheduleAuthor(asked, why), cancellationToken)
            ? TypedResults.NoContent()
            : await NoSuchScheduleAsync(name, book, cancellationToken);
    }

    static string Words(QueryValues query, string name, string? value, int most)
    {
        if (string.IsNullOrWhiteSpace(value) || value.Length > most || value.Any(char.IsControl))
            query.Refuse(name, $"{name} must be a text of 1 to {most} characters, none of them a control character.");
        return value ?? "";
    }
}
