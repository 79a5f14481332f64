using System.Buffers;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OrleansIot.Gateway.Broker;
using OrleansIot.Gateway.Peers;
using OrleansIot.Gateway.Tests.Harness;
using OrleansIot.Mqtt.Codec;
using OrleansIot.TestKit.Time;

namespace OrleansIot.Gateway.Tests;

/// <summary>What a client sees of what is published through another gateway.</summary>
public sealed class PeerTests : IAsyncLifetime
{
    private readonly PeerHub _hub = new();

    public ValueTask InitializeAsync() => default;

    public ValueTask DisposeAsync() => _hub.DisposeAsync();

    [Theory]
    [InlineData("a/b/c", MqttQoS.AtMostOnce, MqttVersion.V5)]
    [InlineData("a/+/c", MqttQoS.AtLeastOnce, MqttVersion.V311)]
    [InlineData("#", MqttQoS.AtLeastOnce, MqttVersion.V5)]
    public async Task A_message_reaches_subscribers_of_other_gateways(string filter, MqttQoS qos, MqttVersion version)
    {
        var gateways = await _hub.Joined("one", "two");
        var subscriber = await gateways[1].Connect("subscriber", version);
        await subscriber.Subscribe(filter, qos);
        var publisher = await gateways[0].Connect("publisher");
        await publisher.Publish("a/b/c", "hello", packetId: qos == MqttQoS.AtMostOnce ? (ushort)0 : (ushort)7);

        var message = await subscriber.Expect(MqttPacketType.Publish);
        Assert.Equal(("a/b/c", "hello", qos, false), (message.Topic, message.Payload, message.QoS, message.Retain));

        // 0x10 would say that nobody is subscribed.
        if (qos == MqttQoS.AtLeastOnce)
            Assert.Equal(MqttReasonCode.Success, (await publisher.Expect(MqttPacketType.PubAck)).Code);
    }

    [Fact]
    public async Task A_reading_reaches_subscribers_of_other_gateways_once_it_is_stored()
    {
        var gateways = await _hub.Joined("one", "two");
        gateways[0].Twins.HoldsReadings = true;
        var subscriber = await gateways[1].Connect("subscriber");
        await subscriber.Subscribe("dt/devices/+/telemetry", MqttQoS.AtMostOnce);
        var device = await gateways[0].Connect("pump-1");
        await device.Publish("dt/devices/pump-1/telemetry", """{"temperature":20}""", packetId: 1);

        var reading = await gateways[0].Twins.Next<Domain.Twins.TwinCommand.Ingest>();
        await subscriber.Ping(before: 0);
        reading.Accept();
        Assert.Equal("""{"temperature":20}""", (await subscriber.Expect(MqttPacketType.Publish)).Payload);
        Assert.Equal(0, gateways[1].Twins.Ingests);
    }

    [Fact]
    public async Task A_message_comes_once_to_each_subscriber_however_many_gateways_and_filters_there_are()
    {
        var gateways = await _hub.Joined("one", "two", "three");
        var subscribers = new List<TestClient>();
        foreach (var gateway in gateways)
        {
            var subscriber = await gateway.Connect($"subscriber-{subscribers.Count}");
            await subscriber.Subscribe("a/#", MqttQoS.AtMostOnce);
            await subscriber.Subscribe("a/+", MqttQoS.AtMostOnce);
            subscribers.Add(subscriber);
        }

        var publisher = await gateways[0].Connect("publisher");
        await publisher.Publish("a/1", "first");
        await publisher.Publish("a/2", "second");
        foreach (var subscriber in subscribers)
        {
            var seen = new List<string>();
            for (var i = 0; i < 2; i++)
                seen.Add((await subscriber.Expect(MqttPacketType.Publish)).Payload);
            Assert.Equal(["first", "second"], seen);
            await subscriber.Ping(before: 0);
        }
    }

