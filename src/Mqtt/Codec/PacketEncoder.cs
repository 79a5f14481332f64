using System.Buffers;

namespace OrleansIot.Mqtt.Codec;

/// <summary>Puts packets on the wire: measures once, asks for one span, writes once, allocates nothing.</summary>
public static class PacketEncoder
{
    /// <summary>How many bytes the packet takes, fixed header included; what Maximum Packet Size is compared with (3.1.2.11.4).</summary>
    public static int Measure<TPacket>(scoped in TPacket packet, MqttVersion version)
        where TPacket : IMqttPacket, allows ref struct => LengthOf(packet.MeasureBody(version));

    /// <summary>Writes the packet to the start of <paramref name="destination"/> and returns its length.</summary>
    /// <exception cref="ArgumentException">The destination is too small, or the packet breaks a rule of the protocol.</exception>
    public static int Write<TPacket>(Span<byte> destination, scoped in TPacket packet, MqttVersion version)
        where TPacket : IMqttPacket, allows ref struct
    {
        var bodyLength = packet.MeasureBody(version);
        if (destination.Length < LengthOf(bodyLength))
            throw new ArgumentException("The packet does not fit the destination.", nameof(destination));

        return Write(destination, packet, version, bodyLength);
    }

    /// <summary>Appends the packet to <paramref name="output"/>.</summary>
    /// <exception cref="ArgumentException">The packet breaks a rule of the protocol.</exception>
    public static void WritePacket<TPacket>(this IBufferWriter<byte> output, scoped in TPacket packet, MqttVersion version)
        where TPacket : IMqttPacket, allows ref struct
    {
        var bodyLength = packet.MeasureBody(version);
        output.Advance(Write(output.GetSpan(LengthOf(bodyLength)), packet, version, bodyLength));
    }

    private static int LengthOf(int bodyLength) => 1 + VariableByteInteger.LengthOf(bodyLength) + bodyLength;

    private static int Write<TPacket>(Span<byte> destination, scoped in TPacket packet, MqttVersion version, int bodyLength)
        where TPacket : IMqttPacket, allows ref struct
    {
        var writer = new PacketWriter(destination);
        writer.WriteByte(packet.Header);
        writer.WriteVariableByteInteger(bodyLength);
        packet.WriteBody(ref writer, version);
        return writer.Written;
    }
}
