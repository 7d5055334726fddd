using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using MassTransit;
using Resonance.Engine.Definitions;
using Resonance.Engine.Delivery;
using Resonance.Engine.Storage;
using Resonance.Engine.Storage.Queries;
using Resonance.Engine.Workers;

namespace Resonance.Engine.Operations;

/// <summary>Asks many instances for one thing, so many a second.</summary>
/// <remarks>
/// Each instance's command is a timer of its own in the outbox, one after the other: once accepted, nothing is lost when a process dies,
/// and what has not left yet can be called off. Each instance decides for itself when its command arrives.
/// </remarks>
public sealed class BulkActions
{
    const int PageSize = 500;
    const int RefusalsMax = 5;

    const string KeepSql =
        """
        INSERT INTO bulk_action (id, filter, request, per_second, incidents, refused, refusals, accepted_at)
        VALUES (@id, @filter, @request, @per_second, @incidents, @refused, @refusals, @accepted_at)
        ON CONFLICT (id) DO UPDATE SET incidents = excluded.incidents, refused = excluded.refused, refusals = excluded.refusals
        """;

    const string FindSql =
        "SELECT filter, request, per_second, incidents, refused, refusals, accepted_at, stopped_by FROM bulk_action WHERE id = @id";

    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    readonly IWorkflowStore _store;
    readonly IDatabase _database;
    readonly WorkflowCatalog _catalog;
    readonly WorkflowClient _client;
    readonly WorkflowQueries _queries;
    readonly OutboxDispatcher _dispatcher;
    readonly DeliveryOptions _delivery;
    readonly TimeProvider _clock;

    internal BulkActions(
        IWorkflowStore store, IDatabase database, WorkflowCatalog catalog, WorkflowClient client, WorkflowQueries queries,
        OutboxDispatcher dispatcher, DeliveryOptions delivery, TimeProvider clock)
    {
        _store = store;
        _database = database;
        _catalog = catalog;
        _client = client;
        _queries = queries;
        _dispatcher = dispatcher;
        _delivery = delivery;
        _clock = clock;
    }

    /// <summary>Accepts a request for every incident that is there now and allows it.</summary>
    /// <exception cref="ArgumentException">There is no such action, or <paramref name="perSecond"/> is out of range.</exception>
    public Task<BulkAction> StartAsync(
        IncidentFilter filter, OperatorRequest request, int perSecond, CancellationToken cancellationToken) =>
        StartAsync(filter, null, request, perSecond, IncidentsAsync(filter, cancellationToken), cancellationToken);

    /// <summary>Accepts a request for every instance of a list that is there now and allows it.</summary>
    /// <param name="filter">Which; its order and cursor do not matter.</param>
    /// <param name="list">The same as a query string, for people who want to know later what was meant.</param>
    /// <param name="request">What is asked of each.</param>
    /// <param name="perSecond">1 to <see cref="BulkAction.PerSecondMax"/>.</param>
    /// <param name="cancellationToken">Stops asking; who was asked before stays asked.</param>
    /// <exception cref="ArgumentException">There is no such action, or <paramref name="perSecond"/> is out of range.</exception>
    public Task<BulkAction> StartAsync(
        WorkflowFilter filter, string list, OperatorRequest request, int perSecond, CancellationToken cancellationToken) =>
        StartAsync(null, list, request, perSecond, InstancesAsync(filter, cancellationToken), cancellationToken);

    async Task<BulkAction> StartAsync(
        IncidentFilter? filter, string? list, OperatorRequest request, int perSecond, IAsyncEnumerable<WorkflowRow> rows,
        CancellationToken cancellationToken)
    {
        if (!OperatorActions.All.Contains(request.Action))
            throw new ArgumentException($"There is no action '{request.Action}'.", nameof(request));
        ArgumentOutOfRangeException.ThrowIfLessThan(perSecond, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(perSecond, BulkAction.PerSecondMax);

        var action = new BulkAction
        {
            Id = NewId.NextGuid(),
            Filter = filter,
            List = list,
            Request = request,
            PerSecond = perSecond,
            AcceptedAt = _clock.GetUtcNow(),
        };
        await KeepAsync(action, cancellationToken);
        var tally = new Tally(action.Id, $"{request.Action} by {request.Operator}", perSecond);
        var asked = new List<(WorkflowDescription Workflow, Guid Id)>(PageSize);
        await foreach (var row in rows)
        {
            var workflow = _catalog.Find(row.Type)!;
            var answer = WorkflowClient.Judge(workflow, row, request);
            if (answer.Outcome != ActionOutcome.Accepted)
                tally.Refuse(answer, request.Action);
            else
                asked.Add((workflow, row.Id));
            if (asked.Count == PageSize)
                await AskAsync(asked, request, tally, cancellationToken);
        }

        await AskAsync(asked, request, tally, cancellationToken);
        action = action with { Incidents = tally.Taken, Refused = tally.Refused, Refusals = [.. tally.Refusals] };
        await KeepAsync(action, cancellationToken);
        return action;
    }

    async IAsyncEnumerable<WorkflowRow> IncidentsAsync(IncidentFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var scan = new WorkflowScan(WorkflowStatus.Suspended) { Type = filter.Fingerprint?.Type ?? filter.Type };
        await foreach (var row in _store.ScanAllAsync(scan, PageSize, cancellationToken))
        {
            if (_catalog.Find(row.Type)?.Situation(row).Suspension is { } suspension && filter.Matches(row.Type, suspension))
                yield return row;
        }
    }

    /// <remarks>By their start, so that what the action changes in an instance does not move it to another page.</remarks>
    async IAsyncEnumerable<WorkflowRow> InstancesAsync(WorkflowFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var page = filter with { Sort = default, Limit = WorkflowFilter.LimitMax, After = null };
        do
        {
            var found = await _queries.ListAsync(page, cancellationToken);
            var rows = await _store.LoadAsync([.. found.Items.Select(item => item.Id)], cancellationToken);
            foreach (var row in rows.Values.Where(row => _catalog.Find(row.Type) is not null))
                yield return row;
            page = page with { After = found.Next };
        }
        while (page.After is not null);
    }

    /// <returns>Null when there is no such bulk action.</returns>
    public async Task<BulkProgress?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        var found = await _database.TransactAsync(
            (connection, transaction, token) => new WorkerTransaction(connection, transaction).QueryAsync(
                FindSql,
                [("@id", id.ToString("D"))],
                row => new BulkAction
                {
                    Id = id,
                    Filter = JsonSerializer.Deserialize<StoredFilter>(row.GetString(0), Json)!.ToIncidents(),
                    List = JsonSerializer.Deserialize<StoredFilter>(row.GetString(0), Json)!.List,
                    Request = JsonSerializer.Deserialize<OperatorRequest>(row.GetString(1), Json)!,
                    PerSecond = row.GetInt32(2),
                    Incidents = row.GetInt32(3),
                    Refused = row.GetInt32(4),
                    Refusals = JsonSerializer.Deserialize<string[]>(row.GetString(5), Json)!,
                    AcceptedAt = DateTimeOffset.Parse(row.GetString(6), CultureInfo.InvariantCulture),
                    StoppedBy = row.IsDBNull(7) ? null : row.GetString(7),
                },
                token),
            cancellationToken);
        return found is [var action] ? new BulkProgress(action, await _queries.CountTimersAsync(id, cancellationToken)) : null;
    }

