using Microsoft.Playwright;
using Xunit;

namespace Resonance.AcceptanceTests.Dashboard;

/// <summary>Every page shows what it is for, without a complaint of the browser or of axe-core, in any light and on any width.</summary>
[Collection(typeof(OnTheDashboard))]
public sealed class Every_page_opens(DashboardBrowser browser)
{
    public static TheoryData<string, string> Pages { get; } = new()
    {
        { "/", "Overview" },
        { "/workflows", "Workflows" },
        { "/machines", "Machines" },
        { "/machines/order", "order" },
        { "/incidents", "Incidents" },
        { "/rules", "Rules" },
        { "/rules/payment/fraud_score", "fraud_score" },
        { "/queues", "Queues and delivery" },
        { "/queues/order", "order" },
        { "/schedules", "Schedules" },
        { "/reports", "Reports" },
        { "/audit", "Audit" },
    };

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task With_what_it_is_for_and_without_complaints(string path, string title)
    {
        foreach (var scheme in (ColorScheme[])[ColorScheme.Light, ColorScheme.Dark])
        {
            await using var page = await browser.OpenAsync(path, scheme);

            Assert.StartsWith(title, await page.Page.Locator("h1").InnerTextAsync(), StringComparison.Ordinal);
            await page.Page.Locator("main").WaitForAsync();
            await page.PictureAsync($"{Name(path)}-{scheme}".ToLowerInvariant());
            Assert.Empty(await page.ObstaclesAsync());
            page.AssertNoComplaints();
        }
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task On_a_window_of_375_pixels(string path, string title)
    {
        await using var page = await browser.OpenAsync(path, width: 375);

        Assert.StartsWith(title, await page.Page.Locator("h1").InnerTextAsync(), StringComparison.Ordinal);
        await page.PictureAsync($"{Name(path)}-375");
        Assert.Equal(0, await page.OverhangAsync());
        page.AssertNoComplaints();
    }

    static string Name(string path) => path == "/" ? "overview" : path.Trim('/').Replace('/', '-');
}
