using Microsoft.Playwright;
using Resonance.AcceptanceTests.Support;
using Xunit;

namespace Resonance.AcceptanceTests.Dashboard;

/// <summary>Nobody has to press a key in a browser because a server was updated.</summary>
[Collection(typeof(OnTheDashboard))]
public sealed class A_page_outlives_its_server(DashboardBrowser browser)
{
    [Fact]
    public async Task And_is_live_again_once_the_server_is_back()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        using var directory = new TestDirectory();
        var settings = HostSettings.Embedded(directory);
        await using var first = await HostProcess.StartAsync(settings, cancellationToken);
        await using var page = await browser.OpenAsync("/workflows", address: first.Address);
        await first.KillAsync();
        await page.Page.Locator("#components-reconnect-modal").WaitForAsync(new() { State = WaitForSelectorState.Attached });

        await using var second = HostProcess.Launch(settings.With("ASPNETCORE_URLS", first.Address.AbsoluteUri.TrimEnd('/')));
        using var client = new HttpClient { BaseAddress = first.Address };
        await Eventually.SeeAsync(
            async token =>
            {
                using var answer = await client.GetAsync("health/ready", token);
                return answer.IsSuccessStatusCode;
            },
            isReady => isReady,
            cancellationToken);
        var order = await new WorkflowApi(client).StartAsync(new OrderForm(), cancellationToken);

        await page.Link(order.Key).WaitForAsync(new() { Timeout = 45_000 });
        await page.AnswersAsync();
        await page.Page.GetByLabel("Workflow type").SelectOptionAsync("order");
        await page.AtAsync("**/workflows?type=order");
    }
}
