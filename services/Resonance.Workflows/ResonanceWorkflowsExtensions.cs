using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Resonance.Engine;
using Resonance.Engine.Definitions;
using Resonance.Engine.Schedules;
using Resonance.Workflows.Notifications;
using Resonance.Workflows.Orders;
using Resonance.Workflows.Payments;
using Resonance.Workflows.Reconciliation;
using Resonance.Workflows.Reporting;

namespace Resonance.Workflows;

/// <summary>The door to the workflows that ship with Resonance.</summary>
public static class ResonanceWorkflowsExtensions
{
    /// <summary>Makes every workflow known to this process, whether it runs here or not.</summary>
    public static IServiceCollection AddResonanceWorkflows(this IServiceCollection services, WorkflowTimes times)
    {
        services.TryAddSingleton(times);
        services.TryAddSingleton<NotificationRules>();
        services.TryAddSingleton<OrderRules>();
        services.TryAddSingleton<PaymentRules>();
        services.TryAddSingleton<ReconciliationRules>();
        services.TryAddSingleton<ReportingRules>();

        // A report is about every workflow, itself included, so that its workflow cannot have the catalog before it is made.
        services.TryAddSingleton<Func<WorkflowCatalog>>(provider => provider.GetRequiredService<WorkflowCatalog>);
        return services
            .AddWorkflowDefinition<NotificationWorkflow>()
            .AddWorkflowDefinition<OrderWorkflow>()
            .AddWorkflowDefinition<PaymentWorkflow>()
            .AddWorkflowDefinition<ReconciliationWorkflow>()
            .AddWorkflowDefinition<ReportingWorkflow>();
    }

    /// <summary>Has the day before reconciled each midnight, and the hour before reported each hour, as long as nobody changes that.</summary>
    public static IServiceCollection AddResonanceSchedules(this IServiceCollection services) => services
        .AddDefaultSchedule(DefaultSchedules.ReconciliationDaily)
        .AddDefaultSchedule(DefaultSchedules.ReportingHourly);

    /// <summary>Runs every workflow in this process.</summary>
    public static void AddResonanceWorkflowEndpoints(this IBusRegistrationConfigurator bus)
    {
        bus.AddWorkflow<NotificationWorkflow, NotificationInstance>(NotificationWorkflow.Type);
        bus.AddWorkflow<OrderWorkflow, OrderInstance>(OrderWorkflow.Type);
        bus.AddWorkflow<PaymentWorkflow, PaymentInstance>(PaymentWorkflow.Type);
        bus.AddWorkflow<ReconciliationWorkflow, ReconciliationInstance>(ReconciliationWorkflow.Type);
        bus.AddWorkflow<ReportingWorkflow, ReportingInstance>(ReportingWorkflow.Type);
        bus.AddOperatorCommands();
    }
}
