using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OrleansIot.Application.Notifications;
using OrleansIot.Application.Rules;
using OrleansIot.Application.Twins;
using OrleansIot.TestKit.Storage;

namespace OrleansIot.Dashboard.Tests.Hosting;

/// <summary>The two calls of a host, and what a browser then gets.</summary>
public sealed partial class MountedDashboardTests : IAsyncLifetime
{
    private readonly HttpClient _browser = new();
    private WebApplication _host = default!;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        new InMemoryStore().AddTo(builder.Services);
        builder.Services.AddSingleton(new AlertMessages([]));
        builder.Services.AddRules();
        builder.Services.AddTwins(builder.Configuration);
        builder.Services.AddDashboard(builder.Configuration);
        _host = builder.Build();
        _host.UseAntiforgery();
        _host.MapDashboard();
        await _host.StartAsync();
        var addresses = _host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
        _browser.BaseAddress = new Uri(addresses.Addresses.Single());
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/devices")]
    [InlineData("/devices/boiler-7")]
    [InlineData("/alerts")]
    [InlineData("/rules")]
    [InlineData("/rules/new")]
    [InlineData("/types")]
    [InlineData("/types/pump")]
    [InlineData("/types/pump/edit")]
    [InlineData("/types/new/form")]
    public async Task Every_page_answers_and_forbids_the_browser_to_load_from_elsewhere(string page)
    {
        using var answer = await _browser.GetAsync(new Uri(page, UriKind.Relative));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains("script-src 'self'", answer.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Everything_a_page_names_is_there_and_is_kept_for_good()
    {
        var page = await _browser.GetStringAsync(new Uri("/", UriKind.Relative));

        var named = Named().Matches(page).Select(match => match.Groups[1].Value).ToList();

        Assert.Contains(named, file => file.StartsWith("/_framework/blazor.web.js", StringComparison.Ordinal));
        Assert.Contains(named, file => file.EndsWith("/dashboard.css", StringComparison.Ordinal));
        foreach (var file in named)
        {
            using var answer = await _browser.GetAsync(new Uri(file, UriKind.Relative));
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.True(answer.Headers.CacheControl!.MaxAge > TimeSpan.FromDays(300), file);
        }
    }

    [Fact]
    public async Task Neither_style_nor_script_names_another_host()
    {
        var page = await _browser.GetStringAsync(new Uri("/", UriKind.Relative));
        var ours = Named().Matches(page).Select(match => match.Groups[1].Value).Where(file => !file.Contains("blazor", StringComparison.Ordinal));

        foreach (var file in ours)
        {
            var text = await _browser.GetStringAsync(new Uri(file, UriKind.Relative));
            Assert.DoesNotMatch("""https?://(?!www\.w3\.org/2000/svg)""", text);
        }
    }

    [Fact]
    public async Task A_browser_that_takes_gzip_gets_it()
    {
        using var asked = new HttpRequestMessage(HttpMethod.Get, new Uri("/_framework/blazor.web.js", UriKind.Relative));
        asked.Headers.AcceptEncoding.ParseAdd("gzip");

        using var answer = await _browser.SendAsync(asked);

        Assert.Equal(["gzip"], answer.Content.Headers.ContentEncoding);
        Assert.True(answer.Content.Headers.ContentLength < 100_000);
    }

    public async ValueTask DisposeAsync()
    {
        _browser.Dispose();
        await _host.DisposeAsync();
    }

    [GeneratedRegex("(?:href|src)=\"(/_[^\"]+)\"")]
    private static partial Regex Named();
}
