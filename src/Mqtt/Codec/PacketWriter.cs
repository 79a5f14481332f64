using System.Buffers.Binary;

namespace OrleansIot.Mqtt.Codec;

/// <summary>Writes MQTT's data types (1.5) into a span that was measured to fit.</summary>
public ref struct PacketWriter(Span<byte> destination)
{
    private readonly Span<byte> _destination = destination;

    /// <summary>How many bytes have been written.</summary>
    public int Written { get; private set; }

    public void WriteByte(byte value) => _destination[Written++] = value;

    public void WriteUInt16(ushort value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(_destination[Written..], value);
        Written += sizeof(ushort);
    }

    public void WriteUInt32(uint value)
    {
        BinaryPrimitives.WriteUInt32BigEndian(_destination[Written..], value);
        Written += sizeof(uint);
    }

    public void WriteVariableByteInteger(int value) => Written += VariableByteInteger.Write(_destination[Written..], value);

    public void WriteBytes(scoped ReadOnlySpan<byte> value)
    {
        value.CopyTo(_destination[Written..]);
        Written += value.Length;
    }

    /// <summary>Writes a string or binary value behind its two bytes of length.</summary>
    public void WriteBinary(scoped ReadOnlySpan<byte> value)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value.Length, ushort.MaxValue, nameof(value));
        WriteUInt16((ushort)value.Length);
        WriteBytes(value);
    }

    public void WritePacketId(ushort packetId)
    {
        ArgumentOutOfRangeException.ThrowIfZero(packetId);
        WriteUInt16(packetId);
    }

    /// <summary>Writes a property section behind its length; in 3.1.1 there is none.</summary>
    public void WriteProperties(scoped MqttProperties properties, MqttVersion version)
    {
        if (version == MqttVersion.V311)
            return;

        WriteVariableByteInteger(properties.Bytes.Length);
        WriteBytes(properties.Bytes);
    }

    internal static int LengthOfBinary(ReadOnlySpan<byte> value) => sizeof(ushort) + value.Length;

    internal static int LengthOfProperties(MqttProperties properties, MqttVersion version) =>
        version == MqttVersion.V311 ? 0 : VariableByteInteger.LengthOf(properties.Bytes.Length) + properties.Bytes.Length;
}
