using OrleansIot.Api.Tests.Host;
using OrleansIot.Application.History.Ports;
using OrleansIot.Application.Telemetry;
using OrleansIot.Domain;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Telemetry;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Api.Tests;

public sealed class DeviceApiTests : IAsyncLifetime
{
    private ApiHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await ApiHost.Started();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task A_device_is_shown_as_it_is_believed_to_be()
    {
        await _host.PutRule("hot");
        await _host.Describe("pump-1", new DeviceDescription("Pump 1", "pump", "Hall A", ["wet", "old"]));
        await _host.Report("pump-1", ("t", 71.5), ("rpm", 900));

        var device = await _host.Get("/api/v1/devices/pump-1");

        Assert.Equal("pump-1", (string?)device["deviceId"]);
        Assert.Equal("Pump 1", (string?)device["name"]);
        Assert.Equal("pump", (string?)device["type"]);
        Assert.Equal("Hall A", (string?)device["location"]);
        Assert.Equal(["wet", "old"], device["tags"]!.AsArray().Select(tag => (string?)tag));
        Assert.Equal("online", (string?)device["status"]);
        Assert.Equal("reading received", (string?)device["statusReason"]);
        Assert.Equal("2026-01-01T00:00:00.000Z", (string?)device["statusSince"]);
        Assert.Equal("2026-01-01T00:00:00.000Z", (string?)device["lastSeen"]);
        Assert.Equal(71.5, (double?)device["readings"]!["t"]!["value"]);
        Assert.Equal("2026-01-01T00:00:00.000Z", (string?)device["readings"]!["t"]!["at"]);
        Assert.Equal("hot", (string?)device["openAlerts"]![0]!["ruleId"]);
    }

    [Fact]
    public async Task A_list_is_filtered_sorted_and_paged_by_a_cursor_of_its_order()
    {
        for (var i = 0; i < 6; i++)
        {
            await _host.Describe($"p{i}", new DeviceDescription($"Pump {i}", i == 3 ? "fan" : "pump", null, []));
            await _host.Report($"p{i}", ("temperature", 60 + (i * 5)));
        }

        const string Query = "/api/v1/devices?limit=2&sort=-temperature,id&filter=type%20eq%20%27pump%27%20and%20temperature%20gt%2060";
        var first = await _host.Get(Query);
        var second = await _host.Get($"{Query}&cursor={first["next"]}");

        Assert.Equal(["p5", "p4"], Ids(first));
        Assert.Equal(["p2", "p1"], Ids(second));
        Assert.Equal(4, (int?)first["total"]);
        Assert.Null(second["next"]);
        Assert.Equal("cursor.invalid", (string?)(await _host.Get($"{Query.Replace("-temperature", "name")}&cursor={first["next"]}", 400))["code"]);
        Assert.Equal("cursor.invalid", (string?)(await _host.Get($"{Query}&cursor=p4", 400))["code"]);
    }

    [Theory]
    [InlineData("filter=type%20eq%20pump", "filter.syntax", "filter", "goes wrong at character 9: Here is 'pump'.", "Write a text in single quotes or null.")]
    [InlineData("filter=tags%20eq%20'x'", "filter.operator", "filter", "goes wrong at character 6: 'eq' cannot be asked of 'tags'.", "Write has.")]
    [InlineData("sort=name,tags", "sort.field", "sort", "goes wrong at character 6: 'tags' is a list.", "Sort by a field that holds one value.")]
    public async Task A_filter_or_an_order_that_is_not_understood_is_a_400_that_says_where_and_what_to_write(string query, string code, string path, string message, string mend)
    {
        var problem = await _host.Get($"/api/v1/devices?{query}", 400);

        Assert.Equal(code, (string?)problem["code"]);
        var fault = problem["faults"]![0]!;
        Assert.Equal((path, message, mend), ((string?)fault["path"], (string?)fault["message"], (string?)fault["mend"]));
    }

    [Theory]
    [InlineData("/api/v1/devices/nobody")]
    [InlineData("/api/v1/devices/no%20name")]
    [InlineData("/api/v1/devices/nobody/metrics")]
    [InlineData("/api/v1/devices/nobody/history?metric=t")]
    [InlineData("/api/v1/devices/nobody/readings")]
    public async Task A_device_that_is_not_known_is_a_404(string path) =>
        Assert.Equal("device.unknown", (string?)(await _host.Get(path, 404))["code"]);

    [Fact]
    public async Task A_list_is_paged_searched_and_narrowed()
    {
        await _host.PutRule("hot", ""","severity":"critical" """);
        foreach (var id in (string[])["a1", "a2", "a3", "b1"])
            await _host.Report(id, ("t", id == "a2" ? 99 : 1));

        var first = await _host.Get("/api/v1/devices?search=A&limit=2");
        var second = await _host.Get($"/api/v1/devices?search=A&limit=2&cursor={first["next"]}");

        Assert.Equal(["a1", "a2"], Ids(first));
        Assert.Equal(3, (int?)first["total"]);
        Assert.Equal(["a3"], Ids(second));
        Assert.Null(second["next"]);
        Assert.Equal(["a2"], Ids(await _host.Get("/api/v1/devices?severity=warning")));
        Assert.Empty(Ids(await _host.Get("/api/v1/devices?status=offline")));
    }

