using Microsoft.Extensions.DependencyInjection;
using OrleansIot.Gateway.Broker;
using OrleansIot.Gateway.Tests.Harness;
using OrleansIot.Mqtt.Codec;
using OrleansIot.Mqtt.Topics;

namespace OrleansIot.Gateway.Tests;

/// <summary>Retained messages are the same at every gateway.</summary>
public sealed class PeerRetainedTests : IAsyncLifetime
{
    private readonly PeerHub _hub = new();

    public ValueTask InitializeAsync() => default;

    public ValueTask DisposeAsync() => _hub.DisposeAsync();

    [Fact]
    public async Task A_subscriber_finds_what_was_retained_at_another_gateway_before_it_joined()
    {
        var one = _hub.Add("one");
        var two = _hub.Add("two");
        await Retain(one, "state/a", "1");
        await _hub.Join("one", "two");

        var subscriber = await two.Connect("subscriber");
        await subscriber.Subscribe("state/+");
        var message = await subscriber.Expect(MqttPacketType.Publish);
        Assert.Equal(("state/a", "1", true, MqttQoS.AtLeastOnce), (message.Topic, message.Payload, message.Retain, message.QoS));
    }

    [Fact]
    public async Task What_is_retained_later_is_retained_everywhere_though_nobody_there_is_subscribed()
    {
        var gateways = await _hub.Joined("one", "two");
        await Retain(gateways[0], "state/a", "1");
        await Retain(gateways[0], "state/a", "2");
        await Fence(gateways[0], gateways[1]);
        Assert.Equal(["2"], RetainedAt(gateways[1], "state/a"));

        await Retain(gateways[1], "state/a", "");
        await Fence(gateways[1], gateways[0]);
        Assert.Equal([], RetainedAt(gateways[0], "state/a"));
        Assert.Equal([], RetainedAt(gateways[1], "state/a"));
    }

    [Fact]
    public async Task A_subscriber_is_told_once_of_what_is_retained_elsewhere_while_it_is_there()
    {
        var gateways = await _hub.Joined("one", "two");
        var subscriber = await gateways[1].Connect("subscriber");
        await subscriber.Subscribe("state/a", options: new(MqttQoS.AtMostOnce, RetainAsPublished: true));
        await Retain(gateways[0], "state/a", "1");
        var live = await subscriber.Expect(MqttPacketType.Publish);
        Assert.Equal(("1", true), (live.Payload, live.Retain));
        await Fence(gateways[0], gateways[1]);
        await subscriber.Ping(before: 0);
    }

    [Fact]
    public async Task A_subscriber_hears_late_of_what_its_gateway_learns_late_and_only_once()
    {
        var one = _hub.Add("one");
        var two = _hub.Add("two");
        var three = _hub.Add("three");
        await Retain(one, "state/a", "1");
        await _hub.Join("one", "three");
        var subscriber = await two.Connect("subscriber");
        await subscriber.Subscribe("state/#", MqttQoS.AtMostOnce);

        await _hub.Join("one", "two");
        Assert.Equal("1", (await subscriber.Expect(MqttPacketType.Publish)).Payload);
        await _hub.Join("three", "two");
        await subscriber.Ping(before: 0);
    }

    [Fact]
    public async Task The_later_of_two_wins_at_both_gateways()
    {
        var one = _hub.Add("one");
        var two = _hub.Add("two");
        await Retain(one, "state/a", "earlier");
        await Retain(one, "state/b", "earlier");
        one.Time.Advance(TimeSpan.FromSeconds(1));
        two.Time.Advance(TimeSpan.FromSeconds(1));
        await Retain(two, "state/a", "later");
        await Retain(two, "state/b", "");
        await _hub.Join("one", "two");

        foreach (var gateway in new[] { one, two })
        {
            Assert.Equal(["later"], RetainedAt(gateway, "state/a"));
            Assert.Equal([], RetainedAt(gateway, "state/b"));
        }
    }

    [Fact]
    public async Task Whoever_overwrites_what_it_has_seen_wins_though_its_clock_is_behind()
    {
        var one = _hub.Add("one");
        var two = _hub.Add("two");
        one.Time.Advance(TimeSpan.FromHours(1));
        await _hub.Join("one", "two");
        await Retain(one, "state/a", "1");
        await Fence(one, two);
        await Retain(two, "state/a", "2");
        await Fence(two, one);
        Assert.Equal(["2"], RetainedAt(one, "state/a"));
        Assert.Equal(["2"], RetainedAt(two, "state/a"));
    }

    private static async Task Retain(TestGateway gateway, string topic, string payload)
    {
        var client = await gateway.Connect("");
        await client.Publish(topic, payload, packetId: 1, retain: true);
        await client.Expect(MqttPacketType.PubAck);
    }

    // What one gateway was told before, the other knows when this has come through.
    private static async Task Fence(TestGateway from, TestGateway to)
    {
        var listener = await to.Connect("");
        await listener.Subscribe("fence", MqttQoS.AtMostOnce);
        await (await from.Connect("")).Publish("fence", "x");
        await listener.Expect(MqttPacketType.Publish);
    }

    private static IEnumerable<string> RetainedAt(TestGateway gateway, string topic) => gateway.Services.GetRequiredService<RetainedMessages>()
        .Matching(TopicFilter.Parse(topic)).Select(message => System.Text.Encoding.UTF8.GetString(message.Body.Payload));
}
