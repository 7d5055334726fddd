using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Resonance.Engine.Definitions;
using Resonance.Engine.Delivery;
using Resonance.Engine.Storage.Queries;
using Resonance.Engine.Telemetry;

namespace Resonance.Engine.Operations;

/// <summary>
/// Shows what the store holds as metrics. It asks every ten seconds, however often somebody collects, and not at all when nobody does. Each
/// engine shows the same figures: take one of them, and do not add them up.
/// </summary>
sealed class StoreGauges(
    StoreFiguresReader reader, WorkflowCatalog catalog, DeliveryOptions delivery, TimeProvider clock, ILogger<StoreGauges> log)
    : BackgroundService
{
    internal static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    readonly TimeSpan _putOff = delivery.Lease > OutboxDispatcher.LongestResend ? delivery.Lease : OutboxDispatcher.LongestResend;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        try
        {
            do
                await LookAsync(stoppingToken);
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // An orderly stop.
        }
        finally
        {
            ResonanceMetrics.Show(null);
        }
    }

    /// <summary>Looks once, if anybody collects.</summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        if (!ResonanceMetrics.IsCollected)
            return;

        try
        {
            var figures = await reader.ReadAsync(_putOff, cancellationToken);

            // A type without incidents is shown as well: a line that ends tells nothing.
            var suspended = catalog.All.ToDictionary(
                workflow => workflow.Type, workflow => figures.Suspended.GetValueOrDefault(workflow.Type));
            ResonanceMetrics.Show(figures with { Suspended = suspended });
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // Figures of yesterday would look like figures of today.
            ResonanceMetrics.Show(null);
            Log.FiguresNotRead(log, exception.Message);
        }
    }
}
