using OrleansIot.Domain.Twins;
using OrleansIot.Gateway.Tests.Harness;
using OrleansIot.Mqtt.Codec;

namespace OrleansIot.Gateway.Tests;

public sealed class QoS2Tests : IAsyncLifetime
{
    private readonly TestGateway _gateway = new(("Gateway:ReceiveMaximum", "3"));

    public ValueTask InitializeAsync() => default;

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();

    // [MQTT-4.3.3-8] to [MQTT-4.3.3-13]; 3.1.1: [MQTT-4.3.3-1], [MQTT-4.3.3-2]
    [Theory]
    [InlineData(MqttVersion.V311)]
    [InlineData(MqttVersion.V5)]
    public async Task A_copy_of_a_message_is_not_another_one_until_it_was_released(MqttVersion version)
    {
        var subscriber = await _gateway.Connect("subscriber", version);
        await subscriber.Subscribe("a", MqttQoS.AtMostOnce);
        var publisher = await _gateway.Connect("publisher", version);
        await publisher.Publish("a", "once", packetId: 7, qos: MqttQoS.ExactlyOnce);
        Assert.Equal((MqttReasonCode.Success, (ushort)7), await publisher.CodeAndId(MqttPacketType.PubRec));
        await publisher.Publish("a", "once", packetId: 7, dup: true, qos: MqttQoS.ExactlyOnce);
        Assert.Equal((MqttReasonCode.Success, (ushort)7), await publisher.CodeAndId(MqttPacketType.PubRec));
        await publisher.Acknowledge(MqttPacketType.PubRel, 7);
        Assert.Equal((MqttReasonCode.Success, (ushort)7), await publisher.CodeAndId(MqttPacketType.PubComp));
        await publisher.PublishQoS2("a", "another", packetId: 7);

        Assert.Equal("once", (await subscriber.Expect(MqttPacketType.Publish)).Payload);
        Assert.Equal("another", (await subscriber.Expect(MqttPacketType.Publish)).Payload);
        await subscriber.Ping(before: 0);
    }

    // [MQTT-4.3.3-10] across connections: the identifiers are of the session (4.1).
    [Fact]
    public async Task A_copy_is_known_on_the_next_connection_of_the_session()
    {
        var subscriber = await _gateway.Connect("subscriber");
        await subscriber.Subscribe("a", MqttQoS.AtMostOnce);
        var publisher = _gateway.Open();
        await publisher.Connect("publisher", expiry: 100);
        await publisher.Publish("a", "once", packetId: 7, qos: MqttQoS.ExactlyOnce);
        await publisher.Expect(MqttPacketType.PubRec);
        await publisher.Vanish();
        var back = _gateway.Open();
        await back.Connect("publisher", expiry: 100, clean: false);
        await back.Publish("a", "once", packetId: 7, dup: true, qos: MqttQoS.ExactlyOnce);
        await back.Expect(MqttPacketType.PubRec);
        await subscriber.Expect(MqttPacketType.Publish);
        await subscriber.Ping(before: 0);
    }

    // 4.3.3, 3.6.2.1, 3.7.2.1
    [Fact]
    public async Task An_identifier_that_nobody_knows_is_told_so()
    {
        var client = await _gateway.Connect("c");
        await client.Acknowledge(MqttPacketType.PubRel, 9);
        Assert.Equal((MqttReasonCode.PacketIdentifierNotFound, (ushort)9), await client.CodeAndId(MqttPacketType.PubComp));
        await client.Acknowledge(MqttPacketType.PubRec, 9);
        Assert.Equal((MqttReasonCode.PacketIdentifierNotFound, (ushort)9), await client.CodeAndId(MqttPacketType.PubRel));
        await client.Acknowledge(MqttPacketType.PubComp, 9);
        await client.Acknowledge(MqttPacketType.PubAck, 9);
        await client.Ping(before: 0);
    }

