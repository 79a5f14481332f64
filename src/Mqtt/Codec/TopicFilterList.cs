using System.Buffers;
using System.Diagnostics;

namespace OrleansIot.Mqtt.Codec;

/// <summary>The payload of UNSUBSCRIBE (3.10.3) in its encoded form: enumerated lazily when read, built with <see cref="Append"/> when written.</summary>
public readonly ref struct TopicFilterList(ReadOnlySpan<byte> bytes)
{
    /// <summary>The encoded filters.</summary>
    public ReadOnlySpan<byte> Bytes { get; } = bytes;

    public Enumerator GetEnumerator() => new(Bytes);

    /// <summary>Appends one filter to a payload.</summary>
    public static void Append(IBufferWriter<byte> output, ReadOnlySpan<byte> filter)
    {
        var writer = new PacketWriter(output.GetSpan(PacketWriter.LengthOfBinary(filter)));
        writer.WriteBinary(filter);
        output.Advance(writer.Written);
    }

    internal static bool IsValid(ReadOnlySpan<byte> bytes, ref MqttReasonCode reason)
    {
        // [MQTT-3.10.3-2]: an UNSUBSCRIBE without a filter is a protocol violation.
        if (bytes.IsEmpty)
        {
            reason = MqttReasonCode.ProtocolError;
            return false;
        }

        var reader = new PacketReader(bytes);
        while (!reader.IsAtEnd)
        {
            // [MQTT-3.10.3-1]: filters are UTF-8 strings.
            if (!reader.TryReadString(out _))
                return false;
        }

        return true;
    }

    /// <summary>Walks the payload, one filter at a time.</summary>
    public ref struct Enumerator
    {
        private PacketReader _reader;
        private ReadOnlySpan<byte> _current;

        internal Enumerator(ReadOnlySpan<byte> bytes) => _reader = new PacketReader(bytes);

        public readonly ReadOnlySpan<byte> Current => _current;

        public bool MoveNext()
        {
            if (_reader.IsAtEnd)
                return false;

            if (!_reader.TryReadBinary(out _current))
                throw new UnreachableException("Filters are validated before they are enumerated.");

            return true;
        }
    }
}
