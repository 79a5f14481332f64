using System.Buffers;
using System.Text;
using OrleansIot.Mqtt.Codec;
using OrleansIot.TestKit.Fuzz;

namespace OrleansIot.Gateway.Tests.Harness;

/// <summary>
/// All that one hostile, faulty or merely unusual client does, out of one seed. It uses what the gateway offers and what it
/// does not (yet), so that what is refused today is exercised once it is served.
/// </summary>
internal sealed class HostileScript
{
    // A handful of names, so that they meet each other: take-over, sessions of an earlier connection.
    private static readonly string[] Names = ["fuzz-1", "fuzz-2", "fuzz-3", "fuzz-4", "fuzz-5", "fuzz-6"];

    private static readonly string[] OddNames = ["", "", "a/b", "x+y", "#", "Füllstand", "\uFEFF", new('n', 300)];

    private static readonly string[] Topics =
    [
        "fuzz/a", "fuzz/a", "fuzz/b/c", "fuzz//", "/", "温度", "dt/devices/fuzz-1/telemetry", "dt/devices/fuzz-2/telemetry",
        "devices/fuzz-2/monitoring", "$SYS/broker/uptime", "$aws/things/fuzz-1/shadow/update", "$share/g/fuzz/a",
    ];

    private static readonly string[] Filters =
    [
        "#", "+/+", "fuzz/#", "fuzz/+/c", "fuzz/a", "dt/devices/+/telemetry", "$SYS/#", "$share/g/fuzz/#", "$share/g/fuzz/#",
        "$share/other/#", "$share//x", "$share/g", "$share/g+/x", "a#b", "#/x", "",
    ];

    private static readonly MqttPacketType[] AckTypes = [MqttPacketType.PubAck, MqttPacketType.PubRec, MqttPacketType.PubRel, MqttPacketType.PubComp];

    // Each ends a connection, or should.
    private static readonly byte[][] Forbidden =
    [
        [0x36, 0x05, 0x00, 0x01, 0x61, 0x00, 0x01], // QoS 3
        [0x32, 0x06, 0x00, 0x01, 0x61, 0x00, 0x00, 0x00], // packet identifier 0
        [0x38, 0x04, 0x00, 0x01, 0x61, 0x00], // a copy of what is sent once
        [0x30, 0x03, 0x00, 0x00, 0x00], // no topic
        [0x30, 0x05, 0x00, 0x02, 0x61, 0x23, 0x00], // a wildcard in a topic
        [0x30, 0x07, 0x00, 0x01, 0x61, 0x03, 0x23, 0xFF, 0xFF], // a topic alias beyond any offer
        [0x30, 0x06, 0x00, 0x00, 0x03, 0x23, 0x00, 0x01], // cut short
        [0x30, 0xFF, 0xFF, 0xFF, 0x7F, 0x00, 0x01], // a length of 256 MB
        [0x30, 0xFF, 0xFF, 0xFF, 0xFF, 0x01], // a length of five bytes
        [0x82, 0x03, 0x00, 0x01, 0x00], // SUBSCRIBE to nothing
        [0xA2, 0x03, 0x00, 0x01, 0x00], // UNSUBSCRIBE from nothing
        [0x80, 0x00], [0x60, 0x02, 0x00, 0x01], [0x00, 0x00], [0xC1, 0x00], [0xC0, 0x01, 0x00], // reserved bits and type, PINGREQ with a body
        [0x20, 0x02, 0x00, 0x00], [0x90, 0x04, 0x00, 0x01, 0x00, 0x00], [0xB0, 0x04, 0x00, 0x01, 0x00, 0x00], [0xD0, 0x00], // the server's to send
        [0xF0, 0x00], [0xF0, 0x02, 0x19, 0x00], // AUTH
    ];

    private readonly Random _random;
    private readonly MqttVersion _version;
    private readonly double _brokenShare;
    private readonly bool _isModest;
    private readonly List<byte[]> _packets = [];
    private byte[] _lender = [0xC0, 0x00];

