using System.Collections.Immutable;
using System.Text.Json;
using System.Threading.Channels;
using OrleansIot.Grains.Interfaces.Devices;
using OrleansIot.Grains.Interfaces.Fleet;
using OrleansIot.Grains.Interfaces.Rules;
using OrleansIot.TestKit.Time;

namespace OrleansIot.Grains.Tests;

/// <summary>What integrators call, from an Orleans client outside the silos.</summary>
public sealed class PublicGrains(SharedCluster shared) : IClassFixture<SharedCluster>
{
    private readonly TestedCluster _cluster = shared.Cluster;

    [Fact]
    public async Task A_reading_is_taken_once_and_seen()
    {
        var device = Device("public-1");
        var at = new DateTimeOffset(2026, 11, 21, 9, 48, 0, TimeSpan.Zero);
        var reading = new DeviceReading([new("t", Number: 21.5), new("open", Flag: true), new("mode", Text: "eco")], at, "m-1");

        Assert.Null(await device.Snapshot());
        Assert.Equal(DeviceAnswer.Ok, await device.Ingest(reading));
        Assert.Equal(DeviceAnswer.Duplicate, await device.Ingest(reading));

        var seen = await device.Snapshot();
        Assert.NotNull(seen);
        Assert.Equal("public-1", seen.DeviceId);
        Assert.Equal("online", seen.Status);
        Assert.Equal([new("t", Number: 21.5, At: at), new("open", Flag: true, At: at), new("mode", Text: "eco", At: at)], seen.Metrics.AsEnumerable());
        Assert.Equal("public-1", (await _cluster.Twins(1).Find(Domain.Devices.DeviceId.Parse("public-1")))?.Twin.Device.Value);
    }

    public static TheoryData<DeviceReading> Invalid =>
    [
        new DeviceReading([]),
        new DeviceReading([new("t", Number: 1), new("t", Number: 2)]),
        new DeviceReading([new("t")]),
        new DeviceReading([new("t", Number: 1, Flag: true)]),
        new DeviceReading([new("t", Number: double.NaN)]),
        new DeviceReading([new("$status", Text: "online")]),
        new DeviceReading([new("t", Text: new string('x', 257))]),
    ];

    [Theory, MemberData(nameof(Invalid))]
    public async Task What_is_no_reading_is_refused_with_a_code_and_makes_no_device(DeviceReading reading)
    {
        var answer = await Device("public-invalid").Ingest(reading);

        Assert.Equal("reading.invalid", answer.Code);
        Assert.NotNull(answer.Detail);
        Assert.Null(await Device("public-invalid").Snapshot());
    }

    [Fact]
    public Task A_key_that_is_no_device_id_is_the_caller_s_fault() =>
        Assert.ThrowsAsync<ArgumentException>(() => Device("no device").Snapshot());

    [Fact]
    public async Task Alerts_are_seen_and_acknowledged()
    {
        await _cluster.Rules(0).Put(Given.RuleAbove("public-alert", "public-t", 10));
        var device = Device("public-2");
        await device.Ingest(new DeviceReading([new("public-t", Number: 11)]));

        var alert = Assert.Single(await device.Alerts());
        Assert.Equal("triggered", alert.Status);
        Assert.Equal(DeviceAnswer.Ok, await device.Acknowledge(alert.AlertId, "ana"));

        var acknowledged = Assert.Single((await device.Snapshot())!.Alerts);
        Assert.Equal(("acknowledged", "ana"), (acknowledged.Status, acknowledged.AcknowledgedBy));
        Assert.Equal("alert.unknown", (await device.Acknowledge("public-2~public-alert~999", "ana")).Code);
        Assert.Equal("alert.unknown", (await device.Acknowledge("another~public-alert~1", "ana")).Code);
        Assert.Equal("request.invalid", (await device.Acknowledge(alert.AlertId, "")).Code);
        Assert.Equal("device.unknown", (await Device("public-nobody").Acknowledge("public-nobody~public-alert~1", "ana")).Code);
    }

