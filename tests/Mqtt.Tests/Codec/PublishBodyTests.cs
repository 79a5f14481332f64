using OrleansIot.Mqtt.Codec;

namespace OrleansIot.Mqtt.Tests.Codec;

public sealed class PublishBodyTests
{
    private static readonly byte[] Received = Wire.Properties(output =>
    {
        MqttProperties.Append(output, MqttPropertyId.TopicAlias, 3);
        MqttProperties.AppendUserProperty(output, "k"u8, "v"u8);
        MqttProperties.Append(output, MqttPropertyId.MessageExpiryInterval, 30);
        MqttProperties.Append(output, MqttPropertyId.ContentType, "text/plain"u8);
    });

    [Fact]
    public void What_concerns_one_hop_stays_behind_and_the_rest_keeps_its_order()
    {
        var body = PublishBody.Copy("t"u8, "p"u8, new MqttProperties(Received));
        var ids = new List<MqttPropertyId>();
        foreach (var property in body.Properties)
            ids.Add(property.Id);

        Assert.Equal([MqttPropertyId.UserProperty, MqttPropertyId.ContentType], ids);
        Assert.Equal(30u, body.MessageExpiryInterval);
    }

    [Fact]
    public void One_body_is_delivered_in_either_version_with_each_receivers_own_properties()
    {
        var body = PublishBody.Copy("a/b"u8, "21.5"u8, new MqttProperties(Received));
        var own = Wire.Properties(output => MqttProperties.Append(output, MqttPropertyId.SubscriptionIdentifier, 5));

        var old = Wire.Encode(body.ToPacket(MqttQoS.AtMostOnce, retain: true, ownProperties: new(own)), MqttVersion.V311);
        Assert.Equal(Wire.Raw(0x31, [0, 3, .. "a/b21.5"u8]), old);

        var bytes = Wire.Encode(body.ToPacket(MqttQoS.AtLeastOnce, 7, ownProperties: new(own)), MqttVersion.V5);
        Assert.True(PublishPacket.TryRead(Wire.Frame(bytes), MqttVersion.V5, out var packet, out _));
        Assert.Equal("21.5"u8, packet.Payload);
        Assert.Equal(7, packet.PacketId);
        Assert.True(packet.Properties.TryGetNumber(MqttPropertyId.SubscriptionIdentifier, out var id));
        Assert.Equal(5u, id);
    }
}
