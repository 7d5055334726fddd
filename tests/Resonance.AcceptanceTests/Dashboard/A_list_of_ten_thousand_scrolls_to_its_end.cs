using Microsoft.Data.Sqlite;
using Microsoft.Playwright;
using Resonance.AcceptanceTests.Support;
using Xunit;

namespace Resonance.AcceptanceTests.Dashboard;

/// <summary>However long the list is, the browser holds only what is in view.</summary>
[Collection(typeof(OnTheDashboard))]
public sealed class A_list_of_ten_thousand_scrolls_to_its_end(DashboardBrowser browser)
{
    const int Count = 10_000;
    const int MostInView = 150;

    [Fact]
    public async Task While_the_browser_holds_only_what_is_in_view()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        using var directory = new TestDirectory();
        await using var host = await HostProcess.StartAsync(HostSettings.Embedded(directory), cancellationToken);
        await SeedAsync(host, directory, cancellationToken);
        await using var page = await browser.OpenAsync("/workflows?q=SEED-&sort=key", address: host.Address);
        var rows = page.Page.Locator(".list tbody tr:has(a)");
        await page.Link("SEED-00001").WaitForAsync();
        await Assertions.Expect(page.Page.Locator("h1")).ToContainTextAsync("10,000");

        await Eventually.SeeAsync(
            async _ =>
            {
                await page.Page.EvalOnSelectorAsync(".list", "list => list.scrollTo(0, list.scrollHeight)");
                Assert.InRange(await rows.CountAsync(), 1, MostInView);
                return await page.Link("SEED-10000").IsVisibleAsync();
            },
            isThere => isThere,
            cancellationToken);
        await page.Link("SEED-10000").ClickAsync();
        await Assertions.Expect(page.Page.Locator("h1")).ToContainTextAsync("SEED-10000");
        page.AssertNoComplaints();
    }

    /// <summary>
    /// Copies of one that really ran. They have no journal, which a verification would find: the host is of this test alone.
    /// </summary>
    static async Task SeedAsync(HostProcess host, TestDirectory directory, CancellationToken cancellationToken)
    {
        var api = new WorkflowApi(host.Client);
        var order = await api.StartAsync(new OrderForm(), cancellationToken);
        await api.SeeAsync(order.Id, "COMPLETED", cancellationToken);
        await using var connection = new SqliteConnection($"Data Source={Path.Combine(directory.Path, "resonance.db")};Pooling=False");
        await connection.OpenAsync(cancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText =
            """
            WITH RECURSIVE number (value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM number WHERE value < $count)
            INSERT INTO workflow (id, type, key, state, status, version, data, definition_hash, priority, trace_id, started_at, updated_at, finished_at, head_hash)
            SELECT printf('00000000-0000-4000-8000-%012d', value), type, printf('SEED-%05d', value), state, status, version, data, definition_hash,
                   priority, trace_id, started_at, updated_at, finished_at, head_hash
            FROM workflow, number WHERE id = $id
            """;
        command.Parameters.AddWithValue("$count", Count);
        command.Parameters.AddWithValue("$id", order.Id.ToString("D"));
        Assert.Equal(Count, await command.ExecuteNonQueryAsync(cancellationToken));
    }
}
