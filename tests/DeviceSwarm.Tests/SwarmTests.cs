using System.Globalization;
using System.Net;
using System.Net.Sockets;
using OrleansIot.Mqtt.Codec;
using OrleansIot.TestKit.Peers;
using OrleansIot.TestKit.Time;

namespace OrleansIot.DeviceSwarm.Tests;

public sealed class SwarmTests
{
    [Theory]
    [InlineData(MqttVersion.V311, MqttQoS.AtLeastOnce)]
    [InlineData(MqttVersion.V5, MqttQoS.AtLeastOnce)]
    [InlineData(MqttVersion.V5, MqttQoS.AtMostOnce)]
    public async Task Every_message_reaches_a_subscriber_once_and_in_order(MqttVersion version, MqttQoS qos)
    {
        await using var broker = await Mosquitto.Start();
        await using var subscription = await MosquittoSubscription.To(broker, "dt/devices/+/telemetry");
        var options = new SwarmOptions
        {
            Port = broker.Port,
            Devices = 7,
            Connections = 3,
            Messages = 500,
            Protocol = version,
            QoS = qos,
        };

        var result = await Run(options);

        Assert.True(result.IsComplete, result.ToString());
        Assert.Equal((500, qos == MqttQoS.AtLeastOnce ? 500 : 0), (result.Sent, result.Acknowledged));
        var seen = new Dictionary<string, long>();
        for (var i = 0; i < 500; i++)
        {
            var (topic, payload) = await subscription.NextJson($"message {i + 1} of 500");
            Assert.Equal(seen.GetValueOrDefault(topic) + 1, payload.GetProperty("seq").GetInt64());
            seen[topic] = payload.GetProperty("seq").GetInt64();
        }

        Assert.Equal(7, seen.Count);
    }

    [Fact]
    public async Task A_rate_is_kept()
    {
        await using var broker = await Mosquitto.Start();

        var result = await Run(new SwarmOptions { Port = broker.Port, Devices = 10, Connections = 2, Messages = 100, Rate = 200 });

        Assert.True(result.IsComplete, result.ToString());
        Assert.True(result.Duration > TimeSpan.FromSeconds(0.49), $"100 messages at 200/s took {result.Duration}.");
    }

    [Fact]
    public async Task Messages_of_the_first_moments_do_not_count_in_the_latency()
    {
        await using var broker = await Mosquitto.Start();

        var settling = await Run(new SwarmOptions { Port = broker.Port, Devices = 2, Connections = 1, Messages = 20, Settle = TimeSpan.FromHours(1) });
        var settled = await Run(new SwarmOptions { Port = broker.Port, Devices = 2, Connections = 1, Messages = 20, Rate = 100, Settle = TimeSpan.FromMilliseconds(100) });

        Assert.Equal((20, null), (settling.Acknowledged, settling.Latency));
        Assert.NotNull(settled.Latency);
    }

    [Fact]
    public async Task A_refusal_is_counted_by_its_reason()
    {
        var nothingAllowed = Path.GetTempFileName();
        try
        {
            await using var broker = await Mosquitto.Start($"acl_file {nothingAllowed}");

            var result = await Run(new SwarmOptions
            {
                Port = broker.Port,
                Devices = 2,
                Connections = 1,
                Messages = 10,
                Protocol = MqttVersion.V5,
            });

            Assert.True(result.Refused.GetValueOrDefault(MqttReasonCode.NotAuthorized) == 10, result.ToString());
            Assert.Equal(0, result.Acknowledged);
            Assert.False(result.IsComplete);
        }
        finally
        {
            File.Delete(nothingAllowed);
        }
    }

    [Theory]
    [InlineData(MqttVersion.V311)]
    [InlineData(MqttVersion.V5)]
    public async Task A_killed_broker_costs_no_message_and_the_log_has_each_acknowledged_one(MqttVersion version)
    {
        var ackLog = Path.GetTempFileName();
        try
        {
            await using var broker = await Mosquitto.Start();
            await using var subscription = await MosquittoSubscription.To(broker, "dt/devices/+/telemetry");
            using var stop = new CancellationTokenSource();
            var run = Endless(
                new SwarmOptions { Port = broker.Port, Devices = 10, Connections = 2, Rate = 4_000, Protocol = version, ReconnectTries = 1_000, AckLog = ackLog },
                stop.Token);
            await subscription.Next("the first message");
            await broker.Kill();
            await broker.Restart();
            await using var again = await MosquittoSubscription.To(broker, "dt/devices/+/telemetry");
            foreach (var connection in (string[])["swarm-0", "swarm-1"])
                await Hear(again, connection);
            await stop.CancelAsync();
            var result = await run.Within("the end of the run");

            Assert.True(result.IsComplete, result.ToString());
            Assert.Equal(result.Sent, result.Acknowledged);
            Assert.True(result.ConnectionErrors > 0, "The kill broke no connection.");
            Assert.Equal(0, result.ConnectionsLost);
            var logged = (await File.ReadAllLinesAsync(ackLog)).Select(line => line.Split(' ')).ToLookup(parts => parts[0], parts => int.Parse(parts[1], CultureInfo.InvariantCulture));
            Assert.Equal(Enumerable.Range(0, 10).Select(device => $"swarm-{device}"), logged.Select(device => device.Key).Order());
            Assert.All(logged, device => Assert.Equal(Enumerable.Range(1, device.Count()), device.Order()));
            Assert.Equal(result.Acknowledged, logged.Sum(device => device.Count()));
        }
        finally
        {
            File.Delete(ackLog);
        }
    }

