using System.Buffers;
using OrleansIot.Domain.Twins;
using OrleansIot.Gateway.Tests.Harness;
using OrleansIot.Mqtt.Codec;

namespace OrleansIot.Gateway.Tests;

/// <summary>Statements of both specifications on messages, wills and their delivery that no other test shows.</summary>
public sealed class ClauseTestsOfMessages : IAsyncLifetime
{
    private readonly TestGateway _gateway = new();

    public ValueTask InitializeAsync() => default;

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();

    // [MQTT-1.5.4-3], [MQTT-4.7.3-4]; 3.1.1 [MQTT-1.5.3-3], [MQTT-4.7.3-4]
    [Theory]
    [InlineData(MqttVersion.V311)]
    [InlineData(MqttVersion.V5)]
    public async Task U_FEFF_is_a_character_of_a_topic_like_any_other(MqttVersion version)
    {
        var subscriber = await _gateway.Connect("subscriber", version);
        await subscriber.Subscribe("\uFEFFa", MqttQoS.AtMostOnce);
        var publisher = await _gateway.Connect("publisher", version);
        await publisher.Publish("a", "without");
        await publisher.Publish("\uFEFFa", "with");
        var message = await subscriber.Expect(MqttPacketType.Publish);
        Assert.Equal(("\uFEFFa", "with"), (message.Topic, message.Payload));
    }

    // [MQTT-3.1.2-14], [MQTT-3.1.2-15], [MQTT-3.1.2-10]; 3.1.1 [MQTT-3.1.2-16], [MQTT-3.1.2-17], [MQTT-3.1.2-8], [MQTT-3.1.2-10]: and once
    [Theory]
    [InlineData(MqttVersion.V311, false)]
    [InlineData(MqttVersion.V311, true)]
    [InlineData(MqttVersion.V5, false)]
    [InlineData(MqttVersion.V5, true)]
    public async Task A_will_is_published_once_and_retained_where_its_client_said_so(MqttVersion version, bool retain)
    {
        var watcher = await _gateway.Connect("watcher");
        await watcher.Subscribe("will", options: new(MqttQoS.AtMostOnce, RetainAsPublished: true));
        var client = _gateway.Open(version);
        await client.Connect("doomed", will: ("will", "gone"), willRetain: retain);
        await client.Vanish();
        var will = await watcher.Expect(MqttPacketType.Publish);
        Assert.Equal(("gone", retain), (will.Payload, will.Retain));
        await (await _gateway.Connect("doomed", version)).Vanish();
        await watcher.Ping(before: 0);

        var late = await _gateway.Connect("late");
        await late.Subscribe("will", MqttQoS.AtMostOnce);
        if (retain)
            Assert.Equal("gone", (await late.Expect(MqttPacketType.Publish)).Payload);
        await late.Ping(before: 0);
    }

    // 3.1.1 [MQTT-3.1.2-12]; 3.1.1 [MQTT-3.14.4-3], [MQTT-3.1.2-10]
    [Theory]
    [InlineData(MqttVersion.V311, false)]
    [InlineData(MqttVersion.V311, true)]
    [InlineData(MqttVersion.V5, false)]
    [InlineData(MqttVersion.V5, true)]
    public async Task Without_a_will_or_after_a_goodbye_nothing_is_published(MqttVersion version, bool saysGoodbye)
    {
        var watcher = await _gateway.Connect("watcher");
        await watcher.Subscribe("#", MqttQoS.AtMostOnce);
        var client = _gateway.Open(version);
        await client.Connect("c", will: saysGoodbye ? ("will", "gone") : null);
        if (saysGoodbye)
            await client.Leave();
        else
            await client.Vanish();
        await watcher.Ping(before: 0);
    }

