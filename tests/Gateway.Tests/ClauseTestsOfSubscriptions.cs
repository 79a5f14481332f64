using System.Buffers;
using System.Text;
using OrleansIot.Gateway.Tests.Harness;
using OrleansIot.Mqtt.Codec;

namespace OrleansIot.Gateway.Tests;

/// <summary>Statements of both specifications on SUBSCRIBE, UNSUBSCRIBE and their answers that no other test shows.</summary>
public sealed class ClauseTestsOfSubscriptions : IAsyncLifetime
{
    private readonly TestGateway _gateway = new(("Gateway:MaxSubscriptionsPerClient", "100"));

    public ValueTask InitializeAsync() => default;

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();

    // [MQTT-2.2.1-6], [MQTT-3.8.4-2], [MQTT-3.8.4-5] to -7, [MQTT-3.9.2-1], [MQTT-3.9.2-2], [MQTT-3.9.3-1];
    // 3.1.1 [MQTT-2.3.1-7], [MQTT-3.8.4-2], [MQTT-3.8.4-4], [MQTT-3.8.4-5], [MQTT-3.9.3-1], [MQTT-3.9.3-2]
    [Theory]
    [InlineData(MqttVersion.V311, MqttReasonCode.UnspecifiedError)]
    [InlineData(MqttVersion.V5, MqttReasonCode.TopicFilterInvalid)]
    public async Task Several_filters_are_answered_by_one_SUBACK_each_in_its_place(MqttVersion version, MqttReasonCode refused)
    {
        var client = await _gateway.Connect("c", version);
        await Subscribe(client, 12, "a", "b#", "c", "d");
        var answer = await client.Expect(MqttPacketType.SubAck);
        Assert.Equal(12, answer.Id);
        Assert.Equal([MqttReasonCode.Success, refused, MqttReasonCode.GrantedQoS2, MqttReasonCode.Success], answer.Codes);
        Assert.Empty(answer.Properties);

        foreach (var topic in new[] { "d", "c", "a" })
        {
            await client.Publish(topic, topic);
            Assert.Equal(topic, (await client.Expect(MqttPacketType.Publish)).Topic);
        }

        await client.Ping(before: 0);
    }

    // [MQTT-2.2.1-6], [MQTT-3.10.4-1], [MQTT-3.10.4-2], [MQTT-3.10.4-4] to -6, [MQTT-3.11.2-1], [MQTT-3.11.2-2], [MQTT-3.11.3-1];
    // 3.1.1 [MQTT-2.3.1-7], [MQTT-3.10.4-1], [MQTT-3.10.4-2], [MQTT-3.10.4-4] to -6
    [Theory]
    [InlineData(MqttVersion.V311)]
    [InlineData(MqttVersion.V5)]
    public async Task Several_filters_are_unsubscribed_by_one_UNSUBACK_and_only_those_that_are_equal(MqttVersion version)
    {
        var client = await _gateway.Connect("c", version);
        foreach (var filter in new[] { "a/b", "x/+", "y" })
            await client.Subscribe(filter, MqttQoS.AtMostOnce);

        await Unsubscribe(client, 13, "a/+", "x/+", "A/b", "y");
        var answer = await client.Expect(MqttPacketType.UnsubAck);
        Assert.Equal(13, answer.Id);
        Assert.Empty(answer.Properties);
        if (version == MqttVersion.V5)
            Assert.Equal([MqttReasonCode.NoSubscriptionExisted, MqttReasonCode.Success, MqttReasonCode.NoSubscriptionExisted, MqttReasonCode.Success], answer.Codes);

        await Unsubscribe(client, 14, "never/there");
        Assert.Equal(14, (await client.Expect(MqttPacketType.UnsubAck)).Id);
        foreach (var topic in new[] { "x/1", "y", "a/b" })
            await client.Publish(topic, topic);
        Assert.Equal("a/b", (await client.Expect(MqttPacketType.Publish)).Topic);
        await client.Ping(before: 0);
    }

    // [MQTT-3.1.2-24]
    [Fact]
    public async Task More_filters_than_the_client_could_take_the_answer_of_end_the_connection()
    {
        string[] few = [.. Enumerable.Range(0, 35).Select(n => $"{n}")];
        string[] many = [.. few, "one more"];
        foreach (var send in new Func<TestClient, ushort, string[], Task>[] { Subscribe, Unsubscribe })
        {
            var client = _gateway.Open();
            await client.Connect("c", maxPacket: 40);
            await send(client, 1, few);
            Assert.Equal(40, (await client.Receive()).Size);
            await send(client, 2, many);
            var goodbye = await client.Expect(MqttPacketType.Disconnect);
            Assert.Equal(MqttReasonCode.PacketTooLarge, goodbye.Code);
            Assert.InRange(goodbye.Size, 1, 40);
            await client.ExpectClosed();
        }
    }

