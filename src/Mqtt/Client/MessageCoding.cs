using System.Buffers;
using System.Text;
using OrleansIot.Mqtt.Codec;

namespace OrleansIot.Mqtt.Client;

/// <summary>Translates between <see cref="MqttMessage"/> and packets.</summary>
internal static class MessageCoding
{
    public static MqttMessage ToMessage(PublishPacket packet)
    {
        var message = new MqttMessage
        {
            Topic = Encoding.UTF8.GetString(packet.Topic),
            Payload = packet.Payload.ToArray(),
            QoS = packet.QoS,
            Retain = packet.Retain,
            Dup = packet.Dup,
            PacketId = packet.PacketId,
        };
        if (packet.Properties.IsEmpty)
            return message;

        var userProperties = new List<KeyValuePair<string, string>>();
        foreach (var property in packet.Properties)
        {
            if (property.Id == MqttPropertyId.UserProperty)
                userProperties.Add(new(Encoding.UTF8.GetString(property.Name), Encoding.UTF8.GetString(property.Value)));
        }

        return message with
        {
            IsText = packet.Properties.TryGetNumber(MqttPropertyId.PayloadFormatIndicator, out var format) && format == 1,
            ContentType = Text(packet.Properties, MqttPropertyId.ContentType),
            ResponseTopic = Text(packet.Properties, MqttPropertyId.ResponseTopic),
            CorrelationData = packet.Properties.TryGetBytes(MqttPropertyId.CorrelationData, out var data) ? data.ToArray() : null,
            Expiry = packet.Properties.TryGetNumber(MqttPropertyId.MessageExpiryInterval, out var seconds)
                ? TimeSpan.FromSeconds(seconds)
                : null,
            UserProperties = userProperties,
        };
    }

    public static void AppendProperties(IBufferWriter<byte> output, MqttMessage message)
    {
        if (message.IsText)
            MqttProperties.Append(output, MqttPropertyId.PayloadFormatIndicator, 1);
        if (message.Expiry is { } expiry)
            MqttProperties.Append(output, MqttPropertyId.MessageExpiryInterval, Seconds(expiry));
        if (message.ContentType is { } contentType)
            MqttProperties.Append(output, MqttPropertyId.ContentType, Encoding.UTF8.GetBytes(contentType));
        if (message.ResponseTopic is { } responseTopic)
            MqttProperties.Append(output, MqttPropertyId.ResponseTopic, Encoding.UTF8.GetBytes(responseTopic));
        if (message.CorrelationData is { } correlationData)
            MqttProperties.Append(output, MqttPropertyId.CorrelationData, correlationData.Span);
        foreach (var (name, value) in message.UserProperties)
            MqttProperties.AppendUserProperty(output, Encoding.UTF8.GetBytes(name), Encoding.UTF8.GetBytes(value));
    }

    public static string? Text(MqttProperties properties, MqttPropertyId id) =>
        properties.TryGetBytes(id, out var value) ? Encoding.UTF8.GetString(value) : null;

    public static uint Seconds(TimeSpan span) => (uint)Math.Clamp(span.TotalSeconds, 0, uint.MaxValue);
}
