namespace OrleansIot.Mqtt.Codec;

/// <summary>Judges a property section once, when its packet is read; after that it can be enumerated without checks.</summary>
internal static class PropertyRules
{
    public static bool AreValid(ReadOnlySpan<byte> bytes, PropertyOwner owner, ref MqttReasonCode reason)
    {
        if (bytes.IsEmpty)
            return true;

        var reader = new PacketReader(bytes);
        ulong seen = 0;
        while (!reader.IsAtEnd)
        {
            // 2.2.2.2: an identifier that is unknown or not valid for this packet makes it malformed.
            if (!MqttProperty.TryRead(ref reader, out var property) || !PropertyTable.IsAllowed(property.Id, owner))
                return Refuse(MqttReasonCode.MalformedPacket, ref reason);

            var bit = 1UL << (int)property.Id;
            if ((seen & bit) != 0 && !MayRepeat(property.Id, owner))
                return Refuse(MqttReasonCode.ProtocolError, ref reason);

            seen |= bit;
            var verdict = Judge(property);
            if (verdict != MqttReasonCode.Success)
                return Refuse(verdict, ref reason);
        }

        // 3.1.2.11.10: authentication data without a method is a protocol error.
        const ulong Data = 1UL << (int)MqttPropertyId.AuthenticationData, Method = 1UL << (int)MqttPropertyId.AuthenticationMethod;
        return (seen & (Data | Method)) != Data || Refuse(MqttReasonCode.ProtocolError, ref reason);
    }

    private static bool MayRepeat(MqttPropertyId id, PropertyOwner owner) =>
        id == MqttPropertyId.UserProperty || (id == MqttPropertyId.SubscriptionIdentifier && owner == PropertyOwner.Publish);

    private static MqttReasonCode Judge(MqttProperty property)
    {
        switch (PropertyTable.TypeOf(property.Id))
        {
            case PropertyType.String:
                if (!PacketReader.IsWellFormed(property.Value))
                    return MqttReasonCode.MalformedPacket;

                // [MQTT-3.3.2-14], [MQTT-4.7.3-1]: a response topic has no wildcards, and at least one character.
                return property.Id == MqttPropertyId.ResponseTopic && (property.Value.IsEmpty || property.Value.ContainsAny((byte)'+', (byte)'#'))
                    ? MqttReasonCode.ProtocolError
                    : MqttReasonCode.Success;

            case PropertyType.StringPair:
                return PacketReader.IsWellFormed(property.Name) && PacketReader.IsWellFormed(property.Value)
                    ? MqttReasonCode.Success
                    : MqttReasonCode.MalformedPacket;

            // Every byte property, Maximum QoS among them, is 0 or 1.
            case PropertyType.Byte:
                return property.Number <= 1 ? MqttReasonCode.Success : MqttReasonCode.ProtocolError;
        }

        return property switch
        {
            // [MQTT-3.3.2-8]: alias 0 is not permitted.
            { Id: MqttPropertyId.TopicAlias, Number: 0 } => MqttReasonCode.TopicAliasInvalid,

            // 3.1.2.11.3, 3.1.2.11.4, 3.8.2.1.2: zero is a protocol error.
            { Id: MqttPropertyId.ReceiveMaximum or MqttPropertyId.MaximumPacketSize or MqttPropertyId.SubscriptionIdentifier, Number: 0 } =>
                MqttReasonCode.ProtocolError,

            _ => MqttReasonCode.Success,
        };
    }

    private static bool Refuse(MqttReasonCode verdict, ref MqttReasonCode reason)
    {
        reason = verdict;
        return false;
    }
}
