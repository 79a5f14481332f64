using System.Buffers;
using System.Text;
using OrleansIot.Mqtt.Codec;
using OrleansIot.Mqtt.Topics;

namespace OrleansIot.Mqtt.Client;

/// <summary>An application message as a client sends and receives it. The properties exist in 5.0 only and are not sent in 3.1.1.</summary>
public record MqttMessage
{
    public required string Topic { get; init; }

    public ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>Default at least once (QoS 1).</summary>
    public MqttQoS QoS { get; init; } = MqttQoS.AtLeastOnce;

    public bool Retain { get; init; }

    /// <summary>True in a received message that may be a copy of an earlier one; ignored when sending.</summary>
    public bool Dup { get; init; }

    /// <summary>What a received message's delivery went by; a copy of it (<see cref="Dup"/>) has the same. 0 with QoS 0; ignored when sending.</summary>
    public ushort PacketId { get; init; }

    /// <summary>Payload Format Indicator 1: the payload is UTF-8 text (3.3.2.3.2).</summary>
    public bool IsText { get; init; }

    public string? ContentType { get; init; }

    public string? ResponseTopic { get; init; }

    public ReadOnlyMemory<byte>? CorrelationData { get; init; }

    /// <summary>How long the message is of interest; whole seconds travel (3.3.2.3.3).</summary>
    public TimeSpan? Expiry { get; init; }

    public IReadOnlyList<KeyValuePair<string, string>> UserProperties { get; init; } = [];

    /// <summary>The message as a server passes it on: its bytes, once.</summary>
    /// <exception cref="ArgumentException">The topic is not a topic name.</exception>
    public PublishBody ToBody(MqttVersion version = MqttVersion.V5)
    {
        var topic = Encoding.UTF8.GetBytes(Topic);
        if (!TopicName.IsValid(topic))
            throw new ArgumentException($"'{Topic}' is not a topic name.");

        var properties = new ArrayBufferWriter<byte>();
        if (version != MqttVersion.V311)
            MessageCoding.AppendProperties(properties, this);
        return PublishBody.Copy(topic, Payload.Span, new MqttProperties(properties.WrittenSpan));
    }
}
