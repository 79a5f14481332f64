using System.Buffers;
using System.IO.Pipelines;
using Microsoft.Extensions.DependencyInjection;
using OrleansIot.Gateway.Tests.Harness;
using OrleansIot.Mqtt.Codec;
using OrleansIot.TestKit.Time;

namespace OrleansIot.Gateway.Tests;

public sealed class BrokerTests : IAsyncLifetime
{
    private readonly TestGateway _gateway = new(
        ("Gateway:MaxSubscriptionsPerClient", "3"), ("Gateway:OutboundQueueMessages", "8"), ("Gateway:RetainedMessages", "10"));

    public ValueTask InitializeAsync() => default;

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();

    [Theory]
    [InlineData(MqttVersion.V311, MqttVersion.V5)]
    [InlineData(MqttVersion.V5, MqttVersion.V311)]
    public async Task A_message_goes_to_whoever_is_subscribed_in_either_version(MqttVersion from, MqttVersion to)
    {
        var subscriber = await _gateway.Connect("subscriber", to);
        Assert.Equal([MqttReasonCode.GrantedQoS2], (await subscriber.Subscribe("a/+/c", MqttQoS.ExactlyOnce)).Codes);
        var publisher = await _gateway.Connect("publisher", from);
        await publisher.Publish("a/b/c", "hello", packetId: 3);

        var message = await subscriber.Expect(MqttPacketType.Publish);
        Assert.Equal(("a/b/c", "hello", MqttQoS.AtLeastOnce, false), (message.Topic, message.Payload, message.QoS, message.Retain));
        Assert.Equal((3, MqttReasonCode.Success), await IdAndCode(publisher));
        await subscriber.Acknowledge(message.Id);

        Assert.Equal([MqttReasonCode.Success], to == MqttVersion.V5 ? (await subscriber.Unsubscribe("a/+/c")).Codes : [.. (await subscriber.Unsubscribe("a/+/c")).Codes, MqttReasonCode.Success]);
        await publisher.Publish("a/b/c", "nobody", packetId: 4);
        await publisher.Expect(MqttPacketType.PubAck);
        await subscriber.Ping(before: 0);
    }

    [Fact]
    public async Task The_lower_QoS_of_publisher_and_subscription_counts()
    {
        var subscriber = await _gateway.Connect("subscriber");
        await subscriber.Subscribe("zero", MqttQoS.AtMostOnce);
        await subscriber.Subscribe("one", MqttQoS.AtLeastOnce);
        var publisher = await _gateway.Connect("publisher");
        await publisher.Publish("zero", "x", packetId: 1);
        Assert.Equal((MqttQoS.AtMostOnce, (ushort)0), await QoSAndId(subscriber));
        await publisher.Publish("one", "x");
        Assert.Equal((MqttQoS.AtMostOnce, (ushort)0), await QoSAndId(subscriber));
        await publisher.Publish("one", "x", packetId: 2);
        Assert.Equal((MqttQoS.AtLeastOnce, (ushort)1), await QoSAndId(subscriber));
    }

    [Fact]
    public async Task A_publisher_of_5_0_is_told_when_nobody_is_subscribed()
    {
        using var unrouted = new MeterWatch("orleansiot_mqtt_unrouted_publishes");
        var client = await _gateway.Connect("c");
        await client.Publish("to/nobody", "x", packetId: 1);
        Assert.Equal((1, MqttReasonCode.NoMatchingSubscribers), await IdAndCode(client));
        Assert.True(unrouted[""] >= 1);
    }

    [Fact]
    public async Task Topics_that_begin_with_a_dollar_are_not_for_clients()
    {
        var client = await _gateway.Connect("c");
        await client.Publish("$SYS/fake", "x", packetId: 1);
        Assert.Equal((1, MqttReasonCode.NotAuthorized), await IdAndCode(client));

        // 3.1.1 has no refusal: it is acknowledged, and goes nowhere.
        var old = await _gateway.Connect("old", MqttVersion.V311);
        await client.Subscribe("$SYS/#");
        await old.Publish("$SYS/fake", "x", packetId: 1);
        await old.Expect(MqttPacketType.PubAck);
        await client.Ping(before: 0);
    }

