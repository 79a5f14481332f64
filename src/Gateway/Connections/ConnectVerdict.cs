using OrleansIot.Application.Access;
using OrleansIot.Mqtt.Codec;

namespace OrleansIot.Gateway.Connections;

/// <summary>Whether a client is let in, and if not, why. Who it is and what it may do is for <see cref="Access.AccessGate"/>.</summary>
internal readonly record struct ConnectVerdict(MqttReasonCode Code, string Reason)
{
    public bool IsRefusal => Code != MqttReasonCode.Success;

    public static ConnectVerdict On(ConnectRequest request, MqttGatewayOptions options)
    {
        if (request.WantsOtherAuthentication)
            return new(MqttReasonCode.BadAuthenticationMethod, "enhanced authentication is not available; connect without an authentication method");

        if (AccessNames.ProblemOfClientId(request.ClientId) is { } problem)
            return new(MqttReasonCode.ClientIdentifierNotValid, $"the client identifier {problem}");

        // [MQTT-3.2.2-13]; 3.1.1 has no such rule.
        if (request is { Will.Retain: true, Client.Version: MqttVersion.V5 } && options.RetainedMessages == 0)
            return new(MqttReasonCode.RetainNotSupported, "its will is to be retained, and no messages are retained here");

        // [MQTT-3.1.2-24]: CONNACK must be sent, and no packet larger than the client takes.
        var least = ConnectAnswer.MaxBytes(request.ClientId.Length == 0);
        if (request.Client.MaxPacketSize < least)
            return new(MqttReasonCode.ImplementationSpecificError, $"its maximum packet size does not let it be answered; it has to be {least} at least");

        return default;
    }
}