    // [MQTT-3.10.4-3] (3.1.1: the same)
    [Theory]
    [InlineData(MqttVersion.V311)]
    [InlineData(MqttVersion.V5)]
    public async Task What_was_begun_before_UNSUBSCRIBE_is_completed(MqttVersion version)
    {
        var subscriber = _gateway.Open(version);
        await subscriber.Connect("subscriber", clean: false, expiry: version == MqttVersion.V5 ? 100u : 0);
        await subscriber.Subscribe("a", MqttQoS.ExactlyOnce);
        var publisher = await _gateway.Connect("publisher");
        await publisher.Publish("a", "1", packetId: 1);
        await publisher.Expect(MqttPacketType.PubAck);
        await publisher.PublishQoS2("a", "2", packetId: 2);
        await publisher.PublishQoS2("a", "3", packetId: 3);
        var sent = new[] { await subscriber.Expect(MqttPacketType.Publish), await subscriber.Expect(MqttPacketType.Publish), await subscriber.Expect(MqttPacketType.Publish) };
        await subscriber.Unsubscribe("a");
        await publisher.Publish("a", "new", packetId: 4);
        await publisher.Expect(MqttPacketType.PubAck);
        await subscriber.CompleteQoS2(sent[1].Id);
        await subscriber.Ping(before: 0);
        await subscriber.Vanish();

        var back = _gateway.Open(version);
        Assert.True((await back.Connect("subscriber", clean: false, expiry: version == MqttVersion.V5 ? 100u : 0)).SessionPresent);
        foreach (var unfinished in new[] { sent[0], sent[2] })
        {
            var again = await back.Expect(MqttPacketType.Publish);
            Assert.Equal((unfinished.Id, unfinished.Payload, true), (again.Id, again.Payload, again.Dup));
        }

        await back.Acknowledge(sent[0].Id);
        await back.CompleteQoS2(sent[2].Id);
        await back.Ping(before: 0);
    }

    // [MQTT-3.8.4-3], [MQTT-3.8.4-4]; 3.1.1 [MQTT-3.8.4-3]
    [Theory]
    [InlineData(MqttVersion.V311)]
    [InlineData(MqttVersion.V5)]
    public async Task The_same_filter_again_replaces_the_subscription_and_what_waits_is_not_lost(MqttVersion version)
    {
        var publisher = await _gateway.Connect("publisher");
        await publisher.Publish("a/kept", "retained", packetId: 1, retain: true);
        await publisher.Expect(MqttPacketType.PubAck);

        var subscriber = _gateway.Open(version);
        await subscriber.Connect("subscriber", receiveMaximum: version == MqttVersion.V5 ? 1 : 0);
        Assert.Equal([MqttReasonCode.GrantedQoS2], (await subscriber.Subscribe("a/+", MqttQoS.ExactlyOnce)).Codes);
        var greeting = await subscriber.Expect(MqttPacketType.Publish);
        await publisher.Publish("a/b", "waits", packetId: 2);
        await publisher.Expect(MqttPacketType.PubAck);

        // With a receive maximum of 1 it does not go out yet; 3.1.1 has nothing that would keep it.
        if (version == MqttVersion.V311)
            Assert.Equal("waits", (await subscriber.Expect(MqttPacketType.Publish)).Payload);
        await subscriber.Send(Again());
        Assert.Equal([MqttReasonCode.Success], (await subscriber.Expect(MqttPacketType.SubAck)).Codes);
        if (version == MqttVersion.V5)
        {
            await subscriber.Ping(before: 0);
            await subscriber.Acknowledge(greeting.Id);
            Assert.Equal("waits", (await subscriber.Expect(MqttPacketType.Publish)).Payload);
        }

        var again = await subscriber.Expect(MqttPacketType.Publish);
        Assert.Equal(("retained", MqttQoS.AtMostOnce, true), (again.Payload, again.QoS, again.Retain));
        await publisher.Publish("a/b", "one copy", packetId: 3);
        var live = await subscriber.Expect(MqttPacketType.Publish);
        Assert.Equal(("one copy", MqttQoS.AtMostOnce), (live.Payload, live.QoS));
        await subscriber.Ping(before: 0);

        byte[] Again() => version == MqttVersion.V5 ? [0x82, 9, 0, 1, 0, 0, 3, .. "a/+"u8, 0] : [0x82, 8, 0, 1, 0, 3, .. "a/+"u8, 0];
    }

