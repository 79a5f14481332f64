namespace OrleansIot.Mqtt.Codec;

/// <summary>Table 2-4 of MQTT 5.0: each property's data type, and where it may stand.</summary>
internal static class PropertyTable
{
    public const int Size = (int)MqttPropertyId.SharedSubscriptionAvailable + 1;

    private static readonly PropertyType[] Types = new PropertyType[Size];
    private static readonly PropertyOwner[] Owners = new PropertyOwner[Size];

    static PropertyTable()
    {
        const PropertyOwner Message = PropertyOwner.Publish | PropertyOwner.Will;
        const PropertyOwner Handshake = PropertyOwner.Connect | PropertyOwner.ConnAck;

        Set(MqttPropertyId.PayloadFormatIndicator, PropertyType.Byte, Message);
        Set(MqttPropertyId.MessageExpiryInterval, PropertyType.FourByteInteger, Message);
        Set(MqttPropertyId.ContentType, PropertyType.String, Message);
        Set(MqttPropertyId.ResponseTopic, PropertyType.String, Message);
        Set(MqttPropertyId.CorrelationData, PropertyType.Binary, Message);
        Set(MqttPropertyId.SubscriptionIdentifier, PropertyType.VariableByteInteger, PropertyOwner.Publish | PropertyOwner.Subscribe);
        Set(MqttPropertyId.SessionExpiryInterval, PropertyType.FourByteInteger, Handshake | PropertyOwner.Disconnect);
        Set(MqttPropertyId.AssignedClientIdentifier, PropertyType.String, PropertyOwner.ConnAck);
        Set(MqttPropertyId.ServerKeepAlive, PropertyType.TwoByteInteger, PropertyOwner.ConnAck);
        Set(MqttPropertyId.AuthenticationMethod, PropertyType.String, Handshake | PropertyOwner.Auth);
        Set(MqttPropertyId.AuthenticationData, PropertyType.Binary, Handshake | PropertyOwner.Auth);
        Set(MqttPropertyId.RequestProblemInformation, PropertyType.Byte, PropertyOwner.Connect);
        Set(MqttPropertyId.WillDelayInterval, PropertyType.FourByteInteger, PropertyOwner.Will);
        Set(MqttPropertyId.RequestResponseInformation, PropertyType.Byte, PropertyOwner.Connect);
        Set(MqttPropertyId.ResponseInformation, PropertyType.String, PropertyOwner.ConnAck);
        Set(MqttPropertyId.ServerReference, PropertyType.String, PropertyOwner.ConnAck | PropertyOwner.Disconnect);
        Set(MqttPropertyId.ReasonString, PropertyType.String, PropertyOwner.AnyReply);
        Set(MqttPropertyId.ReceiveMaximum, PropertyType.TwoByteInteger, Handshake);
        Set(MqttPropertyId.TopicAliasMaximum, PropertyType.TwoByteInteger, Handshake);
        Set(MqttPropertyId.TopicAlias, PropertyType.TwoByteInteger, PropertyOwner.Publish);
        Set(MqttPropertyId.MaximumQoS, PropertyType.Byte, PropertyOwner.ConnAck);
        Set(MqttPropertyId.RetainAvailable, PropertyType.Byte, PropertyOwner.ConnAck);
        Set(MqttPropertyId.UserProperty, PropertyType.StringPair, PropertyOwner.Anything);
        Set(MqttPropertyId.MaximumPacketSize, PropertyType.FourByteInteger, Handshake);
        Set(MqttPropertyId.WildcardSubscriptionAvailable, PropertyType.Byte, PropertyOwner.ConnAck);
        Set(MqttPropertyId.SubscriptionIdentifierAvailable, PropertyType.Byte, PropertyOwner.ConnAck);
        Set(MqttPropertyId.SharedSubscriptionAvailable, PropertyType.Byte, PropertyOwner.ConnAck);
    }

    public static PropertyType TypeOf(MqttPropertyId id) => (int)id < Size ? Types[(int)id] : PropertyType.Unknown;

    public static bool IsAllowed(MqttPropertyId id, PropertyOwner owner) => (int)id < Size && (Owners[(int)id] & owner) != 0;

    private static void Set(MqttPropertyId id, PropertyType type, PropertyOwner owners)
    {
        Types[(int)id] = type;
        Owners[(int)id] = owners;
    }
}
