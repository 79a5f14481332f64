using System.Buffers;
using System.Text;
using OrleansIot.Mqtt.Codec;

namespace OrleansIot.Mqtt.Tests.Codec;

/// <summary>Makes one valid packet of any type and version out of a seed.</summary>
internal sealed class PacketSampler
{
    private static readonly string[] Words = ["", "a", "plant/line-1/temperature", "Füllstand", "温度", "𝄞/x", "\uFEFFx", "\uFFFF", new string('n', 200)];

    private static readonly MqttReasonCode[] AllCodes = Enum.GetValues<MqttReasonCode>();

    private static readonly MqttPropertyId[] MessageProperties =
    [
        MqttPropertyId.PayloadFormatIndicator, MqttPropertyId.MessageExpiryInterval, MqttPropertyId.ContentType,
        MqttPropertyId.ResponseTopic, MqttPropertyId.CorrelationData,
    ];

    private readonly Random _random;

    private PacketSampler(int seed)
    {
        _random = new Random(seed);
        Version = Chance() ? MqttVersion.V5 : MqttVersion.V311;
        Bytes = Encode();
    }

    public MqttVersion Version { get; }

    public byte[] Bytes { get; }

    public static PacketSampler FromSeed(int seed) => new(seed);

    public override string ToString() => $"{Version} {Convert.ToHexString(Bytes)}";

    private byte[] Encode()
    {
        // AUTH, the last type, does not exist in 3.1.1.
        var type = (MqttPacketType)_random.Next(1, Version == MqttVersion.V5 ? 16 : 15);
        switch (type)
        {
            case MqttPacketType.Connect:
                return Connect();
            case MqttPacketType.ConnAck:
                var answer = Chance() ? MqttReasonCode.Success : Code(type);
                if (Version == MqttVersion.V311 && ConnectReturnCode.FromReason(answer) is null)
                    answer = MqttReasonCode.NotAuthorized;
                return Wire.Encode(new ConnAckPacket
                {
                    SessionPresent = answer == MqttReasonCode.Success && Chance(),
                    ReasonCode = answer,
                    Properties = new(Properties(
                        MqttPropertyId.SessionExpiryInterval, MqttPropertyId.AssignedClientIdentifier, MqttPropertyId.ServerKeepAlive,
                        MqttPropertyId.AuthenticationMethod, MqttPropertyId.ResponseInformation, MqttPropertyId.ServerReference,
                        MqttPropertyId.ReasonString, MqttPropertyId.ReceiveMaximum, MqttPropertyId.TopicAliasMaximum,
                        MqttPropertyId.MaximumQoS, MqttPropertyId.RetainAvailable, MqttPropertyId.MaximumPacketSize,
                        MqttPropertyId.WildcardSubscriptionAvailable, MqttPropertyId.SubscriptionIdentifierAvailable,
                        MqttPropertyId.SharedSubscriptionAvailable)),
                }, Version);
            case MqttPacketType.Publish:
                var qos = (MqttQoS)_random.Next(3);
                var isAliased = Version == MqttVersion.V5 && _random.Next(10) == 0;
                var properties = Properties([.. MessageProperties, MqttPropertyId.SubscriptionIdentifier, MqttPropertyId.SubscriptionIdentifier]);
                return Wire.Encode(new PublishPacket
                {
                    Topic = isAliased ? [] : TopicName(),
                    Payload = Payload(),
                    QoS = qos,
                    Dup = qos != MqttQoS.AtMostOnce && Chance(),
                    Retain = Chance(),
                    PacketId = qos == MqttQoS.AtMostOnce ? (ushort)0 : PacketId(),
                    Properties = new(isAliased || (Version == MqttVersion.V5 && Chance())
                        ? [.. properties, .. Wire.Properties(output => Append(output, MqttPropertyId.TopicAlias))]
                        : properties),
                }, Version);
            case MqttPacketType.PubAck or MqttPacketType.PubRec or MqttPacketType.PubRel or MqttPacketType.PubComp:
                return Wire.Encode(new AckPacket
                {
                    Type = type,
                    PacketId = PacketId(),
                    ReasonCode = Version == MqttVersion.V311 ? MqttReasonCode.Success : Code(type),
                    Properties = new(Properties(MqttPropertyId.ReasonString)),
                }, Version);
            case MqttPacketType.Subscribe:
                return Wire.Encode(new SubscribePacket
                {
                    PacketId = PacketId(),
                    Properties = new(Properties(MqttPropertyId.SubscriptionIdentifier)),
                    Subscriptions = new(Wire.Properties(output => Repeat(() => SubscriptionList.Append(output, Text(), Options())))),
                }, Version);
            case MqttPacketType.SubAck:
                return Wire.Encode(new SubAckPacket
                {
                    PacketId = PacketId(),
                    Properties = new(Properties(MqttPropertyId.ReasonString)),
                    ReasonCodes = Codes(type),
                }, Version);
            case MqttPacketType.Unsubscribe:
                return Wire.Encode(new UnsubscribePacket
                {
                    PacketId = PacketId(),
                    Properties = new(Properties()),
                    Filters = new(Wire.Properties(output => Repeat(() => TopicFilterList.Append(output, Text())))),
                }, Version);
            case MqttPacketType.UnsubAck:
                return Wire.Encode(new UnsubAckPacket
                {
                    PacketId = PacketId(),
                    Properties = new(Properties(MqttPropertyId.ReasonString)),
                    ReasonCodes = Codes(type),
                }, Version);
            case MqttPacketType.PingReq:
                return Wire.Encode(PingPacket.Request, Version);
            case MqttPacketType.PingResp:
                return Wire.Encode(PingPacket.Response, Version);
            case MqttPacketType.Disconnect:
                return Wire.Encode(new DisconnectPacket
                {
                    ReasonCode = Version == MqttVersion.V311 ? MqttReasonCode.Success : Code(type),
                    Properties = new(Properties(
                        MqttPropertyId.SessionExpiryInterval, MqttPropertyId.ReasonString, MqttPropertyId.ServerReference)),
                }, Version);
            default:
                return Wire.Encode(new AuthPacket
                {
                    ReasonCode = Code(type),
                    Properties = new(Authentication(Properties(MqttPropertyId.ReasonString))),
                }, Version);
        }
    }