    [Theory]
    [InlineData("a/#/b", MqttReasonCode.TopicFilterInvalid)]
    [InlineData("$share//a", MqttReasonCode.TopicFilterInvalid)]
    public async Task A_filter_that_cannot_be_had_is_refused_alone(string filter, MqttReasonCode reason)
    {
        Assert.Equal([reason], (await (await _gateway.Connect("new")).Subscribe(filter)).Codes);
        Assert.Equal([MqttReasonCode.UnspecifiedError], (await (await _gateway.Connect("old", MqttVersion.V311)).Subscribe(filter)).Codes);
    }

    [Fact]
    public async Task A_client_has_a_bounded_number_of_subscriptions_and_replacing_one_is_no_more()
    {
        var client = await _gateway.Connect("c");
        foreach (var filter in new[] { "a", "b", "c", "a" })
            Assert.Equal([MqttReasonCode.GrantedQoS1], (await client.Subscribe(filter)).Codes);
        Assert.Equal([MqttReasonCode.QuotaExceeded], (await client.Subscribe("d")).Codes);
        await client.Unsubscribe("b");
        Assert.Equal([MqttReasonCode.GrantedQoS1], (await client.Subscribe("d")).Codes);
        Assert.Equal([MqttReasonCode.NoSubscriptionExisted], (await client.Unsubscribe("b")).Codes);
    }

    [Fact]
    public async Task A_subscription_identifier_comes_back_with_its_messages()
    {
        var subscriber = await _gateway.Connect("subscriber");
        await subscriber.Subscribe("a", MqttQoS.AtMostOnce, identifier: 268_435_455);
        await subscriber.Publish("a", "x");
        Assert.Equal(268_435_455u, (await subscriber.Expect(MqttPacketType.Publish)).Numbers[MqttPropertyId.SubscriptionIdentifier]);
    }

    [Fact]
    public async Task No_local_keeps_a_client_from_hearing_itself()
    {
        var client = await _gateway.Connect("c");
        await client.Subscribe("a", options: new SubscriptionOptions(MqttQoS.AtMostOnce, NoLocal: true));
        await client.Publish("a", "own");
        await (await _gateway.Connect("other")).Publish("a", "other's");
        Assert.Equal("other's", (await client.Expect(MqttPacketType.Publish)).Payload);
    }

    [Fact]
    public async Task Retained_messages_greet_a_subscription_after_its_SUBACK()
    {
        var publisher = await _gateway.Connect("publisher");
        await publisher.Publish("state/a", "1", packetId: 1, retain: true);
        await publisher.Publish("state/b", "2", retain: true);
        await publisher.Publish("state/b", "3", retain: true);
        await publisher.Publish("other", "4", retain: true);
        await publisher.Ping(before: 1);

        var subscriber = await _gateway.Connect("subscriber");
        await subscriber.Subscribe("state/+");
        var greeting = new[] { await subscriber.Expect(MqttPacketType.Publish), await subscriber.Expect(MqttPacketType.Publish) };
        Assert.Equal(["state/a=1 True", "state/b=3 True"], greeting.Select(m => $"{m.Topic}={m.Payload} {m.Retain}").Order(StringComparer.Ordinal));

        // Live, it is an ordinary message; [MQTT-3.3.1-12].
        await publisher.Publish("state/a", "5", retain: true);
        var live = await subscriber.Expect(MqttPacketType.Publish);
        Assert.Equal(("5", false), (live.Payload, live.Retain));
    }

    [Fact]
    public async Task Retain_as_published_and_retain_handling_are_kept_to()
    {
        var publisher = await _gateway.Connect("publisher");
        await publisher.Publish("state", "1", packetId: 1, retain: true);
        await publisher.Expect(MqttPacketType.PubAck);

        var subscriber = await _gateway.Connect("subscriber");
        await subscriber.Subscribe("state", options: new(MqttQoS.AtMostOnce, RetainAsPublished: true, RetainHandling: RetainHandling.DoNotSend));
        await subscriber.Ping(before: 0);
        await subscriber.Subscribe("state", options: new(MqttQoS.AtMostOnce, RetainAsPublished: true, RetainHandling: RetainHandling.SendOnNewSubscribe));
        await subscriber.Ping(before: 0);
        await subscriber.Subscribe("state", options: new(MqttQoS.AtMostOnce, RetainAsPublished: true));
        Assert.Equal("1", (await subscriber.Expect(MqttPacketType.Publish)).Payload);

        await publisher.Publish("state", "2", retain: true);
        var live = await subscriber.Expect(MqttPacketType.Publish);
        Assert.Equal(("2", true), (live.Payload, live.Retain));
    }