    [Fact]
    public async Task What_one_publisher_sends_arrives_in_its_order()
    {
        var gateways = await _hub.Joined("one", "two");
        var subscriber = await gateways[1].Connect("subscriber");
        await subscriber.Subscribe("n", MqttQoS.AtMostOnce);
        var publisher = await gateways[0].Connect("publisher", MqttVersion.V311);
        for (var n = 0; n < 1_000; n++)
            publisher.GatherPublish("n", $"{n}", packetId: (ushort)(n % 2 == 0 ? 0 : n));
        await publisher.SendGathered();

        for (var n = 0; n < 1_000; n++)
            Assert.Equal($"{n}", (await subscriber.Expect(MqttPacketType.Publish)).Payload);
    }

    [Fact]
    public async Task Messages_that_come_while_a_batch_is_on_its_way_go_together()
    {
        var gateways = await _hub.Joined("one", "two");
        var subscriber = await gateways[1].Connect("subscriber");
        await subscriber.Subscribe("n", MqttQoS.AtMostOnce);
        var publisher = await gateways[0].Connect("publisher");
        var line = _hub.Between("one", "two");
        line.Hold();
        await publisher.Publish("n", "0");
        await line.Holding();
        for (var n = 1; n <= 100; n++)
            publisher.GatherPublish("n", $"{n}");
        await publisher.SendGathered();
        await publisher.Ping();
        var before = line.Sends;
        line.Release();

        for (var n = 0; n <= 100; n++)
            Assert.Equal($"{n}", (await subscriber.Expect(MqttPacketType.Publish)).Payload);
        Assert.Equal(1, line.Sends - before);
    }

    [Fact]
    public async Task Interest_lasts_as_long_as_the_last_of_its_subscriptions()
    {
        var gateways = await _hub.Joined("one", "two");
        var first = await gateways[1].Connect("first");
        var second = await gateways[1].Connect("second");
        await first.Subscribe("a/+");
        await second.Subscribe("a/+");
        Assert.True(IsWantedAt(gateways[0], "a/b"));

        await first.Unsubscribe("a/+");
        await Told(first, "fence/1");
        Assert.True(IsWantedAt(gateways[0], "a/b"));

        await second.Drop();
        await second.ServerSide.Within("the end of the connection");
        await Told(first, "fence/2");
        Assert.False(IsWantedAt(gateways[0], "a/b"));

        // Then the publisher hears it.
        var publisher = await gateways[0].Connect("publisher");
        await publisher.Publish("a/b", "x", packetId: 1);
        Assert.Equal(MqttReasonCode.NoMatchingSubscribers, (await publisher.Expect(MqttPacketType.PubAck)).Code);
    }

    [Fact]
    public async Task Nothing_of_SYS_is_passed_on()
    {
        var gateways = await _hub.Joined("one", "two");
        var subscriber = await gateways[1].Connect("subscriber");
        await subscriber.Subscribe("$SYS/#");
        await Told(subscriber, "fence");
        Assert.False(IsWantedAt(gateways[0], "$SYS/broker/uptime"));

        // Not even what the gateway itself would retain there.
        var broker = gateways[0].Services.GetRequiredService<MessageBroker>();
        broker.Publish(new BrokeredMessage(PublishBody.Copy("$SYS/broker/uptime"u8, "1"u8), MqttQoS.AtMostOnce, Retain: true, 0), null, default, out _);
        broker.Publish(new BrokeredMessage(PublishBody.Copy("fence"u8, "2"u8), MqttQoS.AtMostOnce, Retain: false, 0), null, default, out _);
        Assert.Equal("2", (await subscriber.Expect(MqttPacketType.Publish)).Payload);
    }

