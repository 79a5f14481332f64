using OrleansIot.Mqtt.Codec;

namespace OrleansIot.Mqtt.Tests.Codec;

public sealed class MqttPropertiesTests
{
    [Theory]
    [InlineData("0101", MqttReasonCode.Success)] // payload format indicator
    [InlineData("0B010B02", MqttReasonCode.Success)] // one subscription identifier per matching subscription
    [InlineData("26000161000162" + "26000161000162", MqttReasonCode.Success)] // a user property may repeat
    [InlineData("01010101", MqttReasonCode.ProtocolError)] // a duplicate
    [InlineData("0102", MqttReasonCode.ProtocolError)] // neither 0 nor 1
    [InlineData("0B00", MqttReasonCode.ProtocolError)] // subscription identifier 0
    [InlineData("230000", MqttReasonCode.TopicAliasInvalid)] // topic alias 0
    [InlineData("08000123", MqttReasonCode.ProtocolError)] // a wildcard in the response topic
    [InlineData("210001", MqttReasonCode.MalformedPacket)] // not a property of PUBLISH
    [InlineData("7F00", MqttReasonCode.MalformedPacket)] // unknown
    [InlineData("FF", MqttReasonCode.MalformedPacket)] // unknown
    [InlineData("02000000", MqttReasonCode.MalformedPacket)] // cut short
    [InlineData("030002C080", MqttReasonCode.MalformedPacket)] // not UTF-8
    [InlineData("26000100000162", MqttReasonCode.MalformedPacket)] // U+0000 in a name
    public void A_publish_is_judged_by_its_properties(string properties, MqttReasonCode expected)
    {
        var bytes = Convert.FromHexString(properties);
        byte[] body = [0, 1, (byte)'t', (byte)bytes.Length, .. bytes];
        PublishPacket.TryRead(Wire.Frame(Wire.Raw(0x30, body)), MqttVersion.V5, out _, out var reason);
        Assert.Equal(expected, reason);
    }

    [Fact]
    public void Authentication_data_needs_a_method()
    {
        Assert.False(AuthPacket.TryRead(Wire.Frame(Wire.Raw(0xF0, 0x18, 4, 0x16, 0, 1, 0xFF)), MqttVersion.V5, out _, out var reason));
        Assert.Equal(MqttReasonCode.ProtocolError, reason);
    }

    [Fact]
    public void A_property_is_appended_only_in_its_own_type()
    {
        Assert.Throws<ArgumentException>(() => Wire.Properties(o => MqttProperties.Append(o, MqttPropertyId.ContentType, 1)));
        Assert.Throws<ArgumentException>(() => Wire.Properties(o => MqttProperties.Append(o, MqttPropertyId.TopicAlias, "x"u8)));
        Assert.Throws<OverflowException>(() => Wire.Properties(o => MqttProperties.Append(o, MqttPropertyId.TopicAlias, 70_000)));
    }
}