    // [MQTT-3.3.1-3] (3.1.1: the same), [MQTT-4.3.2-5]; 3.1.1 [MQTT-4.3.2-2]
    [Theory]
    [InlineData(MqttVersion.V311)]
    [InlineData(MqttVersion.V5)]
    public async Task After_PUBACK_the_same_identifier_is_another_message_whose_DUP_is_not_passed_on(MqttVersion version)
    {
        var subscriber = await _gateway.Connect("subscriber", version);
        await subscriber.Subscribe("a");
        var publisher = await _gateway.Connect("publisher", version);
        foreach (var dup in new[] { false, true })
        {
            await publisher.Publish("a", "x", packetId: 7, dup: dup);
            Assert.Equal((MqttReasonCode.Success, (ushort)7), await publisher.CodeAndId(MqttPacketType.PubAck));
            var message = await subscriber.Expect(MqttPacketType.Publish);
            Assert.Equal(("x", false, MqttQoS.AtLeastOnce), (message.Payload, message.Dup, message.QoS));
        }
    }

    // 3.1.1 [MQTT-3.3.1-5] to [MQTT-3.3.1-12]; 5.0 [MQTT-3.3.1-5] to [MQTT-3.3.1-8]
    [Theory]
    [InlineData(MqttVersion.V311)]
    [InlineData(MqttVersion.V5)]
    public async Task What_is_retained_is_the_last_retained_message_with_its_QoS_until_an_empty_one_comes(MqttVersion version)
    {
        var live = await _gateway.Connect("live", version);
        await live.Subscribe("kept/+", MqttQoS.AtMostOnce);
        var publisher = await _gateway.Connect("publisher", version);
        await publisher.Publish("kept/0", "0", retain: true);
        await publisher.Publish("kept/1", "1", packetId: 1, retain: true);
        await publisher.Expect(MqttPacketType.PubAck);
        await publisher.PublishQoS2("kept/2", "2", packetId: 2, retain: true);
        await publisher.PublishQoS2("kept/3", "3", packetId: 3, retain: true);

        await publisher.Publish("kept/1", "not retained"); // neither stored nor in place of what is
        await publisher.Publish("kept/3", "at QoS 0", retain: true); // in place of QoS 2
        await publisher.Publish("kept/4", "not retained");
        await publisher.Ping();
        foreach (var payload in new[] { "0", "1", "2", "3", "not retained", "at QoS 0", "not retained" })
            Assert.Equal((payload, false), await live.Expect(MqttPacketType.Publish) is { } message ? (message.Payload, message.Retain) : default);

        var later = await _gateway.Connect("later", version);
        await later.Subscribe("kept/+", MqttQoS.ExactlyOnce);
        var greeting = new List<(string, string, MqttQoS, bool)>();
        for (var n = 0; n < 4; n++)
        {
            var message = await later.Expect(MqttPacketType.Publish);
            greeting.Add((message.Topic, message.Payload, message.QoS, message.Retain));
        }

        await later.Ping(before: 0);
        Assert.Equal(
            [("kept/0", "0", MqttQoS.AtMostOnce, true), ("kept/1", "1", MqttQoS.AtLeastOnce, true), ("kept/2", "2", MqttQoS.ExactlyOnce, true), ("kept/3", "at QoS 0", MqttQoS.AtMostOnce, true)],
            greeting.Order());

        for (var n = 0; n < 4; n++)
        {
            await publisher.Publish($"kept/{n}", "", retain: true);
            Assert.Equal(($"kept/{n}", "", false), await live.Expect(MqttPacketType.Publish) is { } empty ? (empty.Topic, empty.Payload, empty.Retain) : default);
        }

        var last = await _gateway.Connect("last", version);
        await last.Subscribe("kept/+", MqttQoS.ExactlyOnce);
        await last.Ping(before: 0);
    }

    // [MQTT-4.7.2-1] (3.1.1: the same)
    [Theory]
    [InlineData(MqttVersion.V311)]
    [InlineData(MqttVersion.V5)]
    public async Task A_filter_that_begins_with_a_wildcard_does_not_match_a_topic_that_begins_with_a_dollar(MqttVersion version)
    {
        var wild = await _gateway.Connect("wild", version);
        await wild.Subscribe("#", MqttQoS.AtMostOnce);
        await wild.Subscribe("+/a", MqttQoS.AtMostOnce);
        var named = await _gateway.Connect("named", version);
        await named.Subscribe("$own/+", MqttQoS.AtMostOnce);
        var publisher = await _gateway.Connect("publisher", version);
        await publisher.Publish("$own/a", "x");
        await publisher.Ping();
        Assert.Equal("x", (await named.Expect(MqttPacketType.Publish)).Payload);
        await wild.Ping(before: 0);
    }

