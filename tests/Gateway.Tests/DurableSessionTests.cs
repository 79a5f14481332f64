using System.Buffers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using OrleansIot.Application.Sessions.Ports;
using OrleansIot.Domain.Twins;
using OrleansIot.Gateway.Broker;
using OrleansIot.Gateway.Tests.Harness;
using OrleansIot.Gateway.Transports;
using OrleansIot.Mqtt.Codec;
using OrleansIot.TestKit.Time;

namespace OrleansIot.Gateway.Tests;

/// <summary>What survives a restart of the gateway, and what is acknowledged only when it does ([MQTT-4.1.0-1], [MQTT-4.1.0-2]).</summary>
public sealed class DurableSessionTests : IAsyncLifetime
{
    private readonly MemorySessionStore _store = new();
    private readonly List<TestGateway> _gateways = [];

    public ValueTask InitializeAsync() => default;

    public async ValueTask DisposeAsync()
    {
        _store.Release();
        foreach (var gateway in _gateways)
            await gateway.DisposeAsync();
    }

    // [MQTT-4.1.0-1], [MQTT-3.3.1-5]
    [Theory]
    [InlineData(MqttVersion.V5)]
    [InlineData(MqttVersion.V311)]
    public async Task A_session_and_what_it_is_owed_survive_a_restart(MqttVersion version)
    {
        var before = await Start();
        var subscriber = await Keep(before, "s", version);
        await subscriber.Subscribe("a/#", MqttQoS.ExactlyOnce);
        await subscriber.Leave();
        var publisher = await before.Connect("publisher");
        await publisher.Publish("a/1", "one", packetId: 1);
        await publisher.Expect(MqttPacketType.PubAck);
        await publisher.PublishQoS2("a/2", "two", packetId: 2);
        await publisher.Publish("kept", "state", packetId: 3, retain: true);
        await publisher.Expect(MqttPacketType.PubAck);

        var after = await Start();
        var back = after.Open(version);
        Assert.True((await back.Connect("s", clean: false, expiry: version == MqttVersion.V5 ? 100u : 0)).SessionPresent);
        var one = await back.Expect(MqttPacketType.Publish);
        var two = await back.Expect(MqttPacketType.Publish);
        Assert.Equal(("one", MqttQoS.AtLeastOnce, "two", MqttQoS.ExactlyOnce), (one.Payload, one.QoS, two.Payload, two.QoS));
        await back.Acknowledge(one.Id);
        await back.CompleteQoS2(two.Id);
        await (await after.Connect("publisher")).Publish("a/3", "live");
        Assert.Equal("live", (await back.Expect(MqttPacketType.Publish)).Payload);
        await back.Subscribe("kept", MqttQoS.AtMostOnce);
        Assert.Equal("state", (await back.Expect(MqttPacketType.Publish)).Payload);
        await Flushed(after);
        Assert.Equal(0, _store.Owed("s"));
    }

    [Fact]
    public async Task What_nobody_keeps_is_not_written()
    {
        var gateway = await Start();
        var subscriber = await gateway.Connect("s");
        await subscriber.Subscribe("a", MqttQoS.ExactlyOnce);
        var publisher = await gateway.Connect("publisher");
        await publisher.Publish("a", "x", packetId: 1);
        await publisher.Expect(MqttPacketType.PubAck);
        await publisher.PublishQoS2("a", "x", packetId: 2);
        await publisher.Publish("a", "x");
        await publisher.Ping();
        await Flushed(gateway);
        Assert.Empty(_store.Committed);
    }

    // Decision 0003 for what is owed to others than the twin.
    [Theory]
    [InlineData(MqttQoS.AtLeastOnce, false, MqttPacketType.PubAck)]
    [InlineData(MqttQoS.ExactlyOnce, false, MqttPacketType.PubRec)]
    [InlineData(MqttQoS.AtLeastOnce, true, MqttPacketType.PubAck)]
    public async Task A_message_that_is_owed_or_retained_is_acknowledged_when_it_is_stored(MqttQoS qos, bool retain, MqttPacketType answer)
    {
        var gateway = await Start();
        if (!retain)
            await (await Keep(gateway, "s")).Subscribe("a", MqttQoS.ExactlyOnce);
        var publisher = await gateway.Connect("publisher");
        _store.Hold();
        await publisher.Publish("a", "x", packetId: 1, retain: retain, qos: qos);
        if (retain)
            await _store.Tried<SessionChange.Retained>();
        else
            await _store.Tried<SessionChange.Owed>();
        await publisher.Ping(before: 0);
        _store.Release();
        Assert.Equal((MqttReasonCode.Success, (ushort)1), await publisher.CodeAndId(answer));
    }