    [Fact]
    public async Task What_people_say_about_a_device_is_put_onto_what_was_seen()
    {
        var device = Device("public-described");
        Assert.Null(await device.Description());

        Assert.Equal(DeviceAnswer.Ok, await device.Describe(new DeviceProfile(Name: "Pump 1"), null));
        var seen = await device.Description();
        Assert.NotNull(seen);
        var full = new DeviceProfile(
            "Pump 1", "pump", "cellar", ["a"], "acme", "plant-1/hall-2", ["night"], ImmutableDictionary<string, string>.Empty.Add("serial", "9").Add("built", "2020"), "1.2");
        Assert.Equal(DeviceAnswer.Ok, await device.Describe(full, seen));
        Assert.Equal("device.changed", (await device.Describe(new DeviceProfile(), seen)).Code);
        Assert.Equal("device.site-invalid", (await device.Describe(full with { Site = "/" }, null)).Code);
        Assert.Equal("device.tags-invalid", (await device.Describe(full with { Tags = [null!] }, null)).Code);

        var described = (await device.Description())!;
        Assert.Equal(("acme", "plant-1/hall-2", "1.2"), (described.Organisation, described.Site, described.Firmware));
        Assert.Equal(["night"], described.Groups.AsEnumerable());
        Assert.Equal("9", described.Metadata!["serial"]);
        Assert.Equal("plant-1/hall-2", (await device.Snapshot())!.Site);
    }

    [Fact]
    public async Task Maintenance_begins_is_seen_and_ends()
    {
        var device = Device("public-maintained");
        Assert.Equal("device.unknown", (await device.SetMaintenance(true, null, "ana")).Code);
        await device.Ingest(new DeviceReading([new("t", Number: 1)]));
        Assert.Equal("device.maintenance-invalid", (await device.SetMaintenance(true, null, null!)).Code);

        Assert.Equal(DeviceAnswer.Ok, await device.SetMaintenance(true, "new bearings", "ana"));
        var worked = (await device.Snapshot())!;
        Assert.Equal(("maintenance", "new bearings", "ana", "online"), (worked.Status, worked.Maintenance?.Reason, worked.Maintenance?.By, worked.Maintenance?.Connectivity));

        Assert.Equal(DeviceAnswer.Ok, await device.SetMaintenance(false, null, "ana"));
        var ended = (await device.Snapshot())!;
        Assert.Equal(("online", null), (ended.Status, ended.Maintenance));
    }

    [Fact]
    public async Task Shadows_are_made_read_and_deleted()
    {
        var device = Device("public-shadowed");
        Assert.Null(await device.Shadow(null));
        Assert.Empty(await device.ShadowNames());

        Assert.Equal(new DeviceShadowAnswer("ok", null, 1), await device.UpdateShadow(null, """{"state": {"desired": {"open": 40}}}""", "ana"));
        Assert.Equal(new DeviceShadowAnswer("ok", null, 2), await device.UpdateShadow(null, """{"state": {"reported": {"open": 39}}, "version": 1}""", "ana"));
        Assert.Equal(1, (await device.UpdateShadow("config", """{"state": {"desired": {"mode": "eco"}}}""", "ana")).Version);
        Assert.Equal("shadow.version-conflict", (await device.UpdateShadow(null, """{"state": {}, "version": 1}""", "ana")).Code);
        Assert.Equal("shadow.invalid-json", (await device.UpdateShadow(null, "{", "ana")).Code);
        Assert.Equal("shadow.missing-payload", (await device.UpdateShadow(null, null!, "ana")).Code);
        Assert.Equal("shadow.invalid-name", (await device.UpdateShadow("a b", """{"state": {}}""", "ana")).Code);
        Assert.Equal("request.invalid", (await device.UpdateShadow(null, """{"state": {}}""", "")).Code);

        var shadow = (await device.Shadow(null))!;
        var document = JsonDocument.Parse(shadow.Document).RootElement;
        Assert.Equal((2, 40, "ana"), (shadow.Version, document.GetProperty("state").GetProperty("delta").GetProperty("open").GetInt32(), Author(document)));
        Assert.Equal(["", "config"], (await device.ShadowNames()).AsEnumerable());

        Assert.Equal("shadow.version-conflict", (await device.DeleteShadow("config", 7, "ana")).Code);
        Assert.Equal(new DeviceShadowAnswer("ok", null, 1), await device.DeleteShadow("config", 1, "ana"));
        Assert.Equal("shadow.unknown", (await device.DeleteShadow("config", null, "ana")).Code);
        Assert.Equal([""], (await device.ShadowNames()).AsEnumerable());

        static string? Author(JsonElement document) => document.GetProperty("desiredBy").GetProperty("open").GetString();
    }