    // [MQTT-4.6.0-5], [MQTT-4.6.0-6] (3.1.1: -6, -5)
    [Theory]
    [InlineData(MqttVersion.V311)]
    [InlineData(MqttVersion.V5)]
    public async Task What_one_client_publishes_on_a_topic_arrives_in_its_order(MqttVersion version)
    {
        var subscriber = await _gateway.Connect("subscriber", version);
        await subscriber.Subscribe("a", MqttQoS.ExactlyOnce);
        var publisher = await _gateway.Connect("publisher", version);
        for (ushort n = 1; n <= 60; n++)
        {
            var qos = (MqttQoS)(n % 3);
            publisher.GatherPublish("a", $"{n}", packetId: qos == MqttQoS.AtMostOnce ? (ushort)0 : n, qos: qos);
        }

        await publisher.SendGathered();
        for (var n = 1; n <= 60; n++)
        {
            var message = await subscriber.Expect(MqttPacketType.Publish);
            Assert.Equal(($"{n}", (MqttQoS)(n % 3)), (message.Payload, message.QoS));
        }
    }

    // 3.1.1 [MQTT-4.6.0-3], by -6 the server's too: PUBREC in the order of PUBLISH, whatever is stored first.
    [Theory]
    [InlineData(MqttVersion.V311)]
    [InlineData(MqttVersion.V5)]
    public async Task PUBREC_leaves_in_the_order_of_PUBLISH(MqttVersion version)
    {
        _gateway.Twins.HoldsReadings = true;
        var client = await _gateway.Connect("pump-1", version);
        client.GatherPublish("devices/pump-1/monitoring", """{"t": 1}""", packetId: 10, qos: MqttQoS.ExactlyOnce);
        client.GatherPublish("devices/pump-1/monitoring", """{"t": 2}""", packetId: 11, qos: MqttQoS.ExactlyOnce);
        client.GatherPublish("plain/topic", "x", packetId: 12, qos: MqttQoS.ExactlyOnce);
        await client.SendGathered();
        var first = await _gateway.Twins.Next<TwinCommand.Ingest>();
        var second = await _gateway.Twins.Next<TwinCommand.Ingest>();
        second.Accept();
        await client.Ping(before: 0);
        first.Accept();
        for (var id = 10; id <= 12; id++)
            Assert.Equal(id, (await client.Expect(MqttPacketType.PubRec)).Id);
    }

    // 3.1.1 [MQTT-4.6.0-4], by -6 the server's too.
    [Theory]
    [InlineData(MqttVersion.V311)]
    [InlineData(MqttVersion.V5)]
    public async Task PUBREL_leaves_in_the_order_of_PUBREC(MqttVersion version)
    {
        var subscriber = await _gateway.Connect("subscriber", version);
        await subscriber.Subscribe("a", MqttQoS.ExactlyOnce);
        var publisher = await _gateway.Connect("publisher", version);
        var sent = new List<ushort>();
        for (ushort n = 1; n <= 4; n++)
        {
            await publisher.PublishQoS2("a", $"{n}", packetId: n);
            sent.Add((await subscriber.Expect(MqttPacketType.Publish)).Id);
        }

        ushort[] received = [sent[2], sent[0], sent[3], sent[1]];
        foreach (var id in received)
            subscriber.Gather(new AckPacket { Type = MqttPacketType.PubRec, PacketId = id });
        await subscriber.SendGathered();
        foreach (var id in received)
            Assert.Equal((MqttReasonCode.Success, id), await subscriber.CodeAndId(MqttPacketType.PubRel));
    }

