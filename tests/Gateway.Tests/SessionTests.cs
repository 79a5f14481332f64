using System.Buffers;
using OrleansIot.Gateway.Tests.Harness;
using OrleansIot.Mqtt.Codec;

namespace OrleansIot.Gateway.Tests;

public sealed class SessionTests : IAsyncLifetime
{
    private const uint Hour = 3_600;

    private readonly TestGateway _gateway = new(
        ("Gateway:OfflineQueueMessages", "5"), ("Gateway:MaxSessions", "3"), ("Gateway:MaxSessionExpiry", "1.00:00:00"), ("Gateway:SessionExpiry", "02:00:00"));

    public ValueTask InitializeAsync() => default;

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();

    // [MQTT-3.1.2-4], [MQTT-3.1.2-5], [MQTT-3.2.2-2], [MQTT-3.2.2-3]; 3.1.1: [MQTT-3.1.2-4], [MQTT-3.2.2-2]
    [Theory]
    [InlineData(MqttVersion.V5)]
    [InlineData(MqttVersion.V311)]
    public async Task A_session_that_is_kept_is_there_again_and_what_was_published_meanwhile_comes(MqttVersion version)
    {
        var (first, present) = await Keep("c", version);
        Assert.False(present);
        await first.Subscribe("a/#", MqttQoS.ExactlyOnce);
        await first.Leave();

        var publisher = await _gateway.Connect("publisher");
        await publisher.Publish("a/0", "zero");
        await publisher.Publish("a/1", "one", packetId: 1);
        Assert.Equal((MqttReasonCode.Success, (ushort)1), await publisher.CodeAndId(MqttPacketType.PubAck));
        await publisher.PublishQoS2("a/2", "two", packetId: 2);

        (var second, present) = await Keep("c", version);
        Assert.True(present);
        var one = await second.Expect(MqttPacketType.Publish);
        var two = await second.Expect(MqttPacketType.Publish);
        Assert.Equal([("one", MqttQoS.AtLeastOnce, false), ("two", MqttQoS.ExactlyOnce, false)], new[] { (one.Payload, one.QoS, one.Dup), (two.Payload, two.QoS, two.Dup) });
        await second.Acknowledge(one.Id);
        await second.CompleteQoS2(two.Id);
        await publisher.Publish("a/1", "live", packetId: 3);
        Assert.Equal("live", (await second.Expect(MqttPacketType.Publish)).Payload);
    }

    // [MQTT-3.1.2-4], [MQTT-3.2.2-2]
    [Theory]
    [InlineData(MqttVersion.V5)]
    [InlineData(MqttVersion.V311)]
    public async Task A_clean_start_forgets_what_was_kept(MqttVersion version)
    {
        var (first, _) = await Keep("c", version);
        await first.Subscribe("a");
        await first.Leave();
        var clean = _gateway.Open(version);
        Assert.False((await clean.Connect("c")).SessionPresent);
        await (await _gateway.Connect("publisher")).Publish("a", "x");
        await clean.Ping(before: 0);
        await clean.Leave();
        Assert.False((await Keep("c", version)).Present);
    }

    // [MQTT-3.1.2-23]: the session state is kept for its expiry interval, and no longer.
    [Fact]
    public async Task A_session_ends_when_its_time_is_over_and_not_before()
    {
        var (first, _) = await Keep("c", expiry: 10);
        await first.Subscribe("a");
        await first.Leave();
        _gateway.Time.Advance(TimeSpan.FromSeconds(9));
        var (second, present) = await Keep("c", expiry: 10);
        Assert.True(present);
        _gateway.Time.Advance(TimeSpan.FromDays(2)); // a connection has no such limit
        await second.Ping();
        await second.Leave();
        _gateway.Time.Advance(TimeSpan.FromSeconds(11));
        Assert.False((await Keep("c", expiry: 10)).Present);
    }

    // 3.1.2.11.2: 0 or absent ends the session with its connection.
    [Fact]
    public async Task A_session_without_expiry_ends_with_its_connection_even_if_one_was_kept_before()
    {
        var (kept, _) = await Keep("c");
        await kept.Leave();
        var resumed = _gateway.Open();
        Assert.True((await resumed.Connect("c", clean: false)).SessionPresent);
        await resumed.Leave();
        Assert.False((await Keep("c")).Present);
    }

    // 3.1.1 has no expiry interval: Gateway:SessionExpiry counts.
    [Fact]
    public async Task A_session_of_3_1_1_is_kept_as_long_as_the_server_says()
    {
        await (await Keep("c", MqttVersion.V311)).Client.Leave();
        _gateway.Time.Advance(TimeSpan.FromHours(1.9));
        var (client, present) = await Keep("c", MqttVersion.V311);
        Assert.True(present);
        await client.Leave();
        _gateway.Time.Advance(TimeSpan.FromHours(2.1));
        Assert.False((await Keep("c", MqttVersion.V311)).Present);
    }

