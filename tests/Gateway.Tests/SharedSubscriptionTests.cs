using Microsoft.Extensions.DependencyInjection;
using OrleansIot.Gateway.Broker;
using OrleansIot.Gateway.Tests.Harness;
using OrleansIot.Mqtt.Codec;
using OrleansIot.Mqtt.Topics;

namespace OrleansIot.Gateway.Tests;

public sealed class SharedSubscriptionTests : IAsyncLifetime
{
    private readonly TestGateway _gateway = new();

    public ValueTask InitializeAsync() => default;

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();

    // 4.8.2, [MQTT-4.8.2-3]
    [Fact]
    public async Task Each_message_goes_to_one_member_of_each_group_and_to_every_plain_subscriber()
    {
        var members = new[] { await Member("m1", "g"), await Member("m2", "g"), await Member("m3", "g") };
        var other = await Member("other", "h");
        var plain = await _gateway.Connect("plain");
        await plain.Subscribe("a/b");
        var publisher = await _gateway.Connect("publisher");
        for (ushort n = 1; n <= 6; n++)
            await publisher.Publish("a/b", $"{n}", packetId: n);
        await publisher.Ping(before: 6);

        foreach (var member in members)
        {
            await member.Expect(MqttPacketType.Publish);
            await member.Expect(MqttPacketType.Publish);
            await member.Ping(before: 0);
        }

        for (var n = 1; n <= 6; n++)
        {
            Assert.Equal($"{n}", (await other.Expect(MqttPacketType.Publish)).Payload);
            Assert.Equal($"{n}", (await plain.Expect(MqttPacketType.Publish)).Payload);
        }
    }

    [Fact]
    public void Members_that_begin_a_group_at_the_same_moment_are_in_one_group()
    {
        var broker = _gateway.Services.GetRequiredService<MessageBroker>();
        var parts = _gateway.Services.GetRequiredService<SessionParts>();
        var groups = new SharedGroup?[2];
        using var together = new Barrier(2);
        Parallel.For(0, 2, new ParallelOptions { MaxDegreeOfParallelism = 2 }, member =>
        {
            for (var round = 0; round < 2_000; round++)
            {
                var interest = 0L;
                Assert.True(TopicFilter.TryParse($"$share/g/{round}", out var filter));
                var subscription = new Subscription(new ClientSession($"m{member}", parts), filter, new SubscriptionOptions(MqttQoS.AtMostOnce), []);
                together.SignalAndWait();
                broker.Subscribe(ref subscription, ref interest);
                groups[member] = subscription.Group;
                together.SignalAndWait();
                Assert.Same(groups[0], groups[1]);
                Assert.True(broker.Unsubscribe(subscription));
                together.SignalAndWait();
                Assert.False(broker.IsWanted(System.Text.Encoding.UTF8.GetBytes($"{round}"), retain: false));
            }
        });
    }

    // [MQTT-3.8.3-4]
    [Fact]
    public async Task No_local_on_a_shared_subscription_is_a_protocol_error()
    {
        var client = await _gateway.Connect("c");
        var bytes = new System.Buffers.ArrayBufferWriter<byte>();
        SubscriptionList.Append(bytes, "$share/g/a"u8, new SubscriptionOptions(MqttQoS.AtMostOnce, NoLocal: true));
        await client.Send(new SubscribePacket { PacketId = 1, Subscriptions = new SubscriptionList(bytes.WrittenSpan) });
        Assert.Equal(MqttReasonCode.ProtocolError, (await client.Expect(MqttPacketType.Disconnect)).Code);
    }

    // 4.8.2: no retained messages
    [Fact]
    public async Task A_shared_subscription_is_not_greeted_by_retained_messages()
    {
        var publisher = await _gateway.Connect("publisher");
        await publisher.Publish("a/b", "kept", packetId: 1, retain: true);
        await publisher.Expect(MqttPacketType.PubAck);
        await (await Member("m", "g")).Ping(before: 0);
    }

