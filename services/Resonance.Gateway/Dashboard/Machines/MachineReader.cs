using Resonance.Audit.Projections;
using Resonance.Engine.Definitions;
using Resonance.Gateway.Diagrams;

namespace Resonance.Gateway.Dashboard.Machines;

/// <summary>A machine with its figures, drawn.</summary>
/// <param name="Graph">The machine.</param>
/// <param name="Use">Its figures.</param>
/// <param name="Svg">Its picture.</param>
sealed record MachineView(MachineGraph Graph, MachineUse Use, string Svg)
{
    /// <summary>Instances that have not ended.</summary>
    public long Open => Graph.States.Where(state => !WorkflowStatus.IsEnd(state.Status)).Sum(state => Use.States[state.Name].Instances);

    /// <summary>Instances that wait for a person.</summary>
    public long Suspended => Graph.States.Where(state => state.Status == WorkflowStatus.Suspended).Sum(state => Use.States[state.Name].Instances);

    /// <summary>Transitions in the window.</summary>
    public long Taken => Use.Ways.Values.Sum(way => way.Taken);

    /// <summary>Attempts that failed in the window.</summary>
    public long Failed => Use.States.Values.Sum(state => state.Failed);
}

/// <summary>Reads and draws machines, once for everybody who looks at the same moment.</summary>
sealed class MachineReader(ProjectedMachines machines, WorkflowCatalog catalog, TimeProvider clock)
{
    static readonly TimeSpan Freshness = TimeSpan.FromSeconds(1);

    readonly Lock _lock = new();
    readonly Dictionary<(string Type, TimeSpan Window), (long ReadAt, Task<MachineView> View)> _latest = [];

    /// <summary>How far back one can look; the first one is what a page begins with.</summary>
    public static IReadOnlyList<(string Name, TimeSpan Length)> Windows { get; } =
    [
        ("1h", TimeSpan.FromHours(1)), ("5m", TimeSpan.FromMinutes(5)), ("15m", TimeSpan.FromMinutes(15)), ("6h", TimeSpan.FromHours(6)),
        ("24h", TimeSpan.FromHours(24)),
    ];

    /// <summary>The workflows, by name.</summary>
    public IReadOnlyList<WorkflowDescription> Workflows { get; } = [.. catalog.All.OrderBy(workflow => workflow.Type, StringComparer.Ordinal)];

    /// <summary>The window of that name; the first one when there is none.</summary>
    public static (string Name, TimeSpan Length) WindowOf(string? name) => Windows.FirstOrDefault(window => window.Name == name) is { Name: not null } known ? known : Windows[0];

    /// <summary>The machine as it was a second ago at most.</summary>
    public Task<MachineView> ReadAsync(WorkflowDescription workflow, TimeSpan window, CancellationToken cancellationToken)
    {
        Task<MachineView> view;
        lock (_lock)
        {
            var place = (workflow.Type, window);
            if (!_latest.TryGetValue(place, out var latest) || latest.View.IsFaulted || clock.GetElapsedTime(latest.ReadAt) > Freshness)
            {
                // Begun on the thread pool: SQLite answers before it gives the thread back. Whoever asked may go, and the others stay.
                latest = (clock.GetTimestamp(), Task.Run(() => ReadAsync(workflow, window), CancellationToken.None));
                _latest[place] = latest;
            }

            view = latest.View;
        }

        return view.WaitAsync(cancellationToken);
    }

    async Task<MachineView> ReadAsync(WorkflowDescription workflow, TimeSpan window)
    {
        var now = clock.GetUtcNow();
        var from = now - window;
        var graph = MachineGraph.Of(workflow);
        var figures = await machines.ReadAsync(
            workflow.Type, from.AddTicks(-(from.UtcTicks % TimeSpan.TicksPerMinute)), now, CancellationToken.None);
        var use = MachineUse.Of(graph, workflow, figures);
        return new MachineView(graph, use, SvgDiagram.Render(use.Gone, use.ToOverlay($"/workflows?type={workflow.Type}&state=")));
    }
}