    // 3.2.2.3.2: the server tells which interval it uses where that is another.
    [Fact]
    public async Task A_client_that_asks_for_too_much_is_told_what_it_gets()
    {
        var client = _gateway.Open();
        var answer = await client.Connect("c", expiry: uint.MaxValue);
        Assert.Equal(86_400u, answer.Numbers[MqttPropertyId.SessionExpiryInterval]);
    }

    // 3.14.2.2.2
    [Fact]
    public async Task An_expiry_in_DISCONNECT_is_a_protocol_error_where_CONNECT_had_none()
    {
        var client = await _gateway.Connect("c");
        await Disconnect(client, 5);
        Assert.Equal(MqttReasonCode.ProtocolError, (await client.Expect(MqttPacketType.Disconnect)).Code);
        await client.ExpectClosed();
    }

    // 3.14.2.2.2
    [Fact]
    public async Task DISCONNECT_may_give_the_session_another_expiry()
    {
        var (longer, _) = await Keep("c", expiry: 1);
        await Disconnect(longer, 100);
        await longer.ExpectClosed();
        _gateway.Time.Advance(TimeSpan.FromSeconds(50));
        var (ended, present) = await Keep("c", expiry: 100);
        Assert.True(present);
        await Disconnect(ended, 0);
        await ended.ExpectClosed();
        Assert.False((await Keep("c")).Present);
    }

    // [MQTT-4.4.0-1], [MQTT-3.3.1-1], [MQTT-4.6.0-1]
    [Fact]
    public async Task What_was_not_acknowledged_is_sent_again_in_order_under_its_identifier_and_says_so()
    {
        var (first, _) = await Keep("c");
        await first.Subscribe("a", MqttQoS.ExactlyOnce);
        var publisher = await _gateway.Connect("publisher");
        await publisher.Publish("a", "1", packetId: 1);
        await publisher.Publish("a", "2", packetId: 2, qos: MqttQoS.ExactlyOnce);
        await publisher.Publish("a", "3", packetId: 3, qos: MqttQoS.ExactlyOnce);
        var sent = new[] { await first.Expect(MqttPacketType.Publish), await first.Expect(MqttPacketType.Publish), await first.Expect(MqttPacketType.Publish) };
        await first.Acknowledge(MqttPacketType.PubRec, sent[2].Id);
        await first.Expect(MqttPacketType.PubRel);
        await first.Vanish();
        await publisher.Publish("a", "4", packetId: 4);

        var (second, _) = await Keep("c");
        foreach (var (id, payload, qos) in new[] { (sent[0].Id, "1", MqttQoS.AtLeastOnce), (sent[1].Id, "2", MqttQoS.ExactlyOnce) })
        {
            var again = await second.Expect(MqttPacketType.Publish);
            Assert.Equal((id, payload, qos, true), (again.Id, again.Payload, again.QoS, again.Dup));
        }

        Assert.Equal(sent[2].Id, (await second.Expect(MqttPacketType.PubRel)).Id);
        var fresh = await second.Expect(MqttPacketType.Publish);
        Assert.Equal(("4", false), (fresh.Payload, fresh.Dup));
        await second.Acknowledge(MqttPacketType.PubAck, sent[0].Id);
        await second.CompleteQoS2(sent[1].Id);
        await second.Acknowledge(MqttPacketType.PubComp, sent[2].Id);
        await second.Acknowledge(fresh.Id);
        await second.Ping();
        await second.Leave();
        await (await Keep("c")).Client.Ping(before: 0);
    }

    // [MQTT-3.1.4-3]
    [Fact]
    public async Task A_take_over_goes_on_with_the_session()
    {
        var (first, _) = await Keep("c");
        await first.Subscribe("a");
        var publisher = await _gateway.Connect("publisher");
        await publisher.Publish("a", "x", packetId: 1);
        var sent = await first.Expect(MqttPacketType.Publish);

        var (second, present) = await Keep("c");
        Assert.True(present);
        Assert.Equal(MqttReasonCode.SessionTakenOver, (await first.Expect(MqttPacketType.Disconnect)).Code);
        var again = await second.Expect(MqttPacketType.Publish);
        Assert.Equal((sent.Id, true), (again.Id, again.Dup));
    }