    private HostileScript(int seed)
    {
        Seed = seed;
        _random = new Random(seed);
        _version = Chance(0.6) ? MqttVersion.V5 : MqttVersion.V311;
        _brokenShare = Chance(0.5) ? 0.2 : 0;

        // Keeps to the oldest part of the protocol, so that it is not turned away before it gets far.
        _isModest = Chance(0.6);
        IsWebSocket = Chance(0.1);
        Ending = Chance(0.5) ? Ending.HalfClose : Chance(0.6) ? Ending.Reset : Ending.Close;

        // Who closes only its own side has to see the other close, too.
        Reads = Ending == Ending.HalfClose || Chance(0.5);
        var isIntroduced = Write();
        AwaitsAnswer = Reads && isIntroduced && _brokenShare == 0;
        Writes = IsWebSocket ? WebSocketWrites() : Cut(_packets);
    }

    public int Seed { get; }

    public bool IsWebSocket { get; }

    public bool Reads { get; }

    public Ending Ending { get; }

    /// <summary>Does not end the connection before the gateway has said something, which it has to, or ended it itself.</summary>
    public bool AwaitsAnswer { get; }

    /// <summary>What is sent, write by write.</summary>
    public IReadOnlyList<byte[]> Writes { get; }

    /// <summary>The clients whose sessions may outlive their connections.</summary>
    public static IReadOnlyList<string> LastingClients => Names;

    public static HostileScript FromSeed(int seed) => new(seed);

    /// <summary>What a client owes for a packet; null where that is nothing.</summary>
    public static byte[]? Answer(MqttFrame frame)
    {
        // The shape without reason and properties is that of both versions.
        var body = frame.Body;
        switch (frame.Type)
        {
            case MqttPacketType.Publish when (frame.Flags & 0b0110) != 0:
                var idAt = 2 + ((body[0] << 8) | body[1]);
                return [(byte)((frame.Flags & 0b0100) == 0 ? 0x40 : 0x50), 2, body[idAt], body[idAt + 1]];
            case MqttPacketType.PubRec:
                return [0x62, 2, body[0], body[1]];
            case MqttPacketType.PubRel:
                return [0x70, 2, body[0], body[1]];
            default:
                return null;
        }
    }

    private bool Write()
    {
        var isIntroduced = Chance(0.92);
        if (isIntroduced)
            Connect();
        for (var steps = _random.Next(_brokenShare == 0 ? 24 : 8); steps > 0; steps--)
            Step();
        if (Chance(0.3))
            Add(new DisconnectPacket { ReasonCode = _version == MqttVersion.V5 && Chance(0.3) ? MqttReasonCode.DisconnectWithWill : MqttReasonCode.Success });
        return isIntroduced;
    }

    private void Step()
    {
        switch (_random.Next(100))
        {
            case < 36:
                Publish();
                break;
            case < 54:
                Subscribe();
                break;
            case < 60:
                Unsubscribe();
                break;
            case < 80:
                Acknowledge();
                break;
            case < 86:
                Add(PingPacket.Request);
                break;
            case < 88:
                if (!_isModest)
                    Connect();
                break;
            case < 96:
                if (_brokenShare > 0)
                    _packets.Add(Forbidden[_random.Next(Forbidden.Length)]);
                break;
            default:
                if (_brokenShare > 0)
                    _packets.Add(Noise(_random.Next(1, 64)));
                break;
        }
    }