    // A subscriber that is there need not wait for the disk.
    [Fact]
    public async Task An_online_subscriber_gets_a_QoS_1_message_before_it_is_stored()
    {
        var gateway = await Start();
        var subscriber = await Keep(gateway, "s");
        await subscriber.Subscribe("a", MqttQoS.AtLeastOnce);
        var publisher = await gateway.Connect("publisher");
        _store.Hold();
        await publisher.Publish("a", "x", packetId: 1);
        await subscriber.Acknowledge((await subscriber.Expect(MqttPacketType.Publish)).Id);
        await subscriber.Ping();
        _store.Release();
        await publisher.Expect(MqttPacketType.PubAck);
        await Flushed(gateway);
        Assert.Equal(0, _store.Owed("s"));
    }

    // [MQTT-4.4.0-1]: the identifier is stored before the PUBLISH goes out, [MQTT-4.3.3-5]: and the release before PUBREL.
    [Fact]
    public async Task A_QoS_2_delivery_is_gone_on_with_after_a_restart_where_it_was()
    {
        var before = await Start();
        var subscriber = await Keep(before, "s");
        await subscriber.Subscribe("a", MqttQoS.ExactlyOnce);
        var publisher = await before.Connect("publisher");
        _store.Hold();
        await publisher.Publish("a", "1", packetId: 1, qos: MqttQoS.ExactlyOnce);
        await _store.Tried<SessionChange.Owed>();
        await subscriber.Ping(before: 0);
        _store.Release();
        var first = await subscriber.Expect(MqttPacketType.Publish);
        await publisher.Publish("a", "2", packetId: 2, qos: MqttQoS.ExactlyOnce);
        var second = await subscriber.Expect(MqttPacketType.Publish);

        _store.Hold();
        await subscriber.Acknowledge(MqttPacketType.PubRec, first.Id);
        await _store.Tried<SessionChange.Released>();
        await subscriber.Ping(before: 0);
        _store.Release();
        Assert.Equal(first.Id, (await subscriber.Expect(MqttPacketType.PubRel)).Id);

        var after = await Start();
        var back = await Keep(after, "s");
        Assert.Equal(first.Id, (await back.Expect(MqttPacketType.PubRel)).Id);
        var again = await back.Expect(MqttPacketType.Publish);
        Assert.Equal((second.Id, "2", true), (again.Id, again.Payload, again.Dup));
        await back.Acknowledge(MqttPacketType.PubComp, first.Id);
        await back.CompleteQoS2(second.Id);
        await back.Ping(before: 0);
    }

    // [MQTT-4.3.3-10] across a restart: what is owed and that it was received are stored in one step.
    [Fact]
    public async Task A_copy_of_a_QoS_2_message_is_known_after_a_restart_until_it_was_released()
    {
        var before = await Start();
        var subscriber = await Keep(before, "s");
        await subscriber.Subscribe("a", MqttQoS.AtLeastOnce);
        await subscriber.Leave();
        var publisher = await Keep(before, "p");
        await publisher.Publish("a", "once", packetId: 5, qos: MqttQoS.ExactlyOnce);
        await publisher.Expect(MqttPacketType.PubRec);
        await publisher.PublishQoS2("a", "complete", packetId: 6);

        var after = await Start();
        var back = await Keep(after, "p");
        await back.Publish("a", "once", packetId: 5, dup: true, qos: MqttQoS.ExactlyOnce);
        await back.Expect(MqttPacketType.PubRec);
        await back.Publish("a", "another", packetId: 6, qos: MqttQoS.ExactlyOnce);
        await back.Expect(MqttPacketType.PubRec);
        var reader = await Keep(after, "s");
        foreach (var payload in new[] { "once", "complete", "another" })
            Assert.Equal(payload, (await reader.Expect(MqttPacketType.Publish)).Payload);
        await reader.Ping(before: 0);
    }

