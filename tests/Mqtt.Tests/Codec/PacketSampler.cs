using System.Buffers;
using System.Text;
using OrleansIot.Mqtt.Codec;

namespace OrleansIot.Mqtt.Tests.Codec;

/// <summary>Makes one valid packet of any type and version out of a seed.</summary>
internal sealed class PacketSampler
{
    private static readonly string[] Words = ["", "a", "plant/line-1/temperature", "Füllstand", "温度", "𝄞/x", new string('n', 200)];

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
                var isRefused = Chance();
                return Wire.Encode(new ConnAckPacket
                {
                    SessionPresent = !isRefused && Chance(),
                    ReasonCode = isRefused ? MqttReasonCode.NotAuthorized : MqttReasonCode.Success,
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
                return Wire.Encode(new PublishPacket
                {
                    Topic = TopicName(),
                    Payload = Binary(400),
                    QoS = qos,
                    Dup = qos != MqttQoS.AtMostOnce && Chance(),
                    Retain = Chance(),
                    PacketId = qos == MqttQoS.AtMostOnce ? (ushort)0 : PacketId(),
                    Properties = new(Properties([.. MessageProperties, MqttPropertyId.TopicAlias, MqttPropertyId.SubscriptionIdentifier])),
                }, Version);
            case MqttPacketType.PubAck or MqttPacketType.PubRec or MqttPacketType.PubRel or MqttPacketType.PubComp:
                var refusal = type is MqttPacketType.PubAck or MqttPacketType.PubRec
                    ? MqttReasonCode.QuotaExceeded
                    : MqttReasonCode.PacketIdentifierNotFound;
                return Wire.Encode(new AckPacket
                {
                    Type = type,
                    PacketId = PacketId(),
                    ReasonCode = Chance() ? MqttReasonCode.Success : refusal,
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
                    ReasonCodes = [MqttReasonCode.GrantedQoS1, MqttReasonCode.UnspecifiedError],
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
                    ReasonCodes = [MqttReasonCode.Success, MqttReasonCode.NoSubscriptionExisted],
                }, Version);
            case MqttPacketType.PingReq:
                return Wire.Encode(PingPacket.Request, Version);
            case MqttPacketType.PingResp:
                return Wire.Encode(PingPacket.Response, Version);
            case MqttPacketType.Disconnect:
                return Wire.Encode(new DisconnectPacket
                {
                    ReasonCode = Chance() ? MqttReasonCode.Success : MqttReasonCode.SessionTakenOver,
                    Properties = new(Properties(
                        MqttPropertyId.SessionExpiryInterval, MqttPropertyId.ReasonString, MqttPropertyId.ServerReference)),
                }, Version);
            default:
                return Wire.Encode(new AuthPacket
                {
                    ReasonCode = Chance() ? MqttReasonCode.Success : MqttReasonCode.ContinueAuthentication,
                    Properties = new(Properties(MqttPropertyId.AuthenticationMethod, MqttPropertyId.ReasonString)),
                }, Version);
        }
    }

    private byte[] Connect()
    {
        var hasWill = Chance();
        var hasUserName = Chance();
        return Wire.Encode(new ConnectPacket
        {
            CleanStart = true,
            KeepAlive = (ushort)_random.Next(ushort.MaxValue + 1),
            ClientId = Text(),
            HasWill = hasWill,
            WillTopic = TopicName(),
            WillPayload = Binary(50),
            WillQoS = hasWill ? (MqttQoS)_random.Next(3) : MqttQoS.AtMostOnce,
            WillRetain = hasWill && Chance(),
            WillProperties = new(Properties([.. MessageProperties, MqttPropertyId.WillDelayInterval])),
            HasUserName = hasUserName,
            UserName = Text(),
            HasPassword = hasUserName && Chance(),
            Password = Binary(20),
            Properties = new(Properties(
                MqttPropertyId.SessionExpiryInterval, MqttPropertyId.AuthenticationMethod, MqttPropertyId.RequestProblemInformation,
                MqttPropertyId.RequestResponseInformation, MqttPropertyId.ReceiveMaximum, MqttPropertyId.TopicAliasMaximum,
                MqttPropertyId.MaximumPacketSize)),
        }, Version);
    }

    private SubscriptionOptions Options() => Version == MqttVersion.V311
        ? new((MqttQoS)_random.Next(3))
        : new((MqttQoS)_random.Next(3), Chance(), Chance(), (RetainHandling)_random.Next(3));

    private byte[] Properties(params MqttPropertyId[] allowed) => Version == MqttVersion.V311 ? [] : Wire.Properties(output =>
    {
        foreach (var id in allowed.Where(_ => Chance()))
            Append(output, id);
        if (Chance())
            Repeat(() => MqttProperties.AppendUserProperty(output, Text(), Text()));
    });

    private void Append(IBufferWriter<byte> output, MqttPropertyId id)
    {
        switch (PropertyTable.TypeOf(id))
        {
            case PropertyType.String:
                MqttProperties.Append(output, id, Text());
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

    private void Repeat(Action action)
    {
        for (var left = _random.Next(1, 4); left > 0; left--)
            action();
    }

    private bool Chance() => _random.Next(2) == 0;

    private ushort PacketId() => (ushort)_random.Next(1, ushort.MaxValue + 1);

    private byte[] Text() => Encoding.UTF8.GetBytes(Words[_random.Next(Words.Length)]);

    private byte[] TopicName() => Encoding.UTF8.GetBytes(Words[_random.Next(1, Words.Length)]);

    private byte[] Binary(int maxLength)
    {
        var bytes = new byte[_random.Next(maxLength)];
        _random.NextBytes(bytes);
        return bytes;
    }
}