    [Fact]
    public async Task There_is_a_bounded_number_of_retained_messages_and_an_empty_one_makes_room()
    {
        var client = await _gateway.Connect("c");
        for (ushort n = 1; n <= 10; n++)
        {
            await client.Publish($"kept/{n}", "x", packetId: n, retain: true);
            Assert.Equal((n, MqttReasonCode.Success), await IdAndCode(client));
        }

        await client.Publish("kept/11", "x", packetId: 11, retain: true);
        Assert.Equal((11, MqttReasonCode.QuotaExceeded), await IdAndCode(client));
        await client.Publish("kept/3", "", packetId: 12, retain: true);
        await client.Expect(MqttPacketType.PubAck);
        await client.Publish("kept/11", "x", packetId: 13, retain: true);
        Assert.Equal((13, MqttReasonCode.Success), await IdAndCode(client));
    }

    [Fact]
    public async Task What_is_left_of_a_messages_time_is_told_and_an_expired_one_is_not_sent()
    {
        var properties = new ArrayBufferWriter<byte>();
        MqttProperties.Append(properties, MqttPropertyId.MessageExpiryInterval, 60);
        var publisher = await _gateway.Connect("publisher");
        await publisher.Send(new PublishPacket { Topic = "state"u8, Payload = "x"u8, Retain = true, Properties = new MqttProperties(properties.WrittenSpan) });
        await publisher.Ping();

        _gateway.Time.Advance(TimeSpan.FromSeconds(20));
        var early = await _gateway.Connect("early");
        await early.Subscribe("state", MqttQoS.AtMostOnce);
        Assert.Equal(40u, (await early.Expect(MqttPacketType.Publish)).Numbers[MqttPropertyId.MessageExpiryInterval]);

        _gateway.Time.Advance(TimeSpan.FromSeconds(40));
        var late = await _gateway.Connect("late");
        await late.Subscribe("state", MqttQoS.AtMostOnce);
        await late.Ping(before: 0);
    }

    [Theory]
    [InlineData(MqttReasonCode.Success, false)]
    [InlineData(MqttReasonCode.DisconnectWithWill, true)]
    [InlineData(null, true)]
    public async Task A_will_is_published_unless_the_client_says_goodbye(MqttReasonCode? goodbye, bool isPublished)
    {
        var watcher = await _gateway.Connect("watcher");
        await watcher.Subscribe("wills/#", MqttQoS.AtMostOnce);
        var client = _gateway.Open();
        await client.Connect("doomed", will: ("wills/doomed", "gone"));
        if (goodbye is { } code)
            await client.Disconnect(code);
        else
            await client.Drop();
        await client.ServerSide.Within("the end of the connection");

        if (isPublished)
            Assert.Equal("gone", (await watcher.Expect(MqttPacketType.Publish)).Payload);
        await watcher.Ping(before: 0);
    }

    [Fact]
    public async Task A_wills_delay_is_not_passed_on_to_subscribers()
    {
        var properties = new ArrayBufferWriter<byte>();
        MqttProperties.Append(properties, MqttPropertyId.WillDelayInterval, 1);
        var watcher = await _gateway.Connect("watcher");
        await watcher.Subscribe("will", MqttQoS.AtMostOnce);
        var client = _gateway.Open();
        await client.Send(new ConnectPacket
        {
            CleanStart = true,
            ClientId = "doomed"u8,
            HasWill = true,
            WillTopic = "will"u8,
            WillProperties = new MqttProperties(properties.WrittenSpan),
        });
        await client.Expect(MqttPacketType.ConnAck);
        await client.Drop();
        _gateway.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Empty((await watcher.Expect(MqttPacketType.Publish)).Numbers);
    }

