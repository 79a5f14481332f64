using System.Text;
using OrleansIot.Mqtt.Codec;

namespace OrleansIot.Mqtt.Tests.Codec;

public sealed class PublishPacketTests
{
    [Fact]
    public void Every_field_is_read_where_the_specification_puts_it()
    {
        var properties = Wire.Properties(output =>
        {
            MqttProperties.Append(output, MqttPropertyId.MessageExpiryInterval, 60);
            MqttProperties.AppendUserProperty(output, "unit"u8, "°C"u8);
        });
        byte[] body = [0, 3, .. "a/b"u8, 0x12, 0x34, (byte)properties.Length, .. properties, .. "21.5"u8];

        Assert.True(PublishPacket.TryRead(Wire.Frame(Wire.Raw(0x3B, body)), MqttVersion.V5, out var packet, out _));
        Assert.Equal("a/b", Encoding.UTF8.GetString(packet.Topic));
        Assert.Equal("21.5", Encoding.UTF8.GetString(packet.Payload));
        Assert.Equal((MqttQoS.AtLeastOnce, true, true, 0x1234), (packet.QoS, packet.Dup, packet.Retain, packet.PacketId));
        Assert.True(packet.Properties.TryGetNumber(MqttPropertyId.MessageExpiryInterval, out var expiry));
        Assert.Equal(60u, expiry);
        foreach (var property in packet.Properties)
        {
            if (property.Id == MqttPropertyId.UserProperty)
                Assert.Equal(("unit", "°C"), (Encoding.UTF8.GetString(property.Name), Encoding.UTF8.GetString(property.Value)));
        }
    }

    // [MQTT-3.3.2-1], [MQTT-3.3.2-2], [MQTT-4.7.0-1] (3.1.1: [MQTT-4.7.1-1]), [MQTT-4.7.3-1], [MQTT-4.7.3-2], [MQTT-2.2.1-3]
    [Theory]
    [InlineData(0x30, "0003612F23", MqttReasonCode.TopicNameInvalid)] // a/#
    [InlineData(0x30, "00012B", MqttReasonCode.TopicNameInvalid)] // +
    [InlineData(0x30, "0000", MqttReasonCode.ProtocolError)] // empty topic
    [InlineData(0x30, "00026100", MqttReasonCode.MalformedPacket)] // U+0000
    [InlineData(0x30, "0003EDA080", MqttReasonCode.MalformedPacket)] // a surrogate
    [InlineData(0x30, "0002C080", MqttReasonCode.MalformedPacket)] // overlong
    [InlineData(0x30, "000561", MqttReasonCode.MalformedPacket)] // topic longer than the packet
    [InlineData(0x32, "0001610000", MqttReasonCode.ProtocolError)] // packet identifier 0
    [InlineData(0x32, "00016100", MqttReasonCode.MalformedPacket)] // half a packet identifier
    public void A_publish_that_breaks_a_rule_is_refused(byte header, string body, MqttReasonCode expected)
    {
        Assert.False(PublishPacket.TryRead(
            Wire.Frame(Wire.Raw(header, Convert.FromHexString(body))), MqttVersion.V311, out _, out var reason));
        Assert.Equal(expected, reason);
    }

    [Fact]
    public void An_empty_topic_is_fine_with_a_topic_alias()
    {
        var frame = Wire.Frame(Wire.Raw(0x30, 0, 0, 3, 0x23, 0, 7));
        Assert.True(PublishPacket.TryRead(frame, MqttVersion.V5, out var packet, out _));
        Assert.True(packet.Properties.TryGetNumber(MqttPropertyId.TopicAlias, out var alias));
        Assert.Equal(7u, alias);
    }

    [Fact]
    public void A_stamped_copy_differs_in_the_packet_identifier_alone()
    {
        var packet = new PublishPacket { Topic = "a/b"u8, Payload = new byte[200], QoS = MqttQoS.AtLeastOnce, PacketId = 1 };
        var stamped = Wire.Encode(packet, MqttVersion.V5);
        PublishPacket.StampPacketId(stamped, 0xBEEF);

        Assert.True(PublishPacket.TryRead(Wire.Frame(stamped), MqttVersion.V5, out var read, out _));
        Assert.Equal(0xBEEF, read.PacketId);
        PublishPacket.StampPacketId(stamped, 1);
        Assert.Equal(Wire.Encode(packet, MqttVersion.V5), stamped);
    }

    [Fact]
    public void A_publish_with_QoS_1_is_not_written_without_a_packet_identifier() =>
        Assert.Throws<ArgumentOutOfRangeException>(() =>
            Wire.Encode(new PublishPacket { Topic = "a"u8, QoS = MqttQoS.AtLeastOnce }, MqttVersion.V311));

    [Fact]
    public void Reading_and_writing_allocate_nothing()
    {
        var encoded = Wire.Encode(
            new PublishPacket { Topic = "plant/line-1/temperature"u8, Payload = new byte[64], QoS = MqttQoS.AtLeastOnce, PacketId = 9 },
            MqttVersion.V5);
        var output = new byte[encoded.Length];
        Run();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Run();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Run()
        {
            MqttFrame.Read(encoded, int.MaxValue, out var frame, out _, out _);
            PublishPacket.TryRead(frame, MqttVersion.V5, out var packet, out _);
            PacketEncoder.Write(output, packet, MqttVersion.V5);
        }
    }
}