    // [MQTT-4.4.0-1]: only to a client that comes back; 3.1.1, 4.4: the same.
    [Theory]
    [InlineData(MqttVersion.V311)]
    [InlineData(MqttVersion.V5)]
    public async Task While_a_client_is_connected_nothing_is_sent_to_it_again(MqttVersion version)
    {
        var subscriber = await _gateway.Connect("subscriber", version);
        await subscriber.Subscribe("a", MqttQoS.ExactlyOnce);
        var publisher = await _gateway.Connect("publisher", version);
        await publisher.Publish("a", "1", packetId: 1);
        await publisher.Expect(MqttPacketType.PubAck);
        await publisher.PublishQoS2("a", "2", packetId: 2);
        await publisher.PublishQoS2("a", "3", packetId: 3);
        for (var n = 1; n <= 2; n++)
            await subscriber.Expect(MqttPacketType.Publish);
        await subscriber.Acknowledge(MqttPacketType.PubRec, (await subscriber.Expect(MqttPacketType.Publish)).Id);
        await subscriber.Expect(MqttPacketType.PubRel);
        _gateway.Time.Advance(TimeSpan.FromHours(1));
        await subscriber.Ping(before: 0);
    }

    // [MQTT-4.4.0-2]
    [Theory]
    [InlineData(MqttQoS.AtLeastOnce, MqttPacketType.PubAck)]
    [InlineData(MqttQoS.ExactlyOnce, MqttPacketType.PubRec)]
    public async Task What_a_client_refused_is_not_sent_to_it_again(MqttQoS qos, MqttPacketType answer)
    {
        var subscriber = await Keep("subscriber");
        await subscriber.Subscribe("a", qos);
        await (await _gateway.Connect("publisher")).Publish("a", "x", packetId: 1, qos: qos);
        await subscriber.Acknowledge(answer, (await subscriber.Expect(MqttPacketType.Publish)).Id, MqttReasonCode.NotAuthorized);
        await subscriber.Ping(before: 0);
        await subscriber.Vanish();
        await (await Keep("subscriber")).Ping(before: 0);
    }

    // [MQTT-4.3.3-7], [MQTT-4.3.3-13], [MQTT-3.3.2-5]: what was begun is completed, in either direction.
    [Fact]
    public async Task A_QoS_2_message_whose_time_is_over_is_brought_to_its_end_once_it_was_begun()
    {
        var properties = new ArrayBufferWriter<byte>();
        MqttProperties.Append(properties, MqttPropertyId.MessageExpiryInterval, 5);
        var subscriber = await Keep("subscriber");
        await subscriber.Subscribe("a", MqttQoS.ExactlyOnce);
        var publisher = await _gateway.Connect("publisher");
        await publisher.Send(new PublishPacket { Topic = "a"u8, Payload = "x"u8, QoS = MqttQoS.ExactlyOnce, PacketId = 1, Properties = new MqttProperties(properties.WrittenSpan) });
        await publisher.Expect(MqttPacketType.PubRec);
        var begun = await subscriber.Expect(MqttPacketType.Publish);
        await subscriber.Vanish();
        _gateway.Time.Advance(TimeSpan.FromSeconds(10));

        await publisher.Publish("a", "x", packetId: 1, dup: true, qos: MqttQoS.ExactlyOnce);
        Assert.Equal((MqttReasonCode.Success, (ushort)1), await publisher.CodeAndId(MqttPacketType.PubRec));
        await publisher.Acknowledge(MqttPacketType.PubRel, 1);
        Assert.Equal((MqttReasonCode.Success, (ushort)1), await publisher.CodeAndId(MqttPacketType.PubComp));

        var back = await Keep("subscriber");
        var again = await back.Expect(MqttPacketType.Publish);
        Assert.Equal((begun.Id, "x", true), (again.Id, again.Payload, again.Dup));
        await back.CompleteQoS2(again.Id);
        await back.Ping(before: 0);
    }

    private async Task<TestClient> Keep(string clientId)
    {
        var client = _gateway.Open();
        Assert.Equal(MqttReasonCode.Success, (await client.Connect(clientId, clean: false, expiry: 100)).Code);
        return client;
    }
}