    [Fact]
    public async Task What_is_kept_for_a_client_that_is_away_is_bounded_and_the_rest_is_counted()
    {
        using var shed = new MeterWatch("orleansiot_mqtt_shed_deliveries");
        var before = shed["offline-full"];
        var (first, _) = await Keep("c");
        await first.Subscribe("a");
        await first.Leave();
        var publisher = await _gateway.Connect("publisher");
        for (ushort n = 1; n <= 8; n++)
        {
            await publisher.Publish("a", $"{n}", packetId: n);
            await publisher.Expect(MqttPacketType.PubAck);
        }

        var (second, _) = await Keep("c");
        for (var n = 1; n <= 5; n++)
            Assert.Equal($"{n}", (await second.Expect(MqttPacketType.Publish)).Payload);
        await second.Ping(before: 0);
        Assert.True(shed["offline-full"] - before >= 3);
    }

    [Fact]
    public async Task What_is_kept_for_all_who_are_away_is_bounded_too()
    {
        await using var gateway = new TestGateway(("Gateway:OfflineBytes", "1000"));
        foreach (var id in new[] { "c", "d" })
        {
            var client = gateway.Open();
            await client.Connect(id, expiry: Hour);
            await client.Subscribe(id);
            await client.Leave();
        }

        var publisher = await gateway.Connect("publisher");
        await publisher.Publish("c", new string('x', 700), packetId: 1);
        await publisher.Publish("d", new string('x', 700), packetId: 2);
        await publisher.Ping(before: 2);
        var c = gateway.Open();
        await c.Connect("c", clean: false);
        await c.Acknowledge((await c.Expect(MqttPacketType.Publish)).Id);
        await c.Ping();
        await publisher.Publish("d", new string('y', 700), packetId: 3);
        await publisher.Ping(before: 1);
        var d = gateway.Open();
        await d.Connect("d", clean: false);
        Assert.StartsWith("y", (await d.Expect(MqttPacketType.Publish)).Payload, StringComparison.Ordinal);
    }

    // 3.2.2.3.2: a session that cannot be kept ends with its connection, and the client is told.
    [Fact]
    public async Task There_is_a_bounded_number_of_sessions_and_one_that_ends_makes_room()
    {
        await Keep("1");
        await Keep("2");
        var (third, _) = await Keep("3");
        var fourth = _gateway.Open();
        Assert.Equal(0u, (await fourth.Connect("4", expiry: Hour)).Numbers[MqttPropertyId.SessionExpiryInterval]);
        await Disconnect(third, 0);
        await third.ExpectClosed();
        var fifth = _gateway.Open();
        Assert.False((await fifth.Connect("5", expiry: Hour)).Numbers.ContainsKey(MqttPropertyId.SessionExpiryInterval));
    }

    // [MQTT-3.3.2-5], [MQTT-3.3.2-6]
    [Fact]
    public async Task A_message_that_waited_says_what_is_left_of_its_time_and_one_whose_time_is_over_does_not_come()
    {
        var (first, _) = await Keep("c");
        await first.Subscribe("a");
        await first.Leave();
        var publisher = await _gateway.Connect("publisher");
        foreach (var (id, seconds) in new[] { ((ushort)1, 5u), ((ushort)2, 60u) })
        {
            var properties = new ArrayBufferWriter<byte>();
            MqttProperties.Append(properties, MqttPropertyId.MessageExpiryInterval, seconds);
            await publisher.Send(new PublishPacket
            {
                Topic = "a"u8,
                Payload = "x"u8,
                QoS = MqttQoS.AtLeastOnce,
                PacketId = id,
                Properties = new MqttProperties(properties.WrittenSpan),
            });
        }

        await publisher.Ping(before: 2);
        _gateway.Time.Advance(TimeSpan.FromSeconds(20));
        var (second, _) = await Keep("c");
        Assert.Equal(40u, (await second.Expect(MqttPacketType.Publish)).Numbers[MqttPropertyId.MessageExpiryInterval]);
        await second.Ping(before: 0);
    }

    private static Task Disconnect(TestClient client, uint expiry)
    {
        var properties = new ArrayBufferWriter<byte>();
        MqttProperties.Append(properties, MqttPropertyId.SessionExpiryInterval, expiry);
        return client.Send(new DisconnectPacket { Properties = new MqttProperties(properties.WrittenSpan) });
    }

    private async Task<(TestClient Client, bool Present)> Keep(string clientId, MqttVersion version = MqttVersion.V5, uint expiry = Hour)
    {
        var client = _gateway.Open(version);
        var answer = await client.Connect(clientId, clean: false, expiry: version == MqttVersion.V5 ? expiry : 0);
        Assert.Equal(MqttReasonCode.Success, answer.Code);
        return (client, answer.SessionPresent);
    }
}