    [Fact]
    public async Task Connections_are_dealt_out_to_several_brokers_and_move_on_from_one_that_dies()
    {
        await using var dying = await Mosquitto.Start();
        await using var staying = await Mosquitto.Start();
        await using var heardAtFirst = await MosquittoSubscription.To(dying, "dt/devices/+/telemetry");
        await using var heardAfter = await MosquittoSubscription.To(staying, "dt/devices/+/telemetry");
        using var stop = new CancellationTokenSource();
        var run = Endless(
            new SwarmOptions { Brokers = [new("127.0.0.1", dying.Port), new("127.0.0.1", staying.Port)], Devices = 2, Connections = 2, Rate = 1_000, ReconnectTries = 10 },
            stop.Token);
        Assert.Equal("dt/devices/swarm-0/telemetry", (await heardAtFirst.Next("the first connection's message")).Topic);
        Assert.Equal("dt/devices/swarm-1/telemetry", (await heardAfter.Next("the second connection's message")).Topic);
        await dying.Kill();
        await Hear(heardAfter, "swarm-0");
        await stop.CancelAsync();
        var result = await run.Within("the end of the run");

        Assert.True(result.IsComplete, result.ToString());
        Assert.Equal((result.Sent, 0), (result.Acknowledged, result.ConnectionsLost));
        Assert.True(result.ConnectionErrors > 0, "The kill broke no connection.");
    }

    [Fact]
    public async Task Without_a_broker_the_run_ends_and_says_why()
    {
        var result = await Run(new SwarmOptions { Port = FreePort.Find(), Devices = 2, Connections = 2, Messages = 10, ReconnectTries = 1 });

        Assert.Equal((0, 10, 2), (result.Sent, result.Unsent, result.ConnectionsLost));
        Assert.Contains("refused", result.FirstError, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_broker_that_stops_answering_does_not_hold_the_run_for_ever()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var run = Run(new SwarmOptions
        {
            Port = ((IPEndPoint)listener.LocalEndpoint).Port,
            Devices = 1,
            Connections = 1,
            Messages = 5,
            StallLimit = TimeSpan.FromSeconds(1),
        });
        using var socket = await listener.AcceptSocketAsync();
        await socket.SendAsync(new byte[] { 0x20, 2, 0, 0 });

        var result = await run;

        Assert.Equal((5, 1), (result.Unacknowledged, result.ConnectionsLost));
        Assert.Equal("No progress for 1 s.", result.FirstError);
    }

    [Fact]
    public async Task Ending_early_waits_for_what_is_under_way()
    {
        await using var broker = await Mosquitto.Start();
        await using var subscription = await MosquittoSubscription.To(broker, "dt/devices/+/telemetry");
        using var stop = new CancellationTokenSource();
        var run = Endless(new SwarmOptions { Port = broker.Port, Devices = 5, Connections = 5 }, stop.Token);
        await subscription.Next("the first message");

        await stop.CancelAsync();
        var result = await run.Within("the end of the run");

        Assert.True(result.IsComplete, result.ToString());
        Assert.Equal(result.Sent, result.Acknowledged);
    }

    private static Task<SwarmResult> Run(SwarmOptions options) =>
        new Swarm(options, TimeProvider.System).Run().Within("the end of the run");

    /// <summary>Goes on until it is told to stop, so that it cannot be over before what is to happen to it has happened.</summary>
    private static Task<SwarmResult> Endless(SwarmOptions options, CancellationToken stop)
    {
        (options.Messages, options.Duration) = (null, TimeSpan.FromHours(1));
        return new Swarm(options, TimeProvider.System).Run(stop);
    }

    private static async Task Hear(MosquittoSubscription subscription, string device)
    {
        while ((await subscription.Next($"a message of {device}")).Topic != $"dt/devices/{device}/telemetry")
        {
        }
    }
}
