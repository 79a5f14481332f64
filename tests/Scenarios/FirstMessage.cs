using System.Text.Json;
using OrleansIot.Scenarios.Editions;
using OrleansIot.TestKit.Peers;

namespace OrleansIot.Scenarios;

public abstract class FirstMessage<TEdition>(SharedSystem<TEdition> shared, ITestOutputHelper output) : SharedScenario<TEdition>(shared, output)
    where TEdition : IEdition, new()
{
    [Fact]
    public async Task A_device_is_readable_as_soon_as_its_first_message_is_acknowledged()
    {
        await MosquittoPub.Publish(Running.MqttPort, "dt/devices/boiler-7/telemetry", """{"temperature": 71.5}""");

        var device = await Running.Api.Device("boiler-7");
        Assert.NotNull(device);
        Assert.Equal("boiler-7", device.Value.GetProperty("deviceId").GetString());
        Assert.Equal("online", device.Value.GetProperty("status").GetString());
        Assert.Equal(71.5, device.Value.GetProperty("readings").GetProperty("temperature").GetProperty("value").GetDouble());
    }

    [Fact]
    public async Task Nested_payloads_of_the_monitoring_topic_become_dash_separated_metrics()
    {
        await MosquittoPub.Publish(Running.MqttPort, "devices/edge-1/monitoring", """{"timestamp": 1763700000, "disk": {"root": {"used": 41.5}}, "fan": {"on": true}, "mode": "auto"}""");

        var readings = (await Running.Api.Device("edge-1"))!.Value.GetProperty("readings");
        Assert.Equal(41.5, readings.GetProperty("disk-root-used").GetProperty("value").GetDouble());
        Assert.True(readings.GetProperty("fan-on").GetProperty("value").GetBoolean());
        Assert.Equal("auto", readings.GetProperty("mode").GetProperty("value").GetString());
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1763700000), readings.GetProperty("mode").GetProperty("at").GetDateTimeOffset());
    }

    [Theory]
    [InlineData("mqttv311")]
    [InlineData("mqttv5")]
    public async Task A_message_id_that_comes_again_makes_no_second_event(string protocol)
    {
        var device = $"meter-{protocol}";
        for (var i = 0; i < 3; i++)
            await MosquittoPub.Publish(Running.MqttPort, $"dt/devices/{device}/telemetry", """{"messageId": "m-1", "energy": 5}""", "-V", protocol);

        var now = DateTimeOffset.Parse("2100-01-01T00:00:00Z", null);
        Assert.Equal(1, await Running.Api.CountInHistory(device, "energy", now.AddYears(-100), now));
    }

    [Fact]
    public async Task A_stop_and_a_start_keep_devices_their_values_and_their_history()
    {
        await MosquittoPub.Publish(Running.MqttPort, "dt/devices/pump-1/telemetry", """{"flow": 12.8, "timestamp": "2026-11-20T10:00:00Z"}""");
        Assert.Equal(0, await Running.Stop());

        await Running.StartAgain();
        var device = await Running.Api.Device("pump-1");
        Assert.Equal(12.8, device!.Value.GetProperty("readings").GetProperty("flow").GetProperty("value").GetDouble());
        var history = await Running.Api.Get("devices/pump-1/history?metric=flow&from=2026-11-20T09:00:00Z&to=2026-11-20T11:00:00Z&points=10");
        var point = Assert.Single(history.GetProperty("points").EnumerateArray().ToList());
        Assert.Equal((12.8, 12.8, 12.8, 1), (Number(point, "min"), Number(point, "mean"), Number(point, "max"), Number(point, "count")));
    }

    private static double Number(JsonElement element, string name) => element.GetProperty(name).GetDouble();
}
