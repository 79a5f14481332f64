using OrleansIot.Api.Tests.Host;
using OrleansIot.Domain.Devices;

namespace OrleansIot.Api.Tests;

public sealed class PastApiTests : IAsyncLifetime
{
    private const string Device = "/api/v1/devices/pump-1";

    private ApiHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await ApiHost.Started();
        await _host.PutRule("hot");
        _host.Time.Advance(TimeSpan.FromMinutes(1));
        await _host.Describe("pump-1", new DeviceDescription("Pump 1", "pump", "Hall A", []));
        _host.Time.Advance(TimeSpan.FromMinutes(1));
        await _host.Report("pump-1", ("t", 71.5));
        _host.Time.Advance(TimeSpan.FromMinutes(1));
        await _host.Report("pump-1", ("t", 20));
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task A_device_is_shown_as_it_was_at_a_moment()
    {
        var described = await _host.Get($"{Device}?at=2026-01-01T00:01:30Z");
        var hot = await _host.Get($"{Device}?at=-59s");
        var now = await _host.Get(Device);

        Assert.Equal((1, "Pump 1", "unknown", 0), ((int)described["version"]!, (string?)described["name"], (string?)described["status"], described["readings"]!.AsObject().Count));
        Assert.Equal("2026-01-01T00:01:30.000Z", (string?)described["at"]);
        Assert.Equal((71.5, "hot", "firing"), ((double)hot["readings"]!["t"]!["value"]!, (string?)hot["openAlerts"]![0]!["ruleId"], (string?)hot["rules"]![0]!["phase"]));
        Assert.Equal((20, 0), ((double)now["readings"]!["t"]!["value"]!, now["openAlerts"]!.AsArray().Count));
        Assert.Null(now["at"]);

        var asNow = await _host.Get($"{Device}?at=now");
        asNow.AsObject().Remove("at");
        asNow.AsObject().Remove("shadows");
        Assert.Equal(now.ToJsonString(), asNow.ToJsonString());
    }

    [Fact]
    public async Task Its_shadows_are_those_of_the_moment_in_the_form_they_have_now()
    {
        await _host.Answer(HttpMethod.Patch, $"{Device}/shadows/$classic", """{"state":{"desired":{"speed":5.0},"reported":{"speed":4}}}""", 200);
        await _host.Answer(HttpMethod.Patch, $"{Device}/shadows/config", """{"state":{"reported":{"a":1}}}""", 200);
        var then = await _host.Get($"{Device}/shadows/$classic");
        _host.Time.Advance(TimeSpan.FromMinutes(1));
        await _host.Answer(HttpMethod.Patch, $"{Device}/shadows/$classic", """{"state":{"reported":{"speed":5}}}""", 200);
        using (var deleted = await _host.Client.DeleteAsync($"{Device}/shadows/config"))
            Assert.True(deleted.IsSuccessStatusCode);
        _host.Time.Advance(TimeSpan.FromMinutes(1));

        var shadows = (await _host.Get($"{Device}?at=-90s"))["shadows"]!.AsArray();
        var later = (await _host.Get($"{Device}?at=now"))["shadows"]!.AsArray();

        Assert.Equal(["$classic", "config"], shadows.Select(shadow => (string?)shadow!["name"]));
        Assert.Equal([("$classic", 2L)], later.Select(shadow => ((string)shadow!["name"]!, (long)shadow["version"]!)));
        Assert.Null(shadows[1]!["desiredBy"]);

        var classic = shadows[0]!.AsObject();
        Assert.Equal(new DateTimeOffset(2026, 1, 1, 0, 3, 30, TimeSpan.Zero).ToUnixTimeSeconds(), (long)classic["timestamp"]!);
        classic.Remove("name");
        classic["timestamp"] = (long)then["timestamp"]!;
        Assert.Equal(then.ToJsonString(), classic.ToJsonString());
        Assert.Contains("\"speed\":5.0", classic.ToJsonString(), StringComparison.Ordinal);

        Assert.Empty((await _host.Get($"{Device}?at=2026-01-01T00:01:30Z"))["shadows"]!.AsArray());
        Assert.Null((await _host.Get(Device))["shadows"]);
    }

    [Fact]
    public async Task Before_it_was_heard_of_a_device_is_unknown()
    {
        Assert.Equal("device.unknown", (string?)(await _host.Get($"{Device}?at=2026-01-01T00:00:59Z", 404))["code"]);
        Assert.Equal("device.unknown", (string?)(await _host.Get("/api/v1/devices/nobody?at=-1m", 404))["code"]);
        Assert.Equal("device.unknown", (string?)(await _host.Get("/api/v1/devices/no%20name?at=-1m", 404))["code"]);
    }

    [Theory]
    [InlineData("2026-01-01T00:03:01Z")]
    [InlineData("yesterday")]
    public async Task What_is_still_to_come_or_no_time_at_all_is_refused_with_the_parameter_named(string at)
    {
        var problem = await _host.Get($"{Device}?at={at}", 400);

        Assert.Equal(("query.invalid", "at"), ((string?)problem["code"], (string?)problem["faults"]![0]!["path"]));
    }

    [Fact]
    public async Task What_has_expired_is_gone_and_the_horizon_is_named()
    {
        _host.Twins.Past.Horizon = _host.Now - TimeSpan.FromSeconds(90);

        var problem = await _host.Get($"{Device}?at=-2m", 410);

        Assert.Equal("past.expired", (string?)problem["code"]);
        Assert.Contains("2026-01-01T00:01:30.000Z", (string?)problem["detail"], StringComparison.Ordinal);
        await _host.Get($"{Device}?at=-90s");
    }
}
