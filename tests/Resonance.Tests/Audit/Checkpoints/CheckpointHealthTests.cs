using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Resonance.Audit.Checkpoints;
using Resonance.Audit.Ledger;
using Xunit;

namespace Resonance.Tests.Audit.Checkpoints;

/// <summary>What operators see of a log that is not signed any more.</summary>
public sealed class CheckpointHealthTests() : AuditConformance(new SqliteAuditStores())
{
    [Fact]
    public async Task What_keeps_the_log_from_being_signed_is_said_once_and_stands_in_health_until_it_is_put_right()
    {
        var log = new Lines();
        var checkpointer = ActivatorUtilities.CreateInstance<Checkpointer>(Services, log);
        await WriteHistoryAsync(instances: 2, steps: 2);
        await checkpointer.TryRoundAsync(Cancel);
        Assert.Equal((HealthStatus.Healthy, "The ledger is signed."), await HealthAsync());
        await Stores.DropGuardsAsync(Cancel);

        // As a ledger that was set back and goes on growing: the same trouble in other numbers.
        foreach (var size in new[] { 1, 2 })
        {
            await Stores.ChangeLedgerAsync($"UPDATE ledger SET size = {size}", Cancel);
            await checkpointer.TryRoundAsync(Cancel);
        }

        var (status, reason) = await HealthAsync();
        Assert.Equal(HealthStatus.Degraded, status);
        Assert.StartsWith("No checkpoint is signed any more: The ledger has 2 steps", reason, StringComparison.Ordinal);
        Assert.StartsWith(
            $"No checkpoint is signed any more, {FindingKind.LedgerRolledBack}: The ledger has 1 steps", Assert.Single(log.Of(LogLevel.Critical)),
            StringComparison.Ordinal);
        Assert.Equal(1, await Services.GetRequiredService<FindingStore>().CountAsync(Cancel));

        await Stores.ChangeLedgerAsync("UPDATE ledger SET size = 4", Cancel);
        await checkpointer.TryRoundAsync(Cancel);

        Assert.Equal((HealthStatus.Healthy, "The ledger is signed."), await HealthAsync());
        Assert.Single(log.Of(LogLevel.Information));
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_to_degrades_health_and_does_not_keep_the_log_from_being_signed()
    {
        var log = new Lines();
        var checkpointer = ActivatorUtilities.CreateInstance<Checkpointer>(Services, log);
        await WriteHistoryAsync(instances: 1, steps: 1);
        await File.WriteAllTextAsync(ExportFolder, "in the way of the folder", Cancel);

        await checkpointer.TryRoundAsync(Cancel);
        await checkpointer.TryRoundAsync(Cancel);

        var (status, reason) = await HealthAsync();
        Assert.Equal(HealthStatus.Degraded, status);
        Assert.StartsWith($"Checkpoints cannot be exported to {ExportFolder}", reason, StringComparison.Ordinal);
        Assert.Single(log.Of(LogLevel.Warning));
        Assert.Equal(1, (await Services.GetRequiredService<LedgerProofs>().FindNewestAsync(Cancel))?.Size);
    }

    async Task<(HealthStatus Status, string? Reason)> HealthAsync()
    {
        var registration = new HealthCheckRegistration("audit", Services.GetRequiredService<CheckpointHealth>(), HealthStatus.Degraded, []);
        var result = await Services.GetRequiredService<CheckpointHealth>()
            .CheckHealthAsync(new HealthCheckContext { Registration = registration }, Cancel);
        return (result.Status, result.Description);
    }

    sealed class Lines : ILogger<Checkpointer>
    {
        readonly List<(LogLevel Level, string Text)> _lines = [];

        public IEnumerable<string> Of(LogLevel level) => _lines.Where(line => line.Level == level).Select(line => line.Text);

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => NullLogger.Instance.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            _lines.Add((logLevel, formatter(state, exception)));
    }
}
