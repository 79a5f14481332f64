using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OrleansIot.Domain.Twins;
using OrleansIot.Gateway.Limits;
using OrleansIot.Gateway.Tests.Harness;
using OrleansIot.Mqtt.Codec;
using OrleansIot.TestKit.Time;

namespace OrleansIot.Gateway.Tests;

public sealed class LimitsTests : IDisposable
{
    private const string Refused = "orleansiot_mqtt_refused_connections";
    private const int Budget = 1024 * 1024;

    private readonly TestAuthority _authority = new();

    public LimitsTests() => _authority.RenewGateway();

    public void Dispose() => _authority.Dispose();

    [Theory]
    [InlineData(MqttQoS.AtMostOnce)]
    [InlineData(MqttQoS.AtLeastOnce)]
    public async Task Who_publishes_more_often_than_it_may_is_slowed_down_and_loses_nothing(MqttQoS qos)
    {
        await using var gateway = new TestGateway(("Gateway:PublishesPerSecond", "2"));
        var metrics = gateway.Services.GetRequiredService<GatewayMetrics>();
        using var throttled = new MeterWatch("orleansiot_mqtt_throttled_publishes", metrics);
        using var seconds = new MeterWatch("orleansiot_mqtt_throttled_time", metrics);
        var subscriber = await gateway.Connect("subscriber");
        await subscriber.Subscribe("a", MqttQoS.AtMostOnce);
        var flood = await gateway.Connect("flood", readsInline: true);
        var start = gateway.Time.GetUtcNow();
        for (ushort n = 1; n <= 6; n++)
            flood.GatherPublish("a", $"{n}", packetId: qos == MqttQoS.AtMostOnce ? (ushort)0 : n);
        await flood.SendGathered();

        Assert.Equal(["1", "2"], new[] { await Payload(subscriber), await Payload(subscriber) });
        await subscriber.Ping(before: 0);

        // Others are not held to what one has used up.
        var other = await gateway.Connect("other");
        await other.Publish("a", "other");
        Assert.Equal("other", await Payload(subscriber));

        for (var n = 3; n <= 6; n++)
            Assert.Equal($"{n}", await WhileTimePasses(gateway, Payload(subscriber)));
        Assert.True(gateway.Time.GetUtcNow() - start >= TimeSpan.FromSeconds(2));

        // Time may pass for several messages before the first of them is looked at again.
        Assert.InRange(throttled[""], 1, 4);
        Assert.InRange(seconds.Value(""), 0.5, 1_000);
    }

    [Fact]
    public async Task A_message_of_more_bytes_than_a_second_allows_passes_and_the_next_waits_for_it()
    {
        await using var gateway = new TestGateway(("Gateway:PublishBytesPerSecond", "1000"));
        var subscriber = await gateway.Connect("subscriber");
        await subscriber.Subscribe("a", MqttQoS.AtMostOnce);
        var publisher = await gateway.Connect("publisher", readsInline: true);
        var start = gateway.Time.GetUtcNow();
        await publisher.Publish("a", new string('x', 5_000));
        await publisher.Publish("a", "next");
        Assert.Equal(5_000, (await Payload(subscriber)).Length);
        await subscriber.Ping(before: 0);

        Assert.Equal("next", await WhileTimePasses(gateway, Payload(subscriber)));
        Assert.True(gateway.Time.GetUtcNow() - start >= TimeSpan.FromSeconds(4));
    }

