using Microsoft.Playwright;
using Xunit;

namespace Resonance.AcceptanceTests.Dashboard;

/// <summary>
/// Whoever opens a page sees something useful within a second. Of some loads the best one counts: a slower one says what else the machine had
/// to do.
/// </summary>
[Collection(typeof(OnTheDashboard))]
public sealed class A_page_is_painted_within_a_second(DashboardBrowser browser)
{
    const int Loads = 7;
    const double MillisecondsMost = 1000;

    [Theory]
    [InlineData("/")]
    [InlineData("/workflows")]
    [InlineData("/incidents")]
    public async Task Although_the_browser_has_nothing_of_it_yet(string path)
    {
        var best = double.MaxValue;
        for (var load = 0; load < Loads && best >= MillisecondsMost; load++)
        {
            await using var context = await browser.ContextAsync(browser.Address);
            var page = await context.NewPageAsync();
            await page.GotoAsync(path, new() { WaitUntil = WaitUntilState.Load });
            await page.Locator("main h1").WaitForAsync();
            await page.WaitForFunctionAsync("() => performance.getEntriesByName('first-contentful-paint').length > 0");
            best = Math.Min(best, await page.EvaluateAsync<double>("() => performance.getEntriesByName('first-contentful-paint')[0].startTime"));
        }

        Assert.InRange(best, 0, MillisecondsMost);
    }
}
