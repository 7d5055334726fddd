using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using Resonance.Audit.Trail;
using Resonance.Engine.Definitions;
using Resonance.Engine.Storage.Queries;
using Resonance.Gateway.Access;
using Resonance.Gateway.Dashboard.Instances;
using Resonance.Gateway.Dashboard.Parts;

namespace Resonance.Gateway.Dashboard.Pages;

/// <summary>
/// The list of instances. What it shows is in its address. It goes on as its reader scrolls, and what happens to an instance that is shown
/// is shown at once; the list is not moved under the eyes of somebody who has scrolled.
/// </summary>
public sealed partial class Workflows
{
    const int PageSize = 100;
    const int CountUpTo = 10_000;

    List<WorkflowSummary> _rows = [];
    InstanceView _view = new();
    string _search = "";
    string _data = "";
    string _count = "";
    string? _complaint;
    BoundedCount? _matching;
    PageCursor? _next;
    long _new;
    bool _loaded;
    bool _reading;
    ElementReference _end;
    DotNetObjectReference<Workflows>? _self;

    [Inject]
    WorkflowQueries Queries { get; set; } = null!;

    [Inject]
    WorkflowCatalog Catalog { get; set; } = null!;

    [Inject]
    Operator Who { get; set; } = null!;

    [Inject]
    SensitiveData Sensitive { get; set; } = null!;

    [Inject]
    NavigationManager Navigation { get; set; } = null!;

    [Inject]
    IJSRuntime Script { get; set; } = null!;

    /// <inheritdoc />
    protected override TrailFilter Watched => new() { Type = _view.Type };

    /// <inheritdoc />
    protected override async Task LoadAsync(CancellationToken cancellationToken)
    {
        var before = _loaded ? _view : null;
        (_view, _complaint) = InstanceView.Read(Asked, Catalog, Queries);
        _complaint ??= SensitiveConditions.WhyNot(await Who.GetAsync(), _view.Filter.Data, Sensitive);
        _new = 0;

        // What somebody has typed and not asked for yet stays, however often the list changes meanwhile.
        if (before is null || before.Search != _view.Search || before.Data != _view.Data)
            (_search, _data) = (_view.Search ?? "", _view.Data ?? "");
        if (_complaint is not null)
        {
            (_rows, _next, _count, _matching) = ([], null, "", null);
            return;
        }

        var page = await Queries.ListAsync(_view.Filter with { Limit = PageSize }, cancellationToken);
        (_rows, _next, _loaded) = ([.. page.Items], page.Next, true);
        var counted = await Queries.CountAsync(_view.Filter, CountUpTo, cancellationToken);
        _matching = counted;
        _count = counted.IsExact ? Words.Count(counted.Count) : $"more than {Words.Count(CountUpTo)}";
    }

    /// <inheritdoc />
    protected override async Task TellAsync(IReadOnlyList<TrailStep> steps, CancellationToken cancellationToken)
    {
        // As long as the first page is all that is shown, it is read anew: then it is right whatever the filter and the order are.
        if (_rows.Count <= PageSize)
        {
            if (steps.Count > 0)
                await LoadAsync(cancellationToken);
            return;
        }

        var last = steps.GroupBy(step => step.WorkflowId).ToDictionary(own => own.Key, own => own.Last());
        for (var index = 0; index < _rows.Count; index++)
        {
            if (last.TryGetValue(_rows[index].Id, out var step) && Catalog.Find(step.Type) is { } workflow)
                _rows[index] = Taken(_rows[index], step, workflow);
        }

        _new += steps.Count(step => step.Sequence == 1);
    }

    /// <inheritdoc />
    protected override async Task OnParametersSetAsync()
    {
        if (_loaded && Asked != _view)
            await RestartAsync();
    }

    /// <inheritdoc />
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender)
            return;
        _self = DotNetObjectReference.Create(this);
        await Script.InvokeVoidAsync("resonance.watchEnd", _end, _self);
    }

    /// <summary>The browser says that the end of the list comes into view.</summary>
    [JSInvokable]
    public async Task EndIsNear()
    {
        if (_reading || _next is null)
            return;

        _reading = true;
        try
        {
            var page = await Queries.ListAsync(_view.Filter with { Limit = WorkflowFilter.LimitMax, After = _next }, Stopping);
            _rows.AddRange(page.Items);
            _next = page.Next;
        }
        finally
        {
            _reading = false;
        }

        StateHasChanged();

        // When the list is still short of the window's end nothing would come into view: the browser looks anew.
        await Script.InvokeVoidAsync("resonance.watchEnd", _end, _self);
    }

    /// <inheritdoc />
    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _self?.Dispose();
        GC.SuppressFinalize(this);
    }

    InstanceView Asked => new()
    {
        Type = Given(Type ?? ""),
        Status = Given(Status ?? ""),
        State = Given(State ?? ""),
        Search = Given(Text ?? ""),
        Data = Given(Data ?? ""),
        Incident = Given(Incident ?? ""),
        Sort = Given(Order ?? "") ?? InstanceView.DefaultSort,
    };

    void Search() => Show(_view with { Search = Given(_search), Data = Given(_data) });

    void Show(InstanceView view) => Navigation.NavigateTo(view.Address);

    static WorkflowSummary Taken(WorkflowSummary row, TrailStep step, WorkflowDescription workflow) => step.Sequence <= row.Version ? row : row with
    {
        State = step.To,
        Status = workflow.StatusIn(step.To),
        Version = step.Sequence,
        UpdatedAt = step.OccurredAt,
        FinishedAt = step.Outcome is null ? row.FinishedAt : step.OccurredAt,
    };

    static string? Given(string text) => text.Trim() is { Length: > 0 } given ? given : null;
}
