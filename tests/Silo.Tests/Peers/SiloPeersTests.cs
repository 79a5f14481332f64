using System.Text;
using OrleansIot.Mqtt.Client;
using OrleansIot.Mqtt.Codec;
using OrleansIot.TestKit.Time;

namespace OrleansIot.Silo.Tests.Peers;

/// <summary>MQTT across silos of real Orleans.</summary>
public sealed class SiloPeersTests : IAsyncLifetime
{
    private readonly PeerCluster _cluster = new();

    public ValueTask InitializeAsync() => default;

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task A_client_of_any_silo_sees_what_is_published_on_the_others()
    {
        var silos = await _cluster.Start(3);
        var inboxes = new List<Inbox>();
        foreach (var silo in silos)
            inboxes.Add(await Inbox.Subscribed(await _cluster.Connect(silo), "dt/devices/+/telemetry"));

        foreach (var (silo, n) in silos.Select((silo, n) => (silo, n)))
        {
            var device = await _cluster.Connect(silo, $"pump-{n}");
            await Publish(device, $"dt/devices/pump-{n}/telemetry", """{"temperature":20}""");
            foreach (var inbox in inboxes)
                Assert.Equal($$"""dt/devices/pump-{{n}}/telemetry={"temperature":20}""", await inbox.Next());
        }
    }

    [Fact]
    public async Task Nothing_that_was_acknowledged_is_missing_or_out_of_order_on_another_silo()
    {
        const int messages = 5_000;
        var silos = await _cluster.Start(2);
        var inbox = await Inbox.Subscribed(await _cluster.Connect(silos[1]), "n");
        var publisher = await _cluster.Connect(silos[0]);
        var published = new List<Task<MqttReasonCode>>();
        for (var n = 0; n < messages; n++)
            published.Add(publisher.Publish(Message("n", $"{n}")));

        for (var n = 0; n < messages; n++)
            Assert.Equal($"n={n}", await inbox.Next());
        Assert.All(await Task.WhenAll(published), code => Assert.Equal(MqttReasonCode.Success, code));
    }

    [Fact]
    public async Task A_silo_that_joins_is_told_of_what_is_retained_and_of_who_is_subscribed()
    {
        var first = await _cluster.Start();
        var client = await _cluster.Connect(first);
        await Publish(client, "state/a", "1", retain: true);
        var inbox = await Inbox.Subscribed(client, "news");

        var second = await _cluster.Start();
        var other = await _cluster.Connect(second);
        Assert.Equal("state/a=1", await (await Inbox.Subscribed(other, "state/#")).Next());
        await Publish(other, "news", "from the second");
        Assert.Equal("news=from the second", await inbox.Next());
    }

    [Fact]
    public async Task A_silo_that_comes_back_is_part_of_it_again_and_meanwhile_nobody_waits_for_it()
    {
        var silos = await _cluster.Start(2);
        var inbox = await Inbox.Subscribed(await _cluster.Connect(silos[0]), "a");
        await _cluster.Stop(silos[1]);
        await inbox.Subscribe("b");

        var again = await _cluster.Connect(await _cluster.Start());
        await Publish(again, "a", "1");
        await Publish(again, "b", "2");
        Assert.Equal("a=1", await inbox.Next());
        Assert.Equal("b=2", await inbox.Next());
    }

    [Fact]
    public async Task A_client_id_is_connected_to_one_silo_at_a_time()
    {
        var silos = await _cluster.Start(2);
        var first = await _cluster.Connect(silos[0], "pump-1");
        var second = await _cluster.Connect(silos[1], "pump-1");

        Assert.Equal(MqttReasonCode.SessionTakenOver, (await first.Closed.Within("the end of the first connection")).Reason);
        Assert.Equal(MqttReasonCode.NoMatchingSubscribers, await second.Publish(Message("to/nobody", "x")));
    }

    private static async Task Publish(MqttClient client, string topic, string payload, bool retain = false) =>
        Assert.Equal(MqttReasonCode.Success, await client.Publish(Message(topic, payload) with { Retain = retain }));

    private static MqttMessage Message(string topic, string payload) => new() { Topic = topic, Payload = Encoding.UTF8.GetBytes(payload) };
}
