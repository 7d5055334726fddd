using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Resonance.Engine.Telemetry;

namespace Resonance.Engine.Storage;

/// <summary>One set of migrations beside the store's own, e.g. a worker's tables.</summary>
/// <param name="MigrateAsync">Brings them up to date; any number of processes may call it at once.</param>
public sealed record SchemaSource(Func<IDatabase, CancellationToken, Task> MigrateAsync);

/// <summary>Before anything else starts: brings the schema up to date, or waits until somebody did. Waits for the store to be there.</summary>
public sealed class SchemaStartup(
    IWorkflowStore store, IDatabase database, IEnumerable<SchemaSource> sources, SchemaOptions options, TimeProvider clock,
    ILogger<SchemaStartup> log) : IHostedLifecycleService
{
    static readonly TimeSpan Wait = TimeSpan.FromSeconds(1);

    /// <summary>Brings every table up to date.</summary>
    public async Task MigrateAsync(CancellationToken cancellationToken)
    {
        await store.MigrateAsync(cancellationToken);
        foreach (var source in sources)
            await source.MigrateAsync(database, cancellationToken);
    }

    /// <inheritdoc />
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                if (options.Migrate)
                    await MigrateAsync(cancellationToken);
                else
                    await store.CheckAsync(cancellationToken);
                return;
            }
            catch (Exception exception) when (store.IsTransient(exception) || (!options.Migrate && exception is SchemaOutOfDateException))
            {
                Log.SchemaNotReady(log, exception.Message);
                await Task.Delay(Wait, clock, cancellationToken);
            }
        }
    }

    /// <inheritdoc />
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

/// <param name="Migrate">Whether this process brings the schema up to date when it starts.</param>
public sealed record SchemaOptions(bool Migrate);
