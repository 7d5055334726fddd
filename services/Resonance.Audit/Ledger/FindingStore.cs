using MassTransit;
using Microsoft.Extensions.Logging;
using Resonance.Engine.Telemetry;

namespace Resonance.Audit.Ledger;

/// <summary>Keeps findings. The same disagreement stands once, however often it is met.</summary>
sealed partial class FindingStore(AuditDatabase database, TimeProvider clock, ILogger<FindingStore> log)
{
    static readonly StoreText Insert = new(
        """
        INSERT INTO finding (id, kind, workflow_id, sequence, detail, found_at)
        VALUES (@id, @kind, @workflow, @sequence, @detail, @now)
        ON CONFLICT DO NOTHING
        """);

    static readonly StoreText Newest = new(
        "SELECT kind, workflow_id, sequence, detail, found_at FROM finding ORDER BY found_at DESC, id LIMIT @most");

    static readonly StoreText CountAll = new("SELECT count(*) FROM finding");

    /// <returns>False when it stood already.</returns>
    public async Task<bool> AddAsync(AuditSession session, Finding finding, CancellationToken cancellationToken)
    {
        var parameters = new (string, object?)[]
        {
            ("@id", NewId.NextGuid()), ("@kind", finding.Kind), ("@workflow", finding.WorkflowId), ("@sequence", finding.Sequence),
            ("@detail", finding.Detail), ("@now", clock.GetUtcNow()),
        };
        return await session.ExecuteAsync(Insert, cancellationToken, parameters) == 1;
    }

    /// <summary>Adds one in a transaction of its own, and tells of it when it is new.</summary>
    public async Task AddAsync(Finding finding, CancellationToken cancellationToken)
    {
        if (await database.WriteAsync((session, token) => AddAsync(session, finding, token), cancellationToken))
            Tell(finding);
    }

    /// <summary>Says in the log what was found, and counts it.</summary>
    public void Tell(Finding finding)
    {
        ResonanceMetrics.Found(finding.Kind);
        LogFinding(finding.Kind, finding.Detail);
    }

    public Task<long> CountAsync(CancellationToken cancellationToken) =>
        database.ReadAsync((session, token) => session.QueryOneAsync(CountAll, row => row.Number(0), token), cancellationToken);

    /// <param name="most">1 to 1,000.</param>
    /// <param name="cancellationToken">Stops waiting for the database.</param>
    public Task<List<(Finding Finding, DateTimeOffset FoundAt)>> NewestAsync(int most, CancellationToken cancellationToken) =>
        database.ReadAsync(
            async (session, token) => await session.QueryAsync(
                Newest,
                row => (new Finding(row.Text(0), row.IsNull(1) ? null : row.Id(1), row.IsNull(2) ? null : row.Number(2), row.Text(3)), row.Time(4)),
                token,
                ("@most", most)).ToListAsync(token),
            cancellationToken);

    [LoggerMessage(5001, LogLevel.Critical, "Audit finding {Kind}: {Detail}", EventName = "AuditFinding")]
    partial void LogFinding(string kind, string detail);
}
