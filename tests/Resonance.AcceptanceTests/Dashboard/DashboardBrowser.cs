using Microsoft.Playwright;
using Resonance.AcceptanceTests.Support;
using Xunit;

namespace Resonance.AcceptanceTests.Dashboard;

/// <summary>A host with everything in one process, some orders done, and a Chromium to look at its dashboard.</summary>
public sealed class DashboardBrowser : IAsyncLifetime
{
    static readonly string[] Quietly =
    [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
        "--disable-sync",
    ];

    readonly TestDirectory _directory = new();
    HostProcess? _host;
    IPlaywright? _playwright;
    IBrowser? _browser;

    public Uri Address => _host!.Address;

    public HttpClient Http => _host!.Client;

    /// <summary>Where pictures of the pages go: beside the results of <c>./test</c>, for people to look at.</summary>
    public static string Pictures { get; } = Path.Combine(Root(), "TestResults", "screenshots");

    /// <summary>Debian's Chromium, or what RESONANCE_TEST_CHROMIUM names.</summary>
    static string Chromium => Environment.GetEnvironmentVariable("RESONANCE_TEST_CHROMIUM") is { Length: > 0 } named ? named : "/usr/bin/chromium";

    public async ValueTask InitializeAsync()
    {
        var settings = HostSettings.Embedded(_directory)
            .With("Demo__Orders", "20").With("Demo__OrdersPerSecond", "20").With("Demo__TimeOut", "0").WithArguments("--demo");
        _host = await HostProcess.StartAsync(settings, TestContext.Current.CancellationToken);
        if (!File.Exists(Chromium))
        {
            Assert.SkipUnless(Environment.GetEnvironmentVariable("CI") == "true", $"There is no {Chromium}. Install Debian's package chromium.");
            throw new InvalidOperationException($"There is no {Chromium}.");
        }

        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = Chromium, Args = Quietly });
        Directory.CreateDirectory(Pictures);
    }

    /// <summary>Opens a page in a browser profile of its own.</summary>
    /// <param name="path">E.g. <c>/workflows</c>.</param>
    /// <param name="scheme">Light or dark.</param>
    /// <param name="width">Of the window, in pixels.</param>
    /// <param name="address">Another host's address; null for the host of the fixture.</param>
    public async Task<DashboardPage> OpenAsync(string path, ColorScheme scheme = ColorScheme.Light, int width = 1280, Uri? address = null)
    {
        var context = await _browser!.NewContextAsync(new()
        {
            BaseURL = (address ?? Address).AbsoluteUri,
            ColorScheme = scheme,
            ViewportSize = new() { Width = width, Height = 900 },
            AcceptDownloads = true,
        });
        var page = new DashboardPage(context, await context.NewPageAsync());
        await page.GoAsync(path);
        return page;
    }

    /// <summary>A browser profile of its own, with nothing open.</summary>
    public Task<IBrowserContext> ContextAsync(Uri address) => _browser!.NewContextAsync(new() { BaseURL = address.AbsoluteUri });

    static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Resonance.sln")))
            folder = folder.Parent ?? throw new InvalidOperationException("The tests do not lie below Resonance.sln.");
        return folder.FullName;
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
        if (_host is not null)
        {
            // No test is there any more whose output it could go to; `-diagnostics` shows it.
            TestContext.Current.SendDiagnosticMessage(string.Join('\n', _host.Lines));
            await _host.DisposeAsync();
        }

        _directory.Dispose();
    }
}

/// <summary>One host and one browser for all: starting them takes longer than most of what is looked at.</summary>
[CollectionDefinition]
public sealed class OnTheDashboard : ICollectionFixture<DashboardBrowser>;
