using System.Buffers;
using System.Buffers.Binary;
using System.Text.Unicode;

namespace OrleansIot.Mqtt.Codec;

/// <summary>Reads MQTT's data types (1.5) from a packet's body. A false answer means the body is malformed.</summary>
internal ref struct PacketReader(ReadOnlySpan<byte> source)
{
    public ReadOnlySpan<byte> Rest { get; private set; } = source;

    public readonly bool IsAtEnd => Rest.IsEmpty;

    public bool TryReadByte(out byte value)
    {
        if (Rest.IsEmpty)
        {
            value = 0;
            return false;
        }

        value = Rest[0];
        Rest = Rest[1..];
        return true;
    }

    public bool TryReadUInt16(out ushort value)
    {
        if (!BinaryPrimitives.TryReadUInt16BigEndian(Rest, out value))
            return false;

        Rest = Rest[sizeof(ushort)..];
        return true;
    }

    public bool TryReadUInt32(out uint value)
    {
        if (!BinaryPrimitives.TryReadUInt32BigEndian(Rest, out value))
            return false;

        Rest = Rest[sizeof(uint)..];
        return true;
    }

    public bool TryReadVariableByteInteger(out int value)
    {
        if (VariableByteInteger.Read(Rest, out value, out var bytesRead) != OperationStatus.Done)
            return false;

        Rest = Rest[bytesRead..];
        return true;
    }

    public bool TryReadBytes(int length, out ReadOnlySpan<byte> value)
    {
        if (Rest.Length < length)
        {
            value = default;
            return false;
        }

        value = Rest[..length];
        Rest = Rest[length..];
        return true;
    }

    public bool TryReadBinary(out ReadOnlySpan<byte> value)
    {
        value = default;
        return TryReadUInt16(out var length) && TryReadBytes(length, out value);
    }

    public bool TryReadString(out ReadOnlySpan<byte> value) => TryReadBinary(out value) && IsWellFormed(value);

    // [MQTT-1.5.4-1], [MQTT-1.5.4-2]: well-formed UTF-8, so no surrogates, and no U+0000.
    public static bool IsWellFormed(ReadOnlySpan<byte> value) => Utf8.IsValid(value) && !value.Contains((byte)0);

    // [MQTT-2.2.1-3] (3.1.1: [MQTT-2.3.1-1]): a packet identifier is not zero.
    public bool TryReadPacketId(out ushort packetId, scoped ref MqttReasonCode reason)
    {
        if (!TryReadUInt16(out packetId))
            return false;

        if (packetId != 0)
            return true;

        reason = MqttReasonCode.ProtocolError;
        return false;
    }

    /// <summary>Reads and validates a property section; in 3.1.1 there is none and nothing is read.</summary>
    public bool TryReadProperties(MqttVersion version, PropertyOwner owner, out MqttProperties properties, scoped ref MqttReasonCode reason)
    {
        properties = default;
        if (version == MqttVersion.V311)
            return true;

        if (!TryReadVariableByteInteger(out var length) || !TryReadBytes(length, out var bytes))
            return false;

        if (!PropertyRules.AreValid(bytes, owner, ref reason))
            return false;

        properties = new MqttProperties(bytes);
        return true;
    }
}
