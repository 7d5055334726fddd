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

    /// <summary>Due times follow each other without a gap, each has one firing, and each firing has one payment that comes to its end.</summary>
    static async Task AssertOnceAsync(TestDatabase database, CancellationToken cancellationToken)
    {
        var firings = await database.QueryAsync(
            "SELECT due_at, outcome, workflow_id FROM resonance.schedule_firing WHERE schedule = 'each-second' ORDER BY due_at",
            row => (DueAt: row.GetString(0), Outcome: row.GetString(1), Id: Guid.Parse(row.GetString(2))),
            cancellationToken);
        var due = firings.Select(firing => DateTimeOffset.Parse(firing.DueAt, System.Globalization.CultureInfo.InvariantCulture)).ToArray();
        Assert.Equal(Enumerable.Range(0, due.Length).Select(second => due[0].AddSeconds(second)), due);
        Assert.All(firings, firing => Assert.Equal("started", firing.Outcome));

        // None was started that no firing tells of.
        var payments = await Eventually.SeeAsync(
            token => database.QueryAsync(
                "SELECT id, status, data->>'reference' FROM resonance.workflow WHERE type = 'payment'",
                row => (Id: row.GetGuid(0), Status: row.GetString(1), Reference: row.IsDBNull(2) ? null : row.GetString(2)),
                token),
            seen => seen.All(payment => payment.Status == "completed"),
            cancellationToken);
        Assert.Equal(firings.Select(firing => firing.Id).Order(), payments.Select(payment => payment.Id).Order());
        Assert.Equal(payments.Count, payments.Select(payment => payment.Reference).Distinct().Count());
    }

    static async Task<long> CountAsync(TestDatabase database, CancellationToken cancellationToken) =>
        await database.ScalarAsync<long>("SELECT count(*) FROM resonance.schedule_firing WHERE schedule = 'each-second'", cancellationToken);
}
