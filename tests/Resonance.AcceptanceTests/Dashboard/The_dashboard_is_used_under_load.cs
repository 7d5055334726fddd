using Microsoft.Playwright;
using Resonance.AcceptanceTests.Support;
using Xunit;

namespace Resonance.AcceptanceTests.Dashboard;

/// <summary>On Postgres and RabbitMQ, while fifty orders a second come in.</summary>
[Collection(typeof(OnTheDashboard))]
public sealed class The_dashboard_is_used_under_load(DashboardBrowser browser, Servers servers)
{
    static readonly string[] Pages =
    [
        "/", "/workflows", "/workflows?type=order&sort=-updatedAt", "/machines", "/machines/order", "/incidents", "/rules", "/rules/payment/fraud_score",
        "/queues", "/schedules", "/reports", "/audit",
    ];

    [Fact]
    public async Task Every_page_opens_and_an_operator_is_obeyed()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var database = await TestDatabase.CreateAsync(servers, cancellationToken);
        await using var broker = await TestBroker.CreateAsync(servers, cancellationToken);
        var settings = HostSettings.OnServers(database, broker)
            .With("Resonance__Trail", "false").With("Demo__OrdersPerSecond", "50").WithArguments("--demo");
        await using var host = await HostProcess.StartAsync(settings, cancellationToken);
        var api = new WorkflowApi(host.Client);
        var stuck = await api.StartAsync(new PaymentForm { CardToken = "tok_review" }, cancellationToken);
        await api.SeeAsync(stuck.Id, "SUSPENDED", cancellationToken, TimeSpan.FromSeconds(60));

        foreach (var path in Pages)
        {
            await using var page = await browser.OpenAsync(path, address: host.Address);
            await Assertions.Expect(page.Page.Locator("main")).Not.ToContainTextAsync("This page failed");
            page.AssertNoComplaints();
        }

        await using var operating = await browser.OpenAsync($"/workflows/{stuck.Id}", address: host.Address);
        await operating.Button("Cancel…").ClickAsync();
        await operating.Page.GetByLabel("Reason, for the journal").FillAsync("asked for in the middle of it all");
        await operating.Button("Cancel").ClickAsync();
        await operating.Page.GetByText("asked for in the middle of it all").First.WaitForAsync();

        await Eventually.SeeAsync(token => api.FindAsync(stuck.Id, token), seen => seen?.Status == "cancelled", cancellationToken);
        operating.AssertNoComplaints();
    }
}
