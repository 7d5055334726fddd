using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Resonance.Contracts;
using Resonance.Engine.Definitions;
using Resonance.Engine.Rules.Language;
using Resonance.Engine.RuleSets;
using Resonance.Gateway.Access;

namespace Resonance.Gateway.Rules;

/// <summary>A new text for a rule, and who answers for it.</summary>
sealed record PublishRuleRequest
{
    /// <summary>In the rule language: true is a pass.</summary>
    [Required, StringLength(LanguageLimits.DefaultSourceLength, MinimumLength = 1)]
    public required string Expression { get; init; }

    /// <summary>What the rule is for; as before when left out.</summary>
    [StringLength(1024, MinimumLength = 1), PlainText]
    public string? Description { get; init; }

    /// <summary>What a fail means; as before when left out.</summary>
    [StringLength(256, MinimumLength = 1), PlainText]
    public string? FailMeans { get; init; }

    /// <summary>Who asks; needed while access is open. Otherwise whoever sends the request.</summary>
    [StringLength(128, MinimumLength = 1), PlainText]
    public string? Author { get; init; }

    /// <summary>Why.</summary>
    [Required, StringLength(512, MinimumLength = 1), PlainText]
    public required string Reason { get; init; }

    /// <summary>The version that the author saw: with another one deciding by now nothing is published.</summary>
    [Range(1, int.MaxValue)]
    public int? BasedOn { get; init; }
}

/// <summary><c>GET</c> and <c>PUT /api/rules/{workflow}/{name}</c>.</summary>
static class RuleEndpoints
{
    const int VersionsShown = 50;

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/rules/{workflow}/{name}", GetAsync)
            .RequireRole(Role.Viewer)
            .WithName("GetRule")
            .WithTags("Rules")
            .WithSummary("Shows a rule with its last versions, the last one first")
            .WithDescription("The last 50 versions; GET /api/rules/{workflow}/{name}/versions lists all of them.")
            .Produces<RuleHistoryAnswer>()
            .Produces(StatusCodes.Status304NotModified)
            .ProducesProblem(StatusCodes.Status404NotFound);
        api.MapPut("/rules/{workflow}/{name}", PublishAsync)
            .RequireRole(Role.Admin)
            .WithName("PublishRule")
            .WithTags("Rules")
            .WithSummary("Publishes a new version of a rule to all engines")
            .WithDescription("It decides here at once, and in every other process within about a second. Evaluations that have begun keep their version.")
            .Produces<RuleVersionAnswer>()
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status412PreconditionFailed)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status415UnsupportedMediaType)
            .AddOpenApiOperationTransformer(OpenApi.DescribeBodyAsync<PublishRuleRequest>);
    }

    /// <summary>A problem that names the rules that there are.</summary>
    public static IResult NoSuchRule(RuleBook book, string workflow, string name) =>
        Problems.NotFound($"There is no rule {workflow}/{name}.", "rules", book.All.Select(rule => rule.ToString()));

    /// <summary>Each error with its place, in words under <c>errors</c> and in parts under <c>expressionErrors</c>.</summary>
    public static IResult Refused(IReadOnlyList<ExpressionError> errors, string detail) => TypedResults.ValidationProblem(
        new Dictionary<string, string[]> { ["expression"] = [.. errors.Select(error => error.ToString())] },
        detail,
        extensions: [KeyValuePair.Create<string, object?>("expressionErrors", errors.Select(ExpressionErrorAnswer.Of))]);

    static async Task<IResult> GetAsync(
        string workflow, string name, HttpContext context, RuleBook book, RulePublisher publisher,
        CancellationToken cancellationToken)
    {
        if (book.Find(workflow, name) is not { } rule)
            return NoSuchRule(book, workflow, name);

        var answer = await HistoryAsync(rule, publisher, cancellationToken);
        return EntityTags.Answer(context, EntityTags.OfContent(answer), answer);
    }

    static async Task<RuleHistoryAnswer> HistoryAsync(WorkflowRule rule, RulePublisher publisher, CancellationToken cancellationToken)
    {
        var versions = await publisher.VersionsAsync(rule, cancellationToken);
        return new RuleHistoryAnswer(RuleAnswer.Of(rule), [.. versions.Reverse().Take(VersionsShown).Select(RuleVersionAnswer.Of)]);
    }

    static async Task<IResult> PublishAsync(
        string workflow, string name, HttpRequest request, RuleBook book, RulePublisher publisher, Operator who,
        CancellationToken cancellationToken)
    {
        if (book.Find(workflow, name) is not { } rule)
            return NoSuchRule(book, workflow, name);

        if (EntityTags.HasCondition(request))
        {
            var seen = EntityTags.OfContent(await HistoryAsync(rule, publisher, cancellationToken));
            if (EntityTags.Unmet(request.HttpContext, seen, "rule") is { } movedOn)
                return movedOn;
        }

        var body = await JsonBody.ReadAsync(request, cancellationToken);
        if (body.Problem is not null)
            return body.Problem;

        var read = ContractReader.Read(typeof(PublishRuleRequest), body.Json);
        var by = await who.AuthorAsync(body.Json);
        if (read.Message is not PublishRuleRequest asked || by.Errors.Count > 0)
            return Problems.Invalid(by.With(read.Errors), "The rule was not published.");

        var result = await publisher.PublishAsync(
            rule,
            new RulePublication(asked.Expression, asked.Description, asked.FailMeans, by.Name, asked.Reason, asked.BasedOn),
            cancellationToken);
        return result.Outcome switch
        {
            PublishOutcome.Refused => Refused(result.Errors, "The rule was not published."),
            PublishOutcome.Outdated => Problems.Conflict(
                $"Version {result.Version.Number} of {rule} was published by {result.Version.Author} meanwhile. Look at it, then publish on top of it.",
                ("version", result.Version.Number)),
            PublishOutcome.WhatIfMissing => Problems.Conflict(
                $"A new version of {rule} needs a what-if of its expression that is not older than version {result.Version.Number}. Run one with " +
                $"POST /api/rules/{rule}/what-if."),
            _ => TypedResults.Ok(RuleVersionAnswer.Of(result.Version)),
        };
    }
}

/// <param name="Rule">The rule.</param>
/// <param name="Versions">The last ones, the last one first.</param>
sealed record RuleHistoryAnswer(RuleAnswer Rule, IReadOnlyList<RuleVersionAnswer> Versions);
