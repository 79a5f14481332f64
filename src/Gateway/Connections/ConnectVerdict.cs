using OrleansIot.Application.Access;
using OrleansIot.Mqtt.Codec;

namespace OrleansIot.Gateway.Connections;

/// <summary>Whether a client is let in, and if not, why. Who it is and what it may do is for <see cref="Access.Admission"/>.</summary>
internal readonly record struct ConnectVerdict(MqttReasonCode Code, string Reason)
{
    public bool IsRefusal => Code != MqttReasonCode.Success;

    public static ConnectVerdict On(ConnectRequest request)
    {
        if (request.WantsOtherAuthentication)
            return new(MqttReasonCode.BadAuthenticationMethod, "enhanced authentication is not available; connect without an authentication method");

        if (AccessNames.ProblemOfClientId(request.ClientId) is { } problem)
            return new(MqttReasonCode.ClientIdentifierNotValid, $"the client identifier {problem}");

        // [MQTT-3.2.2-12]: a will of a higher QoS than we take. 3.1.1 has no such limit to announce; there it is published with QoS 1.
        if (request.Will is { QoS: MqttQoS.ExactlyOnce } && request.Client.Version == MqttVersion.V5)
            return new(MqttReasonCode.QoSNotSupported, "the will has QoS 2, and the highest here is 1");

        return default;
    }
}
