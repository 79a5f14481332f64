using System.Buffers;
using System.Text;
using OrleansIot.Mqtt.Codec;

namespace OrleansIot.Gateway.Connections;

/// <summary>CONNACK, with what this server can and cannot do (3.2.2.3).</summary>
internal static class ConnectAnswer
{
    public static void Accept(ConnectionWriter writer, MqttVersion version, MqttGatewayOptions options, string? assignedClientId)
    {
        var properties = new ArrayBufferWriter<byte>();
        if (version == MqttVersion.V5)
        {
            // The session ends with the connection, whatever the client asked for (3.2.2.3.2).
            MqttProperties.Append(properties, MqttPropertyId.SessionExpiryInterval, 0);
            MqttProperties.Append(properties, MqttPropertyId.ReceiveMaximum, (uint)options.ReceiveMaximum);
            MqttProperties.Append(properties, MqttPropertyId.MaximumQoS, 1);
            MqttProperties.Append(properties, MqttPropertyId.RetainAvailable, options.RetainedMessages > 0 ? 1u : 0u);
            MqttProperties.Append(properties, MqttPropertyId.MaximumPacketSize, (uint)options.MaxPacketBytes);
            MqttProperties.Append(properties, MqttPropertyId.WildcardSubscriptionAvailable, 1);
            MqttProperties.Append(properties, MqttPropertyId.SubscriptionIdentifierAvailable, 1);
            MqttProperties.Append(properties, MqttPropertyId.SharedSubscriptionAvailable, 0);
            if (assignedClientId is not null)
                MqttProperties.Append(properties, MqttPropertyId.AssignedClientIdentifier, Encoding.UTF8.GetBytes(assignedClientId));
        }

        writer.Answer(new ConnAckPacket { Properties = new MqttProperties(properties.WrittenSpan) });
    }

    /// <summary>Says why not; nothing where a client of 3.1.1 could not be told ([MQTT-3.2.2-6] there).</summary>
    public static void Refuse(IBufferWriter<byte> output, ClientTraits client, MqttReasonCode code, string reason)
    {
        if (client.Version == MqttVersion.V311 && ConnectReturnCode.FromReason(code) is null)
            return;

        var properties = client.ReasonString(reason, always: true);
        output.WritePacket(new ConnAckPacket { ReasonCode = code, Properties = new MqttProperties(properties) }, client.Version);
    }
}
