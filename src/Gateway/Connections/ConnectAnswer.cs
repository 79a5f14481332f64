using System.Buffers;
using System.Text;
using OrleansIot.Gateway.Broker;
using OrleansIot.Mqtt.Codec;

namespace OrleansIot.Gateway.Connections;

/// <summary>CONNACK, with what this server can and cannot do (3.2.2.3).</summary>
internal static class ConnectAnswer
{
    // Header, flags, reason code and property length; what every client is told; session expiry and keep alive. Then the identifier of
    // "auto-" and 32 digits.
    private const int WithoutId = 5 + 19 + 5 + 3;
    private const int Id = 3 + 37;

    /// <summary>The largest CONNACK that a client of 5.0 may be let in with.</summary>
    public static int MaxBytes(bool withId) => withId ? WithoutId + Id : WithoutId;

    /// <param name="granted">What became of what the client asked for.</param>
    public static void Accept(ConnectionWriter writer, DeliveryQueue deliveries, MqttVersion version, MqttGatewayOptions options, in ConnectGrant granted)
    {
        var properties = new ArrayBufferWriter<byte>();
        if (version == MqttVersion.V5)
        {
            // 3.2.2.3.2: where it is not what the client asked for.
            if (granted.SessionExpiry is { } expiry)
                MqttProperties.Append(properties, MqttPropertyId.SessionExpiryInterval, expiry);
            MqttProperties.Append(properties, MqttPropertyId.ReceiveMaximum, (uint)options.ReceiveMaximum);
            MqttProperties.Append(properties, MqttPropertyId.RetainAvailable, options.RetainedMessages > 0 ? 1u : 0u);
            MqttProperties.Append(properties, MqttPropertyId.MaximumPacketSize, (uint)options.MaxPacketBytes);
            if (options.TopicAliasMaximum > 0)
                MqttProperties.Append(properties, MqttPropertyId.TopicAliasMaximum, (uint)options.TopicAliasMaximum);
            MqttProperties.Append(properties, MqttPropertyId.WildcardSubscriptionAvailable, 1);
            MqttProperties.Append(properties, MqttPropertyId.SubscriptionIdentifierAvailable, 1);
            MqttProperties.Append(properties, MqttPropertyId.SharedSubscriptionAvailable, granted.MayShare ? 1u : 0u);
            if (granted.KeepAlive is { } seconds)
                MqttProperties.Append(properties, MqttPropertyId.ServerKeepAlive, seconds);
            if (granted.ClientId is not null)
                MqttProperties.Append(properties, MqttPropertyId.AssignedClientIdentifier, Encoding.UTF8.GetBytes(granted.ClientId));
        }

        writer.Accept(new ConnAckPacket { SessionPresent = granted.IsSessionPresent, Properties = new MqttProperties(properties.WrittenSpan) }, deliveries);
    }

    /// <summary>Says why not; nothing where a client of 3.1.1 could not be told ([MQTT-3.2.2-6] there).</summary>
    public static void Refuse(IBufferWriter<byte> output, ClientTraits client, MqttReasonCode code, string reason)
    {
        if (client.Version == MqttVersion.V311 && ConnectReturnCode.FromReason(code) is null)
            return;

        var answer = new ConnAckPacket { ReasonCode = code, Properties = new MqttProperties(client.ReasonString(reason, always: true)) };
        if (PacketEncoder.Measure(answer, client.Version) <= client.MaxPacketSize)
            output.WritePacket(answer, client.Version);
    }
}
