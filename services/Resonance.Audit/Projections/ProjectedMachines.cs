using Resonance.Audit.Ledger;
using Resonance.Engine.Storage.Queries;

namespace Resonance.Audit.Projections;

/// <summary>Reads what became of the instances of a workflow in its states. What it costs depends on the window and not on the journal.</summary>
/// <remarks>A store that cannot be reached surfaces as the driver's exception.</remarks>
public sealed class ProjectedMachines
{
    static readonly StoreText TransitionsSql = new(
        """
        SELECT t.from_state, t.event, t.to_state, t.steps, t.failed, t.retried, t.stays
        FROM transition_figure t
        WHERE t.generation = (SELECT p.generation FROM projection p WHERE p.id = 1)
            AND t.type = @type AND t.minute >= @from AND t.minute < @to
        """);

    static readonly StoreText StatesSql = new(
        """
        SELECT s.state, s.instances FROM state_count s
        WHERE s.generation = (SELECT p.generation FROM projection p WHERE p.id = 1) AND s.type = @type AND s.instances > 0
        """);

    readonly AuditDatabase _database;

    internal ProjectedMachines(AuditDatabase database)
    {
        _database = database;
    }

    /// <summary>The figures of a window.</summary>
    /// <param name="type">The workflow.</param>
    /// <param name="from">First moment of the window; it is rounded down to a whole minute.</param>
    /// <param name="to">The moment after its last; what was taken later in the same minute counts too.</param>
    /// <param name="cancellationToken">Stops waiting for the store.</param>
    public Task<MachineFigures> ReadAsync(string type, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken) =>
        _database.ReadAsync((session, token) => ReadAsync(session, type, StepTally.MinuteOf(from), to, token), cancellationToken);

    static async Task<MachineFigures> ReadAsync(
        AuditSession session, string type, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        var ways = new Dictionary<(string From, string Event, string To), WayFigures>();
        var stays = new Dictionary<string, DurationHistogram>(StringComparer.Ordinal);
        var rows = session.QueryAsync(
            TransitionsSql,
            row => (Way: new WayFigures(row.Text(0), row.Text(1), row.Text(2), row.Number(3), row.Number(4), row.Number(5)),
                Stays: row.IsNull(6) ? null : row.Bytes(6)),
            cancellationToken, ("@type", type), ("@from", from), ("@to", to));
        await foreach (var (way, stayed) in rows)
        {
            var place = (way.From, way.Event, way.To);
            ways[place] = ways.TryGetValue(place, out var sum)
                ? sum with { Steps = sum.Steps + way.Steps, Failed = sum.Failed + way.Failed, Retried = sum.Retried + way.Retried }
                : way;
            if (stayed is null)
                continue;
            if (!stays.TryGetValue(way.From, out var histogram))
                stays.Add(way.From, histogram = new DurationHistogram());
            histogram.Add(stayed.AsSpan());
        }

        var instances = new Dictionary<string, long>(StringComparer.Ordinal);
        await foreach (var (state, count) in session.QueryAsync(StatesSql, row => (row.Text(0), row.Number(1)), cancellationToken, ("@type", type)))
            instances.Add(state, count);
        return new MachineFigures(
            [.. ways.Values.OrderBy(way => way.From, StringComparer.Ordinal).ThenBy(way => way.Event, StringComparer.Ordinal).ThenBy(way => way.To, StringComparer.Ordinal)],
            stays.ToDictionary(
                state => state.Key,
                state => new LatencyFigures(state.Value.Average, state.Value.Percentile(50), state.Value.Percentile(99)), StringComparer.Ordinal),
            instances);
    }
}

/// <summary>What became of the instances of a workflow in its states, as far as it is witnessed. States are PascalCase.</summary>
/// <param name="Ways">The ways that were gone in the window, and those on which attempts failed.</param>
/// <param name="Stays">How long those had been in a state who left it in the window, by state; those of whom it is known.</param>
/// <param name="Instances">How many instances are in each state now; those that ended too. No state that nobody is in.</param>
public sealed record MachineFigures(
    IReadOnlyList<WayFigures> Ways, IReadOnlyDictionary<string, LatencyFigures> Stays, IReadOnlyDictionary<string, long> Instances);

/// <summary>Steps that began in one state, came to one state and were caused by one event.</summary>
/// <param name="From">State before; <c>Initial</c> for the first step.</param>
/// <param name="Event">The event, e.g. <c>InventoryReserved</c>.</param>
/// <param name="To">State after, which may be the same.</param>
/// <param name="Steps">How many.</param>
/// <param name="Failed">Attempts that failed in them.</param>
/// <param name="Retried">Attempts that were scheduled in them.</param>
public sealed record WayFigures(string From, string Event, string To, long Steps, long Failed, long Retried);
