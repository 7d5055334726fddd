using Microsoft.AspNetCore.Http.Extensions;
using Resonance.Engine.Definitions;
using Resonance.Engine.Storage.Queries;
using Resonance.Gateway.Workflows;

namespace Resonance.Gateway.Dashboard.Instances;

/// <summary>Which instances a list shows, and in which order: all of it stands in the address, so that a bookmark is a saved view.</summary>
public sealed record InstanceView
{
    const string Path = "/workflows";
    public const string DefaultSort = "-startedAt";

    public string? Type { get; init; }

    public string? Status { get; init; }

    /// <summary>As on screen.</summary>
    public string? State { get; init; }

    /// <summary>How a key begins, or an id.</summary>
    public string? Search { get; init; }

    /// <summary>A condition on the data as it was written.</summary>
    public string? Data { get; init; }

    /// <summary>A fingerprint; see the list of incidents.</summary>
    public string? Incident { get; init; }

    /// <summary>See <see cref="WorkflowSort"/>.</summary>
    public string Sort { get; init; } = DefaultSort;

    /// <summary>What is asked of the store.</summary>
    public WorkflowFilter Filter { get; private init; } = new();

    public static IReadOnlyList<string> Statuses { get; } =
    [
        WorkflowStatus.Queued, WorkflowStatus.Running, WorkflowStatus.Suspended, WorkflowStatus.Compensating, WorkflowStatus.Completed,
        WorkflowStatus.Failed, WorkflowStatus.Cancelled,
    ];

    /// <summary>What people look for most.</summary>
    public static IReadOnlyList<(string Name, string Address)> Known { get; } =
    [
        ("All", Path),
        ("Waiting for their turn", new InstanceView { Status = WorkflowStatus.Queued, Sort = "startedAt" }.Address),
        ("Under way", new InstanceView { Status = WorkflowStatus.Running, Sort = "startedAt" }.Address),
        ("Needs a person", new InstanceView { Status = WorkflowStatus.Suspended, Sort = "startedAt" }.Address),
        ("Being undone", new InstanceView { Status = WorkflowStatus.Compensating }.Address),
        ("Failed", new InstanceView { Status = WorkflowStatus.Failed }.Address),
        ("Cancelled", new InstanceView { Status = WorkflowStatus.Cancelled }.Address),
    ];

    /// <summary>Where the view is.</summary>
    public string Address
    {
        get
        {
            var query = new QueryBuilder();
            Add("type", Type);
            Add("status", Status);
            Add("state", State);
            Add("q", Search);
            Add("data", Data);
            Add("incident", Incident);
            Add("sort", Sort == DefaultSort ? null : Sort);
            return Path + query.ToQueryString();

            void Add(string name, string? value)
            {
                if (value is not null)
                    query.Add(name, value);
            }
        }
    }

    /// <summary>Whether it leaves any instance out.</summary>
    public bool IsNarrow => (Type ?? Status ?? State ?? Search ?? Data ?? Incident) is not null;

    /// <summary>Two views are the same when they have the same address.</summary>
    public bool Equals(InstanceView? other) => other?.Address == Address;

    /// <inheritdoc />
    public override int GetHashCode() => Address.GetHashCode(StringComparison.Ordinal);

    /// <summary>Reads what stands in an address, as the API reads it.</summary>
    /// <returns>The view, and what is wrong with it, for people; null when nothing is.</returns>
    internal static (InstanceView View, string? Complaint) Read(InstanceView asked, WorkflowCatalog catalog, WorkflowQueries queries)
    {
        var values = new QueryValues();
        var query = new WorkflowListQuery
        {
            Type = asked.Type,
            Status = asked.Status is null ? null : [asked.Status],
            State = asked.State,
            Search = asked.Search,
            Data = asked.Data is null ? null : [asked.Data],
            Incident = asked.Incident,
            Sort = asked.Sort,
        };
        var filter = query.ToFilter(values, catalog, queries);
        return (asked with { Filter = filter }, values.Errors.Count == 0 ? null : string.Join(' ', values.Errors.SelectMany(error => error.Value)));
    }
}