    // [MQTT-3.3.1-10]
    [Fact]
    public async Task Retain_handling_1_is_for_a_subscription_that_is_new()
    {
        var publisher = await _gateway.Connect("publisher");
        await publisher.Publish("state", "kept", packetId: 1, retain: true);
        await publisher.Expect(MqttPacketType.PubAck);
        var subscriber = await _gateway.Connect("subscriber");
        var options = new SubscriptionOptions(MqttQoS.AtMostOnce, RetainHandling: RetainHandling.SendOnNewSubscribe);
        await subscriber.Subscribe("state", options: options);
        Assert.Equal("kept", (await subscriber.Expect(MqttPacketType.Publish)).Payload);
        await subscriber.Subscribe("state", options: options);
        await subscriber.Ping(before: 0);
        await subscriber.Unsubscribe("state");
        await subscriber.Subscribe("state", options: options);
        Assert.Equal("kept", (await subscriber.Expect(MqttPacketType.Publish)).Payload);
    }

    // [MQTT-3.3.4-5]: a shared subscription is delivered for itself (4.8.2), so that there are two copies.
    [Fact]
    public async Task Of_two_copies_each_names_its_own_subscription()
    {
        var subscriber = await _gateway.Connect("subscriber");
        await subscriber.Subscribe("a", MqttQoS.AtMostOnce, identifier: 5);
        await subscriber.Subscribe("$share/g/a", MqttQoS.AtMostOnce, identifier: 6);
        await (await _gateway.Connect("publisher")).Publish("a", "x");
        var copies = new[] { await subscriber.Expect(MqttPacketType.Publish), await subscriber.Expect(MqttPacketType.Publish) };
        Assert.Equal([5u, 6u], copies.Select(copy => copy.Identifiers.Single()).Order());
        await subscriber.Ping(before: 0);
    }

    // [MQTT-4.8.2-3]
    [Fact]
    public async Task A_member_gets_what_it_shares_at_the_QoS_that_it_was_granted()
    {
        var publisher = await _gateway.Connect("publisher");
        foreach (var granted in Enum.GetValues<MqttQoS>())
        {
            var member = await _gateway.Connect("member");
            await member.Subscribe("$share/g/a", granted);
            await publisher.PublishQoS2("a", "x", packetId: 1);
            Assert.Equal(granted, (await member.Expect(MqttPacketType.Publish)).QoS);
            await member.Leave();
        }
    }

    // [MQTT-4.8.2-4]
    [Fact]
    public async Task A_QoS_2_message_is_brought_to_its_end_with_the_member_that_it_was_begun_with()
    {
        var first = await Member("first", expiry: 100);
        await (await _gateway.Connect("publisher")).PublishQoS2("a", "x", packetId: 1);
        var begun = await first.Expect(MqttPacketType.Publish);
        var second = await Member("second");
        await first.Vanish();
        await second.Ping(before: 0);

        var back = _gateway.Open();
        await back.Connect("first", clean: false, expiry: 100);
        var again = await back.Expect(MqttPacketType.Publish);
        Assert.Equal((begun.Id, "x", true), (again.Id, again.Payload, again.Dup));
        await back.CompleteQoS2(again.Id);
        await back.Leave();
        await second.Ping(before: 0);
    }

    // [MQTT-4.8.2-6]
    [Theory]
    [InlineData(MqttQoS.AtLeastOnce, MqttPacketType.PubAck)]
    [InlineData(MqttQoS.ExactlyOnce, MqttPacketType.PubRec)]
    public async Task What_one_member_refuses_goes_to_no_other(MqttQoS qos, MqttPacketType answer)
    {
        var first = await Member("first");
        await (await _gateway.Connect("publisher")).Publish("a", "x", packetId: 1, qos: qos);
        var message = await first.Expect(MqttPacketType.Publish);
        var second = await Member("second");
        await first.Acknowledge(answer, message.Id, MqttReasonCode.ImplementationSpecificError);
        await first.Ping(before: 0);
        await first.Leave();
        await second.Ping(before: 0);
    }

    private static async Task Subscribe(TestClient client, ushort id, params string[] filters)
    {
        var payload = new ArrayBufferWriter<byte>();
        foreach (var (index, filter) in filters.Index())
            SubscriptionList.Append(payload, Encoding.UTF8.GetBytes(filter), new SubscriptionOptions(index % 3 == 2 ? MqttQoS.ExactlyOnce : MqttQoS.AtMostOnce));
        await client.Send(new SubscribePacket { PacketId = id, Subscriptions = new SubscriptionList(payload.WrittenSpan) });
    }

    private static async Task Unsubscribe(TestClient client, ushort id, params string[] filters)
    {
        var payload = new ArrayBufferWriter<byte>();
        foreach (var filter in filters)
            TopicFilterList.Append(payload, Encoding.UTF8.GetBytes(filter));
        await client.Send(new UnsubscribePacket { PacketId = id, Filters = new TopicFilterList(payload.WrittenSpan) });
    }

    private async Task<TestClient> Member(string clientId, uint expiry = 0)
    {
        var member = _gateway.Open();
        await member.Connect(clientId, expiry: expiry);
        await member.Subscribe("$share/g/a", MqttQoS.ExactlyOnce);
        return member;
    }
}
