using System.Text;
using OrleansIot.Mqtt.Codec;

namespace OrleansIot.Mqtt.Tests.Codec;

public sealed class ConnectPacketTests
{
    [Fact]
    public void Every_field_of_a_full_connect_is_read()
    {
        var bytes = Wire.Encode(new ConnectPacket
        {
            CleanStart = true,
            KeepAlive = 60,
            ClientId = "device-1"u8,
            HasWill = true,
            WillTopic = "gone"u8,
            WillPayload = "x"u8,
            WillQoS = MqttQoS.AtLeastOnce,
            WillRetain = true,
            WillProperties = new(Wire.Properties(output => MqttProperties.Append(output, MqttPropertyId.WillDelayInterval, 9))),
            HasUserName = true,
            UserName = "user"u8,
            HasPassword = true,
            Password = "secret"u8,
            Properties = new(Wire.Properties(output => MqttProperties.Append(output, MqttPropertyId.ReceiveMaximum, 20))),
        }, MqttVersion.V5);

        Assert.True(ConnectPacket.TryRead(Wire.Frame(bytes), out var packet, out var version, out _));
        Assert.Equal(MqttVersion.V5, version);
        Assert.Equal((true, 60), (packet.CleanStart, packet.KeepAlive));
        Assert.Equal("device-1", Encoding.UTF8.GetString(packet.ClientId));
        Assert.Equal((true, MqttQoS.AtLeastOnce, true), (packet.HasWill, packet.WillQoS, packet.WillRetain));
        Assert.Equal("gone", Encoding.UTF8.GetString(packet.WillTopic));
        Assert.Equal("x", Encoding.UTF8.GetString(packet.WillPayload));
        Assert.True(packet.WillProperties.TryGetNumber(MqttPropertyId.WillDelayInterval, out var delay));
        Assert.Equal(9u, delay);
        Assert.Equal("user", Encoding.UTF8.GetString(packet.UserName));
        Assert.Equal("secret", Encoding.UTF8.GetString(packet.Password));
        Assert.True(packet.Properties.TryGetNumber(MqttPropertyId.ReceiveMaximum, out var receiveMaximum));
        Assert.Equal(20u, receiveMaximum);
    }

    // [MQTT-3.1.2-1], [MQTT-3.1.2-2]
    [Theory]
    [InlineData("MQIsdp", 3, MqttVersion.V311)] // MQTT 3.1
    [InlineData("MQTT", 3, MqttVersion.V311)]
    [InlineData("MQTT", 6, MqttVersion.V5)]
    [InlineData("HTTP", 5, MqttVersion.V311)]
    public void Another_protocol_is_unsupported_and_says_in_which_form_to_answer(string name, byte level, MqttVersion answerIn)
    {
        byte[] body = [0, (byte)name.Length, .. Encoding.UTF8.GetBytes(name), level, 2, 0, 10, 0, 1, (byte)'x'];
        Assert.False(ConnectPacket.TryRead(Wire.Frame(Wire.Raw(0x10, body)), out _, out var version, out var reason));
        Assert.Equal((MqttReasonCode.UnsupportedProtocolVersion, answerIn), (reason, version));
    }

    [Theory]
    [InlineData(0x03, "000178", MqttReasonCode.MalformedPacket)] // the reserved flag
    [InlineData(0x0A, "000178", MqttReasonCode.MalformedPacket)] // will QoS without a will
    [InlineData(0x22, "000178", MqttReasonCode.MalformedPacket)] // will retain without a will
    [InlineData(0x1E, "00017800016100", MqttReasonCode.MalformedPacket)] // will QoS 3
    [InlineData(0x42, "000178000161", MqttReasonCode.MalformedPacket)] // a password without a user name
    [InlineData(0x00, "0000", MqttReasonCode.ClientIdentifierNotValid)] // neither name nor clean session
    [InlineData(0x06, "000178000123000161", MqttReasonCode.TopicNameInvalid)] // a wildcard in the will's topic
    [InlineData(0x02, "00017800", MqttReasonCode.MalformedPacket)] // a byte left over
    [InlineData(0x82, "000178", MqttReasonCode.MalformedPacket)] // the user name is missing
    public void A_connect_that_breaks_a_rule_of_3_1_1_is_refused(byte flags, string payload, MqttReasonCode expected)
    {
        byte[] body = [0, 4, .. "MQTT"u8, 4, flags, 0, 10, .. Convert.FromHexString(payload)];
        Assert.False(ConnectPacket.TryRead(Wire.Frame(Wire.Raw(0x10, body)), out _, out _, out var reason));
        Assert.Equal(expected, reason);
    }