    [Fact]
    public async Task Ten_times_overload_at_QoS_0_is_shed_within_the_budget_and_who_keeps_up_misses_nothing()
    {
        await using var gateway = Overloadable();
        var metrics = gateway.Services.GetRequiredService<GatewayMetrics>();
        using var shed = new MeterWatch("orleansiot_mqtt_shed_deliveries", metrics);
        using var refusals = new MeterWatch("orleansiot_mqtt_outbound_refusals", metrics);
        using var queue = new MeterWatch("orleansiot_mqtt_outbound_queue", metrics);
        var slow = new List<TestClient>();
        for (var n = 0; n < 5; n++)
            slow.Add(await SlowSubscriber(gateway, $"slow-{n}", MqttQoS.AtMostOnce));

        var most = await Overload(gateway, MqttQoS.AtMostOnce, () => queue.Observed());
        Assert.InRange(most, Budget / 4, Budget);

        // 10 MB to each, of which half the budget was kept for all of them together.
        Assert.InRange(shed["slow-subscriber"], (5 * 10_000) - 1_000, 5 * 10_000);
        Assert.Equal(shed["slow-subscriber"], refusals[""]);

        // They are still connected, and what was kept for them comes.
        foreach (var subscriber in slow)
            Assert.Equal(1_000, (await Payload(subscriber)).Length);
    }

    [Fact]
    public async Task Ten_times_overload_at_QoS_1_disconnects_who_does_not_take_it_within_the_budget_and_who_keeps_up_misses_nothing()
    {
        await using var gateway = Overloadable();
        var metrics = gateway.Services.GetRequiredService<GatewayMetrics>();
        using var shed = new MeterWatch("orleansiot_mqtt_shed_deliveries", metrics);
        using var queue = new MeterWatch("orleansiot_mqtt_outbound_queue", metrics);
        var slow = new List<TestClient>();
        for (var n = 0; n < 5; n++)
            slow.Add(await SlowSubscriber(gateway, $"slow-{n}", MqttQoS.AtLeastOnce));

        var most = await Overload(gateway, MqttQoS.AtLeastOnce, () => queue.Observed());
        Assert.InRange(most, Budget / 4, Budget);
        Assert.True(shed["slow-subscriber-disconnected"] >= 1);
        Assert.Equal(0, shed["slow-subscriber"]);
    }

    [Fact]
    public void The_last_quarter_of_the_budget_is_for_short_queues_alone()
    {
        var budget = new OutboundBudget(Budget);
        var queues = new long[100];
        for (var added = true; added;)
        {
            added = false;
            for (var n = 0; n < 4; n++)
            {
                if (budget.TryTake(queues[n], 1_000, MqttQoS.AtLeastOnce))
                    (queues[n], added) = (queues[n] + 1_000, true);
            }
        }

        Assert.InRange(budget.Used, Budget / 2, Budget / 4 * 3);
        Assert.True(budget.TryTake(0, 1_000, MqttQoS.AtMostOnce));
        Assert.False(budget.TryTake(OutboundBudget.ShortQueueBytes, 1_000, MqttQoS.AtLeastOnce) && budget.TryTake(queues[0], 1_000, MqttQoS.AtLeastOnce));

        while (budget.TryTake(0, 1_000, MqttQoS.AtMostOnce))
        {
        }

        Assert.InRange(budget.Used, Budget - 1_000, Budget);
        budget.Change(-queues[0]);
        Assert.True(budget.TryTake(0, 1_000, MqttQoS.AtMostOnce));
    }

    [Fact]
    public async Task More_connections_of_one_address_than_it_may_have_are_closed_until_one_has_left()
    {
        await using var gateway = await ListeningGateway.Start("--Gateway:LimitsLoopback", "true", "--Gateway:ConnectionsPerAddress", "2");
        using var refused = new MeterWatch(Refused, gateway.Services.GetRequiredService<GatewayMetrics>());
        var (first, one) = await SocketTransport.Open(gateway.Port);
        var (second, two) = await SocketTransport.Open(gateway.Port);
        using var _ = second;
        await one.Connect("one");
        await two.Connect("two");
        Assert.False(await IsLetIn(gateway));
        Assert.Equal(1, refused["address-count"]);
        Assert.Contains(gateway.Log.Of(LogLevel.Warning), line => line.StartsWith("1 connections closed before their CONNECT was read: address-count, the last from 127.0.0.1:", StringComparison.Ordinal));

        await one.Disconnect();
        first.Dispose();
        await Eventually(() => IsLetIn(gateway));
        Assert.Single(gateway.Log.Of(LogLevel.Warning));
    }