    [Fact]
    public async Task The_identifier_of_a_released_message_is_free_in_the_store_before_PUBCOMP_says_so()
    {
        var gateway = await Start();
        var publisher = await Keep(gateway, "p");
        await publisher.Publish("a", "x", packetId: 5, qos: MqttQoS.ExactlyOnce);
        await publisher.Expect(MqttPacketType.PubRec);
        _store.Hold();
        await publisher.Acknowledge(MqttPacketType.PubRel, 5);
        await _store.Tried<SessionChange.Completed>();
        await publisher.Ping(before: 0);
        _store.Release();
        Assert.Equal(5, (await publisher.Expect(MqttPacketType.PubComp)).Id);
    }

    [Fact]
    public async Task A_reading_is_acknowledged_when_its_twin_and_those_it_is_owed_to_have_it()
    {
        var gateway = await Start();
        await (await Keep(gateway, "s")).Subscribe("devices/#", MqttQoS.AtLeastOnce);
        var device = await gateway.Connect("pump-1");
        gateway.Twins.HoldsReadings = true;
        _store.Hold();
        await device.Publish("devices/pump-1/monitoring", """{"t": 1}""", packetId: 1);
        (await gateway.Twins.Next<TwinCommand.Ingest>()).Accept();
        await _store.Tried<SessionChange.Owed>();
        await device.Ping(before: 0);
        _store.Release();
        await device.Expect(MqttPacketType.PubAck);
    }

    // 3.4.2.1: 0x80; 3.1.1 has no refusal, so it gets no PUBACK and sends again.
    [Fact]
    public async Task While_the_store_fails_what_would_be_owed_is_refused_and_the_rest_goes_on()
    {
        var gateway = await Start();
        var kept = await Keep(gateway, "s");
        await kept.Subscribe("a", MqttQoS.AtLeastOnce);
        await kept.Leave();
        var publisher = await gateway.Connect("publisher");
        var old = await gateway.Connect("old", MqttVersion.V311);
        _store.IsFailing = true;
        await publisher.Publish("a", "1", packetId: 1);
        var refused = await publisher.Expect(MqttPacketType.PubAck);
        Assert.Equal(MqttReasonCode.UnspecifiedError, refused.Code);
        Assert.StartsWith("session.unavailable", refused.Reason, StringComparison.Ordinal);

        await old.Publish("a", "1", packetId: 1);
        await old.ExpectClosed();
        await publisher.Publish("to/nobody", "1", packetId: 2);
        Assert.Equal(MqttReasonCode.NoMatchingSubscribers, (await publisher.Expect(MqttPacketType.PubAck)).Code);
        var plain = await gateway.Connect("plain");
        await plain.Subscribe("a", MqttQoS.AtLeastOnce);
    }

    // 3.2.2.2, 0x88; 3.1.1: return code 3
    [Theory]
    [InlineData(MqttVersion.V5)]
    [InlineData(MqttVersion.V311)]
    public async Task While_the_store_fails_clients_that_want_their_session_kept_are_asked_to_come_later(MqttVersion version)
    {
        var gateway = await Start();
        var kept = await Keep(gateway, "s");
        _store.IsFailing = true;
        await kept.Subscribe("a");
        Assert.True(Journal(gateway).IsFailing);
        Assert.Equal(HealthStatus.Degraded, await Health(gateway));
        var client = gateway.Open(version);
        Assert.Equal(MqttReasonCode.ServerUnavailable, (await client.Connect("c", clean: false, expiry: version == MqttVersion.V5 ? 100u : 0)).Code);
        await client.ExpectClosed();

        _store.IsFailing = false;
        await Recovered(gateway);
        await Keep(gateway, "c", version);
    }

    // [MQTT-3.8.4-5] (3.1.1: the same): SUBACK says what became of it.
    [Fact]
    public async Task A_subscription_of_a_kept_session_is_granted_when_it_is_stored_and_refused_when_it_cannot_be()
    {
        var gateway = await Start();
        var kept = await Keep(gateway, "s");
        _store.IsFailing = true;
        Assert.Equal([MqttReasonCode.UnspecifiedError], (await kept.Subscribe("a")).Codes);
        Assert.Equal([MqttReasonCode.UnspecifiedError], (await kept.Subscribe("b")).Codes);
        var publisher = await gateway.Connect("publisher");
        await publisher.Publish("a", "x", packetId: 1);
        Assert.Equal(MqttReasonCode.NoMatchingSubscribers, (await publisher.Expect(MqttPacketType.PubAck)).Code);
        _store.IsFailing = false;
        await Recovered(gateway);
        Assert.Equal([MqttReasonCode.GrantedQoS1], (await kept.Subscribe("a")).Codes);

        var after = await Start();
        var back = await Keep(after, "s");
        await (await after.Connect("publisher")).Publish("a", "x");
        await back.Expect(MqttPacketType.Publish);
    }