    [Fact]
    public async Task Every_parameter_that_is_wrong_is_named_with_the_mend()
    {
        var problem = await _host.Get("/api/v1/devices?limit=0&status=gone&severity=bad", 400);

        Assert.Equal("query.invalid", (string?)problem["code"]);
        Assert.Equal(["limit", "severity", "status"], problem["faults"]!.AsArray().Select(fault => (string)fault!["path"]!).Order(StringComparer.Ordinal));
        Assert.Contains("from 1 to 1000", (string?)problem["detail"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_patch_changes_what_it_names_and_leaves_the_rest()
    {
        await _host.Describe("d", new DeviceDescription("Old", "pump", "Hall A", ["x"]));

        var device = await _host.Answer(HttpMethod.Patch, "/api/v1/devices/d", """{"name":"New","location":null,"tags":["a","b","a"]}""", 200);

        Assert.Equal("New", (string?)device["name"]);
        Assert.Equal("pump", (string?)device["type"]);
        Assert.Null(device["location"]);
        Assert.Equal(["a", "b"], device["tags"]!.AsArray().Select(tag => (string?)tag));
    }

    [Fact]
    public async Task A_patch_leaves_what_somebody_else_wrote_meanwhile()
    {
        await _host.Describe("d", new DeviceDescription("Old", null, null, []));
        _host.Twins.Meanwhile = () => _host.Twins.Execute(
            DeviceId.Parse("d"), new TwinCommand.Describe(new DeviceDescription("Old", null, "Hall B", []), _host.Now)).AsTask().GetAwaiter().GetResult();

        var device = await _host.Answer(HttpMethod.Patch, "/api/v1/devices/d", """{"name":"New"}""", 200);

        Assert.Equal(("New", "Hall B"), ((string?)device["name"], (string?)device["location"]));
    }

    [Fact]
    public async Task A_patch_with_faults_changes_nothing_and_names_them_all()
    {
        await _host.Describe("d", new DeviceDescription("Old", null, null, []));

        var problem = await _host.Answer(HttpMethod.Patch, "/api/v1/devices/d", """{"name":"","tags":"x","status":"online","type":"fine"}""", 400);

        Assert.Equal("device.invalid", (string?)problem["code"]);
        Assert.Equal(["name", "status", "tags"], problem["faults"]!.AsArray().Select(fault => (string)fault!["path"]!).Order(StringComparer.Ordinal));
        Assert.Null((await _host.Get("/api/v1/devices/d"))["type"]);
    }

    [Fact]
    public async Task Organisation_site_groups_and_firmware_are_described_and_shown()
    {
        await _host.Describe("d", DeviceDescription.None);

        var device = await _host.Answer(
            HttpMethod.Patch, "/api/v1/devices/d", """{"organisation":"Acme","site":"plant-1/hall-2","groups":["b","a","b"],"firmware":"1.0"}""", 200);

        Assert.Equal(("Acme", "plant-1/hall-2"), ((string?)device["organisation"], (string?)device["site"]));
        Assert.Equal(["b", "a"], device["groups"]!.AsArray().Select(group => (string?)group));
        Assert.Equal(("1.0", "stated"), ((string?)device["firmware"], (string?)device["firmwareSource"]));
        Assert.Null((await _host.Answer(HttpMethod.Patch, "/api/v1/devices/d", """{"firmware":null}""", 200))["firmwareSource"]);
    }

    [Fact]
    public async Task Metadata_are_merged_key_by_key_and_null_takes_one_away()
    {
        await _host.Describe("d", DeviceDescription.None);
        await _host.Answer(HttpMethod.Patch, "/api/v1/devices/d", """{"metadata":{"serial":"7","contract":"C"}}""", 200);

        var device = await _host.Answer(HttpMethod.Patch, "/api/v1/devices/d", """{"metadata":{"serial":null,"bought":"2024"}}""", 200);

        Assert.Equal("""{"bought":"2024","contract":"C"}""", device["metadata"]!.ToJsonString());
        Assert.Equal("{}", (await _host.Answer(HttpMethod.Patch, "/api/v1/devices/d", """{"metadata":null}""", 200))["metadata"]!.ToJsonString());
    }

    [Fact]
    public async Task Each_fault_of_a_description_has_its_own_code()
    {
        await _host.Describe("d", DeviceDescription.None);

        var problem = await _host.Answer(
            HttpMethod.Patch, "/api/v1/devices/d", """{"site":"a//b","metadata":{"bad key":"v","fine":"v","number":7},"tags":[""]}""", 400);

        Assert.Equal("device.invalid", (string?)problem["code"]);
        Assert.Equal(
            ["metadata.bad key device.metadata-key-invalid", "metadata.number ", "site device.site-invalid", "tags[0] device.tags-invalid"],
            problem["faults"]!.AsArray().Select(fault => $"{fault!["path"]} {fault["code"]}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_patch_makes_no_device() =>
        Assert.Equal("device.unknown", (string?)(await _host.Answer(HttpMethod.Patch, "/api/v1/devices/nobody", """{"name":"x"}""", 404))["code"]);

    [Fact]
    public async Task Metrics_are_listed_with_their_kind_and_newest_value()
    {
        await _host.Report("d", ("t", 1.5));

        var metric = (await _host.Get("/api/v1/devices/d/metrics"))["items"]![0]!;

        Assert.Equal("""{"name":"t","kind":"number","value":1.5,"at":"2026-01-01T00:00:00.000Z"}""", metric.ToJsonString());
    }

    [Fact]
    public async Task History_defaults_to_the_last_hour_in_three_hundred_points()
    {
        await _host.Report("d", ("t", 1));
        _host.History.Answer = new Series([new SeriesPoint(_host.Now, 1, 2, 3, 4)], TimeSpan.FromSeconds(12));

        var history = await _host.Get("/api/v1/devices/d/history?metric=t");

        Assert.Equal(
            """{"points":[{"at":"2026-01-01T00:00:00.000Z","min":1,"mean":2,"max":3,"count":4}],"resolutionSeconds":12,"resolution":"raw"}""",
            history.ToJsonString());
        Assert.Equal(new SeriesQuery(DeviceId.Parse("d"), MetricName.Parse("t"), _host.Now - TimeSpan.FromHours(1), _host.Now, 300), _host.History.Asked);
    }

    [Theory]
    [InlineData("from=-15m", -15 * 60, 0)]
    [InlineData("from=-2d&to=-24h", -48 * 3600, -24 * 3600)]
    [InlineData("to=-90s", -3690, -90)]
    [InlineData("from=2025-12-31T23:00:00Z&to=now", -3600, 0)]
    [InlineData("from=2026-01-01T00:30:00+02:00", -5400, 0)]
    public async Task A_range_is_given_in_times_or_so_long_ago(string range, int from, int to)
    {
        await _host.Report("d", ("t", 1));

        await _host.Get($"/api/v1/devices/d/history?metric=t&points=5000&{range}");

        Assert.Equal((_host.Now + TimeSpan.FromSeconds(from), _host.Now + TimeSpan.FromSeconds(to)), (_host.History.Asked!.From, _host.History.Asked.To));
    }

    [Theory]
    [InlineData("metric=t&from=yesterday", "from")]
    [InlineData("metric=t&from=-15", "from")]
    [InlineData("metric=t&from=-99999999999d", "from")]
    [InlineData("metric=t&from=-999999999d", "from")]
    [InlineData("metric=t&from=-1h&to=-2h", "from")]
    [InlineData("metric=t&points=5001", "points")]
    [InlineData("metric=$status", "metric")]
    [InlineData("from=-1h", "metric")]
    public async Task A_range_that_makes_no_sense_is_refused(string query, string parameter)
    {
        var problem = await _host.Get($"/api/v1/devices/d/history?{query}", 400);

        Assert.Equal("query.invalid", (string?)problem["code"]);
        Assert.Equal(parameter, (string?)Assert.Single(problem["faults"]!.AsArray())!["path"]);
    }

    [Fact]
    public async Task Readings_are_shown_as_they_were_sent()
    {
        await _host.Report("d", ("t", 1));
        var sent = new Instant(1_000);
        _host.History.Kept = [new Reading(sent, sent, [new Metric(MetricName.Parse("t"), MetricValue.Of(true)), new Metric(MetricName.Parse("s"), MetricValue.Of("on"))])];

        var readings = await _host.Get("/api/v1/devices/d/readings?from=-10m&limit=7");

        Assert.Equal(
            """{"items":[{"at":"1970-01-01T00:00:01.000Z","receivedAt":"1970-01-01T00:00:01.000Z","metrics":{"t":true,"s":"on"}}],"next":null}""",
            readings.ToJsonString());
        Assert.Equal((_host.Now - TimeSpan.FromMinutes(10), _host.Now, 7), _host.History.AskedReadings);
    }

    [Fact]
    public async Task Refused_messages_are_shown_newest_first_and_only_the_devices_own()
    {
        foreach (var (device, code) in (ReadOnlySpan<(string, string)>)[("d", "one"), ("other", "two"), ("d", "three")])
            _host.Statistics.Refused(new RefusedMessage(device, code, "why", new RawMessage("devices/d", "{\"t\":"u8.ToArray()), _host.Now));

        var items = (await _host.Get("/api/v1/devices/d/refusals"))["items"]!.AsArray();

        Assert.Equal(["three", "one"], items.Select(item => (string?)item!["code"]));
        Assert.Equal("{\"t\":", (string?)items[0]!["payload"]);
    }

    private static IEnumerable<string?> Ids(System.Text.Json.Nodes.JsonNode list) => list["items"]!.AsArray().Select(item => (string?)item!["deviceId"]);
}