    [Fact]
    public async Task Whoever_subscribes_is_told_of_changes_until_they_unsubscribe()
    {
        var device = Device("public-3");
        var observer = new Observer();
        var reference = _cluster.Client.CreateObjectReference<IDeviceObserver>(observer);
        Assert.Equal("device.unknown", (await device.Subscribe(reference)).Code);
        await device.Ingest(new DeviceReading([new("t", Number: 1)]));

        Assert.Equal(DeviceAnswer.Ok, await device.Subscribe(reference));
        Assert.Equal(DeviceAnswer.Ok, await device.Subscribe(reference));
        await device.Ingest(new DeviceReading([new("t", Number: 2)]));
        Assert.Equal(2, (await observer.Told.Reader.ReadAsync().AsTask().Within("the second reading")).Metrics[0].Number);

        await device.Unsubscribe(reference);
        await device.Ingest(new DeviceReading([new("t", Number: 3)]));
        await device.Subscribe(reference);
        await device.Ingest(new DeviceReading([new("t", Number: 4)]));
        Assert.Equal(4, (await observer.Told.Reader.ReadAsync().AsTask().Within("the fourth reading")).Metrics[0].Number);
    }

    [Fact]
    public async Task Rules_are_put_onto_what_was_seen_and_deleted()
    {
        var rule = _cluster.Client.GetGrain<IRuleGrain>("public-rule");
        const string Document = """{ "condition": { "metric": "x", "operator": ">", "threshold": 1 } }""";

        Assert.Null(await rule.Get());
        Assert.Equal("rule.unknown", (await rule.Delete(null)).Code);
        var invalid = await rule.Put("""{ "condition": { "metric": "x" } }""", null);
        Assert.NotEqual("ok", invalid.Code);
        Assert.NotEmpty(invalid.Faults);

        var created = await rule.Put(Document, 0);
        Assert.Equal(("ok", 1L), (created.Code, created.Rule?.Version));
        var changed = await rule.Put(Document, 0);
        Assert.Equal(("rule.changed", 1L), (changed.Code, changed.Rule?.Version));
        Assert.Equal(2, (await rule.Put(Document, 1)).Rule?.Version);
        Assert.Equal(2, _cluster.Rules(1).Find(Domain.Rules.RuleId.Parse("public-rule"))?.Version);
        Assert.Equal("rule.changed", (await rule.Delete(1)).Code);
        Assert.Equal("ok", (await rule.Delete(2)).Code);
        Assert.Null(await rule.Get());
        Assert.Null(_cluster.Rules(0).Find(Domain.Rules.RuleId.Parse("public-rule")));
    }

    [Fact]
    public async Task The_fleet_is_counted_and_listed()
    {
        var fleet = _cluster.Client.GetGrain<IFleetGrain>(0);
        for (var i = 0; i < 5; i++)
            await Device($"fleet-{i}").Ingest(new DeviceReading([new("t", Number: i)]));

        Assert.InRange((await fleet.Counts()).Devices, 5, int.MaxValue);
        var first = await fleet.List(new FleetQuery(Search: "fleet-", Limit: 3));
        Assert.Equal(5, first.Total);
        Assert.Equal(["fleet-0", "fleet-1", "fleet-2"], first.Devices.Select(device => device.DeviceId));
        var rest = await fleet.List(new FleetQuery(Search: "fleet-", Cursor: first.Next, Limit: 3));
        Assert.Equal(["fleet-3", "fleet-4"], rest.Devices.Select(device => device.DeviceId));
        Assert.Null(rest.Next);
        Assert.Empty((await fleet.List(new FleetQuery(Search: "fleet-", Status: "offline"))).Devices);
        await Assert.ThrowsAsync<ArgumentException>(() => fleet.List(new FleetQuery(Limit: 0)));
        await Assert.ThrowsAsync<ArgumentException>(() => fleet.List(new FleetQuery(Status: "gone")));
    }

    private IDeviceGrain Device(string id) => _cluster.Client.GetGrain<IDeviceGrain>(id);

    private sealed class Observer : IDeviceObserver
    {
        public Channel<DeviceSnapshot> Told { get; } = Channel.CreateUnbounded<DeviceSnapshot>();

        public Task Changed(DeviceSnapshot device)
        {
            Told.Writer.TryWrite(device);
            return Task.CompletedTask;
        }
    }
}
