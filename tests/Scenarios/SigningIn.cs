using OrleansIot.Scenarios.Clients;
using OrleansIot.Scenarios.Editions;
using static Microsoft.Playwright.Assertions;

namespace OrleansIot.Scenarios;

/// <summary>The dashboard with an access key, in a browser that holds to the Content-Security-Policy.</summary>
public abstract class SigningIn<TEdition>(ITestOutputHelper output) : Scenario<TEdition>(output)
    where TEdition : IEdition, new()
{
    protected const string Key = "correct-horse-battery";

    [Fact]
    public async Task Only_the_key_opens_the_dashboard_and_a_restart_signs_nobody_out()
    {
        await using var system = await Edition.Start($"--Access:ApiKey={Key}");
        await using var browser = await Browser.Start();
        await using var client = await TestClient.Connect(system.MqttPort, Key);
        await client.Publish("dt/devices/boiler-6/telemetry", """{"temperature": 20}""");
        var opened = await browser.Open(new Uri(system.Http, "devices"));
        var page = opened.Page;
        await Expect(page.GetByLabel("Access key")).ToBeVisibleAsync();
        Assert.Equal("/sign-in", new Uri(page.Url).AbsolutePath);

        await page.GetByLabel("Access key").FillAsync("wrong-horse-battery");
        await page.GetByRole(Microsoft.Playwright.AriaRole.Button).ClickAsync();
        await Expect(page.GetByRole(Microsoft.Playwright.AriaRole.Alert)).ToHaveTextAsync("That is not the key.");

        await page.GetByLabel("Access key").FillAsync(Key);
        await page.GetByRole(Microsoft.Playwright.AriaRole.Button).ClickAsync();
        await Expect(opened.ById("live-state")).ToHaveAttributeAsync("data-state", "live");
        Assert.Equal("/devices", new Uri(page.Url).AbsolutePath);
        await client.Publish("dt/devices/boiler-7/telemetry", """{"temperature": 71.5}""");
        await Expect(opened.ById("device-row-boiler-7")).ToBeVisibleAsync();

        // The wrong key's own answer is the one error.
        Assert.All(opened.Errors, error => Assert.Contains("401", error, StringComparison.Ordinal));

        await system.Stop();
        await system.StartAgain();
        await page.GotoAsync(new Uri(system.Http, "devices").ToString());
        await Expect(opened.ById("live-state")).ToHaveAttributeAsync("data-state", "live");
    }
}
