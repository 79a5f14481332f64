using System.Text;
using OrleansIot.Mqtt.Codec;

namespace OrleansIot.Mqtt.Tests.Codec;

public sealed class SubscribePacketTests
{
    [Fact]
    public void Filters_come_out_in_order_with_their_options()
    {
        var wanted = new SubscriptionOptions(MqttQoS.AtLeastOnce, NoLocal: true, RetainAsPublished: true, RetainHandling.DoNotSend);
        var bytes = Wire.Encode(new SubscribePacket
        {
            PacketId = 5,
            Subscriptions = new(Wire.Properties(output =>
            {
                SubscriptionList.Append(output, "a/+"u8, wanted);
                SubscriptionList.Append(output, "#"u8, new SubscriptionOptions(MqttQoS.AtMostOnce));
            })),
        }, MqttVersion.V5);

        Assert.True(SubscribePacket.TryRead(Wire.Frame(bytes), MqttVersion.V5, out var packet, out _));
        var read = new List<(string, SubscriptionOptions)>();
        foreach (var request in packet.Subscriptions)
            read.Add((Encoding.UTF8.GetString(request.Filter), request.Options));
        Assert.Equal([("a/+", wanted), ("#", new SubscriptionOptions(MqttQoS.AtMostOnce))], read);
    }

    // [MQTT-3.8.3-2] (3.1.1: -3), [MQTT-3.8.3-4], [MQTT-3.8.3-5] (3.1.1: -4), [MQTT-2.2.1-3]
    [Theory]
    [InlineData("0001", MqttVersion.V311, MqttReasonCode.ProtocolError)] // no filter
    [InlineData("000000016101", MqttVersion.V311, MqttReasonCode.ProtocolError)] // packet identifier 0
    [InlineData("000100016104", MqttVersion.V311, MqttReasonCode.MalformedPacket)] // a reserved bit in 3.1.1
    [InlineData("000100016103", MqttVersion.V311, MqttReasonCode.ProtocolError)] // QoS 3
    [InlineData("0001000001614000", MqttVersion.V5, MqttReasonCode.MalformedPacket)] // a reserved bit in 5.0
    [InlineData("00010000016130", MqttVersion.V5, MqttReasonCode.ProtocolError)] // retain handling 3
    [InlineData("000100000A2473686172652F672F6104", MqttVersion.V5, MqttReasonCode.ProtocolError)] // no local, shared
    [InlineData("00010001FF00", MqttVersion.V311, MqttReasonCode.MalformedPacket)] // not UTF-8
    public void A_subscribe_that_breaks_a_rule_is_refused(string body, MqttVersion version, MqttReasonCode expected)
    {
        var frame = Wire.Frame(Wire.Raw(0x82, Convert.FromHexString(body)));
        Assert.False(SubscribePacket.TryRead(frame, version, out _, out var reason));
        Assert.Equal(expected, reason);
    }

    // [MQTT-3.8.3-5] (3.1.1: [MQTT-3.8.3-4]); 3.8.3.1: QoS 3 and retain handling 3 are protocol errors.
    [Theory]
    [InlineData(MqttVersion.V311)]
    [InlineData(MqttVersion.V5)]
    public void Of_the_256_option_bytes_those_are_read_that_the_version_knows(MqttVersion version)
    {
        byte[] properties = version == MqttVersion.V5 ? [0] : [];
        for (var options = 0; options <= byte.MaxValue; options++)
        {
            var (qos, handling, isReserved) = (options & 3, (options >> 4) & 3, (options & (version == MqttVersion.V5 ? 0xC0 : 0xFC)) != 0);
            var expected = isReserved ? MqttReasonCode.MalformedPacket : qos == 3 || handling == 3 ? MqttReasonCode.ProtocolError : MqttReasonCode.Success;
            var bytes = Wire.Raw(0x82, [0, 1, .. properties, 0, 1, (byte)'t', (byte)options]);
            Transcoder.TryRead(Wire.Frame(bytes), version, out var reason);
            Assert.True(expected == reason, $"{options:X2}: {reason}");
        }
    }

    // [MQTT-3.10.3-2]
    [Fact]
    public void An_unsubscribe_without_a_filter_is_a_protocol_error()
    {
        Assert.False(UnsubscribePacket.TryRead(Wire.Frame([0xA2, 2, 0, 1]), MqttVersion.V311, out _, out var reason));
        Assert.Equal(MqttReasonCode.ProtocolError, reason);
    }
}