    [Fact]
    public async Task SUBACK_waits_until_the_peers_know_but_not_for_one_that_is_slow()
    {
        var gateways = await _hub.Joined("one", "two");
        var line = _hub.Between("two", "one");
        line.Hold();
        var subscriber = await gateways[1].Connect("subscriber");
        var subscribed = subscriber.Subscribe("a");
        await line.Holding();
        Assert.False(subscribed.IsCompleted);
        line.Release();
        await subscribed;
        Assert.True(IsWantedAt(gateways[0], "a"));

        line.Hold();
        subscribed = subscriber.Subscribe("b");
        await line.Holding();
        await TimePasses(gateways[1], subscribed, TimeSpan.FromMilliseconds(500));
        Assert.Equal([MqttReasonCode.GrantedQoS1], (await subscribed).Codes);
        Assert.False(IsWantedAt(gateways[0], "b"));
        line.Release();
    }

    [Fact]
    public async Task Nobody_waits_for_a_peer_that_is_known_not_to_answer()
    {
        var gateways = await _hub.Joined("one", "two");
        var line = _hub.Between("two", "one");
        line.LosesBatches = true;
        var subscriber = await gateways[1].Connect("subscriber");
        await subscriber.Subscribe("a");
        await subscriber.Subscribe("b");
        Assert.False(IsWantedAt(gateways[0], "b"));
    }

    [Fact]
    public async Task A_batch_whose_answer_was_lost_is_sent_again_and_taken_once()
    {
        var gateways = await _hub.Joined("one", "two");
        var subscriber = await gateways[1].Connect("subscriber");
        await subscriber.Subscribe("a", MqttQoS.AtMostOnce);
        var line = _hub.Between("one", "two");
        line.LoseAnswers(3);
        var publisher = await gateways[0].Connect("publisher");
        foreach (var payload in new[] { "first", "second" })
        {
            await publisher.Publish("a", payload);
            var message = subscriber.Expect(MqttPacketType.Publish);
            await TimePasses(gateways[0], message, TimeSpan.FromSeconds(1));
            Assert.Equal(payload, (await message).Payload);
        }
    }

    [Fact]
    public async Task A_batch_that_was_lost_is_sent_again()
    {
        var gateways = await _hub.Joined("one", "two");
        var subscriber = await gateways[1].Connect("subscriber");
        await subscriber.Subscribe("a", MqttQoS.AtLeastOnce);
        var line = _hub.Between("one", "two");
        line.LosesBatches = true;
        line.Hold();
        var publisher = await gateways[0].Connect("publisher");
        await publisher.Publish("a", "x", packetId: 1);
        await line.Holding();
        line.Release();
        await publisher.Expect(MqttPacketType.PubAck);
        line.LosesBatches = false;

        var message = subscriber.Expect(MqttPacketType.Publish);
        await TimePasses(gateways[0], message, TimeSpan.FromSeconds(1));
        Assert.Equal("x", (await message).Payload);
    }

    [Fact]
    public async Task A_peer_that_leaves_and_comes_back_is_told_again_of_all_interest()
    {
        var gateways = await _hub.Joined("one", "two");
        var subscriber = await gateways[1].Connect("subscriber");
        await subscriber.Subscribe("a", MqttQoS.AtMostOnce);
        _hub.Leave("one", "two");
        Assert.False(IsWantedAt(gateways[0], "a"));
        await subscriber.Subscribe("b", MqttQoS.AtMostOnce);
        var publisher = await gateways[0].Connect("publisher");
        await publisher.Publish("a", "missed");
        await publisher.Ping();

        await _hub.Join("one", "two");
        await publisher.Publish("b", "1");
        Assert.Equal("1", (await subscriber.Expect(MqttPacketType.Publish)).Payload);
        await publisher.Publish("a", "2");
        Assert.Equal("2", (await subscriber.Expect(MqttPacketType.Publish)).Payload);
    }

