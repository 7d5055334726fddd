using System.Text.RegularExpressions;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using Xunit;

namespace Resonance.AcceptanceTests.Dashboard;

/// <summary>A page of the dashboard in a browser, and everything that the browser complains of.</summary>
public sealed class DashboardPage : IAsyncDisposable
{
    readonly IBrowserContext _context;
    readonly List<string> _complaints = [];

    internal DashboardPage(IBrowserContext context, IPage page)
    {
        (_context, Page) = (context, page);
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
                _complaints.Add($"console: {message.Text}");
        };
        page.PageError += (_, error) => _complaints.Add($"page: {error}");
        page.RequestFailed += (_, request) =>
        {
            // Leaving a page ends what it was still asking for.
            if (request.Failure != "net::ERR_ABORTED")
                _complaints.Add($"{request.Failure} {request.Url}");
        };
        page.Response += (_, response) =>
        {
            if (response.Status >= 400)
                _complaints.Add($"{response.Status} {response.Url}");
        };
    }

    public IPage Page { get; }

    /// <summary>Goes to a page and waits until it answers.</summary>
    public async Task GoAsync(string path)
    {
        await Page.GotoAsync(path);
        await AnswersAsync();
    }

    /// <summary>Waits until the page is connected: what the server renders at first answers to nothing yet.</summary>
    public async Task AnswersAsync()
    {
        await Page.Locator("html[data-connected]").WaitForAsync();
        await Page.Locator("main h1").WaitForAsync();
    }

    /// <summary>Waits until the address is one that the pattern matches: it is looked at again and again, so that no change is missed.</summary>
    /// <remarks>Playwright's own wait misses a change that comes between its look at the address and its listening for changes.</remarks>
    /// <param name="pattern">Stars stand for anything; everything else for itself.</param>
    public Task AtAsync(string pattern) =>
        Assertions.Expect(Page).ToHaveURLAsync(
            new Regex($"^{Regex.Escape(pattern).Replace(@"\*", ".*", StringComparison.Ordinal)}$"), new() { Timeout = 30_000 });

    public ILocator Link(string name) => Page.GetByRole(AriaRole.Link, new() { Name = name, Exact = true });

    public ILocator Button(string name) => Page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    /// <summary>What somebody who cannot see or cannot point would stumble over, as axe-core finds it: serious and critical rules.</summary>
    public async Task<IReadOnlyList<string>> ObstaclesAsync()
    {
        var found = await Page.RunAxe();
        return
        [
            .. found.Violations.Where(violation => violation.Impact is "serious" or "critical")
                .SelectMany(violation => violation.Nodes.Select((AxeResultNode node) => $"{violation.Id}: {node.Html}")),
        ];
    }

    /// <summary>By how many pixels the page is wider than its window.</summary>
    public Task<int> OverhangAsync() =>
        Page.EvaluateAsync<int>("() => document.documentElement.scrollWidth - document.documentElement.clientWidth");

    public Task PictureAsync(string name) =>
        Page.ScreenshotAsync(new() { Path = Path.Combine(DashboardBrowser.Pictures, $"{name}.png"), FullPage = true });

    public void AssertNoComplaints() => Assert.Empty(_complaints);

    public async ValueTask DisposeAsync() => await _context.DisposeAsync();
}
