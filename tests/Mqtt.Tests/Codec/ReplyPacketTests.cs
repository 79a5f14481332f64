using OrleansIot.Mqtt.Codec;

namespace OrleansIot.Mqtt.Tests.Codec;

public sealed class ReplyPacketTests
{
    [Fact]
    public void A_successful_ack_takes_four_bytes_in_both_versions()
    {
        var ack = new AckPacket { Type = MqttPacketType.PubAck, PacketId = 0x0102 };
        Assert.Equal([0x40, 2, 1, 2], Wire.Encode(ack, MqttVersion.V311));
        Assert.Equal([0x40, 2, 1, 2], Wire.Encode(ack, MqttVersion.V5));
    }

    [Theory]
    [InlineData("0102", MqttReasonCode.Success)]
    [InlineData("010287", MqttReasonCode.NotAuthorized)]
    [InlineData("01028700", MqttReasonCode.NotAuthorized)]
    public void An_ack_may_leave_out_what_has_a_default(string body, MqttReasonCode expected)
    {
        var frame = Wire.Frame(Wire.Raw(0x40, Convert.FromHexString(body)));
        Assert.True(AckPacket.TryRead(frame, MqttVersion.V5, out var ack, out _));
        Assert.Equal((0x0102, expected), (ack.PacketId, ack.ReasonCode));
    }

    [Theory]
    [InlineData(0x40, "0000", MqttVersion.V5, MqttReasonCode.ProtocolError)] // packet identifier 0
    [InlineData(0x40, "010287", MqttVersion.V311, MqttReasonCode.MalformedPacket)] // 3.1.1 has no reason
    [InlineData(0x40, "010201", MqttVersion.V5, MqttReasonCode.ProtocolError)] // not a reason of PUBACK
    [InlineData(0x62, "010210", MqttVersion.V5, MqttReasonCode.ProtocolError)] // not a reason of PUBREL
    [InlineData(0x40, "0102000000", MqttVersion.V5, MqttReasonCode.MalformedPacket)] // a byte left over
    public void An_ack_that_breaks_a_rule_is_refused(byte header, string body, MqttVersion version, MqttReasonCode expected)
    {
        Assert.False(AckPacket.TryRead(Wire.Frame(Wire.Raw(header, Convert.FromHexString(body))), version, out _, out var reason));
        Assert.Equal(expected, reason);
    }

    [Theory]
    [InlineData(MqttReasonCode.UnsupportedProtocolVersion, 1)]
    [InlineData(MqttReasonCode.ClientIdentifierNotValid, 2)]
    [InlineData(MqttReasonCode.ServerBusy, 3)]
    [InlineData(MqttReasonCode.BadUserNameOrPassword, 4)]
    [InlineData(MqttReasonCode.NotAuthorized, 5)]
    public void A_refused_connection_is_told_so_in_the_words_of_3_1_1(MqttReasonCode reason, byte returnCode) =>
        Assert.Equal([0x20, 2, 0, returnCode], Wire.Encode(new ConnAckPacket { ReasonCode = reason }, MqttVersion.V311));

    [Fact]
    public void A_refusal_that_3_1_1_cannot_express_is_not_written()
    {
        Assert.Null(ConnectReturnCode.FromReason(MqttReasonCode.MalformedPacket));
        Assert.Throws<ArgumentException>(() =>
            Wire.Encode(new ConnAckPacket { ReasonCode = MqttReasonCode.MalformedPacket }, MqttVersion.V311));
    }

    // [MQTT-3.2.2-1]: the other acknowledge flags are reserved.
    [Fact]
    public void Of_the_flags_of_a_connack_only_session_present_may_be_set()
    {
        foreach (var version in Enum.GetValues<MqttVersion>())
        {
            for (var flags = 2; flags <= byte.MaxValue; flags++)
            {
                byte[] body = version == MqttVersion.V5 ? [(byte)flags, 0, 0] : [(byte)flags, 0];
                Assert.False(ConnAckPacket.TryRead(Wire.Frame(Wire.Raw(0x20, body)), version, out _, out var reason));
                Assert.Equal(MqttReasonCode.MalformedPacket, reason);
            }
        }
    }

    // [MQTT-3.2.2-6] (3.1.1: -4)
    [Fact]
    public void A_refused_connection_has_no_session()
    {
        Assert.False(ConnAckPacket.TryRead(Wire.Frame([0x20, 2, 1, 5]), MqttVersion.V311, out _, out var reason));
        Assert.Equal(MqttReasonCode.ProtocolError, reason);
    }

    [Fact]
    public void Every_refused_filter_is_0x80_in_3_1_1()
    {
        var subAck = new SubAckPacket { PacketId = 1, ReasonCodes = [MqttReasonCode.GrantedQoS1, MqttReasonCode.NotAuthorized] };
        Assert.Equal([0x90, 4, 0, 1, 0x01, 0x80], Wire.Encode(subAck, MqttVersion.V311));
        Assert.Equal([0x90, 5, 0, 1, 0, 0x01, 0x87], Wire.Encode(subAck, MqttVersion.V5));
    }

    [Fact]
    public void Auth_does_not_exist_in_3_1_1()
    {
        Assert.False(AuthPacket.TryRead(Wire.Frame([0xF0, 0]), MqttVersion.V311, out _, out var reason));
        Assert.Equal(MqttReasonCode.MalformedPacket, reason);
    }
}
