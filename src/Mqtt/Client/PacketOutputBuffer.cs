using System.Buffers;
using System.Text;
using OrleansIot.Mqtt.Codec;
using OrleansIot.Mqtt.Sessions;
using OrleansIot.Mqtt.Topics;

namespace OrleansIot.Mqtt.Client;

/// <summary>The packets a client's loop has written since the last flush.</summary>
internal sealed class PacketOutputBuffer(MqttVersion version, TimeProvider time)
{
    private readonly ArrayBufferWriter<byte> _bytes = new();
    private readonly ArrayBufferWriter<byte> _part = new();

    public int Length => _bytes.WrittenCount;

    public ReadOnlyMemory<byte> Bytes => _bytes.WrittenMemory;

    public void Clear() => _bytes.ResetWrittenCount();

    /// <summary>The size of a publish, with whichever packet identifier it may get.</summary>
    public int Measure(ClientCommand.Publish publish) => PacketEncoder.Measure(ToPacket(publish, packetId: 1, dup: false), version);

    public void WritePublish(ClientCommand.Publish publish, ushort packetId, bool dup) =>
        _bytes.WritePacket(ToPacket(publish, packetId, dup), version);

    public void WriteAck(MqttPacketType type, ushort packetId, MqttReasonCode reason = MqttReasonCode.Success) =>
        _bytes.WritePacket(new AckPacket { Type = type, PacketId = packetId, ReasonCode = reason }, version);

    public void WriteReady(OrderedAcks acks) => acks.WriteReady(_bytes, version);

    public void WriteSubscribe(ushort packetId, TopicFilter filter, SubscriptionOptions options)
    {
        _part.ResetWrittenCount();
        SubscriptionList.Append(_part, Encoding.UTF8.GetBytes(filter.Text), options);
        _bytes.WritePacket(new SubscribePacket { PacketId = packetId, Subscriptions = new(_part.WrittenSpan) }, version);
    }

    public void WriteUnsubscribe(ushort packetId, TopicFilter filter)
    {
        _part.ResetWrittenCount();
        TopicFilterList.Append(_part, Encoding.UTF8.GetBytes(filter.Text));
        _bytes.WritePacket(new UnsubscribePacket { PacketId = packetId, Filters = new(_part.WrittenSpan) }, version);
    }

    public void WritePing() => _bytes.WritePacket(PingPacket.Request, version);

    public void WriteDisconnect(MqttReasonCode reason) => _bytes.WritePacket(new DisconnectPacket { ReasonCode = reason }, version);

    private PublishPacket ToPacket(ClientCommand.Publish publish, ushort packetId, bool dup)
    {
        _part.ResetWrittenCount();
        if (publish.SecondsLeft(time) is { } expiry)
            MqttProperties.Append(_part, MqttPropertyId.MessageExpiryInterval, expiry);
        return publish.Body.ToPacket(publish.QoS, packetId, dup, publish.Retain, new MqttProperties(_part.WrittenSpan));
    }
}
