namespace OrleansIot.Mqtt.Codec;

/// <summary>
/// An application message that outlives the packet it came in: one immutable copy that any number of subscribers share.
/// A delivery adds only what is its own: QoS, packet identifier, flags and own properties.
/// </summary>
public sealed class PublishBody
{
    private readonly byte[] _bytes;
    private readonly int _topicLength;
    private readonly int _payloadAt;

    private PublishBody(byte[] bytes, int topicLength, int payloadAt, uint? messageExpiryInterval)
    {
        _bytes = bytes;
        _topicLength = topicLength;
        _payloadAt = payloadAt;
        MessageExpiryInterval = messageExpiryInterval;
    }

    public ReadOnlySpan<byte> Topic => _bytes.AsSpan(0, _topicLength);

    public ReadOnlyMemory<byte> TopicMemory => _bytes.AsMemory(0, _topicLength);

    public ReadOnlySpan<byte> Payload => _bytes.AsSpan(_payloadAt);

    public ReadOnlyMemory<byte> PayloadMemory => _bytes.AsMemory(_payloadAt);

    /// <summary>The properties a server passes on unaltered ([MQTT-3.3.2-4], -15, -16, -17, -20).</summary>
    public MqttProperties Properties => new(_bytes.AsSpan(_topicLength, _payloadAt - _topicLength));

    public ReadOnlyMemory<byte> PropertiesMemory => _bytes.AsMemory(_topicLength, _payloadAt - _topicLength);

    /// <summary>Seconds the message lives; a delivery states what is left of them as an own property ([MQTT-3.3.2-6]).</summary>
    public uint? MessageExpiryInterval { get; }

    /// <summary>
    /// Copies a message. The properties that concern one hop (topic alias, subscription identifiers) stay behind,
    /// and the expiry interval becomes <see cref="MessageExpiryInterval"/>.
    /// </summary>
    public static PublishBody Copy(ReadOnlySpan<byte> topic, ReadOnlySpan<byte> payload, MqttProperties properties = default)
    {
        var bytes = new byte[topic.Length + LengthToPassOn(properties) + payload.Length];
        topic.CopyTo(bytes);
        var at = topic.Length;
        uint? expiry = null;
        foreach (var property in properties)
        {
            if (property.Id == MqttPropertyId.MessageExpiryInterval)
                expiry = property.Number;
            if (!IsPassedOn(property.Id))
                continue;

            property.Encoded.CopyTo(bytes.AsSpan(at));
            at += property.Encoded.Length;
        }

        payload.CopyTo(bytes.AsSpan(at));
        return new PublishBody(bytes, topic.Length, at, expiry);
    }

    /// <summary>A message as it was taken apart before: <paramref name="properties"/> are those that are passed on, and known to be valid.</summary>
    public static PublishBody Restore(ReadOnlySpan<byte> topic, ReadOnlySpan<byte> properties, ReadOnlySpan<byte> payload, uint? messageExpiryInterval) =>
        new([.. topic, .. properties, .. payload], topic.Length, topic.Length + properties.Length, messageExpiryInterval);

    /// <summary>The packet for one receiver, a view over this body.</summary>
    public PublishPacket ToPacket(
        MqttQoS qos, ushort packetId = 0, bool dup = false, bool retain = false, MqttProperties ownProperties = default)
    {
        return new PublishPacket
        {
            Topic = Topic,
            Payload = Payload,
            Properties = Properties,
            OwnProperties = ownProperties,
            QoS = qos,
            PacketId = packetId,
            Dup = dup,
            Retain = retain,
        };
    }

    private static int LengthToPassOn(MqttProperties properties)
    {
        var length = 0;
        foreach (var property in properties)
        {
            if (IsPassedOn(property.Id))
                length += property.Encoded.Length;
        }

        return length;
    }

    private static bool IsPassedOn(MqttPropertyId id) =>
        id is not (MqttPropertyId.TopicAlias or MqttPropertyId.SubscriptionIdentifier or MqttPropertyId.MessageExpiryInterval
            or MqttPropertyId.WillDelayInterval);
}
