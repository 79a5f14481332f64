using Microsoft.Playwright;
using OrleansIot.TestKit.Peers;
using OrleansIot.TestKit.Time;

namespace OrleansIot.Scenarios.Clients;

/// <summary>Debian's Chromium, driven by Playwright. Whatever a page logs as an error is kept.</summary>
public sealed class Browser : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeLimit.Usual;

    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;

    private Browser(IPlaywright playwright, IBrowser browser)
    {
        _playwright = playwright;
        _browser = browser;
    }

    public static async Task<Browser> Start()
    {
        var chromium = Installed.Require("chromium");

        // How long a page may take to be there is no test's subject, and a machine with other work is slow; those that measure use a clock.
        Assertions.SetDefaultExpectTimeout((float)Patience.TotalMilliseconds);
        var playwright = await Playwright.CreateAsync();
        var browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = chromium,
            Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
        });
        return new Browser(playwright, browser);
    }

    public async Task<OpenPage> Open(Uri address, int width = 1440, int height = 900)
    {
        var page = await _browser.NewPageAsync(new BrowserNewPageOptions { ViewportSize = new ViewportSize { Width = width, Height = height } });
        var opened = new OpenPage(page);
        await page.GotoAsync(address.ToString());
        return opened;
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }

    /// <summary>A page, and what went wrong in it.</summary>
    public sealed class OpenPage
    {
        private readonly List<string> _errors = [];

        public OpenPage(IPage page)
        {
            Page = page;
            page.Console += (_, message) =>
            {
                if (message.Type == "error")
                    _errors.Add(message.Text);
            };
            page.PageError += (_, error) => _errors.Add(error);
        }

        public IPage Page { get; }

        public IReadOnlyList<string> Errors => _errors;

        public ILocator ById(string testId) => Page.GetByTestId(testId);
    }
}
