using OrleansIot.Gateway.Broker;
using OrleansIot.Mqtt.Codec;

namespace OrleansIot.Gateway.Connections;

/// <summary>PUBREL or PUBCOMP that leaves when what it says is stored. Where the connection is gone by then, the next one repeats it.</summary>
internal sealed class AnswerOnceStored(ConnectionWriter writer, MqttPacketType type, ushort packetId) : ICommitted
{
    public void Committed(bool isStored) => writer.Answer(new AckPacket { Type = type, PacketId = packetId });
}
