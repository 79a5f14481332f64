using System.Text;
using OrleansIot.Mqtt.Codec;

namespace OrleansIot.Gateway.Tests.Harness;

/// <summary>A packet from the gateway, whatever its type; what does not apply is left at its default.</summary>
internal sealed record ReceivedPacket(MqttPacketType Type)
{
    /// <summary>In bytes, its header included.</summary>
    public int Size { get; init; }

    public ushort Id { get; init; }

    public MqttReasonCode Code { get; init; }

    public string? Reason { get; init; }

    public string Topic { get; init; } = "";

    public string Payload { get; init; } = "";

    public MqttQoS QoS { get; init; }

    public bool Retain { get; init; }

    public IReadOnlyList<MqttReasonCode> Codes { get; init; } = [];

    public IReadOnlyDictionary<MqttPropertyId, uint> Numbers { get; init; } = new Dictionary<MqttPropertyId, uint>();

    public string? AssignedClientId { get; init; }

    public bool SessionPresent { get; init; }

    public bool Dup { get; init; }

    /// <summary>All subscription identifiers.</summary>
    public IReadOnlyList<uint> Identifiers { get; init; } = [];

    /// <summary>The properties as they came.</summary>
    public byte[] Properties { get; init; } = [];

    public static ReceivedPacket Read(MqttFrame frame, MqttVersion version) =>
        Fields(frame, version) with { Size = 1 + VariableByteInteger.LengthOf(frame.Body.Length) + frame.Body.Length };

    private static ReceivedPacket Fields(MqttFrame frame, MqttVersion version)
    {
        switch (frame.Type)
        {
            case MqttPacketType.ConnAck:
                Assert.True(ConnAckPacket.TryRead(frame, version, out var connAck, out _));
                return new(frame.Type)
                {
                    Code = connAck.ReasonCode,
                    SessionPresent = connAck.SessionPresent,
                    Reason = Text(connAck.Properties, MqttPropertyId.ReasonString),
                    AssignedClientId = Text(connAck.Properties, MqttPropertyId.AssignedClientIdentifier),
                    Numbers = NumbersOf(connAck.Properties),
                    Properties = connAck.Properties.Bytes.ToArray(),
                };
            case MqttPacketType.Publish:
                Assert.True(PublishPacket.TryRead(frame, version, out var publish, out _));
                return new(frame.Type)
                {
                    Id = publish.PacketId,
                    Topic = Encoding.UTF8.GetString(publish.Topic),
                    Payload = Encoding.UTF8.GetString(publish.Payload),
                    QoS = publish.QoS,
                    Retain = publish.Retain,
                    Dup = publish.Dup,
                    Identifiers = IdentifiersOf(publish.Properties),
                    Properties = publish.Properties.Bytes.ToArray(),
                    Numbers = NumbersOf(publish.Properties),
                };
            case MqttPacketType.PubAck:
            case MqttPacketType.PubRec:
            case MqttPacketType.PubRel:
            case MqttPacketType.PubComp:
                Assert.True(AckPacket.TryRead(frame, version, out var ack, out _));
                return new(frame.Type) { Id = ack.PacketId, Code = ack.ReasonCode, Reason = Text(ack.Properties, MqttPropertyId.ReasonString), Properties = ack.Properties.Bytes.ToArray() };
            case MqttPacketType.SubAck:
                Assert.True(SubAckPacket.TryRead(frame, version, out var subAck, out _));
                return new(frame.Type) { Id = subAck.PacketId, Codes = subAck.ReasonCodes.ToArray(), Properties = subAck.Properties.Bytes.ToArray() };
            case MqttPacketType.UnsubAck:
                Assert.True(UnsubAckPacket.TryRead(frame, version, out var unsubAck, out _));
                return new(frame.Type) { Id = unsubAck.PacketId, Codes = unsubAck.ReasonCodes.ToArray(), Properties = unsubAck.Properties.Bytes.ToArray() };
            case MqttPacketType.Disconnect:
                Assert.True(DisconnectPacket.TryRead(frame, version, out var disconnect, out _));
                return new(frame.Type) { Code = disconnect.ReasonCode, Reason = Text(disconnect.Properties, MqttPropertyId.ReasonString), Properties = disconnect.Properties.Bytes.ToArray() };
            default:
                return new(frame.Type);
        }
    }

    private static string? Text(MqttProperties properties, MqttPropertyId id) =>
        properties.TryGetBytes(id, out var bytes) ? Encoding.UTF8.GetString(bytes) : null;

    private static List<uint> IdentifiersOf(MqttProperties properties)
    {
        var identifiers = new List<uint>();
        foreach (var property in properties)
        {
            if (property.Id == MqttPropertyId.SubscriptionIdentifier)
                identifiers.Add(property.Number);
        }

        return identifiers;
    }

    private static Dictionary<MqttPropertyId, uint> NumbersOf(MqttProperties properties)
    {
        var numbers = new Dictionary<MqttPropertyId, uint>();
        foreach (var property in properties)
            numbers[property.Id] = property.Number;
        return numbers;
    }
}
