namespace OrleansIot.Mqtt.Codec;

/// <summary>CONNECT (3.1): the first packet of a connection.</summary>
public readonly ref struct ConnectPacket : IMqttPacket
{
    private const int ReservedFlag = 0x01, CleanStartFlag = 0x02, WillFlag = 0x04, WillRetainFlag = 0x20, PasswordFlag = 0x40, UserNameFlag = 0x80;
    private const int WillQoSShift = 3;

    private const int FixedPartLength = 2 + 4 + 1 + 1 + 2; // protocol name, level, flags, keep alive

    /// <summary>Clean Start; in 3.1.1, Clean Session (3.1.2.4).</summary>
    public bool CleanStart { get; init; }

    /// <summary>Seconds; zero turns keep-alive off (3.1.2.10).</summary>
    public ushort KeepAlive { get; init; }

    /// <summary>The client's name, UTF-8; empty asks the server for one (3.1.3.1).</summary>
    public ReadOnlySpan<byte> ClientId { get; init; }

    public bool HasWill { get; init; }

    public ReadOnlySpan<byte> WillTopic { get; init; }

    public ReadOnlySpan<byte> WillPayload { get; init; }

    public MqttQoS WillQoS { get; init; }

    public bool WillRetain { get; init; }

    public MqttProperties WillProperties { get; init; }

    public bool HasUserName { get; init; }

    public ReadOnlySpan<byte> UserName { get; init; }

    public bool HasPassword { get; init; }

    public ReadOnlySpan<byte> Password { get; init; }

    public MqttProperties Properties { get; init; }

    public byte Header => (int)MqttPacketType.Connect << 4;

    /// <summary>Reads a CONNECT.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="packet">The packet, a view over the frame.</param>
    /// <param name="version">The version the client speaks; when it is not supported, the one to answer in.</param>
    /// <param name="reason">Why the packet is refused; what CONNACK should say, if it is sent at all.</param>
    public static bool TryRead(MqttFrame frame, out ConnectPacket packet, out MqttVersion version, out MqttReasonCode reason)
    {
        packet = default;
        reason = MqttReasonCode.MalformedPacket;
        var reader = new PacketReader(frame.Body);
        if (!TryReadVersion(ref reader, out version, ref reason)
            || !reader.TryReadByte(out var flags)
            || !AreFlagsValid(flags, version)
            || !reader.TryReadUInt16(out var keepAlive)
            || !reader.TryReadProperties(version, PropertyOwner.Connect, out var properties, ref reason)
            || !reader.TryReadString(out var clientId))
            return false;

        var hasWill = (flags & WillFlag) != 0;
        MqttProperties willProperties = default;
        ReadOnlySpan<byte> willTopic = default, willPayload = default, userName = default, password = default;
        if (hasWill
            && (!reader.TryReadProperties(version, PropertyOwner.Will, out willProperties, ref reason)
                || !reader.TryReadString(out willTopic)
                || !reader.TryReadBinary(out willPayload)))
            return false;

        var hasUserName = (flags & UserNameFlag) != 0;
        var hasPassword = (flags & PasswordFlag) != 0;
        if ((hasUserName && !reader.TryReadString(out userName))
            || (hasPassword && !reader.TryReadBinary(out password))
            || !reader.IsAtEnd)
            return false;

        // [MQTT-3.3.2-2], [MQTT-4.7.3-1]: the will becomes a PUBLISH, so its topic is a topic name.
        if (hasWill && (willTopic.IsEmpty || willTopic.ContainsAny((byte)'+', (byte)'#')))
        {
            reason = MqttReasonCode.TopicNameInvalid;
            return false;
        }

        // 3.1.1 [MQTT-3.1.3-8]: without a client identifier only a clean session is possible.
        if (version == MqttVersion.V311 && clientId.IsEmpty && (flags & CleanStartFlag) == 0)
        {
            reason = MqttReasonCode.ClientIdentifierNotValid;
            return false;
        }

        packet = new ConnectPacket
        {
            CleanStart = (flags & CleanStartFlag) != 0,
            KeepAlive = keepAlive,
            ClientId = clientId,
            HasWill = hasWill,
            WillTopic = willTopic,
            WillPayload = willPayload,
            WillQoS = (MqttQoS)((flags >> WillQoSShift) & 0b11),
            WillRetain = (flags & WillRetainFlag) != 0,
            WillProperties = willProperties,
            HasUserName = hasUserName,
            UserName = userName,
            HasPassword = hasPassword,
            Password = password,
            Properties = properties,
        };
        reason = MqttReasonCode.Success;
        return true;
    }

    public int MeasureBody(MqttVersion version)
    {
        var length = FixedPartLength + PacketWriter.LengthOfProperties(Properties, version) + PacketWriter.LengthOfBinary(ClientId);
        if (HasWill)
        {
            length += PacketWriter.LengthOfProperties(WillProperties, version)
                + PacketWriter.LengthOfBinary(WillTopic) + PacketWriter.LengthOfBinary(WillPayload);
        }

        if (HasUserName)
            length += PacketWriter.LengthOfBinary(UserName);
        if (HasPassword)
            length += PacketWriter.LengthOfBinary(Password);
        return length;
    }

    public void WriteBody(ref PacketWriter writer, MqttVersion version)
    {
        writer.WriteBinary("MQTT"u8);
        writer.WriteByte((byte)version);
        writer.WriteByte(Flags);
        writer.WriteUInt16(KeepAlive);
        writer.WriteProperties(Properties, version);
        writer.WriteBinary(ClientId);
        if (HasWill)
        {
            writer.WriteProperties(WillProperties, version);
            writer.WriteBinary(WillTopic);
            writer.WriteBinary(WillPayload);
        }

        if (HasUserName)
            writer.WriteBinary(UserName);
        if (HasPassword)
            writer.WriteBinary(Password);
    }

    private byte Flags => (byte)(
        (CleanStart ? CleanStartFlag : 0)
        | (HasWill ? WillFlag | ((int)WillQoS << WillQoSShift) | (WillRetain ? WillRetainFlag : 0) : 0)
        | (HasPassword ? PasswordFlag : 0)
        | (HasUserName ? UserNameFlag : 0));

    private static bool TryReadVersion(ref PacketReader reader, out MqttVersion version, ref MqttReasonCode reason)
    {
        version = MqttVersion.V311;
        if (!reader.TryReadBinary(out var name) || !reader.TryReadByte(out var level))
            return false;

        // [MQTT-3.1.2-1], [MQTT-3.1.2-2]: any other name or level is refused as unsupported. 'MQIsdp' level 3 is MQTT 3.1.
        // The answer has the form of 3.1.1 to older clients and that of 5.0 to newer ones.
        var isMqtt = name.SequenceEqual("MQTT"u8);
        if (isMqtt && level > (byte)MqttVersion.V311)
            version = MqttVersion.V5;
        if (isMqtt && level == (byte)version)
            return true;

        reason = MqttReasonCode.UnsupportedProtocolVersion;
        return false;
    }

    private static bool AreFlagsValid(byte flags, MqttVersion version)
    {
        // [MQTT-3.1.2-3]: the reserved flag is 0.
        if ((flags & ReservedFlag) != 0)
            return false;

        // [MQTT-3.1.2-11], [MQTT-3.1.2-13] (3.1.1: -13, -15): without a will its QoS and retain are 0. [MQTT-3.1.2-12] (-14): QoS 3 is malformed.
        var willQoS = (flags >> WillQoSShift) & 0b11;
        if ((flags & WillFlag) == 0 ? willQoS != 0 || (flags & WillRetainFlag) != 0 : willQoS == 3)
            return false;

        // 3.1.1 [MQTT-3.1.2-22]: no password without a user name; 5.0 allows it.
        return version != MqttVersion.V311 || (flags & (UserNameFlag | PasswordFlag)) != PasswordFlag;
    }
}