    private void Connect()
    {
        var isBroken = Chance(_brokenShare / 2);

        // A broken one might leave a session behind that no clean start of these names removes.
        var mayLast = !isBroken && Chance(0.3);
        var name = mayLast || Chance(0.8) ? OneOf(Names) : OneOf(OddNames);
        var hasWill = Chance(0.3);
        var hasUser = Chance(0.1);
        var properties = Properties(output =>
        {
            if (mayLast)
                MqttProperties.Append(output, MqttPropertyId.SessionExpiryInterval, (uint)_random.Next(3));
            if (Chance(0.2))
                MqttProperties.Append(output, MqttPropertyId.ReceiveMaximum, (uint)_random.Next(1, 4));
            if (Chance(0.1))
                MqttProperties.Append(output, MqttPropertyId.MaximumPacketSize, (uint)_random.Next(1, 200));
            if (Chance(0.2))
                MqttProperties.Append(output, MqttPropertyId.TopicAliasMaximum, (uint)_random.Next(5));
            if (Chance(0.1))
                MqttProperties.Append(output, MqttPropertyId.RequestProblemInformation, (uint)_random.Next(2));
            if (!_isModest && Chance(0.05))
                MqttProperties.Append(output, MqttPropertyId.AuthenticationMethod, "SCRAM-SHA-256"u8);
            if (Chance(0.1))
                MqttProperties.AppendUserProperty(output, "k"u8, "v"u8);
        });
        var willProperties = Properties(output =>
        {
            if (Chance(0.3))
                MqttProperties.Append(output, MqttPropertyId.WillDelayInterval, (uint)_random.Next(2));
            if (Chance(0.3))
                MqttProperties.Append(output, MqttPropertyId.MessageExpiryInterval, (uint)_random.Next(3));
        });
        var bytes = Encode(new ConnectPacket
        {
            CleanStart = !mayLast || Chance(0.5),
            KeepAlive = (ushort)(Chance(0.5) ? 0 : _random.Next(1, 60)),
            ClientId = Encoding.UTF8.GetBytes(name),
            HasWill = hasWill,
            WillTopic = Encoding.UTF8.GetBytes(OneOf(Topics)),
            WillPayload = Noise(_random.Next(20)),
            WillQoS = hasWill ? QoS() : MqttQoS.AtMostOnce,
            WillRetain = hasWill && Chance(0.2),
            WillProperties = new(willProperties),
            HasUserName = hasUser,
            UserName = "user"u8,
            HasPassword = hasUser && Chance(0.5),
            Password = "secret"u8,
            Properties = new(properties),
        });
        _packets.Add(isBroken ? PacketMutator.Mutate(_random, bytes, bytes) : bytes);
    }

    private void Publish()
    {
        var qos = QoS();
        var topic = OneOf(Topics);
        var isAliased = _version == MqttVersion.V5 && !_isModest && Chance(0.15);
        var properties = Properties(output =>
        {
            if (isAliased)
                MqttProperties.Append(output, MqttPropertyId.TopicAlias, (uint)_random.Next(1, 5));
            if (Chance(0.1))
                MqttProperties.Append(output, MqttPropertyId.MessageExpiryInterval, (uint)_random.Next(3));
            if (Chance(0.1))
                MqttProperties.Append(output, MqttPropertyId.ResponseTopic, "fuzz/answers"u8);
            if (Chance(0.1))
                MqttProperties.Append(output, MqttPropertyId.CorrelationData, Noise(8));
        });
        Add(new PublishPacket
        {
            Topic = isAliased && Chance(0.5) ? [] : Encoding.UTF8.GetBytes(topic),
            Payload = topic.StartsWith('d') && Chance(0.7)
                ? Encoding.UTF8.GetBytes($$"""{"t": {{_random.Next(100)}}, "on": true}""")
                : Noise(Chance(0.02) ? _random.Next(100_000) : _random.Next(60)),
            QoS = qos,
            Dup = qos != MqttQoS.AtMostOnce && Chance(0.1),
            Retain = Chance(0.1),
            PacketId = qos == MqttQoS.AtMostOnce ? (ushort)0 : PacketId(),
            Properties = new(properties),
        });
    }

    private void Subscribe()
    {
        var properties = Properties(output =>
        {
            if (Chance(0.2))
                MqttProperties.Append(output, MqttPropertyId.SubscriptionIdentifier, (uint)_random.Next(1, 200));
        });
        var filters = new ArrayBufferWriter<byte>();
        for (var left = _random.Next(1, 5); left > 0; left--)
        {
            var filter = OneOf(Filters);
            var isPlain = _version == MqttVersion.V311;
            SubscriptionList.Append(filters, Encoding.UTF8.GetBytes(filter), isPlain ? new(QoS()) : new(
                QoS(), Chance(0.2) && (!filter.StartsWith("$share", StringComparison.Ordinal) || Chance(0.1)), Chance(0.3), (RetainHandling)_random.Next(3)));
        }

        Add(new SubscribePacket { PacketId = PacketId(), Properties = new(properties), Subscriptions = new(filters.WrittenSpan) });
    }

    private void Unsubscribe()
    {
        var filters = new ArrayBufferWriter<byte>();
        for (var left = _random.Next(1, 4); left > 0; left--)
            TopicFilterList.Append(filters, Encoding.UTF8.GetBytes(OneOf(Filters)));
        Add(new UnsubscribePacket { PacketId = PacketId(), Filters = new(filters.WrittenSpan) });
    }

