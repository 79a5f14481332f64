using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using OrleansIot.Api.Tests.Host;

namespace OrleansIot.Api.Tests;

public sealed partial class AccessTests : IAsyncLifetime
{
    private const string Key = "correct-horse-battery";

    private ApiHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await ApiHost.Started(null, $"--Access:ApiKey={Key}", "--Access:SignInsPerMinute=3");

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData("/api/v1/devices")]
    [InlineData("/api/v1/nothing")]
    [InlineData("/api/v1/stream")]
    [InlineData("/metrics")]
    [InlineData("/openapi/v1.json")]
    public async Task A_program_without_the_key_learns_nothing_but_that_it_needs_one(string path)
    {
        Assert.Equal("access.key-required", (string?)(await _host.Get(path, 401))["code"]);
        Assert.Equal(401, await Status(path, "Authorization", "Bearer wrong"));
        Assert.Equal(401, await Status(path, "X-Api-Key", Key + "x"));
        Assert.Equal(401, await Status(path, "Authorization", $"Basic {Key}"));
    }

    [Theory]
    [InlineData("Authorization", $"Bearer {Key}")]
    [InlineData("Authorization", $"bearer {Key}")]
    [InlineData("X-Api-Key", Key)]
    public async Task The_key_opens_everything(string header, string value)
    {
        Assert.Equal(200, await Status("/api/v1/devices", header, value));
        Assert.Equal(200, await Status("/metrics", header, value));
        Assert.Equal(200, await Status("/openapi/v1.json", header, value));
        Assert.Equal(404, await Status("/api/v1/nothing", header, value));
    }

    [Fact]
    public async Task Health_is_open_to_every_supervisor()
    {
        Assert.Equal(200, await Status("/health/live"));
        Assert.Equal(200, await Status("/health/ready"));
    }

    [Fact]
    public async Task The_key_in_a_header_does_not_open_pages_nor_a_sign_in_the_API()
    {
        Assert.Equal(302, await Status("/", "X-Api-Key", Key));
        using var person = _host.NewClient(cookies: true);
        await SignIn(person, Key);
        using var api = await person.GetAsync("/api/v1/devices");
        Assert.Equal(HttpStatusCode.Unauthorized, api.StatusCode);
    }

    [Fact]
    public async Task A_person_signs_in_with_the_key_and_comes_back_to_the_page()
    {
        using var person = _host.NewClient(cookies: true);
        using var refused = await person.GetAsync("/?tab=2");
        Assert.Equal("/sign-in?returnTo=%2F%3Ftab%3D2", refused.Headers.Location?.PathAndQuery);

        using var signedIn = await SignIn(person, Key, refused.Headers.Location!.PathAndQuery);

        Assert.Equal("/?tab=2", signedIn.Headers.Location?.ToString());
        var cookie = Assert.Single(signedIn.Headers.GetValues("Set-Cookie"), set => set.StartsWith("orleansiot-sign-in=", StringComparison.Ordinal));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Equal("dashboard", await person.GetStringAsync("/"));
    }

    [Fact]
    public async Task Signing_out_closes_the_pages_again()
    {
        using var person = _host.NewClient(cookies: true);
        await SignIn(person, Key);

        using var signedOut = await person.PostAsync("/sign-out", null);

        Assert.Equal("/sign-in", signedOut.Headers.Location?.ToString());
        using var page = await person.GetAsync("/");
        Assert.Equal(HttpStatusCode.Redirect, page.StatusCode);
    }

    [Fact]
    public async Task A_wrong_key_signs_nobody_in_and_only_a_few_may_be_tried()
    {
        using var person = _host.NewClient(cookies: true);
        for (var i = 0; i < 3; i++)
        {
            using var refused = await SignIn(person, "wrong");
            Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        }

        using var tooMany = await SignIn(person, Key);

        Assert.Equal(HttpStatusCode.TooManyRequests, tooMany.StatusCode);
    }

    [Theory]
    [InlineData("https://elsewhere.example/")]
    [InlineData("//elsewhere.example/")]
    [InlineData("/\\elsewhere.example/")]
    public async Task A_sign_in_never_leads_elsewhere(string returnTo)
    {
        using var person = _host.NewClient(cookies: true);

        using var signedIn = await SignIn(person, Key, $"/sign-in?returnTo={Uri.EscapeDataString(returnTo)}");

        Assert.Equal("/", signedIn.Headers.Location?.ToString());
    }

    [Fact]
    public async Task A_form_that_we_did_not_make_signs_nobody_in()
    {
        using var response = await _host.Client.PostAsync("/sign-in", new FormUrlEncodedContent([new("key", Key)]));

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.DoesNotContain(response.Headers.GetValues("Set-Cookie"), set => set.StartsWith("orleansiot-sign-in=", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_sign_in_with_an_older_key_counts_no_more()
    {
        var protection = new EphemeralDataProtectionProvider();
        await using var before = await ApiHost.Started(services => services.AddSingleton<IDataProtectionProvider>(protection), $"--Access:ApiKey={Key}");
        await using var same = await ApiHost.Started(services => services.AddSingleton<IDataProtectionProvider>(protection), $"--Access:ApiKey={Key}");
        await using var changed = await ApiHost.Started(services => services.AddSingleton<IDataProtectionProvider>(protection), "--Access:ApiKey=another-key-altogether");
        using var person = before.NewClient(cookies: true);
        using var signedIn = await SignIn(person, Key);
        var cookie = signedIn.Headers.GetValues("Set-Cookie").First(set => set.StartsWith("orleansiot-sign-in=", StringComparison.Ordinal)).Split(';')[0];

        Assert.Equal(HttpStatusCode.OK, await StatusWith(same, cookie));
        Assert.Equal(HttpStatusCode.Redirect, await StatusWith(changed, cookie));
    }

    [Theory]
    [InlineData("Sec-Fetch-Site", "cross-site", 403)]
    [InlineData("Sec-Fetch-Site", "same-site", 403)]
    [InlineData("Origin", "https://elsewhere.example", 403)]
    [InlineData("Origin", "null", 403)]
    [InlineData("Sec-Fetch-Site", "same-origin", 201)]
    [InlineData("X-Nothing", "a program", 201)]
    public async Task A_page_of_another_site_changes_nothing(string header, string value, int status)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/rules")
        {
            Content = new StringContent("""{"ruleId":"r","condition":{"metric":"t","operator":">","threshold":1}}""", null, "application/json"),
        };
        request.Headers.Add("X-Api-Key", Key);
        request.Headers.Add(header, value);

        using var response = await _host.Client.SendAsync(request);

        Assert.Equal(status, (int)response.StatusCode);
    }

    [Fact]
    public async Task Every_answer_tells_the_browser_what_our_pages_never_do()
    {
        using var response = await _host.Client.GetAsync("/sign-in");

        Assert.Contains("frame-ancestors 'none'", Assert.Single(response.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
        Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
        Assert.Equal("no-referrer", Assert.Single(response.Headers.GetValues("Referrer-Policy")));
    }

    [Fact]
    public async Task A_key_that_can_be_guessed_is_refused_at_the_start()
    {
        var refused = await Assert.ThrowsAnyAsync<Exception>(() => ApiHost.Started(null, "--Access:ApiKey=short"));

        Assert.Contains("at least 16 characters", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("short;", refused.Message, StringComparison.Ordinal);
    }

    private async Task<int> Status(string path, string? header = null, string? value = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (header is not null)
            request.Headers.TryAddWithoutValidation(header, value);

        using var response = await _host.Client.SendAsync(request);
        return (int)response.StatusCode;
    }

    private static async Task<HttpStatusCode> StatusWith(ApiHost host, string cookie)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.Add("Cookie", cookie);
        using var response = await host.Client.SendAsync(request);
        return response.StatusCode;
    }

    private static async Task<HttpResponseMessage> SignIn(HttpClient person, string key, string page = "/sign-in")
    {
        var html = await person.GetStringAsync(page);
        var fields = HiddenField().Matches(html).Select(match => KeyValuePair.Create(match.Groups[1].Value, WebUtility.HtmlDecode(match.Groups[2].Value)));
        return await person.PostAsync("/sign-in", new FormUrlEncodedContent([.. fields, new("key", key)]));
    }

    [GeneratedRegex("<input type=\"hidden\" name=\"([^\"]*)\" value=\"([^\"]*)\">")]
    private static partial Regex HiddenField();
}
