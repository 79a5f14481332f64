using OrleansIot.Api.Tests.Host;

namespace OrleansIot.Api.Tests;

public sealed class MaintenanceApiTests : IAsyncLifetime
{
    private ApiHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await ApiHost.Started();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Maintenance_begins_and_ends()
    {
        await _host.Report("d", ("t", 1));

        var device = await _host.Answer(HttpMethod.Post, "/api/v1/devices/d/maintenance", """{"on":true,"reason":"new bearings","by":"ana"}""", 200);
        Assert.Equal(("maintenance", "new bearings"), ((string?)device["status"], (string?)device["statusReason"]));
        Assert.Equal("""{"since":"2026-01-01T00:00:00.000Z","reason":"new bearings","by":"ana","connectivity":"online"}""", device["maintenance"]!.ToJsonString());
        Assert.Single((await _host.Get("/api/v1/devices?status=maintenance"))["items"]!.AsArray());

        device = await _host.Answer(HttpMethod.Delete, "/api/v1/devices/d/maintenance", null, 200);
        Assert.Equal("online", (string?)device["status"]);
        Assert.Null(device["maintenance"]);
        await _host.Answer(HttpMethod.Post, "/api/v1/devices/d/maintenance", "", 200);
        Assert.Equal("online", (string?)(await _host.Answer(HttpMethod.Post, "/api/v1/devices/d/maintenance", """{"on":false}""", 200))["status"]);
    }

    [Fact]
    public async Task What_is_no_request_is_refused()
    {
        await _host.Report("d", ("t", 1));

        Assert.Equal("device.maintenance-invalid", (string?)(await _host.Answer(HttpMethod.Post, "/api/v1/devices/d/maintenance", """{"on":"yes"}""", 400))["code"]);
        Assert.Equal("device.maintenance-invalid", (string?)(await _host.Answer(HttpMethod.Post, "/api/v1/devices/d/maintenance", """{"by":""}""", 400))["code"]);
        Assert.Equal("device.unknown", (string?)(await _host.Answer(HttpMethod.Post, "/api/v1/devices/nobody/maintenance", "{}", 404))["code"]);
        Assert.Equal("device.unknown", (string?)(await _host.Answer(HttpMethod.Delete, "/api/v1/devices/nobody/maintenance", null, 404))["code"]);
    }
}
