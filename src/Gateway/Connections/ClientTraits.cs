using System.Buffers;
using System.Text;
using OrleansIot.Mqtt.Codec;

namespace OrleansIot.Gateway.Connections;

/// <summary>What a client said in CONNECT of how it wants to be spoken to.</summary>
/// <param name="ReceiveMaximum">3.1.2.11.3; 65,535 where it did not say.</param>
/// <param name="MaxPacketSize">3.1.2.11.4; unbounded where it did not say.</param>
/// <param name="WantsProblems">3.1.2.11.7 Request Problem Information.</param>
/// <param name="TopicAliasMaximum">3.1.2.11.5; none where it did not say.</param>
internal sealed record ClientTraits(
    MqttVersion Version, int ReceiveMaximum = ushort.MaxValue, int MaxPacketSize = int.MaxValue, bool WantsProblems = true, int TopicAliasMaximum = 0)
{
    // Reason strings are for people, and a client has to take them in whole.
    private const int MaxReasonStringBytes = 1_024;

    /// <summary>A property section with the reason string, or an empty one where the client takes none.</summary>
    /// <param name="always">CONNACK and DISCONNECT carry it even where the client did not ask for problems ([MQTT-3.1.2-29]).</param>
    public byte[] ReasonString(string? reason, bool always = false)
    {
        // Up to 16 bytes of other packet around it: left out where the packet might become too large ([MQTT-3.4.2-2]).
        if (reason is null || Version == MqttVersion.V311 || !(WantsProblems || always))
            return [];

        var text = Encoding.UTF8.GetBytes(reason);
        if (text.Length > MaxReasonStringBytes || text.Length + 16 > MaxPacketSize)
            return [];

        var properties = new ArrayBufferWriter<byte>(text.Length + 3);
        MqttProperties.Append(properties, MqttPropertyId.ReasonString, text);
        return properties.WrittenSpan.ToArray();
    }
}
