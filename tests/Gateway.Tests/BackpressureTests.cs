using System.Globalization;
using System.IO.Pipelines;
using Microsoft.Extensions.DependencyInjection;
using OrleansIot.Gateway.Tests.Harness;
using OrleansIot.Mqtt.Codec;
using OrleansIot.TestKit.Time;

namespace OrleansIot.Gateway.Tests;

/// <summary>A queue of 100: above 50 its publishers wait.</summary>
public sealed class BackpressureTests : IAsyncDisposable
{
    private static readonly TimeSpan ShedAfter = TimeSpan.FromSeconds(1);

    private readonly TestGateway _gateway = new(("Gateway:OutboundQueueMessages", "100"));

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public async Task Publishers_flat_out_lose_nothing_at_QoS_1_to_a_subscriber_that_reads_slowly_but_steadily(int publishers)
    {
        const int Each = 1_000;
        using var shed = new MeterWatch("orleansiot_mqtt_shed_deliveries", _gateway.Services.GetRequiredService<GatewayMetrics>());
        using var held = new MeterWatch("orleansiot_mqtt_held_publishes", _gateway.Services.GetRequiredService<GatewayMetrics>());
        var subscriber = await SlowSubscriber("slow");
        var publishing = new List<Task>();
        for (var p = 0; p < publishers; p++)
            publishing.Add(PublishFlatOut(await _gateway.Connect($"publisher-{p}", MqttVersion.V311), $"a/{p}", Each));

        var last = new int[publishers];
        for (var n = 0; n < publishers * Each; n++)
        {
            _gateway.Time.Advance(TimeSpan.FromMilliseconds(5));
            var publish = await subscriber.Expect(MqttPacketType.Publish);
            await subscriber.Acknowledge(publish.Id);
            var (from, number) = (publish.Topic[^1] - '0', int.Parse(publish.Payload, CultureInfo.InvariantCulture));
            Assert.Equal(++last[from], number);
        }

        await Task.WhenAll(publishing).Within("the acknowledgements of all publishers");
        await subscriber.Ping();
        Assert.Equal(0, shed["slow-subscriber"] + shed["slow-subscriber-disconnected"]);
        Assert.True(held[""] > 0);

        static Task PublishFlatOut(TestClient publisher, string topic, int count) => Task.WhenAll(
            Task.Run(async () =>
            {
                for (var n = 1; n <= count; n++)
                    await publisher.Publish(topic, $"{n}", packetId: (ushort)n);
            }),
            Task.Run(async () =>
            {
                for (var n = 1; n <= count; n++)
                    Assert.Equal(n, (await publisher.Expect(MqttPacketType.PubAck)).Id);
            }));
    }

    [Fact]
    public async Task A_subscriber_that_takes_nothing_is_waited_for_once_and_then_disconnected()
    {
        using var shed = new MeterWatch("orleansiot_mqtt_shed_deliveries", _gateway.Services.GetRequiredService<GatewayMetrics>());
        using var givenUp = new MeterWatch("orleansiot_mqtt_subscribers_given_up", _gateway.Services.GetRequiredService<GatewayMetrics>());
        var dead = await SlowSubscriber("dead");
        var (first, second) = (await Publisher("first"), await Publisher("second"));
        await Publish(first, 1, 51);
        await first.Ping(before: 51);

        await Publish(first, 52, 60);
        await Publish(second, 1, 10);
        var (firstDone, secondDone) = (first.Ping(before: 9), second.Ping(before: 10));
        _gateway.Time.Advance(ShedAfter - TimeSpan.FromMilliseconds(1));
        var other = await _gateway.Connect("other");
        await other.Ping();
        Assert.False(firstDone.IsCompleted || secondDone.IsCompleted);
        Assert.Equal(0, givenUp[""]);

        _gateway.Time.Advance(TimeSpan.FromMilliseconds(1));
        await firstDone;
        await secondDone;
        Assert.Equal(1, givenUp[""]);
        Assert.Equal(0, shed["slow-subscriber-disconnected"]);

        // No time passes any more, and nobody needs any, until the queue of 100 is full.
        await Publish(first, 61, 90);
        await first.Ping(before: 30);
        Assert.Equal(0, shed["slow-subscriber-disconnected"]);
        Assert.False(dead.ServerSide.IsCompleted);

        // One more, and it is no subscriber any longer: how many of several that are sent at once still find one nobody can say.
        await Publish(first, 91, 91);
        await first.Ping(before: 1);
        Assert.Equal(1, shed["slow-subscriber-disconnected"]);
        ReceivedPacket packet;
        do
            packet = await dead.Receive();
        while (packet.Type == MqttPacketType.Publish);
        Assert.Equal((MqttPacketType.Disconnect, MqttReasonCode.QuotaExceeded), (packet.Type, packet.Code));
        await dead.ExpectClosed();
    }

