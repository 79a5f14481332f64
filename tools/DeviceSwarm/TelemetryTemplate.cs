using System.Buffers.Binary;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using OrleansIot.Mqtt.Codec;

namespace OrleansIot.DeviceSwarm;

/// <summary>
/// The PUBLISH packets of all devices, encoded once: a head per device (fixed header and topic) and one payload whose
/// digits are replaced in place. Everything has a fixed width, so writing a message is two copies and some digits.
/// Immutable, shared by all connections.
/// </summary>
internal sealed class TelemetryTemplate
{
    private const int SequenceDigits = 10;
    private const int DueAtDigits = 19;
    private const byte DupFlag = 0b1000;

    // First in the payload, where who receives it finds it without reading JSON.
    private const string DueAtKey = "\"dueAt\":";

    private static readonly string[] Metrics = ["temperature", "humidity", "pressure", "voltage", "vibration"];

    private readonly byte[][] _heads;
    private readonly byte[] _tail;
    private readonly bool _hasPacketId;
    private readonly int? _dueAtAt;
    private readonly int _timestampAt;
    private readonly int _sequenceAt;
    private readonly int? _messageIdAt;
    private readonly int[] _valuesAt;
    private readonly ulong _seed;

    public TelemetryTemplate(SwarmOptions options)
    {
        var payload = new StringBuilder("{");
        if (options.DueTimes)
            payload.Append(DueAtKey).Append(' ', DueAtDigits).Append(',');

        payload.Append("\"timestamp\":\"");
        var timestampAt = payload.Length;
        payload.Append('0', IsoTimestamps.Length).Append('"');
        int? messageIdAt = null;
        if (options.MessageIds)
        {
            payload.Append(CultureInfo.InvariantCulture, $",\"messageId\":\"{options.RunId}-");
            messageIdAt = payload.Length;
            payload.Append('0', SequenceDigits).Append('"');
        }

        // JSON knows no leading zeros, but blanks before a number are fine.
        payload.Append(",\"seq\":");
        var sequenceAt = payload.Length;
        payload.Append(' ', SequenceDigits);
        var valuesAt = new int[Metrics.Length];
        for (var i = 0; i < Metrics.Length; i++)
        {
            payload.Append(CultureInfo.InvariantCulture, $",\"{Metrics[i]}\":");
            valuesAt[i] = payload.Length;
            payload.Append("00.00");
        }

        payload.Append(' ', Math.Max(0, options.PayloadBytes - payload.Length - 1)).Append('}');

        DeviceIds = [.. Enumerable.Range(0, options.Devices).Select(device => Encoding.ASCII.GetBytes(options.DeviceId(device)))];
        (_heads, _tail) = Encode(options, Encoding.ASCII.GetBytes(payload.ToString()));
        MaxLength = _heads.Max(head => head.Length) + _tail.Length;

        var payloadAt = _tail.Length - payload.Length;
        _dueAtAt = options.DueTimes ? payloadAt + 1 + DueAtKey.Length : null;
        _timestampAt = payloadAt + timestampAt;
        _messageIdAt = payloadAt + messageIdAt;
        _sequenceAt = payloadAt + sequenceAt;
        _valuesAt = [.. valuesAt.Select(at => payloadAt + at)];
        _hasPacketId = options.QoS != MqttQoS.AtMostOnce;
        _seed = Mix((ulong)options.Seed);
    }

    /// <summary>Length of the longest packet.</summary>
    public int MaxLength { get; }

    /// <summary>Device ids in ASCII, by number.</summary>
    public byte[][] DeviceIds { get; }