    // [MQTT-3.1.2-3], [MQTT-3.1.2-11], [MQTT-3.1.2-12], [MQTT-3.1.2-13]; 3.1.1 [MQTT-3.1.2-3], -11, -13, -14, -15, -22
    [Theory]
    [InlineData(MqttVersion.V311)]
    [InlineData(MqttVersion.V5)]
    public void Of_the_256_flag_bytes_those_are_read_that_agree_with_themselves(MqttVersion version)
    {
        for (var flags = 0; flags <= byte.MaxValue; flags++)
        {
            var (isReserved, hasWill, willQoS, willRetain) = ((flags & 1) != 0, (flags & 4) != 0, (flags >> 3) & 3, (flags & 32) != 0);
            var (hasPassword, hasUser) = ((flags & 64) != 0, (flags & 128) != 0);
            var isValid = !isReserved && (hasWill ? willQoS < 3 : willQoS == 0 && !willRetain) && (hasUser || !hasPassword || version == MqttVersion.V5);
            var bytes = Wire.Raw(0x10, Body((byte)flags, version));
            Assert.True(isValid == ConnectPacket.TryRead(Wire.Frame(bytes), out var packet, out _, out var reason), $"{flags:X2}: {reason}");
            Assert.Equal(isValid ? MqttReasonCode.Success : MqttReasonCode.MalformedPacket, reason);
            if (isValid)
            {
                Assert.Equal(((flags & 2) != 0, hasWill, (MqttQoS)willQoS, willRetain), (packet.CleanStart, packet.HasWill, packet.WillQoS, packet.WillRetain));
                Assert.Equal((hasUser, hasPassword), (packet.HasUserName, packet.HasPassword));
            }
        }
    }

    // [MQTT-3.1.2-9], [MQTT-3.1.2-16] to -19, [MQTT-3.1.3-1]; 3.1.1 [MQTT-3.1.2-18] to -21, [MQTT-3.1.3-1], [MQTT-3.1.3-3]
    [Theory]
    [InlineData(MqttVersion.V311)]
    [InlineData(MqttVersion.V5)]
    public void The_payload_has_the_fields_that_the_flags_announce_in_their_order_and_no_others(MqttVersion version)
    {
        byte[] flags = [0x02, 0x06, 0x82, 0x86, 0xC2, 0xC6];
        foreach (var announced in flags)
        {
            var body = Body(announced, version);
            Assert.True(ConnectPacket.TryRead(Wire.Frame(Wire.Raw(0x10, body)), out var packet, out _, out _));
            Assert.Equal("id", Encoding.UTF8.GetString(packet.ClientId));
            Assert.Equal(packet.HasWill ? "topic|will" : "|", $"{Encoding.UTF8.GetString(packet.WillTopic)}|{Encoding.UTF8.GetString(packet.WillPayload)}");
            Assert.Equal(packet.HasUserName ? "user" : "", Encoding.UTF8.GetString(packet.UserName));
            Assert.Equal(packet.HasPassword ? "pass" : "", Encoding.UTF8.GetString(packet.Password));

            // With an announcement of more fields there is too little, with one of fewer too much.
            foreach (var other in flags.Where(other => Fields(other) != Fields(announced)))
            {
                byte[] lying = [.. body];
                lying[7] = other;
                Assert.False(ConnectPacket.TryRead(Wire.Frame(Wire.Raw(0x10, lying)), out _, out _, out _), $"{announced:X2} as {other:X2}");
            }

            // 3.1.1 [MQTT-3.1.3-3]: nor is it read without its client identifier.
            Assert.False(ConnectPacket.TryRead(Wire.Frame(Wire.Raw(0x10, body.AsSpan(0, version == MqttVersion.V5 ? 11 : 10))), out _, out _, out _));
        }
    }

    // 3.1.1 [MQTT-3.1.3-7], [MQTT-3.1.3-8]; 5.0 has no such rule (3.1.3.1).
    [Fact]
    public void Without_a_client_identifier_a_session_is_not_for_keeping_in_3_1_1_alone()
    {
        Assert.False(ConnectPacket.TryRead(Wire.Frame(Wire.Encode(new ConnectPacket(), MqttVersion.V311)), out _, out _, out var reason));
        Assert.Equal(MqttReasonCode.ClientIdentifierNotValid, reason);
        Assert.True(ConnectPacket.TryRead(Wire.Frame(Wire.Encode(new ConnectPacket(), MqttVersion.V5)), out _, out _, out _));
    }

    [Fact]
    public void A_password_without_a_user_name_is_fine_in_5_0()
    {
        var bytes = Wire.Encode(new ConnectPacket { HasPassword = true, Password = "token"u8 }, MqttVersion.V5);
        Assert.True(ConnectPacket.TryRead(Wire.Frame(bytes), out var packet, out _, out _));
        Assert.False(packet.HasUserName);
        Assert.Equal("token"u8, packet.Password);
    }

    /// <summary>Beside the client identifier: a will's topic and payload, a user name, a password.</summary>
    private static int Fields(byte flags) => ((flags & 0x04) != 0 ? 2 : 0) + ((flags & 0x80) != 0 ? 1 : 0) + ((flags & 0x40) != 0 ? 1 : 0);

    private static byte[] Body(byte flags, MqttVersion version)
    {
        byte[] none = version == MqttVersion.V5 ? [0] : [];
        byte[] will = (flags & 0x04) != 0 ? [.. none, 0, 5, .. "topic"u8, 0, 4, .. "will"u8] : [];
        byte[] user = (flags & 0x80) != 0 ? [0, 4, .. "user"u8] : [];
        byte[] password = (flags & 0x40) != 0 ? [0, 4, .. "pass"u8] : [];
        return [0, 4, .. "MQTT"u8, (byte)version, flags, 0, 10, .. none, 0, 2, .. "id"u8, .. will, .. user, .. password];
    }
}
