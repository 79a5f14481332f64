using OrleansIot.Mqtt.Codec;

namespace OrleansIot.Gateway.Access;

/// <summary>Who a client is, or why it is not let in.</summary>
/// <param name="Tag">The reason for metrics.</param>
internal readonly record struct Identification(Principal? Principal, MqttReasonCode Code, string Tag, string Reason)
{
    public static implicit operator Identification(Principal principal) => new(principal, MqttReasonCode.Success, "", "");

    public static Identification Refused(MqttReasonCode code, string tag, string reason) => new(null, code, tag, reason);
}