    // [MQTT-4.3.3-1] to [MQTT-4.3.3-7], [MQTT-3.8.4-8]
    [Fact]
    public async Task A_message_of_QoS_2_is_delivered_so_to_whom_it_was_granted()
    {
        var two = await _gateway.Connect("two");
        var one = await _gateway.Connect("one", MqttVersion.V311);
        Assert.Equal([MqttReasonCode.GrantedQoS2], (await two.Subscribe("a", MqttQoS.ExactlyOnce)).Codes);
        await one.Subscribe("a", MqttQoS.AtLeastOnce);
        await (await _gateway.Connect("publisher")).PublishQoS2("a", "x", packetId: 1);
        var message = await two.Expect(MqttPacketType.Publish);
        Assert.Equal((MqttQoS.ExactlyOnce, false), (message.QoS, message.Dup));
        await two.CompleteQoS2(message.Id);
        Assert.Equal(MqttQoS.AtLeastOnce, (await one.Expect(MqttPacketType.Publish)).QoS);
        await two.Ping(before: 0);
    }

    // 4.3.3: PUBREC with a reason of 0x80 or above ends the delivery. [MQTT-4.9.0-2]: and gives its place back.
    [Fact]
    public async Task A_PUBREC_that_refuses_ends_the_delivery()
    {
        var subscriber = _gateway.Open();
        await subscriber.Connect("subscriber", receiveMaximum: 1);
        await subscriber.Subscribe("a", MqttQoS.ExactlyOnce);
        var publisher = await _gateway.Connect("publisher");
        await publisher.PublishQoS2("a", "1", packetId: 1);
        await publisher.PublishQoS2("a", "2", packetId: 2);
        await subscriber.Acknowledge(MqttPacketType.PubRec, (await subscriber.Expect(MqttPacketType.Publish)).Id, MqttReasonCode.QuotaExceeded);
        Assert.Equal("2", (await subscriber.Expect(MqttPacketType.Publish)).Payload);
    }

    // [MQTT-3.3.4-9]: until PUBCOMP it counts against the client's receive maximum.
    [Fact]
    public async Task A_message_counts_against_the_clients_receive_maximum_until_it_is_complete()
    {
        var subscriber = _gateway.Open();
        await subscriber.Connect("subscriber", receiveMaximum: 1);
        await subscriber.Subscribe("a", MqttQoS.ExactlyOnce);
        var publisher = await _gateway.Connect("publisher");
        await publisher.PublishQoS2("a", "1", packetId: 1);
        await publisher.Publish("a", "2", packetId: 2);
        await publisher.Expect(MqttPacketType.PubAck);
        var first = await subscriber.Expect(MqttPacketType.Publish);
        await subscriber.Acknowledge(MqttPacketType.PubRec, first.Id);
        await subscriber.Expect(MqttPacketType.PubRel);
        await subscriber.Ping(before: 0);
        await subscriber.Acknowledge(MqttPacketType.PubComp, first.Id);
        Assert.Equal("2", (await subscriber.Expect(MqttPacketType.Publish)).Payload);
    }

    // [MQTT-3.3.4-7], 4.9: 0x93
    [Fact]
    public async Task A_client_of_5_0_that_exceeds_the_receive_maximum_is_disconnected()
    {
        var client = await _gateway.Connect("c");
        for (ushort id = 1; id <= 3; id++)
        {
            await client.Publish("a", "x", packetId: id, qos: MqttQoS.ExactlyOnce);
            await client.Expect(MqttPacketType.PubRec);
        }

        // Released, it makes room; a copy takes none.
        await client.Acknowledge(MqttPacketType.PubRel, 1);
        await client.Expect(MqttPacketType.PubComp);
        await client.Publish("a", "x", packetId: 4, qos: MqttQoS.ExactlyOnce);
        await client.Expect(MqttPacketType.PubRec);
        await client.Publish("a", "x", packetId: 5);
        Assert.Equal(MqttReasonCode.ReceiveMaximumExceeded, (await client.Expect(MqttPacketType.Disconnect)).Code);
        await client.ExpectClosed();
    }

