using Microsoft.Playwright;
using Resonance.AcceptanceTests.Support;
using Xunit;

namespace Resonance.AcceptanceTests.Dashboard;

[Collection(typeof(OnTheDashboard))]
public sealed class The_keyboard_alone_is_enough(DashboardBrowser browser)
{
    const int MostTabs = 60;

    [Fact]
    public async Task To_find_a_stuck_payment_and_to_cancel_it()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var api = new WorkflowApi(browser.Http);
        var payment = await api.StartAsync(new PaymentForm { CardToken = "tok_review" }, cancellationToken);
        await api.SeeAsync(payment.Id, "SUSPENDED", cancellationToken);
        await using var page = await browser.OpenAsync("/");

        // The focus begins at the title; what leads to other pages stands before it.
        await TabToAsync(page, "a", "Workflows", "Shift+Tab");
        await page.Page.Keyboard.PressAsync("Enter");
        await page.AtAsync("**/workflows");
        await Assertions.Expect(page.Page.Locator("h1")).ToContainTextAsync("Workflows");
        await page.Page.Keyboard.PressAsync("/");
        await page.Page.Keyboard.TypeAsync(payment.Key);
        await page.Page.Keyboard.PressAsync("Enter");
        await page.AtAsync($"**q={payment.Key}*");
        await Assertions.Expect(page.Page.Locator(".list tbody a")).ToHaveCountAsync(1);
        await TabToAsync(page, "button", "State");
        await page.Page.Keyboard.PressAsync("Enter");
        await page.AtAsync("**sort=-state*");
        await page.Page.ReloadAsync();
        await page.AnswersAsync();
        await Assertions.Expect(page.Page.GetByRole(AriaRole.Columnheader, new() { Name = "State" })).ToHaveAttributeAsync("aria-sort", "descending");

        await TabToAsync(page, "a", payment.Key);
        await page.Page.Keyboard.PressAsync("Enter");
        await TabToAsync(page, "button", "Cancel…");
        await page.Page.Keyboard.PressAsync("Enter");
        await page.Page.GetByRole(AriaRole.Dialog).WaitForAsync();
        await TabToAsync(page, "textarea", "");
        await page.Page.Keyboard.TypeAsync("nobody wants it any more");
        await Assertions.Expect(page.Button("Cancel")).ToBeEnabledAsync();
        await TabToAsync(page, "button", "Cancel");
        await page.Page.Keyboard.PressAsync("Enter");

        var cancelled = await Eventually.SeeAsync(token => api.FindAsync(payment.Id, token), seen => seen?.Status == "cancelled", cancellationToken);
        Assert.Equal(payment.Key, cancelled!.Key);
        page.AssertNoComplaints();
    }

    /// <summary>Presses Tab until the focus is on an element with a text; and says which ones it passed when it never is.</summary>
    static async Task TabToAsync(DashboardPage page, string element, string text, string key = "Tab")
    {
        var passed = new List<string>();
        for (var count = 0; count < MostTabs; count++)
        {
            var focused = await page.Page.EvaluateAsync<string>(
                "() => document.activeElement.tagName.toLowerCase() + ' ' + (document.activeElement.innerText ?? '').trim()");
            if (focused.Trim() == $"{element} {text}".Trim() || (text == "State" && focused.StartsWith("button State", StringComparison.Ordinal)))
                return;
            passed.Add(focused);
            await page.Page.Keyboard.PressAsync(key);
        }

        Assert.Fail($"The Tab key does not lead to {element} '{text}', but to: {string.Join(" | ", passed)}");
    }
}
