using System.Buffers;
using System.Diagnostics;

namespace OrleansIot.Mqtt.Codec;

/// <summary>
/// A packet's property section in its encoded form (2.2.2), without its length: enumerated lazily when read,
/// built with <c>Append</c> when written. Sections that came out of a packet were validated there.
/// </summary>
public readonly ref struct MqttProperties(ReadOnlySpan<byte> bytes)
{
    /// <summary>The encoded properties.</summary>
    public ReadOnlySpan<byte> Bytes { get; } = bytes;

    public bool IsEmpty => Bytes.IsEmpty;

    public Enumerator GetEnumerator() => new(Bytes);

    /// <summary>Finds a property that is a byte or an integer.</summary>
    public bool TryGetNumber(MqttPropertyId id, out uint value)
    {
        var found = TryFind(id, out var property);
        value = property.Number;
        return found;
    }

    /// <summary>Finds a property that is a string or binary data.</summary>
    public bool TryGetBytes(MqttPropertyId id, out ReadOnlySpan<byte> value)
    {
        var found = TryFind(id, out var property);
        value = property.Value;
        return found;
    }

    /// <summary>Appends a property that is a byte or an integer.</summary>
    public static void Append(IBufferWriter<byte> output, MqttPropertyId id, uint value)
    {
        var writer = new PacketWriter(output.GetSpan(1 + sizeof(uint)));
        writer.WriteByte((byte)id);
        switch (PropertyTable.TypeOf(id))
        {
            case PropertyType.Byte:
                writer.WriteByte(checked((byte)value));
                break;
            case PropertyType.TwoByteInteger:
                writer.WriteUInt16(checked((ushort)value));
                break;
            case PropertyType.FourByteInteger:
                writer.WriteUInt32(value);
                break;
            case PropertyType.VariableByteInteger:
                writer.WriteVariableByteInteger(checked((int)value));
                break;
            default:
                throw new ArgumentException($"{id} is not a number.", nameof(id));
        }

        output.Advance(writer.Written);
    }

    /// <summary>Appends a property that is a string (UTF-8) or binary data.</summary>
    public static void Append(IBufferWriter<byte> output, MqttPropertyId id, ReadOnlySpan<byte> value)
    {
        if (PropertyTable.TypeOf(id) is not (PropertyType.String or PropertyType.Binary))
            throw new ArgumentException($"{id} is neither a string nor binary data.", nameof(id));

        var writer = new PacketWriter(output.GetSpan(1 + PacketWriter.LengthOfBinary(value)));
        writer.WriteByte((byte)id);
        writer.WriteBinary(value);
        output.Advance(writer.Written);
    }

    /// <summary>Appends a user property; a name may occur more than once, and order is kept (3.1.2.11.8).</summary>
    public static void AppendUserProperty(IBufferWriter<byte> output, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        var writer = new PacketWriter(output.GetSpan(1 + PacketWriter.LengthOfBinary(name) + PacketWriter.LengthOfBinary(value)));
        writer.WriteByte((byte)MqttPropertyId.UserProperty);
        writer.WriteBinary(name);
        writer.WriteBinary(value);
        output.Advance(writer.Written);
    }

    private bool TryFind(MqttPropertyId id, out MqttProperty property)
    {
        foreach (var candidate in this)
        {
            if (candidate.Id == id)
            {
                property = candidate;
                return true;
            }
        }

        property = default;
        return false;
    }

    /// <summary>Walks the section, one property at a time.</summary>
    public ref struct Enumerator
    {
        private PacketReader _reader;
        private MqttProperty _current;

        internal Enumerator(ReadOnlySpan<byte> bytes) => _reader = new PacketReader(bytes);

        public readonly MqttProperty Current => _current;

        public bool MoveNext()
        {
            if (_reader.IsAtEnd)
                return false;

            if (!MqttProperty.TryRead(ref _reader, out _current))
                throw new UnreachableException("Properties are validated before they are enumerated.");

            return true;
        }
    }
}