    [Fact]
    public async Task A_client_of_3_1_1_was_told_no_maximum_and_may_have_any_number_unreleased()
    {
        var client = await _gateway.Connect("c", MqttVersion.V311);
        for (ushort id = 1; id <= 20; id++)
        {
            await client.Publish("a", "x", packetId: id, qos: MqttQoS.ExactlyOnce);
            await client.Expect(MqttPacketType.PubRec);
        }
    }

    // Decision 0003: PUBREC leaves after the commit.
    [Fact]
    public async Task A_reading_of_QoS_2_gets_its_PUBREC_when_its_twin_has_it()
    {
        _gateway.Twins.HoldsReadings = true;
        var device = await _gateway.Connect("pump-1");
        await device.Publish("devices/pump-1/monitoring", """{"t": 1}""", packetId: 1, qos: MqttQoS.ExactlyOnce);
        var reading = await _gateway.Twins.Next<TwinCommand.Ingest>();
        await device.Ping(before: 0);
        reading.Accept();
        await device.Expect(MqttPacketType.PubRec);
        await device.Publish("devices/pump-1/monitoring", """{"t": 1}""", packetId: 1, dup: true, qos: MqttQoS.ExactlyOnce);
        await device.Expect(MqttPacketType.PubRec);
        await device.Acknowledge(MqttPacketType.PubRel, 1);
        await device.Expect(MqttPacketType.PubComp);
        Assert.Equal(1, _gateway.Twins.Ingests);
    }

    // 4.3.3: a PUBREC that refuses frees the identifier, so that the same message may come again.
    [Fact]
    public async Task A_reading_that_could_not_be_stored_may_come_again_under_its_identifier()
    {
        _gateway.Twins.HoldsReadings = true;
        var device = await _gateway.Connect("pump-1");
        await device.Publish("devices/pump-1/monitoring", """{"t": 1}""", packetId: 1, qos: MqttQoS.ExactlyOnce);
        (await _gateway.Twins.Next<TwinCommand.Ingest>()).Fail(new Application.Twins.TwinUnavailableException("down"));
        Assert.Equal((MqttReasonCode.UnspecifiedError, (ushort)1), await device.CodeAndId(MqttPacketType.PubRec));
        await device.Publish("devices/pump-1/monitoring", """{"t": 1}""", packetId: 1, dup: true, qos: MqttQoS.ExactlyOnce);
        (await _gateway.Twins.Next<TwinCommand.Ingest>()).Accept();
        Assert.Equal((MqttReasonCode.Success, (ushort)1), await device.CodeAndId(MqttPacketType.PubRec));
    }

    // A connection that ended while a reading was on its way: whether it was taken is not known, so its copy is not swallowed.
    [Fact]
    public async Task A_copy_of_a_reading_whose_outcome_is_open_goes_to_the_twin_again()
    {
        _gateway.Twins.HoldsReadings = true;
        var device = _gateway.Open();
        await device.Connect("pump-1", expiry: 100);
        await device.Publish("devices/pump-1/monitoring", """{"t": 1}""", packetId: 1, qos: MqttQoS.ExactlyOnce);
        var first = await _gateway.Twins.Next<TwinCommand.Ingest>();
        await device.Vanish();
        var back = _gateway.Open();
        await back.Connect("pump-1", expiry: 100, clean: false);
        await back.Publish("devices/pump-1/monitoring", """{"t": 1}""", packetId: 1, dup: true, qos: MqttQoS.ExactlyOnce);
        var second = await _gateway.Twins.Next<TwinCommand.Ingest>();
        Assert.Equal(first.Ingest.Key, second.Ingest.Key);
        first.Fail(new Application.Twins.TwinUnavailableException("down"));
        second.Accept();
        await back.Expect(MqttPacketType.PubRec);
    }
}