    [Fact]
    public async Task More_new_connections_of_one_address_in_a_second_than_it_may_open_are_closed()
    {
        var time = new ManualTime();
        await using var gateway = await ListeningGateway.Start(time, "--Gateway:LimitsLoopback", "true", "--Gateway:ConnectionsPerAddressPerSecond", "2");
        using var refused = new MeterWatch(Refused, gateway.Services.GetRequiredService<GatewayMetrics>());
        Assert.True(await IsLetIn(gateway));
        Assert.True(await IsLetIn(gateway));
        Assert.False(await IsLetIn(gateway));
        Assert.Equal(1, refused["address-rate"]);

        time.Advance(TimeSpan.FromSeconds(0.5));
        Assert.True(await IsLetIn(gateway));
        Assert.False(await IsLetIn(gateway));
    }

    [Fact]
    public async Task This_machine_is_not_held_to_the_limits_of_one_address_unless_that_is_wanted()
    {
        await using var gateway = await ListeningGateway.Start("--Gateway:ConnectionsPerAddress", "1", "--Gateway:ConnectionsPerAddressPerSecond", "1");
        Assert.True(await IsLetIn(gateway));
        Assert.True(await IsLetIn(gateway));
    }

    [Fact]
    public async Task Too_many_half_open_connections_close_the_next_until_one_has_said_CONNECT()
    {
        await using var gateway = await ListeningGateway.Start("--Gateway:HandshakesAtATime", "2");
        using var handshakes = new MeterWatch("orleansiot_mqtt_handshakes", gateway.Services.GetRequiredService<GatewayMetrics>());
        using var refused = new MeterWatch(Refused, gateway.Services.GetRequiredService<GatewayMetrics>());
        var (first, one) = await SocketTransport.Open(gateway.Port);
        var (second, two) = await SocketTransport.Open(gateway.Port);
        using var _ = first;
        using var __ = second;
        await Eventually(() => Task.FromResult(handshakes.Observed() == 2));
        Assert.False(await IsLetIn(gateway));
        Assert.Equal(1, refused["handshakes"]);

        await one.Connect("one");
        Assert.True(await IsLetIn(gateway));
    }

    [Fact]
    public async Task More_connections_than_all_may_have_are_closed_and_counted()
    {
        await using var gateway = await ListeningGateway.Start("--Gateway:MaxConnections", "1");
        using var refused = new MeterWatch(Refused, gateway.Services.GetRequiredService<GatewayMetrics>());
        var (first, one) = await SocketTransport.Open(gateway.Port);
        using var _ = first;
        await one.Connect("one");
        Assert.False(await IsLetIn(gateway));
        Assert.Equal(1, refused["max-connections"]);
    }

    [Theory]
    [InlineData("Tcp")]
    [InlineData("Tls")]
    [InlineData("WebSocket")]
    public async Task A_connection_that_stays_silent_is_closed_and_counted(string transport)
    {
        await using var gateway = await ListeningGateway.Start(_authority.Settings("Tls", "--Gateway:WebSocket:Port", "0", "--Gateway:ConnectTimeout", "00:00:00.300"));
        using var refused = new MeterWatch(Refused, gateway.Services.GetRequiredService<GatewayMetrics>());
        using var socket = await Open(gateway.Address.Listeners.Single(listener => $"{listener.Transport}" == transport).Bound);
        await ExpectEnd(socket);
        await Eventually(() => Task.FromResult(refused["handshake-timeout"] == 1));
    }

    [Fact]
    public async Task What_is_no_TLS_on_a_TLS_port_is_counted_and_who_only_looks_at_a_plain_port_is_not()
    {
        await using var gateway = await ListeningGateway.Start(_authority.Settings());
        using var refused = new MeterWatch(Refused, gateway.Services.GetRequiredService<GatewayMetrics>());
        using (var scan = await Open(gateway.Address.Bound!))
            scan.Shutdown(SocketShutdown.Both);

        using var socket = await Open(gateway.Address.Tls!);
        await socket.SendAsync("GET / HTTP/1.1\r\n\r\n"u8.ToArray());
        await ExpectEnd(socket);
        await Eventually(() => Task.FromResult(refused["tls"] == 1));
        Assert.Equal(0, refused["handshake-timeout"]);
    }

