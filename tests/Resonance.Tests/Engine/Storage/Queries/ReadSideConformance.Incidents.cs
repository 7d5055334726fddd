using Microsoft.Extensions.DependencyInjection;
using Resonance.Engine.Definitions;
using Resonance.Engine.Operations;
using Resonance.Engine.Storage;
using Resonance.Engine.Storage.Queries;
using Xunit;

namespace Resonance.Tests.Engine.Storage.Queries;

// Incidents, read out of suspended instances.
public abstract partial class ReadSideConformance
{
    static readonly DateTimeOffset Noon = new(2026, 3, 4, 12, 0, 0, TimeSpan.Zero);

    Incidents Incidents => new(_provider.GetRequiredService<Microsoft.EntityFrameworkCore.IDbContextFactory<ReadContext>>());

    [Fact]
    public async Task An_incident_shows_what_its_instance_knows()
    {
        var instance = await SuspendAsync("AssessCard", "timeout", "AssessCard failed 5 times: no answer", 5, Noon.AddMicroseconds(123_456));

        var incident = Assert.Single((await Incidents.ListAsync(new IncidentFilter(), 10, null, Cancel)).Items);

        Assert.Equal(
            new Incident
            {
                WorkflowId = instance.Id,
                Key = instance.Row.Key,
                Fingerprint = new Fingerprint("order", "AssessCard", "timeout"),
                Cause = "AssessCard failed 5 times: no answer",
                Attempts = 5,
                Since = Noon.AddMicroseconds(123_456),
                State = "ValidateCard",
                StartedAt = instance.Row.StartedAt,
            },
            incident);
    }

