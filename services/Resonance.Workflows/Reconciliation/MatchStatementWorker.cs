using CsvHelper;
using Resonance.Contracts.Reconciliation;
using Resonance.Engine.Storage;
using Resonance.Engine.Workers;
using Resonance.Workflows.Cards;

namespace Resonance.Workflows.Reconciliation;

/// <summary>Compares a provider's statement with our books.</summary>
/// <remarks>
/// It takes many transactions, and what the last one publishes is found again by whoever runs it again: for its base it is therefore work
/// that is done elsewhere.
/// </remarks>
sealed class MatchStatementWorker(WorkerEffects effects, IDatabase database, IEnumerable<ICardProvider> providers)
    : RemoteActivityWorker<MatchStatement, StatementMatched>(effects)
{
    const string NoStatement = "invalid_statement";

    protected override async Task<WorkerResult<StatementMatched>> CallAsync(MatchStatement command, CancellationToken cancellationToken)
    {
        var provider = providers.FirstOrDefault(known => known.Name == command.Provider);
        if (provider is null)
        {
            var known = string.Join(", ", providers.Select(candidate => candidate.Name));
            return WorkerResult.Refused("unknown_provider", $"There is no card provider '{command.Provider}'. Known providers: {known}.");
        }

        var period = new ReconciliationPeriod(command.ReconciliationId, command.From, command.To);
        var answer = await provider.OpenStatementAsync(
            Earlier(period.From), Later(period.To), cancellationToken);
        if (answer is not CardProviderAnswer.Statement statement)
            return answer.ToRefusal();

        await using var csv = statement.Csv;
        using var reader = new StatementReader(csv);
        var run = await ReconciliationRun.BeginAsync(database, period, cancellationToken);
        try
        {
            return await reader.ReadHeaderAsync(cancellationToken) is { } problem
                ? WorkerResult.TryLater(NoStatement, problem)
                : await MatchAsync(command, run, reader, cancellationToken);
        }
        catch (CsvHelperException broken)
        {
            await run.AbandonAsync(cancellationToken);
            return WorkerResult.TryLater(
                NoStatement, $"The statement cannot be read as CSV near line {broken.Context?.Parser?.RawRow ?? 0}.");
        }
        catch (IOException interrupted)
        {
            await run.AbandonAsync(cancellationToken);
            return WorkerResult.TryLater("statement_interrupted", $"The statement did not come to its end: {interrupted.Message}");
        }
    }

    async Task<WorkerResult<StatementMatched>> MatchAsync(
        MatchStatement command, ReconciliationRun run, StatementReader reader, CancellationToken cancellationToken)
    {
        if (await run.StageAsync(reader.ReadAsync(cancellationToken), cancellationToken) is not { } unreadable
            || await run.CompareAsync(cancellationToken) is not { } counts
            || !await run.PublishAsync(cancellationToken))
        {
            // The run that took over answers.
            await run.AbandonAsync(cancellationToken);
            return WorkerResult.Silent;
        }

        return new StatementMatched
        {
            WorkflowId = command.WorkflowId,
            IdempotencyKey = command.IdempotencyKey,
            StatementLines = counts.StatementLines + unreadable,
            LedgerEntries = counts.LedgerEntries,
            Balance = await database.TransactAsync(
                (connection, transaction, token) =>
                    ReconciliationLines.BalanceAsync(new WorkerTransaction(connection, transaction), command.ReconciliationId, token),
                cancellationToken),
        };
    }

    static DateTimeOffset Earlier(DateTimeOffset from) =>
        from - DateTimeOffset.MinValue > ReconciliationPeriod.Margin ? from - ReconciliationPeriod.Margin : DateTimeOffset.MinValue;

    static DateTimeOffset Later(DateTimeOffset to) =>
        DateTimeOffset.MaxValue - to > ReconciliationPeriod.Margin ? to + ReconciliationPeriod.Margin : DateTimeOffset.MaxValue;
}
