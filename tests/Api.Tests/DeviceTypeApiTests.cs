using System.Net;
using System.Text;
using OrleansIot.Api.Tests.Host;
using OrleansIot.Application.History.Ports;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Telemetry;

namespace OrleansIot.Api.Tests;

public sealed class DeviceTypeApiTests : IAsyncLifetime
{
    private const string Boiler =
        """{"metrics":[{"name":"t","unit":"C","min":0,"max":100,"transform":{"from":"F"}}],"derived":[{"name":"twice","expression":"t * 2","unit":"C"}]}""";

    private ApiHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await ApiHost.Started();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task A_type_is_created_read_replaced_and_removed()
    {
        var created = await _host.Answer(HttpMethod.Put, "/api/v1/device-types/boiler", Boiler, 201);
        Assert.Equal(("boiler", "boiler", "flag", 1), ((string?)created["id"], (string?)created["name"], (string?)created["onBreach"], (int?)created["version"]));
        Assert.Equal("F", (string?)created["metrics"]![0]!["transform"]!["from"]);

        var replaced = await _host.Answer(HttpMethod.Put, "/api/v1/device-types/boiler", """{"id":"boiler","onBreach":"refuse","strict":true}""", 200);
        Assert.Equal(("refuse", true, 2), ((string?)replaced["onBreach"], (bool?)replaced["strict"], (int?)replaced["version"]));
        Assert.Equal(["boiler"], (await _host.Get("/api/v1/device-types"))["items"]!.AsArray().Select(type => (string?)type!["id"]));

        using var deleted = await _host.Client.DeleteAsync("/api/v1/device-types/boiler");
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        Assert.Equal("device-type.unknown", (string?)(await _host.Get("/api/v1/device-types/boiler", 404))["code"]);
        Assert.Equal("device-type.unknown", (string?)(await _host.Answer(HttpMethod.Delete, "/api/v1/device-types/boiler", null, 404))["code"]);
    }

    [Fact]
    public async Task If_Match_replaces_and_removes_only_the_version_that_was_read()
    {
        await _host.Answer(HttpMethod.Put, "/api/v1/device-types/boiler", Boiler, 201);

        Assert.Equal(HttpStatusCode.OK, await With(HttpMethod.Put, "If-Match", "\"1\""));
        Assert.Equal(HttpStatusCode.PreconditionFailed, await With(HttpMethod.Put, "If-Match", "\"1\""));
        Assert.Equal(HttpStatusCode.PreconditionFailed, await With(HttpMethod.Put, "If-None-Match", "*"));
        Assert.Equal(HttpStatusCode.PreconditionFailed, await With(HttpMethod.Delete, "If-Match", "\"1\""));
        Assert.Equal(HttpStatusCode.NoContent, await With(HttpMethod.Delete, "If-Match", "\"2\""));
    }

    [Fact]
    public async Task All_faults_of_a_type_are_told_at_once_each_with_its_mend()
    {
        var problem = await _host.Answer(
            HttpMethod.Put,
            "/api/v1/device-types/boiler",
            """
            {"id":"other","colour":"red","onBreach":"shrug","strict":"yes","metrics":[
              {"unit":"C"},{"name":"$t"},{"name":"a","kind":"blob"},{"name":"b","min":"low"},{"name":"c","transform":{"from":"furlong"},"unit":"m"},
              {"name":"d","transform":{"from":"F"}},{"name":"e","transform":{"scale":0}},7],
             "derived":[{"name":"x","expression":"a +"},{"name":"y"}]}
            """,
            400);

        Assert.Equal("device-type.invalid", (string?)problem["code"]);
        Assert.Equal(
            [
                "colour", "derived[0].expression", "derived[1].expression", "id", "metrics[0].name", "metrics[1].name", "metrics[2].kind", "metrics[3].min",
                "metrics[4].transform.from", "metrics[5].transform.from", "metrics[6].transform.scale", "metrics[7]", "onBreach", "strict",
            ],
            problem["faults"]!.AsArray().Select(fault => (string)fault!["path"]!).Order(StringComparer.Ordinal));
        Assert.All(problem["faults"]!.AsArray(), fault => Assert.False(string.IsNullOrEmpty((string?)fault!["mend"])));
    }