    [Fact]
    public async Task A_peer_that_forgot_is_told_from_the_beginning_and_misses_nothing()
    {
        var gateways = await _hub.Joined("one", "two");
        var subscriber = await gateways[1].Connect("subscriber");
        await subscriber.Subscribe("a", MqttQoS.AtMostOnce);
        var listener = await gateways[0].Connect("listener");
        await listener.Subscribe("b", MqttQoS.AtMostOnce);

        // As far as the second is concerned the first has left and come back.
        var peers = _hub.PeersOf("two");
        peers.Leave(new PeerId("one"));
        var joined = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _hub.Between("two", "one").FirstAccepted = joined;
        peers.Join(new PeerId("one"));
        await joined.Task.Within("the second's first batch to the first");

        var publisher = await gateways[0].Connect("publisher");
        await publisher.Publish("a", "x");
        Assert.Equal("x", (await subscriber.Expect(MqttPacketType.Publish)).Payload);
        await (await gateways[1].Connect("other")).Publish("b", "y");
        Assert.Equal("y", (await listener.Expect(MqttPacketType.Publish)).Payload);
    }

    [Theory]
    [InlineData(PeerAnswer.UnknownSender, true)]
    [InlineData(PeerAnswer.OutOfSequence, true)]
    [InlineData(PeerAnswer.Refused, false)]
    public async Task A_batch_that_was_not_taken_is_followed_by_all_interest(PeerAnswer answer, bool isSentAgain)
    {
        var gateways = await _hub.Joined("one", "two");
        using var dropped = new MeterWatch("orleansiot_mqtt_relay_dropped", gateways[0].Services.GetRequiredService<GatewayMetrics>());
        var subscriber = await gateways[1].Connect("subscriber");
        await subscriber.Subscribe("a", MqttQoS.AtMostOnce);
        var publisher = await gateways[0].Connect("publisher");
        await publisher.Subscribe("b", MqttQoS.AtMostOnce);
        var line = _hub.Between("one", "two");
        line.AnswerOnce(answer);
        await publisher.Publish("a", "first");
        if (!isSentAgain)
        {
            await TestKit.Eventually.IsTrue("the refused message is counted", () => Task.FromResult(dropped["refused"] == 1));
            await publisher.Publish("a", "second");
        }

        var message = subscriber.Expect(MqttPacketType.Publish);
        await TimePasses(gateways[0], message, TimeSpan.FromSeconds(1));
        Assert.Equal(isSentAgain ? "first" : "second", (await message).Payload);
        Assert.True(IsWantedAt(gateways[1], "b"));
    }

