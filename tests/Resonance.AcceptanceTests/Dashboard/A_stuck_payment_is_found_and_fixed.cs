using System.Net.Http.Json;
using System.Text.Json;
using MassTransit;
using Resonance.AcceptanceTests.Support;
using Xunit;

namespace Resonance.AcceptanceTests.Dashboard;

/// <summary>From the dashboard alone: find what is stuck, see why, put it right and take the proof of what was done along.</summary>
[Collection(typeof(OnTheDashboard))]
public sealed class A_stuck_payment_is_found_and_fixed(DashboardBrowser browser)
{
    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task And_proven_and_everybody_sees_it_at_once()
    {
        var (id, key) = await SuspendAsync();
        await using var operating = await browser.OpenAsync("/");
        await using var watching = await browser.OpenAsync($"/workflows/{id}");

        await operating.Page.GetByRole(Microsoft.Playwright.AriaRole.Link, new() { Name = "Workflows", Exact = true }).ClickAsync();
        await operating.Page.GetByRole(Microsoft.Playwright.AriaRole.Link, new() { Name = "Needs a person" }).ClickAsync();
        await operating.Page.GetByRole(Microsoft.Playwright.AriaRole.Link, new() { Name = key, Exact = true }).ClickAsync();
        var why = operating.Page.GetByRole(Microsoft.Playwright.AriaRole.Region, new() { Name = "Why is it here, and what would move it on?" });
        await why.GetByText("SUSPENDED").First.WaitForAsync();
        Assert.Contains("fraud", await why.InnerTextAsync(), StringComparison.OrdinalIgnoreCase);
        await operating.PictureAsync("workflow-stuck");

        await operating.Button("Resume…").ClickAsync();
        await operating.Page.GetByLabel("Reason, for the journal").FillAsync("the customer called, all is well");
        await operating.Button("Resume").ClickAsync();
        var asked = TimeProvider.System.GetTimestamp();
        await watching.Page.GetByText("the customer called, all is well").First.WaitForAsync();
        var seen = TimeProvider.System.GetElapsedTime(asked);
        TestContext.Current.SendDiagnosticMessage("The other browser saw the action after {0:0} ms.", seen.TotalMilliseconds);
        await watching.Page.Locator("h1").GetByText("COMPLETED").WaitForAsync();
        Assert.InRange(seen, TimeSpan.Zero, TimeSpan.FromSeconds(5));

        var proof = operating.Page.GetByRole(Microsoft.Playwright.AriaRole.Link, new() { NameRegex = new("Download the proof of step") });
        var download = await operating.Page.RunAndWaitForDownloadAsync(() => proof.ClickAsync(new() { Timeout = 60_000 }), new() { Timeout = 60_000 });
        using var told = JsonDocument.Parse(await File.ReadAllTextAsync((await download.PathAsync())!, Cancel));
        Assert.Equal(JsonValueKind.Object, told.RootElement.ValueKind);
        await operating.PictureAsync("workflow-fixed");
        operating.AssertNoComplaints();
        watching.AssertNoComplaints();
    }

    [Fact]
    public async Task And_all_that_match_at_once()
    {
        var ids = new[] { await SuspendAsync(), await SuspendAsync(), await SuspendAsync() };
        await using var page = await browser.OpenAsync("/workflows?type=payment&status=suspended&data=%24.reference%20eq%20%22stuck%22");

        await page.Page.GetByText("that match").WaitForAsync();
        await page.Page.Locator(".bulk select").SelectOptionAsync("cancel");
        await page.Button("Ask…").ClickAsync();
        await page.Page.GetByLabel("Reason, for the journals").FillAsync("a drill");
        await page.Button("Cancel").ClickAsync();
        await page.Button("Done").WaitForAsync();

        foreach (var (id, _) in ids)
            await Eventually.SeeAsync(token => StatusAsync(id, token), status => status == "cancelled", Cancel);
        page.AssertNoComplaints();
    }

    [Fact]
    public async Task And_what_the_list_shows_stands_in_its_address()
    {
        var (_, key) = await SuspendAsync();
        await using var page = await browser.OpenAsync("/workflows");

        await page.Page.GetByLabel("Workflow type").SelectOptionAsync("payment");
        await page.AtAsync("**/workflows?type=payment");
        await page.Page.GetByLabel("Key or id").FillAsync(key);
        await page.Page.Keyboard.PressAsync("Enter");
        await page.AtAsync($"**q={key}**");
        await page.Page.ReloadAsync();

        await page.Page.GetByRole(Microsoft.Playwright.AriaRole.Link, new() { Name = key, Exact = true }).WaitForAsync();
        Assert.Equal(key, await page.Page.GetByLabel("Key or id").InputValueAsync());
        page.AssertNoComplaints();
    }

    [Fact]
    public async Task And_what_is_typed_stays_while_the_list_changes()
    {
        await using var page = await browser.OpenAsync("/workflows?type=payment");
        var search = page.Page.GetByLabel("Key or id");
        await search.FillAsync("PAYMENT-");
        await search.PressAsync("Tab");

        var (_, key) = await SuspendAsync();
        await page.Link(key).WaitForAsync();

        Assert.Equal("PAYMENT-", await search.InputValueAsync());
        page.AssertNoComplaints();
    }

    async Task<(Guid Id, string Key)> SuspendAsync()
    {
        var id = NewId.NextGuid();
        using var response = await browser.Http.PostAsJsonAsync(
            "/api/workflows/payment",
            new { paymentId = id, reference = "stuck", amount = 10, currency = "EUR", cardToken = "tok_review" }, Cancel);
        response.EnsureSuccessStatusCode();
        await Eventually.SeeAsync(token => StatusAsync(id, token), status => status == "suspended", Cancel);
        return (id, (await browser.Http.GetFromJsonAsync<JsonElement>($"/api/workflows/{id}", Cancel)).GetProperty("key").GetString()!);
    }

    async Task<string?> StatusAsync(Guid id, CancellationToken cancellationToken) =>
        (await browser.Http.GetFromJsonAsync<JsonElement>($"/api/workflows/{id}", cancellationToken)).GetProperty("status").GetString();
}