    [Fact]
    public async Task Readings_after_a_change_of_the_type_are_held_to_it_and_shown_with_units_and_quality()
    {
        await _host.Describe("d", DeviceDescription.None with { Type = "Boiler" });
        await _host.Report("d", ("t", 212));
        Assert.Equal("""{"value":212,"at":"2026-01-01T00:00:00.000Z"}""", (await _host.Get("/api/v1/devices/d"))["readings"]!["t"]!.ToJsonString());

        await _host.Answer(HttpMethod.Put, "/api/v1/device-types/boiler", Boiler, 201);
        await _host.Report("d", ("t", 212));
        var device = await _host.Get("/api/v1/devices/d");
        Assert.Equal("""{"value":100,"at":"2026-01-01T00:00:00.000Z","unit":"C"}""", device["readings"]!["t"]!.ToJsonString());
        Assert.Equal(200, (double?)device["readings"]!["twice"]!["value"]);
        Assert.Null(device["quality"]);

        await _host.Report("d", ("t", 230));
        device = await _host.Get("/api/v1/devices/d");
        Assert.Equal("""[{"metric":"t","breach":"out-of-range"}]""", device["quality"]!.ToJsonString());
        Assert.Equal("out-of-range", (string?)device["readings"]!["t"]!["quality"]);
        var metric = (await _host.Get("/api/v1/devices/d/metrics"))["items"]![0]!;
        Assert.Equal("""{"name":"t","kind":"number","value":110,"at":"2026-01-01T00:00:00.000Z","unit":"C","quality":"out-of-range"}""", metric.ToJsonString());
    }

    [Fact]
    public async Task A_flagged_reading_is_shown_as_such_in_the_history()
    {
        await _host.Report("d", ("t", 1));
        _host.History.Kept = [Reading(("t", 1)) with { Flags = [new(MetricName.Parse("p"), Breach.Missing)] }];

        Assert.Equal(
            """[{"metric":"p","breach":"missing-metric"}]""",
            (await _host.Get("/api/v1/devices/d/readings"))["items"]![0]!["quality"]!.ToJsonString());
    }

    [Fact]
    public async Task A_type_is_inferred_from_what_devices_send_and_can_be_put_as_it_is()
    {
        await _host.Describe("a", DeviceDescription.None with { Type = "boiler" });
        await _host.Report("a", ("t", 20), ("p", 3));
        _host.History.Kept = [Reading(("t", 18)), Reading(("t", 25), ("p", 4))];
        _host.History.Answer = new Series([new SeriesPoint(_host.Now, -5, 2, 19, 4)], TimeSpan.FromMinutes(1));

        var ofType = await _host.Answer(HttpMethod.Post, "/api/v1/device-types/boiler/infer?hours=2", null, 200);
        var ofDevice = await _host.Get("/api/v1/devices/a/inferred-schema");

        Assert.Equal(
            """[{"name":"p","kind":"number","min":-5,"max":19,"required":false},{"name":"t","kind":"number","min":-5,"max":25,"required":true}]""",
            new System.Text.Json.Nodes.JsonArray([.. ofType["metrics"]!.AsArray().Select(WithoutNulls)]).ToJsonString());
        Assert.Equal(ofType.ToJsonString(), ofDevice.ToJsonString());
        await _host.Answer(HttpMethod.Put, "/api/v1/device-types/boiler", ofType.ToJsonString(), 201);
    }

    [Fact]
    public async Task What_cannot_be_inferred_from_is_told()
    {
        Assert.Equal("device-type.no-devices", (string?)(await _host.Answer(HttpMethod.Post, "/api/v1/device-types/boiler/infer", null, 404))["code"]);
        Assert.Equal("device.unknown", (string?)(await _host.Answer(HttpMethod.Post, "/api/v1/device-types/boiler/infer?devices=nobody", null, 404))["code"]);
        Assert.Equal("query.invalid", (string?)(await _host.Answer(HttpMethod.Post, "/api/v1/device-types/boiler/infer?hours=0", null, 400))["code"]);
        Assert.Equal("device.unknown", (string?)(await _host.Get("/api/v1/devices/nobody/inferred-schema", 404))["code"]);
    }

    private Reading Reading(params (string Metric, double Value)[] metrics) =>
        new(_host.Now, _host.Now, [.. metrics.Select(metric => new Metric(MetricName.Parse(metric.Metric), MetricValue.Of(metric.Value)))]);

    private static System.Text.Json.Nodes.JsonNode WithoutNulls(System.Text.Json.Nodes.JsonNode? node) =>
        new System.Text.Json.Nodes.JsonObject(node!.AsObject().Where(member => member.Value is not null).Select(member => new KeyValuePair<string, System.Text.Json.Nodes.JsonNode?>(member.Key, member.Value!.DeepClone())));

    private async Task<HttpStatusCode> With(HttpMethod method, string header, string value)
    {
        using var request = new HttpRequestMessage(method, "/api/v1/device-types/boiler");
        if (method == HttpMethod.Put)
            request.Content = new StringContent(Boiler, Encoding.UTF8, "application/json");

        request.Headers.TryAddWithoutValidation(header, value);
        using var response = await _host.Client.SendAsync(request);
        return response.StatusCode;
    }
}
