using System.Net.Http.Json;
using System.Text.Json;
using Resonance.AcceptanceTests.Support;
using Xunit;

namespace Resonance.AcceptanceTests.Dashboard;

/// <summary>With a key in the settings nobody comes in without one, and a viewer can only look.</summary>
[Collection(typeof(OnTheDashboard))]
public sealed class A_dashboard_with_keys(DashboardBrowser browser)
{
    const string AdminKey = "an-admin-key-of-more-than-32-characters";

    [Fact]
    public async Task Lets_in_who_has_one_and_shows_a_viewer_no_actions()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        using var directory = new TestDirectory();
        await using var host = await HostProcess.StartAsync(HostSettings.Embedded(directory).With("Access__AdminKey", AdminKey), cancellationToken);
        using var admin = new HttpClient { BaseAddress = host.Address, DefaultRequestHeaders = { { "X-Api-Key", AdminKey } } };
        using var made = await admin.PostAsJsonAsync("/api/keys", new { name = "vera", role = "viewer" }, cancellationToken);
        made.EnsureSuccessStatusCode();
        var key = (await made.Content.ReadFromJsonAsync<JsonElement>(cancellationToken)).GetProperty("secret").GetString()!;
        var context = await browser.ContextAsync(host.Address);
        var page = await context.NewPageAsync();

        await page.GotoAsync("/rules/payment/fraud_score");
        Assert.Contains("/sign-in", page.Url, StringComparison.Ordinal);
        await page.Locator("input[type=password]").FillAsync("not the key");
        await page.Keyboard.PressAsync("Enter");
        await page.GetByRole(Microsoft.Playwright.AriaRole.Alert).WaitForAsync();
        await page.Locator("input[type=password]").FillAsync(key);
        await page.Keyboard.PressAsync("Enter");
        await page.GetByRole(Microsoft.Playwright.AriaRole.Heading, new() { Name = "fraud_score" }).WaitForAsync();

        await page.GetByText("Try another text").WaitForAsync();
        Assert.Equal(0, await page.GetByText("Publish as version").CountAsync());
        await context.DisposeAsync();
    }
}