    /// <summary>Calls off what has not left yet.</summary>
    /// <returns>Null when there is no such bulk action.</returns>
    public async Task<BulkProgress?> StopAsync(Guid id, string operatorName, CancellationToken cancellationToken)
    {
        if (await FindAsync(id, cancellationToken) is null)
            return null;

        await _store.CancelTimersAsync([id], cancellationToken);
        await _database.TransactAsync(
            (connection, transaction, token) => new WorkerTransaction(connection, transaction).ExecuteAsync(
                "UPDATE bulk_action SET stopped_by = @by WHERE id = @id AND stopped_by IS NULL",
                [("@id", id.ToString("D")), ("@by", operatorName)],
                token),
            cancellationToken);
        return await FindAsync(id, cancellationToken);
    }

    async Task AskAsync(
        List<(WorkflowDescription Workflow, Guid Id)> asked, OperatorRequest request, Tally tally, CancellationToken cancellationToken)
    {
        if (asked.Count == 0)
            return;

        var traces = await InstanceTrace.FindAsync(_store, [.. asked.Select(one => one.Id)], cancellationToken);
        foreach (var (workflow, id) in asked)
            tally.Take(await _client.CaptureAsync(workflow, id, request, traces.GetValueOrDefault(id), cancellationToken));
        asked.Clear();
        await _store.EnqueueAsync([.. tally.Page], _delivery.Lease, cancellationToken);
        _dispatcher.WakeIn(tally.Page[0].Delay);
        tally.Page.Clear();
    }

    Task<int> KeepAsync(BulkAction action, CancellationToken cancellationToken) => _database.TransactAsync(
        (connection, transaction, token) => new WorkerTransaction(connection, transaction).ExecuteAsync(
            KeepSql,
            [
                ("@id", action.Id.ToString("D")),
                ("@filter", JsonSerializer.Serialize(StoredFilter.Of(action), Json)),
                ("@request", JsonSerializer.Serialize(action.Request, Json)),
                ("@per_second", action.PerSecond),
                ("@incidents", action.Incidents),
                ("@refused", action.Refused),
                ("@refusals", JsonSerializer.Serialize(action.Refusals, Json)),
                ("@accepted_at", action.AcceptedAt.ToString("O", CultureInfo.InvariantCulture)),
            ],
            token),
        cancellationToken);

    /// <summary>Which instances were meant, as it is stored: a list, or the members of a filter of incidents.</summary>
    sealed record StoredFilter(string? List, string? Type, string? Activity, string? ErrorKind, Fingerprint? Fingerprint)
    {
        public static StoredFilter Of(BulkAction action) =>
            new(action.List, action.Filter?.Type, action.Filter?.Activity, action.Filter?.ErrorKind, action.Filter?.Fingerprint);

        public IncidentFilter? ToIncidents() => List is not null
            ? null
            : new IncidentFilter { Type = Type, Activity = Activity, ErrorKind = ErrorKind, Fingerprint = Fingerprint };
    }

    /// <summary>What has become of the instances so far.</summary>
    sealed class Tally(Guid id, string name, int perSecond)
    {
        public List<OutboxMessage> Page { get; } = [];

        public int Taken { get; private set; }

        public int Refused { get; private set; }

        public SortedSet<string> Refusals { get; } = new(StringComparer.Ordinal);

        public void Take(OutgoingMessage message)
        {
            // The first one goes a moment later, too: it is the dispatcher's to send, as all of them.
            var delay = TimeSpan.FromMilliseconds(Math.Max(1, 1000.0 * Taken / perSecond));
            Page.Add(message.Row with { Token = id, Timer = name, Delay = delay });
            Taken++;
        }

        public void Refuse(ActionResult answer, string action)
        {
            Refused++;
            if (Refusals.Count == RefusalsMax)
                return;
            Refusals.Add(answer.Outcome == ActionOutcome.Invalid
                ? string.Join(' ', answer.Problems.SelectMany(problem => problem.Value))
                : $"{StateNames.ToScreen(answer.State ?? "")} does not allow '{action}'; it allows: {string.Join(", ", answer.Allowed)}.");
        }
    }
}
