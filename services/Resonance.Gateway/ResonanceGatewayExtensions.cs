using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Resonance.Engine.Definitions;
using Resonance.Engine.Delivery;
using Resonance.Engine.Operations;
using Resonance.Engine.Storage;
using Resonance.Engine.Storage.Queries;
using Resonance.Gateway.Access;
using Resonance.Gateway.AsyncApi;
using Resonance.Gateway.Audit;
using Resonance.Gateway.DeadLetters;
using Resonance.Gateway.Diagrams;
using Resonance.Gateway.Health;
using Resonance.Gateway.Idempotency;
using Resonance.Gateway.Incidents;
using Resonance.Gateway.Metrics;
using Resonance.Gateway.Queues;
using Resonance.Gateway.Reports;
using Resonance.Gateway.Rules;
using Resonance.Gateway.Schedules;
using Resonance.Gateway.Workflows;
using Scalar.AspNetCore;

namespace Resonance.Gateway;

/// <summary>The gateway's only door: the HTTP API over a catalog of workflows, a <see cref="WorkflowClient"/> and the read side.</summary>
public static class ResonanceGatewayExtensions
{
    /// <summary>
    /// Adds what the API needs of its own. The catalog, the client, the store and the read side are the engine's to add.
    /// </summary>
    /// <param name="services">What the process is made of.</param>
    /// <param name="access">Who may do what; everybody on this machine when left out.</param>
    public static IServiceCollection AddResonanceGateway(this IServiceCollection services, AccessOptions? access = null)
    {
        AccessServices.Add(services, access ?? new AccessOptions());
        services.TryAddSingleton<StartWorkflow>(provider => provider.GetRequiredService<WorkflowClient>().StartAsync);
        services.TryAddSingleton<ActOnWorkflow>(provider => provider.GetRequiredService<WorkflowClient>().ActAsync);
        services.TryAddSingleton<RaiseEvent>(provider => provider.GetRequiredService<WorkflowClient>().RaiseAsync);
        services.TryAddSingleton<ActOnIncidents>(provider => provider.GetRequiredService<BulkActions>().StartAsync);
        services.TryAddSingleton<ActOnList>(provider => provider.GetRequiredService<BulkActions>().StartAsync);
        services.TryAddSingleton(new ObservabilityOptions());
        services.TryAddSingleton(new IdempotencyOptions());
        services.TryAddSingleton<IdempotencyStore>();
        services.TryAddSingleton<IdempotencyFilter>();
        services.AddHealthChecks().AddWorkflowStore();
        services.AddProblemDetails();
        services.AddExceptionHandler<StoreUnavailable>();
        services.Configure<ExceptionHandlerOptions>(options =>
        {
            options.StatusCodeSelector = error =>
                error is BadHttpRequestException refused ? refused.StatusCode : StatusCodes.Status500InternalServerError;
            options.ExceptionHandler = Problems.WriteAsync;
        });
        services.ConfigureHttpJsonOptions(options => options.SerializerOptions.NumberHandling = JsonNumberHandling.Strict);
        services.AddOpenApi("v1", options => options.AddDocumentTransformer(OpenApi.DescribeAsync));
        return services;
    }

    /// <summary>
    /// Refuses to start a gateway that others than this machine could reach and that nobody set up any authentication for. Comes after
    /// whatever brings the schema up to date, since a key in the store is enough.
    /// </summary>
    public static IServiceCollection AddResonanceAccessCheck(this IServiceCollection services) => services.AddHostedService<AccessCheck>();

    /// <summary>Maps <c>/health</c> alone, for a process that does not have the gateway's role.</summary>
    public static void MapResonanceHealth(this IEndpointRouteBuilder endpoints) => HealthEndpoints.Map(endpoints);