    [Fact]
    public async Task Connections_are_counted_by_transport_and_messages_in_flight_by_direction()
    {
        await using var gateway = await ListeningGateway.Start(_authority.Settings("Tls", "--Gateway:WebSocket:Port", "0"));
        using var connections = new MeterWatch("orleansiot_mqtt_connections", gateway.Services.GetRequiredService<GatewayMetrics>());
        using var inFlight = new MeterWatch("orleansiot_mqtt_inflight", gateway.Services.GetRequiredService<GatewayMetrics>());
        var (tcp, one) = await SocketTransport.Open(gateway.Port);
        using var _ = tcp;
        await one.Connect("one");
        var (tls, two) = await StreamTransport.Tls(gateway.Address.Tls!.Port, _authority);
        using var __ = tls;
        await two.Connect("two");
        using var socket = new ClientWebSocket();
        var (___, three) = await StreamTransport.WebSocket(socket, new Uri($"ws://127.0.0.1:{gateway.Address.WebSocket!.Port}/mqtt"));
        await three.Connect("three");
        Assert.Equal((1, 1, 1, 0), (connections.Observed("tcp"), connections.Observed("tls"), connections.Observed("websocket"), connections.Observed("secure-websocket")));

        gateway.Twins.HoldsReadings = true;
        await three.Publish("dt/devices/three/telemetry", """{"t": 1}""", packetId: 1);
        var held = await gateway.Twins.Next<TwinCommand.Ingest>();
        Assert.Equal(1, inFlight.Observed("in"));
        held.Accept();
        await three.Expect(MqttPacketType.PubAck);
        Assert.Equal(0, inFlight.Observed("in"));

        await two.Subscribe("a");
        await one.Publish("a", "hello");
        await one.Publish("a", "hello", packetId: 1);
        await two.Expect(MqttPacketType.Publish);
        var received = await two.Expect(MqttPacketType.Publish);
        Assert.Equal(1, inFlight.Observed("out"));
        await two.Acknowledge(received.Id);
        await two.Ping();
        Assert.Equal(0, inFlight.Observed("out"));
    }

    [Fact]
    public void Addresses_of_IPv6_count_by_their_network_and_those_of_IPv4_each()
    {
        Assert.Equal(Key("2001:db8::1"), Key("2001:db8::ffff:1"));
        Assert.NotEqual(Key("2001:db8::1"), Key("2001:db8:0:1::1"));
        Assert.Equal(Key("192.0.2.1"), Key("::ffff:192.0.2.1"));
        Assert.NotEqual(Key("192.0.2.1"), Key("192.0.2.2"));
        Assert.NotEqual(Key("0.0.0.1"), Key("0:0:0:1::"));

        static AddressKey Key(string address) => AddressKey.Of(IPAddress.Parse(address));
    }

    [Fact]
    public void Addresses_that_are_gone_are_forgotten_however_many_there_were()
    {
        var time = new ManualTime();
        var limits = new AddressLimits(perAddress: 10, perSecond: 10, time);
        var kept = new AddressKey(ulong.MaxValue, true);
        Assert.Null(limits.TryEnter(kept));
        for (var n = 0u; n < 500_000; n++)
        {
            var address = new AddressKey(n, false);
            Assert.Null(limits.TryEnter(address));
            limits.Leave(address);
            if (n % 10_000 == 0)
                time.Advance(TimeSpan.FromSeconds(0.01));
        }

        Assert.InRange(limits.Count, 1, 3 * 65_536);
        for (var n = 1; n < 10; n++)
            Assert.Null(limits.TryEnter(kept));
        Assert.Equal("address-count", limits.TryEnter(kept));
    }

