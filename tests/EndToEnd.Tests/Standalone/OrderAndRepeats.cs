using System.Globalization;
using System.Text;
using System.Text.Json;
using OrleansIot.EndToEnd.Tests.Crashes;
using OrleansIot.Mqtt.Codec;
using OrleansIot.TestKit;

namespace OrleansIot.EndToEnd.Tests.Standalone;

/// <summary>What a device sends is kept in its order, once, in its place.</summary>
public sealed class OrderAndRepeats
{
    private const string Topic = "dt/devices/pump-1/telemetry";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    // Fewer than are in flight, so that most wait at the door.
    private const string SmallMailbox = "--Twins:MailboxCapacity=4";

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task From_the_socket_to_the_history_each_connection_keeps_its_order(int connections)
    {
        const int PerConnection = 400;
        await using var system = await StandaloneSystem.Start(SmallMailbox);
        await using var stream = await StreamWatch.Start(system.Http);

        await Task.WhenAll(Enumerable.Range(0, connections).Select(number => Send(
            system.MqttPort, $"link-{number}", Enumerable.Range(0, PerConnection).Select(sequence => $$"""{"from": {{number}}, "seq": {{sequence}}}"""), window: 100)));
        await Eventually.IsTrue("the stream told of all", () => Task.FromResult(stream.Readings >= connections * PerConnection), Limit);
        await system.KillHard();
        await stream.Ended();

        var told = stream.Events.Where(one => one.Kind == "reading").Select(one => one.Data).ToList();
        Assert.Equal(told.Select(Version).Order(), told.Select(Version));
        await system.StartAgain();
        var stored = (await system.Api.Get("devices/pump-1/readings?limit=1000")).GetProperty("items").EnumerateArray().ToList();
        foreach (var readings in (IEnumerable<JsonElement>[])[told, stored])
        {
            for (var number = 0; number < connections; number++)
            {
                Assert.Equal(
                    Enumerable.Range(0, PerConnection),
                    readings.Select(reading => reading.GetProperty("metrics")).Where(metrics => metrics.GetProperty("from").GetInt32() == number).Select(metrics => metrics.GetProperty("seq").GetInt32()));
            }
        }
    }

    [Fact]
    public async Task A_late_reading_is_kept_in_its_place_and_neither_overwrites_nor_fires_and_the_clock_is_told()
    {
        await using var system = await StandaloneSystem.Start();
        await system.Api.PutRule("hot", new { condition = new { metric = "t", @operator = ">", threshold = 70, duration = 0 } });
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        string At(int seconds, double value) => string.Create(CultureInfo.InvariantCulture, $$"""{"timestamp": {{now + (seconds * 1000)}}, "t": {{value}}}""");

        await Send(system.MqttPort, "link", [At(-300, 20), At(-60, 21), At(-240, 99), At(-600, 98)], window: 1);

        var device = (await system.Api.Device("pump-1"))!.Value;
        Assert.Equal(21, device.GetProperty("readings").GetProperty("t").GetProperty("value").GetDouble());
        Assert.Empty(await system.Api.Alerts());
        var stored = (await system.Api.Get("devices/pump-1/readings")).GetProperty("items").EnumerateArray().Select(reading => reading.GetProperty("metrics").GetProperty("t").GetDouble());
        Assert.Equal([98, 20, 99, 21], stored);

        // A minute behind, as near as the quickest of four tells.
        Assert.InRange(device.GetProperty("clockSkewMs").GetInt64(), -70_000, -60_000);
    }

    [Fact]
    public async Task A_numbered_message_that_comes_again_after_a_thousand_others_and_a_crash_is_stored_once()
    {
        await using var system = await StandaloneSystem.Start();
        string Numbered(int number) => $$"""{"bootId": "boot-1", "sequence": {{number}}, "seq": {{number}}}""";
        await Send(system.MqttPort, "link", Enumerable.Range(0, 900).Select(Numbered), window: 50);
        await system.KillHard();
        await system.StartAgain();

        await Send(system.MqttPort, "other-link", [Numbered(0), Numbered(450), Numbered(899), Numbered(900)], window: 4);

        var stored = (await system.Api.Get("devices/pump-1/readings?limit=1000")).GetProperty("items").EnumerateArray().Select(reading => reading.GetProperty("metrics").GetProperty("seq").GetInt32());
        Assert.Equal(Enumerable.Range(0, 901), stored);
    }

    private static long Version(JsonElement told) => told.GetProperty("version").GetInt64();

    private static async Task Send(int port, string clientId, IEnumerable<string> payloads, int window)
    {
        var room = new SemaphoreSlim(window);
        await using var connection = await LoadConnection.Open(port, clientId, MqttVersion.V5, (_, reason) =>
        {
            Assert.Equal(MqttReasonCode.Success, reason);
            room.Release();
        });
        ushort packetId = 0;
        foreach (var payload in payloads)
        {
            Assert.True(await room.WaitAsync(Limit, connection.Lost), "No PUBACK came.");
            await connection.Publish(++packetId, Topic, Encoding.UTF8.GetBytes(payload), dup: false);
        }

        for (var i = 0; i < window; i++)
            Assert.True(await room.WaitAsync(Limit, connection.Lost), "No PUBACK came.");
    }
}