    [Fact]
    public async Task A_message_too_large_for_a_client_is_left_out_and_the_next_comes()
    {
        var properties = new ArrayBufferWriter<byte>();
        MqttProperties.Append(properties, MqttPropertyId.MaximumPacketSize, 100);
        var subscriber = _gateway.Open();
        await subscriber.Send(new ConnectPacket { CleanStart = true, ClientId = "small"u8, Properties = new MqttProperties(properties.WrittenSpan) });
        await subscriber.Expect(MqttPacketType.ConnAck);
        await subscriber.Subscribe("a");
        var publisher = await _gateway.Connect("publisher");
        await publisher.Publish("a", new string('x', 200), packetId: 1);
        await publisher.Publish("a", "small", packetId: 2);
        Assert.Equal("small", (await subscriber.Expect(MqttPacketType.Publish)).Payload);
    }

    [Fact]
    public async Task A_clients_receive_maximum_bounds_what_it_has_not_acknowledged()
    {
        var subscriber = _gateway.Open();
        await subscriber.Connect("subscriber", receiveMaximum: 2);
        await subscriber.Subscribe("a");
        var publisher = await _gateway.Connect("publisher");
        for (ushort n = 1; n <= 4; n++)
            await publisher.Publish("a", $"{n}", packetId: n);
        var first = await subscriber.Expect(MqttPacketType.Publish);
        await subscriber.Expect(MqttPacketType.Publish);
        await publisher.Ping(before: 4);
        await subscriber.Ping(before: 0);

        await subscriber.Acknowledge(first.Id);
        Assert.Equal("3", (await subscriber.Expect(MqttPacketType.Publish)).Payload);
        await subscriber.Ping(before: 0);
    }

    [Fact]
    public async Task A_subscriber_that_is_too_slow_loses_QoS_0_messages_and_nobody_waits_for_it_for_long()
    {
        using var shed = new MeterWatch("orleansiot_mqtt_shed_deliveries", _gateway.Services.GetRequiredService<GatewayMetrics>());
        var slow = await SlowSubscriber(MqttQoS.AtMostOnce);
        var publisher = await _gateway.Connect("publisher");
        for (var n = 0; n < 30; n++)
            await publisher.Publish("a", new string('x', 1_000));
        var published = publisher.Ping();
        while (!published.IsCompleted)
        {
            _gateway.Time.Advance(TimeSpan.FromMilliseconds(10));
            await Task.Yield();
        }

        await published;

        // Eight are kept, and what the first flush took: none, where all came before it, or as many as were kept then.
        Assert.InRange(shed["slow-subscriber"], 30 - 8 - 8, 30 - 8);

        Assert.Equal(1_000, (await slow.Expect(MqttPacketType.Publish)).Payload.Length);
    }

    [Fact]
    public async Task A_subscriber_that_is_too_slow_for_QoS_1_is_disconnected_so_that_it_knows()
    {
        var slow = await SlowSubscriber(MqttQoS.AtLeastOnce);
        var publisher = await _gateway.Connect("publisher");
        for (ushort n = 1; n <= 20; n++)
            await publisher.Publish("a", new string('x', 1_000), packetId: n);
        var published = publisher.Ping(before: 20);
        while (!published.IsCompleted)
        {
            _gateway.Time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Yield();
        }

        await published;

        ReceivedPacket packet;
        do
            packet = await slow.Receive();
        while (packet.Type == MqttPacketType.Publish);
        Assert.Equal((MqttPacketType.Disconnect, MqttReasonCode.QuotaExceeded), (packet.Type, packet.Code));
        await slow.ExpectClosed();
    }

    private async Task<TestClient> SlowSubscriber(MqttQoS qos)
    {
        // A socket that takes little: the gateway's flush waits after the first message.
        var slow = _gateway.Open(toClient: new PipeOptions(pauseWriterThreshold: 500, resumeWriterThreshold: 250));
        await slow.Connect("slow");
        await slow.Subscribe("a", qos);
        return slow;
    }

    private static async Task<(int Id, MqttReasonCode Code)> IdAndCode(TestClient client)
    {
        var ack = await client.Expect(MqttPacketType.PubAck);
        return (ack.Id, ack.Code);
    }

    private static async Task<(MqttQoS QoS, ushort Id)> QoSAndId(TestClient client)
    {
        var publish = await client.Expect(MqttPacketType.Publish);
        return (publish.QoS, publish.Id);
    }
}