    // What has to be stored although nobody waits for it is stored when the store is back.
    [Fact]
    public async Task An_acknowledgement_that_could_not_be_stored_is_stored_later()
    {
        var gateway = await Start();
        var subscriber = await Keep(gateway, "s");
        await subscriber.Subscribe("a", MqttQoS.AtLeastOnce);
        await (await gateway.Connect("publisher")).Publish("a", "x", packetId: 1);
        var message = await subscriber.Expect(MqttPacketType.Publish);
        await Flushed(gateway);
        Assert.Equal(1, _store.Owed("s"));
        _store.IsFailing = true;
        await subscriber.Acknowledge(message.Id);
        await _store.Tried<SessionChange.Delivered>();
        _store.IsFailing = false;
        await Recovered(gateway);
        Assert.Equal(0, _store.Owed("s"));
    }

    [Fact]
    public async Task What_waits_for_a_store_that_hangs_is_bounded()
    {
        var gateway = await Start(("Gateway:SessionJournalBytes", "65536"));
        await (await Keep(gateway, "s")).Subscribe("a", MqttQoS.AtLeastOnce);
        var publisher = await gateway.Connect("publisher", MqttVersion.V5);
        _store.Hold();
        await publisher.Publish("a", new string('x', 40_000), packetId: 1);
        await publisher.Publish("a", new string('x', 40_000), packetId: 2);
        await publisher.Publish("a", new string('x', 40_000), packetId: 3);
        await publisher.Ping(before: 0); // the third has its answer, and waits for those before it ([MQTT-4.6.0-2])
        _store.Release();
        Assert.Equal(MqttReasonCode.Success, (await publisher.Expect(MqttPacketType.PubAck)).Code);
        Assert.Equal(MqttReasonCode.Success, (await publisher.Expect(MqttPacketType.PubAck)).Code);
        Assert.Equal((MqttReasonCode.UnspecifiedError, (ushort)3), await publisher.CodeAndId(MqttPacketType.PubAck));
    }

    [Fact]
    public async Task A_session_that_has_ended_is_gone_from_the_store()
    {
        var gateway = await Start();
        var client = await Keep(gateway, "s");
        await client.Leave();
        await Flushed(gateway);
        Assert.Equal(["s"], _store.ClientIds);
        gateway.Time.Advance(TimeSpan.FromSeconds(101));
        await Flushed(gateway);
        Assert.Empty(_store.ClientIds);
    }

    // 3.1.2.11.2: the time that the server was away counts.
    [Fact]
    public async Task A_session_whose_time_was_over_during_a_restart_is_not_taken_up()
    {
        var before = await Start();
        await (await Keep(before, "s")).Leave();
        await Flushed(before);
        var after = await Start(advance: TimeSpan.FromSeconds(200));
        var client = after.Open();
        Assert.False((await client.Connect("s", clean: false, expiry: 100)).SessionPresent);
    }

    // [MQTT-3.1.3-9], 3.1.3.2.2 across a restart
    [Fact]
    public async Task A_will_that_waits_survives_a_restart()
    {
        var before = await Start();
        var client = before.Open();
        await client.Connect("doomed", expiry: 100, will: ("will", "gone"), willDelay: 50);
        await client.Vanish();
        await Flushed(before);

        var after = await Start(advance: TimeSpan.FromSeconds(20));
        var watcher = await after.Connect("watcher");
        await watcher.Subscribe("will");
        after.Time.Advance(TimeSpan.FromSeconds(29));
        await watcher.Ping(before: 0);
        after.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("gone", (await watcher.Expect(MqttPacketType.Publish)).Payload);
    }

