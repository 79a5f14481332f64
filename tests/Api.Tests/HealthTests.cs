using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using OrleansIot.Api.Tests.Host;

namespace OrleansIot.Api.Tests;

public sealed class HealthTests
{
    [Fact]
    public async Task A_host_whose_store_is_down_is_alive_but_not_ready()
    {
        await using var host = await ApiHost.Started(services => services.AddHealthChecks()
            .AddCheck("gateway", () => HealthCheckResult.Healthy())
            .AddCheck("store", () => HealthCheckResult.Unhealthy("The disk is full.")));

        using var live = await host.Client.GetAsync("/health/live");
        using var ready = await host.Client.GetAsync("/health/ready");

        Assert.Equal(200, (int)live.StatusCode);
        Assert.Equal(503, (int)ready.StatusCode);
        var body = System.Text.Json.Nodes.JsonNode.Parse(await ready.Content.ReadAsStringAsync())!;
        Assert.Equal("unhealthy", (string?)body["status"]);
        Assert.Equal("healthy", (string?)body["checks"]!["gateway"]!["status"]);
        Assert.Equal("The disk is full.", (string?)body["checks"]!["store"]!["description"]);
    }

    [Fact]
    public async Task A_host_without_complaints_is_ready()
    {
        await using var host = await ApiHost.Started();

        var health = await host.Get("/health/ready");

        Assert.Equal("healthy", (string?)health["status"]);
        Assert.Equal("healthy", (string?)health["checks"]!["rules"]!["status"]);
    }

    [Fact]
    public async Task A_host_that_stops_takes_nothing_new()
    {
        await using var host = await ApiHost.Started();
        host.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();

        Assert.Equal("host.stopping", (string?)(await host.Get("/api/v1/devices", 503))["code"]);
        Assert.Equal("host.stopping", (string?)(await host.Get("/health/ready", 503))["code"]);
    }
}