    /// <summary>Maps <c>/api</c>, <c>/health</c>, <c>/openapi</c>, <c>/asyncapi.json</c>, <c>/docs</c>, <c>/sign-in</c> and <c>/sign-out</c>.</summary>
    /// <remarks>
    /// It also sees to it that every error leaves as a problem document (RFC 9457) and never with a stack trace, whatever the environment,
    /// and that nobody comes in who may not.
    /// </remarks>
    /// <exception cref="ArgumentException">The endpoints are no <see cref="WebApplication"/>'s: nothing would guard them.</exception>
    public static IEndpointRouteBuilder MapResonanceGateway(this IEndpointRouteBuilder endpoints)
    {
        if (endpoints is not IApplicationBuilder pipeline)
            throw new ArgumentException("Map the gateway on a WebApplication: what guards its endpoints stands in the pipeline.", nameof(endpoints));

        pipeline.UseSecurityHeaders();
        pipeline.UseExceptionHandler();
        pipeline.UseStatusCodePages(unanswered => Problems.WriteAsync(unanswered.HttpContext));
        pipeline.UseAccess();
        var api = endpoints.MapGroup("/api")
            .AddEndpointFilter(MaskedAnswer.FilterAsync)
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status429TooManyRequests)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable)
            .AddEndpointFilter(endpoints.ServiceProvider.GetRequiredService<IdempotencyFilter>());
        StartEndpoint.Map(api);
        ReadEndpoints.Map(api);
        JournalEndpoint.Map(api);
        ListEndpoint.Map(api);
        ListActionEndpoint.Map(api);
        ActionEndpoint.Map(api);
        ExplainEndpoint.Map(api);
        EventEndpoint.Map(api);
        TypesEndpoint.Map(api);
        DiagramEndpoints.Map(api);
        FiguresEndpoint.Map(api);
        IncidentEndpoints.Map(api);
        BulkActionEndpoints.Map(api);
        RuleEndpoints.Map(api);
        RuleListEndpoints.Map(api);
        VerdictEndpoint.Map(api);
        WhatIfEndpoint.Map(api);
        ScheduleEndpoints.Map(api);
        ScheduleActionEndpoints.Map(api);
        ScheduleHistoryEndpoints.Map(api);
        DeadLetterEndpoints.Map(api);
        QueueEndpoints.Map(api);
        WorkQueueEndpoints.Map(api);
        WorkQueueActionEndpoints.Map(api);
        WorkItemEndpoints.Map(api);
        ReportEndpoint.Map(api);
        ReportListEndpoint.Map(api);
        ProofEndpoint.Map(api);
        CheckpointEndpoints.Map(api);
        TrailEndpoint.Map(api);
        StreamEndpoint.Map(api);
        SummaryEndpoint.Map(api);
        KeyEndpoints.Map(api);
        SessionEndpoint.Map(api);
        SignInEndpoints.Map(endpoints);
        HealthEndpoints.Map(endpoints);
        endpoints.MapOpenApi().RequireRole(Role.Viewer);
        AsyncApiEndpoint.Map(endpoints);
        endpoints.MapScalarApiReference("/docs", page =>
        {
            // All of it comes from this process: a page of documentation tells nobody elsewhere that it is read.
            page.Title = "Resonance";
            page.DefaultFonts = false;
            page.Telemetry = false;
            page.HideClientButton = true;
        }).RequireRole(Role.Viewer);
        return endpoints;
    }
}

/// <summary>See <see cref="WorkflowClient.StartAsync"/>.</summary>
delegate Task<StartResult> StartWorkflow(string type, object start, CancellationToken cancellationToken);

/// <summary>See <see cref="WorkflowClient.ActAsync(Guid,OperatorRequest,CancellationToken)"/>.</summary>
delegate Task<ActionResult> ActOnWorkflow(Guid id, OperatorRequest request, CancellationToken cancellationToken);

/// <summary>See <see cref="BulkActions.StartAsync(IncidentFilter,OperatorRequest,int,CancellationToken)"/>.</summary>
delegate Task<BulkAction> ActOnIncidents(
    IncidentFilter filter, OperatorRequest request, int perSecond, CancellationToken cancellationToken);

/// <summary>See <see cref="BulkActions.StartAsync(WorkflowFilter,string,OperatorRequest,int,CancellationToken)"/>.</summary>
delegate Task<BulkAction> ActOnList(
    WorkflowFilter filter, string list, OperatorRequest request, int perSecond, CancellationToken cancellationToken);

/// <summary>See <see cref="WorkflowClient.RaiseAsync(Guid,string,object,Guid?,CancellationToken)"/>.</summary>
delegate Task<RaiseResult> RaiseEvent(Guid id, string contract, object message, Guid? messageId, CancellationToken cancellationToken);
