using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Resonance.AcceptanceTests.Support;
using Xunit;

namespace Resonance.AcceptanceTests.Dashboard;

[Collection(typeof(OnTheDashboard))]
public sealed class Every_page_can_be_acted_on(DashboardBrowser browser)
{
    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    WorkflowApi Api => new(browser.Http);

    [Fact]
    public async Task Machines_show_another_window_and_lead_to_one_machine()
    {
        await using var page = await browser.OpenAsync("/machines");

        await page.Page.GetByLabel("Window").SelectOptionAsync("5m");
        await page.AtAsync("**window=5m");
        await page.Link("order").ClickAsync();
        await Assertions.Expect(page.Page.Locator("h1")).ToHaveTextAsync("order");
        await Assertions.Expect(page.Page.Locator("main svg.machine")).ToBeVisibleAsync();
        page.AssertNoComplaints();
    }

    [Fact]
    public async Task Incidents_open_and_lead_to_the_payment()
    {
        var payment = await Api.StartAsync(new PaymentForm { CardToken = "tok_review" }, Cancel);
        await Api.SeeAsync(payment.Id, "SUSPENDED", Cancel);
        await using var page = await browser.OpenAsync("/incidents");

        await page.Button("Show them").First.ClickAsync();
        await page.PictureAsync("incidents-open");
        await page.Link(payment.Key).ClickAsync();
        await Assertions.Expect(page.Page.Locator("h1")).ToContainTextAsync("SUSPENDED");
        page.AssertNoComplaints();
    }

    [Fact]
    public async Task Rules_tell_what_another_text_would_have_decided()
    {
        var order = await Api.StartAsync(new OrderForm(), Cancel);
        await Api.SeeAsync(order.Id, "COMPLETED", Cancel);
        await using var page = await browser.OpenAsync("/rules/payment/fraud_score");
        var text = page.Page.GetByLabel("Passes when");

        await text.FillAsync("fraud_scor < 0.01");
        await page.Page.Locator(".rule-error").WaitForAsync();
        await page.PictureAsync("rule-error");
        await text.FillAsync("fraud_score < 0.01");
        await Assertions.Expect(page.Page.Locator(".rule-error")).ToHaveCountAsync(0);
        await page.Button("What if?").ClickAsync();
        await page.Page.GetByText("passed and would fail").WaitForAsync();
        await page.PictureAsync("rule-what-if");
        page.AssertNoComplaints();
    }

    [Fact]
    public async Task Schedules_are_made_and_paused()
    {
        await using var page = await browser.OpenAsync("/schedules");

        await page.Link("New schedule").ClickAsync();
        await page.Page.GetByLabel("Name").FillAsync("nightly");
        await page.Page.Locator(".schedule-form select").First.SelectOptionAsync("reporting");
        await page.Page.GetByLabel("Cron").FillAsync("0 3 * * *");
        await page.Page.GetByLabel("Start message").FillAsync(
            """{ "reportId": "{id}", "kind": "workflows", "from": "{previousDueAt}", "to": "{dueAt}", "format": "csv" }""");
        await page.Page.GetByLabel("Reason").FillAsync("figures of the night");
        await page.Button("Store").ClickAsync();
        await Assertions.Expect(page.Page.Locator("h1")).ToContainTextAsync("nightly");
        await page.Page.GetByLabel("Reason, kept with the schedule").FillAsync("holidays");
        await page.Button("Pause").ClickAsync();
        await Assertions.Expect(page.Page.Locator("h1")).ToContainTextAsync("paused");
        await page.PictureAsync("schedule");
        page.AssertNoComplaints();
    }

    [Fact]
    public async Task Work_queues_are_paused_and_set()
    {
        await using var page = await browser.OpenAsync("/queues");

        await page.Link("notification").ClickAsync();
        await Assertions.Expect(page.Page.Locator("h1")).ToContainTextAsync("notification");
        await page.Page.GetByLabel("Reason, kept with the queue").FillAsync("the mail server is down");
        await page.Button("Pause").ClickAsync();
        await Assertions.Expect(page.Page.Locator("h1")).ToContainTextAsync("paused");
        await page.PictureAsync("queue-paused");
        await page.Page.GetByLabel("Received in each period at most").FillAsync("0");
        await page.Page.GetByLabel("Received in each period at most").BlurAsync();
        await Assertions.Expect(page.Page.Locator(".schedule-form .wrong").Filter(new() { HasText = "rateLimit" })).ToBeVisibleAsync();
        await page.Page.GetByLabel("Received in each period at most").FillAsync("1000");
        await page.Page.GetByLabel("Reason", new() { Exact = true }).FillAsync("as the mail server asks");
        await page.Button("Store").ClickAsync();
        await Assertions.Expect(page.Page.Locator("main")).ToContainTextAsync("as the mail server asks");
        await page.Page.GetByLabel("Reason, kept with the queue").FillAsync("it is back");
        await page.Button("Resume").ClickAsync();
        await Assertions.Expect(page.Page.Locator("h1")).Not.ToContainTextAsync("paused");
        page.AssertNoComplaints();
    }

    [Fact]
    public async Task Reports_are_made()
    {
        await using var page = await browser.OpenAsync("/reports");

        await page.Page.GetByLabel("To", new() { Exact = true }).FillAsync(
            TimeProvider.System.GetUtcNow().ToString("yyyy-MM-ddTHH:mm", System.Globalization.CultureInfo.InvariantCulture));
        await page.Button("Start").ClickAsync();
        await page.Page.GetByText("was started").WaitForAsync();
        await Assertions.Expect(page.Page.Locator("main tbody .chip").First).ToHaveTextAsync(new Regex("PUBLISHED|FAILED"));
        await page.PictureAsync("reports-made");
        page.AssertNoComplaints();
    }

    [Fact]
    public async Task The_audit_verifies_and_gives_a_proof()
    {
        var order = await Api.StartAsync(new OrderForm(), Cancel);
        await Api.SeeAsync(order.Id, "COMPLETED", Cancel);
        await using var page = await browser.OpenAsync("/audit");

        await page.Button("Verify").ClickAsync();
        await page.Page.GetByText("everything agrees").WaitForAsync();
        await page.PictureAsync("audit-verified");
        await page.Page.GetByLabel("Workflow key or id").FillAsync(order.Key);
        // A step is signed within seconds after it was witnessed.
        await Eventually.SeeAsync(
            async _ =>
            {
                await page.Button("Find").ClickAsync();
                return await page.Link("Download the proof").CountAsync();
            },
            found => found == 1,
            Cancel);
        var download = await page.Page.RunAndWaitForDownloadAsync(() => page.Link("Download the proof").ClickAsync());
        await using var proof = await download.CreateReadStreamAsync();
        using var document = await System.Text.Json.JsonDocument.ParseAsync(proof, cancellationToken: Cancel);
        Assert.Equal(System.Text.Json.JsonValueKind.Object, document.RootElement.ValueKind);
        page.AssertNoComplaints();
    }
}
