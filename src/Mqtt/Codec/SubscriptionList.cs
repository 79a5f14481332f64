using System.Buffers;
using System.Diagnostics;

namespace OrleansIot.Mqtt.Codec;

/// <summary>The payload of SUBSCRIBE (3.8.3) in its encoded form: enumerated lazily when read, built with <see cref="Append"/> when written.</summary>
public readonly ref struct SubscriptionList(ReadOnlySpan<byte> bytes)
{
    /// <summary>The encoded filters and options.</summary>
    public ReadOnlySpan<byte> Bytes { get; } = bytes;

    public Enumerator GetEnumerator() => new(Bytes);

    /// <summary>Appends one subscription to a payload; for 3.1.1, options beyond the QoS must be left at their defaults.</summary>
    public static void Append(IBufferWriter<byte> output, ReadOnlySpan<byte> filter, SubscriptionOptions options)
    {
        var writer = new PacketWriter(output.GetSpan(PacketWriter.LengthOfBinary(filter) + 1));
        writer.WriteBinary(filter);
        writer.WriteByte(options.ToByte());
        output.Advance(writer.Written);
    }

    internal static bool IsValid(ReadOnlySpan<byte> bytes, MqttVersion version, ref MqttReasonCode reason)
    {
        // [MQTT-3.8.3-2] (3.1.1: -3): a SUBSCRIBE without a filter is a protocol violation.
        if (bytes.IsEmpty)
        {
            reason = MqttReasonCode.ProtocolError;
            return false;
        }

        var reader = new PacketReader(bytes);
        while (!reader.IsAtEnd)
        {
            if (!reader.TryReadString(out var filter)
                || !reader.TryReadByte(out var options)
                || !SubscriptionOptions.IsValid(options, version, ref reason))
                return false;

            // [MQTT-3.8.3-4]: no local on a shared subscription is a protocol error.
            if (SubscriptionOptions.FromByte(options).NoLocal && filter.StartsWith("$share/"u8))
            {
                reason = MqttReasonCode.ProtocolError;
                return false;
            }
        }

        return true;
    }

    /// <summary>Walks the payload, one subscription at a time.</summary>
    public ref struct Enumerator
    {
        private PacketReader _reader;

        internal Enumerator(ReadOnlySpan<byte> bytes) => _reader = new PacketReader(bytes);

        public SubscriptionRequest Current { get; private set; }

        public bool MoveNext()
        {
            if (_reader.IsAtEnd)
                return false;

            if (!_reader.TryReadBinary(out var filter) || !_reader.TryReadByte(out var options))
                throw new UnreachableException("Subscriptions are validated before they are enumerated.");

            Current = new SubscriptionRequest(filter, SubscriptionOptions.FromByte(options));
            return true;
        }
    }
}
