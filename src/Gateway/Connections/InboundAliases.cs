using OrleansIot.Mqtt.Codec;

namespace OrleansIot.Gateway.Connections;

/// <summary>The aliases that one client has set on its connection (3.3.2.3.4). Belongs to its reader.</summary>
/// <param name="maximum">Told in CONNACK.</param>
internal sealed class InboundAliases(int maximum)
{
    private byte[]?[]? _topics; // most clients use none

    /// <summary>Puts the topic into a message that names it by an alias, and learns new ones. Otherwise the reason why not.</summary>
    public MqttReasonCode Resolve(uint alias, ref PublishPacket publish)
    {
        // [MQTT-3.3.2-8], [MQTT-3.3.2-9]; 3.3.4: 0 or above what was offered is no alias.
        if (alias == 0 || alias > maximum)
            return MqttReasonCode.TopicAliasInvalid;

        _topics ??= new byte[maximum][];
        ref var known = ref _topics[alias - 1];
        if (!publish.Topic.IsEmpty)
        {
            if (!publish.Topic.SequenceEqual(known))
                known = publish.Topic.ToArray();
        }
        else if (known is null)
        {
            return MqttReasonCode.ProtocolError; // 3.3.4: an alias that was never set
        }
        else
        {
            publish = publish with { Topic = known };
        }

        return MqttReasonCode.Success;
    }
}