    // [MQTT-3.3.2-5], [MQTT-3.3.2-6] across a restart
    [Fact]
    public async Task What_is_left_of_a_messages_time_goes_on_over_a_restart_and_its_properties_and_identifier_come_along()
    {
        var properties = new ArrayBufferWriter<byte>();
        MqttProperties.AppendUserProperty(properties, "a"u8, "1"u8);
        var carried = properties.WrittenSpan.ToArray();
        MqttProperties.Append(properties, MqttPropertyId.MessageExpiryInterval, 60);
        var before = await Start();
        var subscriber = await Keep(before, "s");
        await subscriber.Subscribe("a", identifier: 77);
        await subscriber.Leave();
        var publisher = await before.Connect("publisher");
        await publisher.Send(new PublishPacket { Topic = "a"u8, Payload = "x"u8, QoS = MqttQoS.AtLeastOnce, PacketId = 1, Properties = new MqttProperties(properties.WrittenSpan) });
        await publisher.Expect(MqttPacketType.PubAck);

        var after = await Start(advance: TimeSpan.FromSeconds(25));
        var message = await (await Keep(after, "s")).Expect(MqttPacketType.Publish);
        Assert.Equal((35u, 77u), (message.Numbers[MqttPropertyId.MessageExpiryInterval], message.Identifiers.Single()));
        Assert.Equal(carried, message.Properties[^carried.Length..]);
    }

    [Fact]
    public async Task A_retained_message_that_was_removed_stays_so_over_a_restart()
    {
        var before = await Start();
        var publisher = await before.Connect("publisher");
        await publisher.Publish("a", "1", packetId: 1, retain: true);
        await publisher.Publish("b", "1", packetId: 2, retain: true);
        await publisher.Publish("a", "", packetId: 3, retain: true);
        await publisher.Publish("b", "2", packetId: 4, retain: true);
        for (var n = 1; n <= 4; n++)
            await publisher.Expect(MqttPacketType.PubAck);
        var after = await Start();
        var client = await after.Connect("c");
        await client.Subscribe("#", MqttQoS.AtMostOnce);
        Assert.Equal(("b", "2"), ((await client.Expect(MqttPacketType.Publish)) is { } kept ? (kept.Topic, kept.Payload) : default));
        await client.Ping(before: 0);
    }

    [Fact]
    public async Task A_listening_gateway_takes_up_what_is_stored_before_it_listens_and_writes_all_when_it_stops()
    {
        await using (var first = await ListeningGateway.Start(services => services.AddSingleton<ISessionStore>(_store), TimeProvider.System))
        {
            var (socket, client) = await SocketTransport.Open(first.Port);
            using var open = socket;
            await client.Connect("s", clean: false, expiry: 100);
            await client.Subscribe("a");
            await first.Stop();
        }

        Assert.Equal(["s"], _store.ClientIds);
        await using var second = await ListeningGateway.Start(services => services.AddSingleton<ISessionStore>(_store), TimeProvider.System);
        var (transport, back) = await SocketTransport.Open(second.Port);
        using var reopened = transport;
        Assert.True((await back.Connect("s", clean: false, expiry: 100)).SessionPresent);
    }

    private static SessionJournal Journal(TestGateway gateway) => gateway.Services.GetRequiredService<SessionJournal>();

    private static Task<bool> Flushed(TestGateway gateway) => Journal(gateway).Flush().Within("what was noted to be stored");

    /// <summary>Lets the clock run until the journal has found that the store works.</summary>
    private static async Task Recovered(TestGateway gateway)
    {
        while (!await Journal(gateway).Flush())
        {
            gateway.Time.Advance(TimeSpan.FromSeconds(2));
            await Task.Yield();
        }
    }

    private static async Task<HealthStatus> Health(TestGateway gateway)
    {
        gateway.Services.GetRequiredService<MqttGatewayAddress>().Listeners = [new("Gateway", GatewayTransport.Tcp, new(System.Net.IPAddress.Loopback, 1))];
        var health = ActivatorUtilities.CreateInstance<GatewayHealth>(gateway.Services);
        return (await health.CheckHealthAsync(new HealthCheckContext())).Status;
    }

    private static async Task<TestClient> Keep(TestGateway gateway, string clientId, MqttVersion version = MqttVersion.V5)
    {
        var client = gateway.Open(version);
        Assert.Equal(MqttReasonCode.Success, (await client.Connect(clientId, clean: false, expiry: version == MqttVersion.V5 ? 100u : 0)).Code);
        return client;
    }

    /// <summary>A gateway on the store; those before it are as good as dead.</summary>
    private async Task<TestGateway> Start(params (string Setting, string Value)[] settings) => await Start(TimeSpan.Zero, settings);

    private async Task<TestGateway> Start(TimeSpan advance, params (string Setting, string Value)[] settings)
    {
        var gateway = new TestGateway(services => services.AddSingleton<ISessionStore>(_store), settings);
        gateway.Time.Advance(advance);
        await gateway.Services.GetRequiredService<SessionRecovery>().Run(default);
        _gateways.Add(gateway);
        return gateway;
    }
}
