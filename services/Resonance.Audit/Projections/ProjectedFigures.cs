using Resonance.Audit.Ledger;
using Resonance.Engine.Storage.Queries;

namespace Resonance.Audit.Projections;

/// <summary>Reads the figures that were kept while steps were witnessed. What it costs depends on the window and not on the journal.</summary>
/// <remarks>A store that cannot be reached surfaces as the driver's exception.</remarks>
public sealed class ProjectedFigures
{
    static readonly StoreText MinutesSql = new(
        """
        SELECT m.minute, m.type, m.steps, m.started, m.completed, m.failed, m.cancelled, m.retries, m.compensations, m.incidents,
               m.rejected, m.durations
        FROM minute_figure m
        WHERE m.generation = (SELECT p.generation FROM projection p WHERE p.id = 1) AND m.minute >= @from AND m.minute < @to
        ORDER BY m.minute
        """);

    static readonly StoreText StatesSql = new(
        """
        SELECT s.type, s.state, s.instances FROM state_count s
        WHERE s.generation = (SELECT p.generation FROM projection p WHERE p.id = 1) AND s.instances > 0
        """);

    static readonly StoreText LastSql = new("SELECT witnessed_at FROM step ORDER BY leaf_index DESC LIMIT 1");

    readonly AuditDatabase _database;

    internal ProjectedFigures(AuditDatabase database)
    {
        _database = database;
    }

    /// <summary>The figures of a window.</summary>
    /// <param name="from">First moment of the window; it is rounded down to a whole minute.</param>
    /// <param name="to">The moment after its last; what was taken later in the same minute counts too.</param>
    /// <param name="cancellationToken">Stops waiting for the store.</param>
    public Task<WindowFigures> ReadAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken) =>
        _database.ReadAsync((session, token) => ReadAsync(session, StepTally.MinuteOf(from), to, token), cancellationToken);

    static async Task<WindowFigures> ReadAsync(
        AuditSession session, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        var types = new Dictionary<string, FigureSum>(StringComparer.Ordinal);
        var minutes = new List<MinuteFigures>();
        var minute = new FigureSum();
        DateTimeOffset? current = null;
        await foreach (var row in session.QueryAsync(MinutesSql, StoredMinute.Read, cancellationToken, ("@from", from), ("@to", to)))
        {
            if (row.Minute != current)
            {
                Close();
                current = row.Minute;
            }

            if (!types.TryGetValue(row.Type, out var type))
                types.Add(row.Type, type = new FigureSum());
            minute.Add(row.Figures, row.Durations);
            type.Add(row.Figures, row.Durations);
        }

        Close();
        var total = new FigureSum();
        foreach (var type in types.Values)
            total.Add(type);
        return new WindowFigures
        {
            Total = total.ToFigures(),
            ByType = ByType(types, await StatesAsync(session, cancellationToken)),
            Minutes = minutes,
            WitnessedTo = await session.QueryOneAsync(LastSql, row => (DateTimeOffset?)row.Time(0), cancellationToken),
        };

        void Close()
        {
            if (current is { } closed)
                minutes.Add(new MinuteFigures(closed, minute.ToFigures()));
            minute.Clear();
        }
    }

    static async Task<ILookup<string, (string State, long Instances)>> StatesAsync(
        AuditSession session, CancellationToken cancellationToken)
    {
        var states = new List<(string Type, string State, long Instances)>();
        await foreach (var state in session.QueryAsync(StatesSql, row => (row.Text(0), row.Text(1), row.Number(2)), cancellationToken))
            states.Add(state);
        return states.ToLookup(state => state.Type, state => (state.State, state.Instances), StringComparer.Ordinal);
    }

    static Dictionary<string, TypeFigures> ByType(
        Dictionary<string, FigureSum> types, ILookup<string, (string State, long Instances)> states) =>
        types.Keys.Union(states.Select(type => type.Key), StringComparer.Ordinal).ToDictionary(
            type => type,
            type => new TypeFigures(
                types.TryGetValue(type, out var sum) ? sum.ToFigures() : StepFigures.None,
                states[type].ToDictionary(state => state.State, state => state.Instances, StringComparer.Ordinal)),
            StringComparer.Ordinal);

    /// <summary>One row of the table.</summary>
    sealed record StoredMinute(DateTimeOffset Minute, string Type, StepFigures Figures, byte[]? Durations)
    {
        public static StoredMinute Read(AuditRow row) => new(
            row.Time(0),
            row.Text(1),
            new StepFigures
            {
                Steps = row.Number(2),
                Started = row.Number(3),
                Completed = row.Number(4),
                Failed = row.Number(5),
                Cancelled = row.Number(6),
                Retries = row.Number(7),
                Compensations = row.Number(8),
                Incidents = row.Number(9),
                Rejected = row.Number(10),
            },
            row.IsNull(11) ? null : row.Bytes(11));
    }

    /// <summary>Adds figures up.</summary>
    sealed class FigureSum
    {
        readonly DurationHistogram _durations = new();
        StepFigures _counts = StepFigures.None;

        public void Add(StepFigures figures, byte[]? durations)
        {
            _durations.Add(durations.AsSpan());
            _counts = new StepFigures
            {
                Steps = _counts.Steps + figures.Steps,
                Started = _counts.Started + figures.Started,
                Completed = _counts.Completed + figures.Completed,
                Failed = _counts.Failed + figures.Failed,
                Cancelled = _counts.Cancelled + figures.Cancelled,
                Retries = _counts.Retries + figures.Retries,
                Compensations = _counts.Compensations + figures.Compensations,
                Incidents = _counts.Incidents + figures.Incidents,
                Rejected = _counts.Rejected + figures.Rejected,
            };
        }

        public void Add(FigureSum other) => Add(other._counts, other._durations.ToBytes());

        public void Clear()
        {
            _durations.Clear();
            _counts = StepFigures.None;
        }

        public StepFigures ToFigures() => _counts with
        {
            Latency = _durations.Count == 0
                ? null
                : new LatencyFigures(_durations.Average, _durations.Percentile(50), _durations.Percentile(99)),
        };
    }
}
