using System.Buffers;
using OrleansIot.Gateway.Broker;
using OrleansIot.Mqtt.Codec;
using OrleansIot.Mqtt.Sessions;

namespace OrleansIot.Gateway.Connections;

/// <summary>The PUBACKs and PUBRECs owed to one client: in the order of its messages, each with the reason where there is one.</summary>
/// <param name="limit">How many messages may lack theirs, those included that wait only for the socket.</param>
internal sealed class PublishAcks(int limit)
{
    private readonly OrderedAcks _ordered = new(limit);
    private Dictionary<ushort, string>? _reasons; // most connections never need one; guarded by _ordered

    /// <summary>How many QoS 1 messages lack their PUBACK.</summary>
    public int PubAckCount => _ordered.PubAckCount;

    /// <summary>Notes a message of QoS 1 or 2; false when it has to wait until acknowledgements have left.</summary>
    public bool TryTake(MqttQoS qos, ushort packetId, out long ticket) =>
        _ordered.TryTake(qos == MqttQoS.ExactlyOnce ? MqttPacketType.PubRec : MqttPacketType.PubAck, packetId, out ticket);

    /// <summary>True when the writer has something to write.</summary>
    public bool Complete(long ticket, ushort packetId, PublishAnswer answer)
    {
        if (answer.Reason is { } reason)
        {
            lock (_ordered)
                (_reasons ??= [])[packetId] = reason;
        }

        return _ordered.Complete(ticket, answer.Code);
    }

    /// <summary>Writes those that are ready to leave; answers how many.</summary>
    public int WriteReady(IBufferWriter<byte> output, ClientTraits client)
    {
        var count = 0;
        for (; _ordered.TryDequeue(out var type, out var packetId, out var code); count++)
        {
            var properties = code >= MqttReasonCode.UnspecifiedError ? client.ReasonString(TakeReason(packetId)) : [];
            output.WritePacket(
                new AckPacket { Type = type, PacketId = packetId, ReasonCode = code, Properties = new MqttProperties(properties) }, client.Version);
        }

        return count;
    }

    private string? TakeReason(ushort packetId)
    {
        lock (_ordered)
            return _reasons is not null && _reasons.Remove(packetId, out var reason) ? reason : null;
    }
}
