using System.Globalization;
using Resonance.AcceptanceTests.Faults;
using Resonance.AcceptanceTests.Support;
using Xunit;

namespace Resonance.AcceptanceTests.Schedules;

public sealed class A_schedule_fires_once_for_each_due_time(Servers servers)
{
    [Fact]
    public async Task However_many_engines_run()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var installation = await InstallationOnServers.CreateAsync(servers, cancellationToken);
        await using var first = HostProcess.Launch(installation.Settings);
        await using var second = HostProcess.Launch(installation.Settings);
        await first.WaitUntilReadyAsync(cancellationToken);
        await second.WaitUntilReadyAsync(cancellationToken);
        var api = new ScheduleApi(first.Client);

        await api.PutPaymentsAsync("each-second", "* * * * * *", cancellationToken);
        await Eventually.SeeAsync(token => CountAsync(installation.Database, token), count => count >= 15, cancellationToken);
        await new ScheduleApi(second.Client).PauseAsync("each-second", cancellationToken);

        await AssertOnceAsync(installation.Database, cancellationToken);
    }

    [Fact]
    public async Task Also_when_engines_are_killed_and_none_runs_for_a_while()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var installation = await InstallationOnServers.CreateAsync(servers, cancellationToken);
        await using (var first = HostProcess.Launch(installation.Settings))
        await using (var second = HostProcess.Launch(installation.Settings))
        {
            await first.WaitUntilReadyAsync(cancellationToken);
            await second.WaitUntilReadyAsync(cancellationToken);
            await new ScheduleApi(first.Client).PutPaymentsAsync("each-second", "* * * * * *", cancellationToken);
            await Eventually.SeeAsync(token => CountAsync(installation.Database, token), count => count >= 5, cancellationToken);
            await first.KillAsync();
            await Eventually.SeeAsync(token => CountAsync(installation.Database, token), count => count >= 10, cancellationToken);
            await second.KillAsync();
        }

        await using var third = await HostProcess.StartAsync(installation.Settings, cancellationToken);
        var api = new ScheduleApi(third.Client);

        // What came due while nobody ran is made up for, so that the due times have no gap: the next one is ahead of the clock again.
        await Eventually.SeeAsync(
            token => api.GetAsync("each-second", token),
            schedule => schedule.Firings[0].DueAt > TimeProvider.System.GetUtcNow().AddSeconds(-3),
            cancellationToken);
        await api.PauseAsync("each-second", cancellationToken);

        await AssertOnceAsync(installation.Database, cancellationToken);
    }

    /// <summary>Due times follow each other without a gap, each has one firing, and each firing one payment that comes to its end.</summary>
    static async Task AssertOnceAsync(TestDatabase database, CancellationToken cancellationToken)
    {
        // An engine that was in the middle of a firing when the schedule was paused brings it to its end.
        var (firings, payments) = await Eventually.SeeAsync(
            async token => (Firings: await FiringsAsync(database, token), Payments: await PaymentsAsync(database, token)),
            seen => seen.Payments.All(payment => payment.Status == "completed")
                && seen.Firings.Select(firing => firing.Id).Order().SequenceEqual(seen.Payments.Select(payment => payment.Id).Order()),
            cancellationToken);

        Assert.All(firings, firing => Assert.Equal("started", firing.Outcome));
        Assert.Equal(
            Enumerable.Range(0, firings.Count).Select(second => firings[0].DueAt.AddSeconds(second)), firings.Select(firing => firing.DueAt));
        Assert.Equal(payments.Count, payments.Select(payment => payment.Reference).Distinct().Count());
    }

    static Task<IReadOnlyList<(DateTimeOffset DueAt, string Outcome, Guid Id)>> FiringsAsync(
        TestDatabase database, CancellationToken cancellationToken) =>
        database.QueryAsync(
            "SELECT due_at, outcome, workflow_id FROM resonance.schedule_firing WHERE schedule = 'each-second' ORDER BY due_at",
            row => (DateTimeOffset.Parse(row.GetString(0), CultureInfo.InvariantCulture), row.GetString(1), Guid.Parse(row.GetString(2))),
            cancellationToken);

    static Task<IReadOnlyList<(Guid Id, string Status, string? Reference)>> PaymentsAsync(
        TestDatabase database, CancellationToken cancellationToken) =>
        database.QueryAsync(
            "SELECT id, status, data->>'reference' FROM resonance.workflow WHERE type = 'payment'",
            row => (row.GetGuid(0), row.GetString(1), row.IsDBNull(2) ? null : row.GetString(2)),
            cancellationToken);

    static Task<long> CountAsync(TestDatabase database, CancellationToken cancellationToken) =>
        database.ScalarAsync<long>("SELECT count(*) FROM resonance.schedule_firing WHERE schedule = 'each-second'", cancellationToken);
}