    [Fact]
    public async Task One_that_was_given_up_is_waited_for_again_once_it_has_caught_up()
    {
        var slow = await SlowSubscriber("slow");
        var publisher = await Publisher("publisher");
        await Publish(publisher, 1, 60);
        _gateway.Time.Advance(ShedAfter);
        await publisher.Ping(before: 60);
        for (var n = 0; n < 60; n++)
            await slow.Acknowledge((await slow.Expect(MqttPacketType.Publish)).Id);
        await slow.Ping();

        await Publish(publisher, 61, 120);
        var done = publisher.Ping(before: 60);
        for (var n = 61; n <= 111; n++)
            Assert.Equal($"{n}", (await slow.Expect(MqttPacketType.Publish)).Payload);
        await slow.Ping();
        Assert.False(done.IsCompleted);
        _gateway.Time.Advance(ShedAfter);
        await done;
    }

    [Fact]
    public async Task Who_publishes_to_others_does_not_wait_for_a_subscriber_that_is_behind()
    {
        await SlowSubscriber("dead");
        var flood = await Publisher("flood");
        await Publish(flood, 1, 60);

        var quick = await _gateway.Connect("quick");
        await quick.Subscribe("b");
        var publisher = await Publisher("publisher");
        await publisher.Publish("b", "1", packetId: 1);
        await publisher.Ping(before: 1);
        Assert.Equal("1", (await quick.Expect(MqttPacketType.Publish)).Payload);
    }

    [Fact]
    public async Task A_client_that_publishes_to_itself_does_not_wait_for_itself()
    {
        var client = await _gateway.Connect("client", MqttVersion.V311, readsInline: true);
        await client.Subscribe("a/0");
        await Publish(client, 1, 90);
        await Expect(client, 90, 90);
    }

    [Fact]
    public async Task Two_clients_that_publish_to_each_other_do_not_wait_for_each_other()
    {
        var (one, other) = (await Publisher("one"), await Publisher("other"));
        await one.Subscribe("to-one");
        await other.Subscribe("to-other");
        await Publish(one, 1, 90, "to-other");
        await Publish(other, 1, 90, "to-one");
        await Expect(one, 90, 90);
        await Expect(other, 90, 90);
    }

    private Task<TestClient> Publisher(string clientId) => _gateway.Connect(clientId, MqttVersion.V311, readsInline: true);

    private async Task<TestClient> SlowSubscriber(string clientId)
    {
        // A socket that takes little: the gateway's flush waits after the first messages.
        var slow = _gateway.Open(toClient: new PipeOptions(pauseWriterThreshold: 500, resumeWriterThreshold: 250));
        await slow.Connect(clientId);
        await slow.Subscribe("a/#");
        return slow;
    }

    private static async Task Expect(TestClient client, int acknowledgements, int messages)
    {
        while (acknowledgements + messages > 0)
        {
            if ((await client.Receive()).Type == MqttPacketType.PubAck)
                acknowledgements--;
            else
                messages--;
        }

        Assert.Equal((0, 0), (acknowledgements, messages));
    }

    private static Task Publish(TestClient publisher, int first, int last, string topic = "a/0")
    {
        for (var n = first; n <= last; n++)
            publisher.GatherPublish(topic, $"{n}", packetId: (ushort)n);
        return publisher.SendGathered();
    }
}
