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

    [Fact]
    public void A_password_without_a_user_name_is_fine_in_5_0()
    {
        var bytes = Wire.Encode(new ConnectPacket { HasPassword = true, Password = "token"u8 }, MqttVersion.V5);
        Assert.True(ConnectPacket.TryRead(Wire.Frame(bytes), out var packet, out _, out _));
        Assert.False(packet.HasUserName);
        Assert.Equal("token"u8, packet.Password);
    }
}