    /// <summary>Writes a message's packet and returns its length.</summary>
    /// <param name="destination">At least <see cref="MaxLength"/> bytes.</param>
    /// <param name="message">Which message; the same one gives the same bytes, but for packet id and DUP.</param>
    /// <param name="packetId">Not used with QoS 0.</param>
    /// <param name="dup">Whether it may have been sent before.</param>
    /// <param name="timestamps">The caller's own: it remembers the last one it wrote.</param>
    public int Write(Span<byte> destination, SwarmMessage message, ushort packetId, bool dup, IsoTimestamps timestamps)
    {
        var head = _heads[message.Device];
        head.CopyTo(destination);
        if (dup)
            destination[0] |= DupFlag;

        var tail = destination.Slice(head.Length, _tail.Length);
        _tail.CopyTo(tail);
        if (_hasPacketId)
            BinaryPrimitives.WriteUInt16BigEndian(tail, packetId);

        if (_dueAtAt is { } dueAtAt)
            WriteDigits(tail.Slice(dueAtAt, DueAtDigits), message.DueAt, keepZeros: false);

        timestamps.Of(message.UnixMilliseconds).CopyTo(tail[_timestampAt..]);
        WriteDigits(tail.Slice(_sequenceAt, SequenceDigits), message.Sequence, keepZeros: false);
        if (_messageIdAt is { } messageIdAt)
            WriteDigits(tail.Slice(messageIdAt, SequenceDigits), message.Sequence, keepZeros: true);

        var random = Mix(_seed ^ ((ulong)message.Device << 40) ^ (ulong)message.Sequence);
        foreach (var at in _valuesAt)
        {
            // 10.00 to 99.99 out of twelve bits.
            WriteValue(tail[at..], 1_000 + ((int)(random & 0xFFF) * 9_000 >> 12));
            random >>= 12;
        }

        return head.Length + _tail.Length;
    }

    /// <summary>When the message was due; false for a payload that does not say.</summary>
    public static bool TryReadDueAt(ReadOnlySpan<byte> payload, out long dueAt)
    {
        dueAt = 0;
        return payload.StartsWith("{\"dueAt\":"u8)
            && Utf8Parser.TryParse(payload[(1 + DueAtKey.Length)..].TrimStart((byte)' '), out dueAt, out _);
    }

    private static (byte[][] Heads, byte[] Tail) Encode(SwarmOptions options, byte[] payload)
    {
        var heads = new byte[options.Devices][];
        byte[] tail = [];
        for (var device = 0; device < heads.Length; device++)
        {
            var topic = Encoding.UTF8.GetBytes(options.Topic.Replace(SwarmOptions.IdPlaceholder, options.DeviceId(device)));
            var packet = new PublishPacket
            {
                Topic = topic,
                Payload = payload,
                QoS = options.QoS,
                PacketId = (ushort)options.QoS, // Replaced in each message; QoS 0 has none.
            };
            var bytes = new byte[PacketEncoder.Measure(packet, options.Protocol)];
            PacketEncoder.Write(bytes, packet, options.Protocol);

            var afterTopic = bytes.Length - payload.Length - BytesBetween(options);
            heads[device] = bytes[..afterTopic];
            tail = bytes[afterTopic..];
        }

        return (heads, tail);
    }

    // What stands between topic and payload: packet id, and the length of no properties.
    private static int BytesBetween(SwarmOptions options) =>
        (options.QoS == MqttQoS.AtMostOnce ? 0 : sizeof(ushort)) + (options.Protocol == MqttVersion.V5 ? 1 : 0);

    private static void WriteDigits(Span<byte> field, long number, bool keepZeros)
    {
        var at = field.Length;
        do
        {
            field[--at] = (byte)('0' + (number % 10));
            number /= 10;
        }
        while (at > 0 && (keepZeros || number > 0));
    }

    private static void WriteValue(Span<byte> field, int hundredths)
    {
        field[4] = (byte)('0' + (hundredths % 10));
        field[3] = (byte)('0' + (hundredths / 10 % 10));
        field[1] = (byte)('0' + (hundredths / 100 % 10));
        field[0] = (byte)('0' + (hundredths / 1_000));
    }

    // SplitMix64: one call gives the bits for all values of a message.
    private static ulong Mix(ulong x)
    {
        x += 0x9E37_79B9_7F4A_7C15;
        x = (x ^ (x >> 30)) * 0xBF58_476D_1CE4_E5B9;
        x = (x ^ (x >> 27)) * 0x94D0_49BB_1331_11EB;
        return x ^ (x >> 31);
    }
}
