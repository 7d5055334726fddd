using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Resonance.Engine.Storage;
using Resonance.Engine.Workers;
using Resonance.Workflows.Cards;
using Resonance.Workflows.Inventory;
using Resonance.Workflows.Notifications;
using Resonance.Workflows.Reconciliation;
using Resonance.Workflows.Reporting;
using Resonance.Workflows.Shipping;

namespace Resonance.Workflows;

/// <summary>The workers that the workflows send their commands to.</summary>
public static class WorkersRegistration
{
    /// <summary>Queue of the workers for stock.</summary>
    public const string InventoryQueue = "inventory";

    /// <summary>Queue of the workers that talk to the card provider.</summary>
    public const string CardProviderQueue = "card-provider";

    /// <summary>Queue of the workers for shipments.</summary>
    public const string ShippingQueue = "shipping";

    /// <summary>Queue of the worker that talks to the mail server.</summary>
    public const string EmailQueue = "email";

    /// <summary>Queue of the worker that calls webhooks.</summary>
    public const string WebhookQueue = "webhook";

    /// <summary>Queue of the worker that counts what workflows did.</summary>
    public const string FiguresQueue = "figures";

    /// <summary>Queue of the worker that writes reports down.</summary>
    public const string RendererQueue = "report-renderer";
    /// <summary>Queue that keeps our side of the books.</summary>
    public const string LedgerQueue = "payment-ledger";

    /// <summary>
    /// Queue of the workers that compare our books with providers' statements. Not the workflow's name, which is its own queue.
    /// </summary>
    public const string StatementQueue = "statement";

    const string SqlFolder = "Resonance.Workflows.Sql";

    /// <summary>Lets every worker consume from its family's queue.</summary>
    /// <param name="bus">The bus; its container must hold an <see cref="IDatabase"/>.</param>
    public static void AddResonanceWorkers(this IBusRegistrationConfigurator bus)
    {
        bus.AddWorker<ReserveInventoryWorker>(InventoryQueue);
        bus.AddWorker<ReleaseInventoryWorker>(InventoryQueue);

        bus.TryAddSingleton<ICardProvider, SimulatedCardProvider>();
        bus.AddWorker<AssessCardWorker>(CardProviderQueue);
        bus.AddWorker<CaptureCardWorker>(CardProviderQueue);
        bus.AddWorker<RefundCardWorker>(CardProviderQueue);

        bus.AddWorker<ArrangeShipmentWorker>(ShippingQueue);
        bus.AddWorker<CancelShipmentWorker>(ShippingQueue);

        bus.TryAddSingleton(new SmtpOptions());
        bus.AddWorker<SendEmailWorker>(EmailQueue);

        bus.TryAddSingleton(new WebhookOptions());
        bus.AddHttpClient(CallWebhookWorker.Client)
            // A redirect would take the signed text to where nobody meant it to go.
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
            .RemoveAllLoggers();
        bus.AddWorker<CallWebhookWorker>(WebhookQueue);

        bus.AddWorker<CollectFiguresWorker>(FiguresQueue);
        bus.AddWorker<RenderReportWorker>(RendererQueue);
        bus.AddConsumer<PaymentLedger>().Endpoint(endpoint => endpoint.Name = LedgerQueue);
        bus.AddWorker<MatchStatementWorker>(StatementQueue);
        bus.AddWorker<BookResolutionWorker>(StatementQueue);
    }

    /// <summary>Creates or upgrades the workers' tables; any number of processes may call it at once.</summary>
    public static async Task MigrateWorkersAsync(this IDatabase database, CancellationToken cancellationToken)
    {
        await database.MigrateWorkerEffectsAsync(cancellationToken);
        await database.MigrateAsync(typeof(WorkersRegistration).Assembly, SqlFolder, cancellationToken);
    }
}