    [Fact]
    public async Task Incidents_group_by_what_they_have_in_common()
    {
        await SuspendAsync("AssessCard", "timeout", "first", 5, Noon);
        await SuspendAsync("AssessCard", "timeout", "last", 5, Noon.AddSeconds(10));
        await SuspendAsync("AssessCard", "timeout", "second", 5, Noon.AddSeconds(1.5));
        await SuspendAsync("AssessCard", "worker_fault", "other", 5, Noon);
        await SuspendAsync(null, "decision", "asks", 0, Noon);
        await SuspendAsync(null, null, "stored before kinds were kept", 0, Noon);

        var groups = await Incidents.GroupsAsync(new IncidentFilter(), Cancel);

        Assert.Equal(
            [
                new IncidentGroup(new Fingerprint("order", "AssessCard", "timeout"), 3, Noon, Noon.AddSeconds(10), "last"),
                new IncidentGroup(new Fingerprint("order", "AssessCard", "worker_fault"), 1, Noon, Noon, "other"),
                new IncidentGroup(new Fingerprint("order", null, "decision"), 1, Noon, Noon, "asks"),
                new IncidentGroup(new Fingerprint("order", null, "unknown"), 1, Noon, Noon, "stored before kinds were kept"),
            ],
            groups.OrderByDescending(group => group.Count).ThenBy(group => group.Fingerprint.ToString().Replace('-', 'z'), StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_filter_finds_incidents_by_type_activity_kind_or_all_three()
    {
        await SuspendAsync("AssessCard", "timeout", "1", 5, Noon);
        await SuspendAsync("AssessCard", "worker_fault", "2", 5, Noon);
        await SuspendAsync(null, "timeout", "3", 0, Noon);

        Assert.Equal(["1", "2"], await CausesAsync(new IncidentFilter { Activity = "AssessCard" }));
        Assert.Equal(["1", "3"], await CausesAsync(new IncidentFilter { ErrorKind = "timeout" }));
        Assert.Equal(["1"], await CausesAsync(new IncidentFilter { Fingerprint = new Fingerprint("order", "AssessCard", "timeout") }));
        Assert.Equal(["3"], await CausesAsync(new IncidentFilter { Fingerprint = new Fingerprint("order", null, "timeout") }));
        Assert.Empty(await CausesAsync(new IncidentFilter { Type = "payment" }));
    }

    [Fact]
    public async Task Pages_of_incidents_hold_every_one_once()
    {
        for (var number = 0; number < 5; number++)
            await SuspendAsync("AssessCard", "timeout", $"{number}", 5, Noon);

        var seen = new List<string>();
        Page<Incident> page;
        PageCursor? after = null;
        do
        {
            page = await Incidents.ListAsync(new IncidentFilter(), 2, after, Cancel);
            seen.AddRange(page.Items.Select(incident => incident.Cause));
            after = page.Next;
        }
        while (after is not null);

        Assert.Equal(["0", "1", "2", "3", "4"], seen.Order());
    }

    [Theory]
    [InlineData(true, false, "4", "2", "0", "1", "3")]
    [InlineData(true, true, "3", "1", "0", "2", "4")]
    public async Task Incidents_by_when_they_were_suspended_keep_their_order_across_pages(bool bySince, bool oldestFirst, params string[] expected)
    {
        // With and without a fraction of a second, which the store has to order as times and not as texts.
        foreach (var (cause, since) in new[] { ("0", 10.0), ("1", 9.999), ("2", 10.1), ("3", 9.0), ("4", 11.0) })
            await SuspendAsync("AssessCard", "timeout", cause, 5, Noon.AddSeconds(since));

        var seen = new List<string>();
        PageCursor? after = null;
        do
        {
            var page = await Incidents.ListAsync(
                new IncidentQuery { BySince = bySince, OldestFirst = oldestFirst, Limit = 2, After = after }, Cancel);
            seen.AddRange(page.Items.Select(incident => incident.Cause));
            after = page.Next is { } next && PageCursor.TryParse(next.ToString(), out var parsed) ? parsed : null;
        }
        while (after is not null);

        Assert.Equal(expected, seen);
    }

    [Fact]
    public async Task Incidents_are_found_by_key_and_by_when_they_were_suspended()
    {
        var first = await SuspendAsync("AssessCard", "timeout", "1", 5, Noon);
        await SuspendAsync("AssessCard", "timeout", "2", 5, Noon.AddSeconds(1.5));
        await SuspendAsync("AssessCard", "timeout", "3", 5, Noon.AddSeconds(2));

        Assert.Equal(["1"], await FoundAsync(new IncidentQuery { Key = first.Row.Key }));
        Assert.Equal(["1", "2", "3"], await FoundAsync(new IncidentQuery { Key = $"{first.Row.Key[..4]}*" }));
        Assert.Empty(await FoundAsync(new IncidentQuery { Key = "%*" }));
        Assert.Equal(["2"], await FoundAsync(new IncidentQuery { SinceFrom = Noon.AddSeconds(1), SinceTo = Noon.AddSeconds(2) }));
        Assert.Equal("1", (await Incidents.FindAsync(first.Id, Cancel))?.Cause);
        Assert.Null(await Incidents.FindAsync(MassTransit.NewId.NextGuid(), Cancel));
    }

    async Task<IEnumerable<string>> FoundAsync(IncidentQuery query) =>
        (await Incidents.ListAsync(query, Cancel)).Items.Select(incident => incident.Cause).Order();

    async Task<IEnumerable<string>> CausesAsync(IncidentFilter filter) =>
        (await Incidents.ListAsync(filter, 10, null, Cancel)).Items.Select(incident => incident.Cause).Order();

    async Task<SampleInstance> SuspendAsync(string? activity, string? kind, string cause, int attempts, DateTimeOffset since)
    {
        var instance = new SampleInstance();
        var suspension = new Suspension { Cause = cause, State = "ValidateCard", Activity = activity, ErrorKind = kind, Attempts = attempts, Since = since };
        var data = System.Text.Json.JsonSerializer.Serialize(
            new Dictionary<string, object> { [Bookkeeping.JsonName] = new Bookkeeping { Suspension = suspension } },
            Resonance.Engine.Steps.InstanceJson.Options);
        var step = instance.Next(data: data);
        step = step with { Workflow = step.Workflow with { State = "Suspended", Status = WorkflowStatus.Suspended } };
        Assert.Equal(StepOutcome.Committed, Assert.Single(await Store.CommitAsync([step], Lease, Cancel)).Outcome);
        instance.Advance(step);
        return instance;
    }
}
