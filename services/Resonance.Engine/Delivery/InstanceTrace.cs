using System.Diagnostics;
using Resonance.Engine.Storage;
using Resonance.Engine.Telemetry;

namespace Resonance.Engine.Delivery;

/// <summary>
/// Keeps an instance in its one trace when somebody asks something of it: what an operator does, or an event over HTTP, comes out of a trace
/// of its own. The instance's trace goes on with a span that links to that one.
/// </summary>
static class InstanceTrace
{
    /// <summary>Where the instance's trace stands: at its last step. Default when it has none, or when nobody would see it.</summary>
    public static async Task<ActivityContext> FindAsync(IWorkflowStore store, Guid id, CancellationToken cancellationToken) =>
        (await FindAsync(store, [id], cancellationToken)).GetValueOrDefault(id);

    /// <summary>Likewise for many at once; instances without a trace are left out.</summary>
    public static async Task<IReadOnlyDictionary<Guid, ActivityContext>> FindAsync(
        IWorkflowStore store, IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken)
    {
        var found = new Dictionary<Guid, ActivityContext>(ids.Count);
        if (!ResonanceTelemetry.Source.HasListeners())
            return found;

        foreach (var (id, parent) in await store.LastTraceParentsAsync(ids, cancellationToken))
        {
            if (ActivityContext.TryParse(parent, null, isRemote: true, out var last))
                found[id] = last;
        }

        return found;
    }

    /// <summary>Goes on there; null when one is there already.</summary>
    public static Activity? GoOn(string name, ActivityContext instance)
    {
        var asked = Activity.Current;
        if (instance == default || asked?.TraceId == instance.TraceId)
            return null;

        return ResonanceTelemetry.Source.StartActivity(
            name, ActivityKind.Internal, instance, links: asked is null ? null : [new ActivityLink(asked.Context)]);
    }
}