    [Fact]
    public async Task A_host_that_stops_sends_what_is_queued_and_waits_for_no_peer_that_does_not_take_it()
    {
        var gateways = await _hub.Joined("one", "two");
        var subscriber = await gateways[1].Connect("subscriber");
        await subscriber.Subscribe("a", MqttQoS.AtMostOnce);
        var publisher = await gateways[0].Connect("publisher");
        var line = _hub.Between("one", "two");
        line.Hold();
        await publisher.Publish("a", "1");
        await publisher.Publish("a", "2");
        await publisher.Ping();
        var stopped = gateways[0].Services.GetServices<IHostedService>().OfType<PeerRelay>().Single().StopAsync(CancellationToken.None);
        Assert.False(stopped.IsCompleted);
        line.Release();
        await stopped.Within("the end of the relay");
        Assert.Equal("1", (await subscriber.Expect(MqttPacketType.Publish)).Payload);
        Assert.Equal("2", (await subscriber.Expect(MqttPacketType.Publish)).Payload);

        // The other way there is nobody any more.
        await subscriber.Publish("a", "3");
        _hub.Between("two", "one").Hold();
        await TimePasses(gateways[1], gateways[1].Services.GetServices<IHostedService>().OfType<PeerRelay>().Single().StopAsync(CancellationToken.None), TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task What_waits_for_a_slow_peer_is_bounded_and_QoS_0_is_shed_first()
    {
        var one = _hub.Add("one", ("Gateway:PeerQueueBytes", "65536"));
        using var dropped = new MeterWatch("orleansiot_mqtt_relay_dropped", one.Services.GetRequiredService<GatewayMetrics>());
        var two = _hub.Add("two");
        await _hub.Join("one", "two");
        var subscriber = await two.Connect("subscriber");
        await subscriber.Subscribe("n", MqttQoS.AtMostOnce);
        var line = _hub.Between("one", "two");
        line.Hold();
        var publisher = await one.Connect("publisher");
        await publisher.Publish("n", "first");
        await line.Holding();

        var payload = new string('x', 1_000);
        var qos0 = dropped["qos-0"];
        for (var n = 0; n < 100; n++)
            publisher.GatherPublish("n", payload);
        await publisher.SendGathered();
        await publisher.Ping();
        Assert.InRange(dropped["qos-0"] - qos0, 70, 75); // half of 64 KiB holds 28 of 1,129 bytes beside the first

        var qos1 = dropped["qos-1"];
        for (ushort n = 1; n <= 100; n++)
            publisher.GatherPublish("n", $"{n:000}{payload}", packetId: n);
        await publisher.SendGathered();
        await publisher.Ping(before: 100);
        var lost = dropped["qos-1"] - qos1;
        Assert.InRange(lost, 68, 75);

        line.Release();
        Assert.Equal("first", (await subscriber.Expect(MqttPacketType.Publish)).Payload);
        ReceivedPacket message;
        do
            message = await subscriber.Expect(MqttPacketType.Publish);
        while (message.Payload == payload);
        for (var n = 1; n <= 100 - lost; n++)
        {
            Assert.StartsWith($"{n:000}", message.Payload, StringComparison.Ordinal);
            if (n < 100 - lost)
                message = await subscriber.Expect(MqttPacketType.Publish);
        }

        // And there is room again.
        await publisher.Publish("n", "last");
        Assert.Equal("last", (await subscriber.Expect(MqttPacketType.Publish)).Payload);
    }

    [Fact]
    public async Task Properties_and_the_rest_of_a_messages_time_go_along()
    {
        var gateways = await _hub.Joined("one", "two");
        var subscriber = await gateways[1].Connect("subscriber");
        await subscriber.Subscribe("a", MqttQoS.AtMostOnce);
        var properties = new ArrayBufferWriter<byte>();
        MqttProperties.Append(properties, MqttPropertyId.MessageExpiryInterval, 60);
        MqttProperties.Append(properties, MqttPropertyId.PayloadFormatIndicator, 1);
        var line = _hub.Between("one", "two");
        line.Hold();
        var publisher = await gateways[0].Connect("publisher");
        await publisher.Publish("a", "first");
        await line.Holding();
        await publisher.Send(new PublishPacket { Topic = "a"u8, Payload = "x"u8, Properties = new MqttProperties(properties.WrittenSpan) });
        await publisher.Ping();
        gateways[0].Time.Advance(TimeSpan.FromSeconds(20));
        line.Release();

        await subscriber.Expect(MqttPacketType.Publish);
        var message = await subscriber.Expect(MqttPacketType.Publish);
        Assert.Equal((40u, 1u), (message.Numbers[MqttPropertyId.MessageExpiryInterval], message.Numbers[MqttPropertyId.PayloadFormatIndicator]));
    }

    [Fact]
    public async Task A_gateway_that_is_alone_has_no_part_of_this()
    {
        await using var alone = new TestGateway();
        Assert.Null(alone.Services.GetService<PeerRelay>());
        Assert.Null(alone.Services.GetRequiredService<Connections.GatewayParts>().Peers);
    }

    internal static bool IsWantedAt(TestGateway gateway, string topic) => gateway.Services.GetRequiredService<PeerRelay>().IsWanted(Encoding.UTF8.GetBytes(topic));

    // SUBACK comes when the peers know of the filter, and so of all changes before.
    internal static Task Told(TestClient client, string fence) => client.Subscribe(fence);

    // A timer that has not been set when the clock is advanced would never fire: so the clock moves until it did.
    private static Task TimePasses(TestGateway gateway, Task until, TimeSpan step) => TestKit.Eventually.IsTrue("what only time brings about", () =>
    {
        gateway.Time.Advance(step);
        return Task.FromResult(until.IsCompleted);
    });
}