    // 4.8.2: unsubscribing is leaving the group.
    [Fact]
    public async Task A_member_that_unsubscribes_gets_no_more_and_the_last_ends_the_group()
    {
        var first = await Member("m1", "g");
        var second = await Member("m2", "g");
        Assert.Equal([MqttReasonCode.Success], (await first.Unsubscribe("$share/g/a/+")).Codes);
        var publisher = await _gateway.Connect("publisher");
        await publisher.Publish("a/b", "1", packetId: 1);
        await publisher.Publish("a/b", "2", packetId: 2);
        await second.Expect(MqttPacketType.Publish);
        await second.Expect(MqttPacketType.Publish);
        await second.Leave();
        await publisher.Ping(before: 2);
        await publisher.Publish("a/b", "3", packetId: 3);
        Assert.Equal(MqttReasonCode.NoMatchingSubscribers, (await publisher.Expect(MqttPacketType.PubAck)).Code);
    }

    // 4.8.2: a QoS 1 message of a member whose session has ended goes to another one.
    [Fact]
    public async Task What_a_member_has_not_acknowledged_when_its_session_ends_goes_to_another()
    {
        var first = await Member("m1", "g", receiveMaximum: 1);
        var publisher = await _gateway.Connect("publisher");
        await publisher.Publish("a/b", "1", packetId: 1);
        await publisher.Publish("a/b", "2", packetId: 2);
        await publisher.Ping(before: 2);
        await first.Expect(MqttPacketType.Publish);

        var second = await Member("m2", "g");
        await first.Vanish();
        Assert.Equal("1", (await second.Expect(MqttPacketType.Publish)).Payload);
        Assert.Equal("2", (await second.Expect(MqttPacketType.Publish)).Payload);
    }

    // [MQTT-4.8.2-4], [MQTT-4.8.2-5]: a QoS 2 message that has gone out is that member's or nobody's.
    [Fact]
    public async Task A_QoS_2_message_that_has_gone_out_is_not_given_to_another_member()
    {
        var first = await Member("m1", "g");
        var publisher = await _gateway.Connect("publisher");
        await publisher.PublishQoS2("a/b", "1", packetId: 1);
        await first.Expect(MqttPacketType.Publish);
        var second = await Member("m2", "g");
        await first.Vanish();
        await second.Ping(before: 0);
    }

    // 4.8.2: a member that is away gets messages only where nobody is there; they wait in its session.
    [Fact]
    public async Task A_member_that_is_away_is_left_out_while_another_is_there()
    {
        var away = await Member("away", "g", expiry: 100);
        await away.Leave();
        var here = await Member("here", "g");
        var publisher = await _gateway.Connect("publisher");
        for (ushort n = 1; n <= 4; n++)
            await publisher.Publish("a/b", $"{n}", packetId: n);
        for (var n = 1; n <= 4; n++)
            await here.Acknowledge((await here.Expect(MqttPacketType.Publish)).Id);
        await here.Ping();
        await here.Leave();
        await publisher.Ping(before: 4);
        await publisher.Publish("a/b", "5", packetId: 5);
        Assert.Equal(MqttReasonCode.Success, (await publisher.Expect(MqttPacketType.PubAck)).Code);

        var back = _gateway.Open();
        await back.Connect("away", expiry: 100, clean: false);
        Assert.Equal("5", (await back.Expect(MqttPacketType.Publish)).Payload);
    }

    private async Task<TestClient> Member(string clientId, string group, int receiveMaximum = 0, uint expiry = 0)
    {
        var member = _gateway.Open();
        await member.Connect(clientId, receiveMaximum: receiveMaximum, expiry: expiry);
        Assert.Equal([MqttReasonCode.GrantedQoS2], (await member.Subscribe($"$share/{group}/a/+", MqttQoS.ExactlyOnce)).Codes);
        return member;
    }
}