    [Theory]
    [InlineData("Gateway:HandshakesAtATime", "0")]
    [InlineData("Gateway:ConnectionsPerAddress", "-1")]
    [InlineData("Gateway:OutboundBytes", "1000")]
    public async Task A_limit_out_of_its_range_stops_the_start(string setting, string value)
    {
        var refused = await Assert.ThrowsAsync<Microsoft.Extensions.Options.OptionsValidationException>(() => ListeningGateway.Start($"--{setting}", value));
        Assert.Contains(setting.Split(':')[1], refused.Message, StringComparison.Ordinal);
    }

    private static TestGateway Overloadable() => new(("Gateway:OutboundBytes", $"{Budget}"), ("Gateway:OutboundQueueMessages", "1000000"));

    /// <summary>10 MB to whoever is subscribed, as fast as a client takes it that reads; answers how much waited at the most.</summary>
    private static async Task<long> Overload(TestGateway gateway, MqttQoS qos, Func<long> waiting)
    {
        var fast = await gateway.Connect("fast");
        await fast.Subscribe("a", qos);
        var publisher = await gateway.Connect("publisher");
        var payload = new string('x', 1_000);
        var most = 0L;
        for (var batch = 0; batch < 500; batch++)
        {
            for (ushort n = 1; n <= 20; n++)
                publisher.GatherPublish("a", payload, packetId: qos == MqttQoS.AtMostOnce ? (ushort)0 : n);
            await publisher.SendGathered();
            for (var n = 0; n < 20; n++)
            {
                var received = await fast.Expect(MqttPacketType.Publish);
                if (qos != MqttQoS.AtMostOnce)
                {
                    await fast.Acknowledge(received.Id);
                    await publisher.Expect(MqttPacketType.PubAck);
                }
            }

            // All acknowledgements have been taken.
            await fast.Ping();
            most = Math.Max(most, waiting());
        }

        return most;
    }

    private static async Task<TestClient> SlowSubscriber(TestGateway gateway, string clientId, MqttQoS qos)
    {
        // A socket that takes little: the gateway's flush waits after the first message.
        var slow = gateway.Open(toClient: new PipeOptions(pauseWriterThreshold: 500, resumeWriterThreshold: 250));
        await slow.Connect(clientId);
        await slow.Subscribe("a", qos);
        return slow;
    }

    private static async Task<string> Payload(TestClient subscriber) => (await subscriber.Expect(MqttPacketType.Publish)).Payload;

    private static async Task<T> WhileTimePasses<T>(TestGateway gateway, Task<T> awaited)
    {
        // Step by step, and not as fast as this thread can: years could pass while another waits for a processor.
        await TestKit.Eventually.IsTrue("what only time brings about", () =>
        {
            gateway.Time.Advance(TimeSpan.FromMilliseconds(50));
            return Task.FromResult(awaited.IsCompleted);
        });
        return await awaited;
    }

    /// <summary>Tries again until the gateway has got so far.</summary>
    private static async Task Eventually(Func<Task<bool>> isSo)
    {
        async Task Try()
        {
            while (!await isSo())
                await Task.Yield();
        }

        await Try().Within("what was to happen");
    }

    /// <summary>Whether a new connection gets a CONNACK.</summary>
    private static async Task<bool> IsLetIn(ListeningGateway gateway)
    {
        try
        {
            var (transport, client) = await SocketTransport.Open(gateway.Port);
            using var _ = transport;
            return (await client.Connect("visitor")).Code == MqttReasonCode.Success;
        }
        catch (Exception closed) when (closed is IOException or SocketException)
        {
            return false;
        }
    }

    private static async Task<Socket> Open(IPEndPoint address)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(address);
        return socket;
    }

    /// <summary>Whether by an end, or by a reset where bytes were left unread; an answer may come before.</summary>
    private static async Task ExpectEnd(Socket socket)
    {
        try
        {
            var buffer = new byte[256];
            while (await socket.ReceiveAsync(buffer).Within("the gateway's end of the connection") > 0)
            {
            }
        }
        catch (SocketException reset)
        {
            Assert.Equal(SocketError.ConnectionReset, reset.SocketErrorCode);
        }
    }
}