    private byte[] Connect()
    {
        var hasWill = Chance();
        var hasUserName = Chance();
        var clientId = Text();
        return Wire.Encode(new ConnectPacket
        {
            CleanStart = clientId.Length == 0 || Chance(),
            KeepAlive = (ushort)_random.Next(ushort.MaxValue + 1),
            ClientId = clientId,
            HasWill = hasWill,
            WillTopic = TopicName(),
            WillPayload = Binary(50),
            WillQoS = hasWill ? (MqttQoS)_random.Next(3) : MqttQoS.AtMostOnce,
            WillRetain = hasWill && Chance(),
            WillProperties = new(Properties([.. MessageProperties, MqttPropertyId.WillDelayInterval])),
            HasUserName = hasUserName,
            UserName = Text(),
            HasPassword = (hasUserName || Version == MqttVersion.V5) && Chance(),
            Password = Binary(20),
            Properties = new(Authentication(Properties(
                MqttPropertyId.SessionExpiryInterval, MqttPropertyId.RequestProblemInformation, MqttPropertyId.RequestResponseInformation,
                MqttPropertyId.ReceiveMaximum, MqttPropertyId.TopicAliasMaximum, MqttPropertyId.MaximumPacketSize))),
        }, Version);
    }

    private SubscriptionOptions Options() => Version == MqttVersion.V311
        ? new((MqttQoS)_random.Next(3))
        : new((MqttQoS)_random.Next(3), Chance(), Chance(), (RetainHandling)_random.Next(3));

    private byte[] Properties(params MqttPropertyId[] allowed) => Version == MqttVersion.V311 ? [] : Wire.Properties(output =>
    {
        _random.Shuffle(allowed);
        foreach (var id in allowed.Where(_ => Chance()))
            Append(output, id);
        if (Chance())
            Repeat(() => MqttProperties.AppendUserProperty(output, Text(), Text()));
    });

    /// <summary>Authentication data comes only with a method.</summary>
    private byte[] Authentication(byte[] properties) => Version == MqttVersion.V311 || Chance() ? properties :
    [
        .. properties,
        .. Wire.Properties(output =>
        {
            Append(output, MqttPropertyId.AuthenticationMethod);
            if (Chance())
                Append(output, MqttPropertyId.AuthenticationData);
        }),
    ];

    private void Append(IBufferWriter<byte> output, MqttPropertyId id)
    {
        switch (PropertyTable.TypeOf(id))
        {
            case PropertyType.String:
                MqttProperties.Append(output, id, id == MqttPropertyId.ResponseTopic ? TopicName() : Text());
                break;
            case PropertyType.Binary:
                MqttProperties.Append(output, id, Binary(30));
                break;
            case PropertyType.Byte:
                MqttProperties.Append(output, id, (uint)_random.Next(2));
                break;
            default:
                MqttProperties.Append(output, id, (uint)_random.Next(1, ushort.MaxValue + 1));
                break;
        }
    }

    private MqttReasonCode Code(MqttPacketType type)
    {
        var allowed = Array.FindAll(AllCodes, code => ReasonCodeRules.IsAllowed(code, type));
        return allowed[_random.Next(allowed.Length)];
    }

    private MqttReasonCode[] Codes(MqttPacketType type)
    {
        var codes = new MqttReasonCode[_random.Next(1, 8)];
        for (var i = 0; i < codes.Length; i++)
            codes[i] = Code(type);
        return codes;
    }

    private void Repeat(Action action)
    {
        for (var left = _random.Next(1, 4); left > 0; left--)
            action();
    }

    private bool Chance() => _random.Next(2) == 0;

    private ushort PacketId() => (ushort)_random.Next(1, ushort.MaxValue + 1);

    private byte[] Text() => Encoding.UTF8.GetBytes(Chance() ? Words[_random.Next(Words.Length)] : AnyText());

    private byte[] TopicName()
    {
        var name = Chance() ? "" : AnyText().Replace("+", "", StringComparison.Ordinal).Replace("#", "", StringComparison.Ordinal);
        return Encoding.UTF8.GetBytes(name.Length > 0 ? name : Words[_random.Next(1, Words.Length)]);
    }

    /// <summary>Characters of one to four bytes; all but U+0000 and the surrogates, which are no characters.</summary>
    private string AnyText()
    {
        var text = new StringBuilder();
        for (var left = _random.Next(12); left > 0; left--)
        {
            var limit = _random.Next(4) switch { 0 => 0x80, 1 => 0x800, 2 => 0x1_0000, _ => 0x11_0000 };
            if (Rune.TryCreate(_random.Next(1, limit), out var rune))
                text.Append(rune.ToString());
        }

        return text.ToString();
    }

    /// <summary>Mostly small; now and then just about where the remaining length takes another byte.</summary>
    private byte[] Payload() => _random.Next(300) == 0 ? new byte[_random.Next(16_300, 16_500)] : _random.Next(8) == 0 ? new byte[_random.Next(80, 140)] : Binary(200);

    private byte[] Binary(int maxLength)
    {
        var bytes = new byte[_random.Next(maxLength)];
        _random.NextBytes(bytes);
        return bytes;
    }
}