    /// <summary>Of what was never sent, mostly; but the gateway begins to count at 1, too.</summary>
    private void Acknowledge()
    {
        var type = _isModest ? MqttPacketType.PubAck : OneOf(AckTypes);
        var isRefusal = _version == MqttVersion.V5 && Chance(0.3);
        var refusal = type is MqttPacketType.PubAck or MqttPacketType.PubRec ? MqttReasonCode.QuotaExceeded : MqttReasonCode.PacketIdentifierNotFound;
        Add(new AckPacket { Type = type, PacketId = PacketId(), ReasonCode = isRefusal ? refusal : MqttReasonCode.Success });
    }

    private void Add<TPacket>(scoped in TPacket packet)
        where TPacket : IMqttPacket, allows ref struct
    {
        var bytes = Encode(packet);
        _packets.Add(Chance(_brokenShare) ? PacketMutator.Mutate(_random, bytes, _lender) : bytes);
        _lender = bytes;
    }

    private byte[] Encode<TPacket>(scoped in TPacket packet)
        where TPacket : IMqttPacket, allows ref struct
    {
        var output = new ArrayBufferWriter<byte>();
        output.WritePacket(packet, _version);
        return output.WrittenSpan.ToArray();
    }

    private byte[] Properties(Action<ArrayBufferWriter<byte>> append)
    {
        if (_version == MqttVersion.V311)
            return [];

        var output = new ArrayBufferWriter<byte>();
        append(output);
        return output.WrittenSpan.ToArray();
    }

    private List<byte[]> Cut(IReadOnlyList<byte[]> packets)
    {
        // Packet by packet, all at once, or wherever it falls.
        var kind = _random.Next(3);
        if (kind == 0)
            return [.. packets];

        byte[] all = [.. packets.SelectMany(packet => packet)];
        if (kind == 1)
            return [all];

        var writes = new List<byte[]>();
        for (var at = 0; at < all.Length;)
        {
            var end = writes.Count < 60 ? Math.Min(all.Length, at + _random.Next(1, Chance(0.5) ? 4 : 200)) : all.Length;
            writes.Add(all[at..end]);
            at = end;
        }

        return writes;
    }

    private List<byte[]> WebSocketWrites()
    {
        var request = "GET /mqtt HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: mqtt\r\n\r\n";
        var upgrade = Encoding.ASCII.GetBytes(request);
        if (Chance(0.15))
        {
            for (var changes = _random.Next(1, 4); changes > 0; changes--)
                upgrade[_random.Next(upgrade.Length)] = (byte)_random.Next(256);
        }

        return [upgrade, .. Cut([.. Cut(_packets).Select(WebSocketFrame)])];
    }

    private byte[] WebSocketFrame(byte[] payload)
    {
        var isBroken = Chance(_brokenShare / 2);
        var first = (byte)0x82; // the last and only frame of a binary message
        var isMasked = true;
        var stated = (long)payload.Length;
        if (isBroken)
        {
            switch (_random.Next(5))
            {
                case 0: // text, a close, a ping, what is reserved, a message that goes on or never began
                    first = (byte)_random.Next(256);
                    break;
                case 1:
                    isMasked = false;
                    break;
                case 2:
                    stated = long.MaxValue;
                    break;
                case 3:
                    stated = _random.NextInt64();
                    break;
                default:
                    stated += _random.Next(1, 50);
                    break;
            }
        }

        byte[] length = stated switch
        {
            < 126 => [(byte)stated],
            <= ushort.MaxValue => [126, (byte)(stated >> 8), (byte)stated],
            _ => [127, .. BitConverter.GetBytes(System.Net.IPAddress.HostToNetworkOrder(stated))],
        };
        if (!isMasked)
            return [first, .. length, .. payload];

        var mask = Noise(4);
        length[0] |= 0x80;
        return [first, .. length, .. mask, .. payload.Select((value, i) => (byte)(value ^ mask[i % 4]))];
    }

    private T OneOf<T>(T[] all) => all[_random.Next(all.Length)];

    private bool Chance(double share) => _random.NextDouble() < share;

    private MqttQoS QoS() => !_isModest && Chance(0.3) ? MqttQoS.ExactlyOnce : (MqttQoS)_random.Next(2);

    private ushort PacketId() => (ushort)(Chance(0.9) ? _random.Next(1, 6) : _random.Next(1, ushort.MaxValue + 1));

    private byte[] Noise(int length)
    {
        var bytes = new byte[length];
        _random.NextBytes(bytes);
        return bytes;
    }
}
